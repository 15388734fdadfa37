-- Snapshots, in Marten's layout for documents: the state of a stream at mt_version, written in the transaction of its events.
create table mt_doc_partner (
    id               uuid        not null primary key,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar     null,
    mt_version       bigint      not null default 0
);

create table mt_doc_settlementperiod (
    id               uuid        not null primary key,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar     null,
    mt_version       bigint      not null default 0
);

-- The keys that sign access tokens, as PKCS #8. No other service has a role in this database.
create table signing_keys (
    kid         text        not null primary key,
    created_at  timestamptz not null,
    private_key bytea       not null
);
