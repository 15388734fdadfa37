-- Snapshots of prepaid accounts, in Marten's layout for documents.
create table mt_doc_prepaidaccount (
    id               uuid        not null primary key,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar     null,
    mt_version       bigint      not null default 0
);
