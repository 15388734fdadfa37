create table mt_doc_purse (
    id               uuid primary key,
    data             jsonb not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar,
    mt_version       bigint not null default 0
);

create table mt_doc_receipt (
    id               uuid primary key,
    data             jsonb not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_version       uuid not null default gen_random_uuid(),
    mt_dotnet_type   varchar
);

create table notes (note text primary key);

create table kept_notes (note text primary key);
comment on table kept_notes is 'append-only: for ever';
