-- One row per transaction id, for ever: what it became, and what tells an honest repeat from another request. It takes the place of the
-- general record of outcomes, which would cost every posting a second row and a second index.
--
-- The table only grows, by one row per posting. Sixteen partitions by the hash of the key keep every index a sixteenth as large, and
-- let each be vacuumed, reindexed or moved to another disk by itself; a look-up by key goes to one partition.
alter table transactions rename to transactions_before;
alter table transactions_before rename constraint transactions_pkey to transactions_before_pkey;
alter index transactions_original rename to transactions_before_original;

create table transactions (
    partner_id     uuid    not null,
    transaction_id text    collate "C" not null,
    kind           text    not null check (kind in
        ('purchase', 'return', 'redemption', 'reservation', 'capture', 'release', 'reversal', 'voided')),
    account_id     uuid    null,
    version        bigint  null,
    original       text    collate "C" null,
    refused        boolean not null default false,
    payload_hash   bytea   null,
    answer         text    null,
    constraint transactions_pkey primary key (partner_id, transaction_id)
) partition by hash (partner_id, transaction_id);

create index transactions_original on transactions (partner_id, original) where original is not null;
comment on table transactions is 'append-only: a transaction id means one thing for ever';
comment on column transactions.kind is 'voided: reversed before it arrived; the late original finds its id taken';
comment on column transactions.version is 'version in the account''s stream of the fact it became; null while a reversal waits for its original, and where it was refused';
comment on column transactions.payload_hash is 'SHA-256 of the request; null for an id that was voided';
comment on column transactions.answer is 'JSON of what was answered, or of the refusal';

do $$ begin
    for part in 0 .. 15 loop
        execute format('create table transactions_%s partition of transactions for values with (modulus 16, remainder %s)', part, part);
        execute format('comment on table transactions_%s is ''append-only: a part of transactions''', part);
    end loop;
end $$;

insert into transactions (partner_id, transaction_id, kind, account_id, version, original, payload_hash, answer)
select t.partner_id, t.transaction_id, t.kind, t.account_id, t.version, t.original, o.payload_hash, o.answer::text
from transactions_before t left join exactly_once o on o.scope = t.partner_id and o.key = t.transaction_id and o.outcome = 'accepted';

insert into transactions (partner_id, transaction_id, kind, refused, payload_hash, answer)
select scope, key,
    case command
        when 'RecordPurchase' then 'purchase' when 'ReturnPurchase' then 'return' when 'RedeemPoints' then 'redemption'
        when 'ReservePoints' then 'reservation' when 'CaptureReservation' then 'capture' when 'ReleaseReservation' then 'release'
        else 'reversal' end,
    true, payload_hash, answer::text
from exactly_once where outcome = 'refused'
on conflict do nothing;

drop table transactions_before;

-- Snapshots are rewritten with every posting; room in their pages keeps them where they are. They are written more tightly from now on:
-- those there are go, and each account is folded from its facts once when it is next asked for.
truncate mt_doc_account;
alter table mt_doc_account set (fillfactor = 70);
