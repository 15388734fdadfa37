-- The current state of each account, written with its events. Marten's layout of a stream's snapshot.
create table mt_doc_account (
    id               uuid        not null,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar     null,
    mt_version       bigint      not null default 0,
    constraint pkey_mt_doc_account_id primary key (id)
);

-- Every transaction of every partner: which fact of which account it became. Returns and reversals find their original here.
create table transactions (
    partner_id     uuid   not null,
    transaction_id text   collate "C" not null,
    kind           text   not null check (kind in
        ('purchase', 'return', 'redemption', 'reservation', 'capture', 'release', 'reversal', 'voided')),
    account_id     uuid   null,
    version        bigint null,
    original       text   collate "C" null,
    constraint transactions_pkey primary key (partner_id, transaction_id)
);
create index transactions_original on transactions (partner_id, original) where original is not null;
comment on table transactions is 'append-only: a transaction id means one thing for ever';
comment on column transactions.kind is 'voided: reversed before it arrived; the late original finds its id taken';
comment on column transactions.version is 'version in the account''s stream of the fact it became; null while a reversal waits for its original';

-- What others have told us and what the ledger must know to answer while they are away.
create table partners (
    partner_id uuid   not null primary key,
    code       text   not null,
    name       text   not null,
    currency   text   not null,
    version    bigint not null
);

create table stores (
    partner_id uuid not null,
    code       text collate "C" not null,
    name       text not null,
    primary key (partner_id, code)
);

create table agreements (
    partner_id      uuid        not null,
    version         int         not null,
    effective_from  timestamptz not null,
    currency        text        not null,
    points_per_unit numeric     not null,
    primary key (partner_id, version)
);
create index agreements_in_force on agreements (partner_id, effective_from desc, version desc);

-- Where a scanned number or barcode leads. Whether the card may spend is decided in the account, not here.
create table cards (
    scanned    text   collate "C" not null primary key,
    number     text   collate "C" not null,
    account_id uuid   not null,
    version    bigint not null
);
