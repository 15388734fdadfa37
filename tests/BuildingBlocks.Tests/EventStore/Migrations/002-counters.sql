create table counter_snapshots (
    id               uuid primary key,
    data             jsonb not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar,
    mt_version       bigint not null default 0
);
