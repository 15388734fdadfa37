-- The tables of the contenders that are not Loyalty: in the shape of Marten's, with everything that one posting has to leave behind.
-- Rows that are updated for ever have room for it on their page, and nothing checks a foreign key: both in the contenders' favour.

create table mt_streams (
    id          uuid        not null primary key,
    type        varchar     null,
    version     bigint      not null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    tenant_id   varchar     default '*DEFAULT*',
    is_archived boolean     default false
) with (fillfactor = 70);

create sequence mt_events_sequence;

create table mt_events (
    seq_id         bigint       not null primary key default nextval('mt_events_sequence'),
    id             uuid         not null default gen_random_uuid(),
    stream_id      uuid         not null,
    version        bigint       not null,
    data           jsonb        not null,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default now(),
    tenant_id      varchar      default '*DEFAULT*',
    mt_dotnet_type varchar      null,
    is_archived    boolean      default false
);
create unique index pk_mt_events_stream_and_version on mt_events (stream_id, version);

create table balances (
    account_id uuid   not null primary key,
    balance    bigint not null check (balance >= 0)
) with (fillfactor = 70);

create table posted (
    partner_id     uuid  not null,
    transaction_id text  collate "C" not null,
    payload_hash   bytea not null,
    answer         jsonb not null,
    primary key (partner_id, transaction_id)
);

create table cards (
    scanned    text collate "C" not null primary key,
    account_id uuid not null
);

create table stores (
    code text collate "C" not null primary key
);
