-- The partners' transactions as the ledger told them, to compare with the partners' own books.
create table partner_transactions (
    event_id       uuid        not null primary key,
    partner        uuid        not null,
    transaction_id text        not null,
    kind           text        not null check (kind in ('purchase', 'return', 'redemption', 'redemption-reversal')),
    refers_to      text        null,
    store          text        not null,
    amount         bigint      null,
    currency       text        null,
    points         bigint      not null,
    occurred_at    timestamptz not null,
    account        uuid        not null,
    card           bytea       null,
    constraint partner_transactions_id unique (partner, transaction_id, kind)
);
comment on table partner_transactions is 'append-only: what the ledger told';
comment on column partner_transactions.refers_to is 'the purchase or redemption that is taken back';
comment on column partner_transactions.amount is 'in minor units; null where no money moved at the till';
comment on column partner_transactions.points is 'base points and all awards';
comment on column partner_transactions.card is 'keyed hash of its number';
create index partner_transactions_of_time on partner_transactions (partner, occurred_at);
create index partner_transactions_of_card on partner_transactions (partner, card, occurred_at) where card is not null;

-- The key of those hashes, made here and known nowhere else: 244 random bits.
create table card_hash_key (key bytea not null);
insert into card_hash_key values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
comment on table card_hash_key is 'append-only: another key would find no card again';

create table reconciliations (
    id           uuid        not null primary key,
    partner      uuid        not null,
    key          text        null,
    sha256       bytea       null,
    batch        uuid        null,
    submitted_by text        not null,
    from_time    timestamptz not null,
    until_time   timestamptz not null,
    rule         int         not null,
    state        text        not null check (state in ('receiving', 'matching', 'finding', 'complete')),
    received_at  timestamptz not null default now(),
    matched_at   timestamptz null,
    completed_at timestamptz null,
    lines        int         not null default 0,
    items        int         not null default 0,
    found_line   int         not null default 0,
    found_event  uuid        not null default '00000000-0000-0000-0000-000000000000',
    constraint reconciliations_key unique (partner, key)
);
comment on column reconciliations.key is 'under which the same file is found again; null while it is received';
comment on column reconciliations.matched_at is 'when its lines were compared with what the ledger had told by then';
comment on column reconciliations.found_line is 'lines up to this one have their items';
comment on column reconciliations.found_event is 'transactions up to this one that no line tells of have their items';
create index reconciliations_open on reconciliations (id) where state <> 'complete';
create index reconciliations_of_partner on reconciliations (partner, id);

create table reconciliation_lines (
    reconciliation uuid        not null,
    line           int         not null,
    kind           text        not null,
    transaction_id text        not null,
    refers_to      text        null,
    amount         bigint      null,
    currency       text        null,
    points         bigint      null,
    occurred_at    timestamptz not null,
    card           bytea       null,
    card_end       text        null,
    content        text        null,
    result         text        null check (result in ('id', 'card', 'duplicate', 'ambiguous')),
    here           uuid        null,
    constraint reconciliation_lines_pkey primary key (reconciliation, line)
) with (fillfactor = 80);
comment on column reconciliation_lines.points is 'null where the partner tells none';
comment on column reconciliation_lines.card_end is 'the last four digits';
comment on column reconciliation_lines.content is 'JSON of what the ledger would be told, with the card''s number; kept only while a correction may need it';
comment on column reconciliation_lines.result is 'how it was paired; null where nothing was found';
comment on column reconciliation_lines.here is 'the ledger''s event it was paired with';
create index reconciliation_lines_of_id on reconciliation_lines (reconciliation, transaction_id, kind);
create index reconciliation_lines_here on reconciliation_lines (reconciliation, here) where here is not null;

create table reconciliation_missing (
    reconciliation uuid    not null,
    event_id       uuid    not null,
    ambiguous      boolean not null,
    constraint reconciliation_missing_pkey primary key (reconciliation, event_id)
);
comment on table reconciliation_missing is 'transactions of the period that no line tells of';

create table reconciliation_items (
    reconciliation    uuid        not null,
    item              int         not null,
    partner           uuid        not null,
    kind              text        not null check (kind in ('missing-here', 'missing-there', 'amount-differs', 'points-differ', 'duplicate')),
    ambiguous         boolean     not null,
    line              int         null,
    event_id          uuid        null,
    transaction_kind  text        not null,
    currency          text        null,
    there_id          text        null,
    there_amount      bigint      null,
    there_points      bigint      null,
    there_at          timestamptz null,
    card_end          text        null,
    here_id           text        null,
    here_amount       bigint      null,
    here_points       bigint      null,
    here_at           timestamptz null,
    amount_difference bigint      not null,
    points_difference bigint      not null,
    tolerated         boolean     not null,
    found_at          timestamptz not null default now(),
    state             text        not null check (state in ('open', 'assigned', 'proposed', 'decided')),
    owner             text        null,
    decision          text        null check (decision in ('accept', 'correct', 'reject', 'dispute')),
    reason            text        null,
    proposed_by       text        null,
    decided_by        text        null,
    decided_at        timestamptz null,
    correction        uuid        null,
    constraint reconciliation_items_pkey primary key (reconciliation, item)
);
comment on column reconciliation_items.tolerated is 'decided by the matching rule itself';
comment on column reconciliation_items.correction is 'the batch that corrects it';
create index reconciliation_items_of_line on reconciliation_items (reconciliation, line);
create index reconciliation_items_undecided on reconciliation_items (partner, found_at) where state <> 'decided';

create table reconciliation_totals (
    reconciliation uuid    not null,
    kind           text    not null,
    currency       text    null,
    there_count    bigint  not null,
    there_amount   numeric not null,
    there_points   numeric not null,
    here_count     bigint  not null,
    here_amount    numeric not null,
    here_points    numeric not null,
    matched_count  bigint  not null,
    matched_amount numeric not null,
    matched_points numeric not null,
    items_count    bigint  not null,
    items_amount   numeric not null,
    items_points   numeric not null,
    constraint reconciliation_totals_once unique nulls not distinct (reconciliation, kind, currency)
);
