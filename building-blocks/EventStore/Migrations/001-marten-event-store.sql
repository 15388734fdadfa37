-- Marten's own event-store tables. Nothing is added to mt_streams or mt_events: a Marten that opens this database with its
-- default schema setting would drop foreign columns and indexes with their data.

create table mt_streams (
    id          uuid        not null,
    type        varchar     null,
    version     bigint      null,
    timestamp   timestamptz not null default now(),
    created     timestamptz not null default now(),
    tenant_id   varchar     default '*DEFAULT*',
    is_archived boolean     default false,
    constraint pkey_mt_streams_id primary key (id)
);

create sequence mt_events_sequence;

create table mt_events (
    seq_id         bigint       not null,
    id             uuid         not null,
    stream_id      uuid         null,
    version        bigint       not null,
    data           jsonb        not null,
    bdata          bytea        null,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default now(),
    tenant_id      varchar      default '*DEFAULT*',
    mt_dotnet_type varchar      null,
    is_archived    boolean      default false,
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id foreign key (stream_id) references mt_streams (id)
);

create unique index pk_mt_events_stream_and_version on mt_events (stream_id, version);
alter sequence mt_events_sequence owned by mt_events.seq_id;
comment on table mt_events is 'append-only: the system of record';

create table mt_event_progression (
    name         varchar     not null,
    last_seq_id  bigint      null,
    last_updated timestamptz default transaction_timestamp(),
    constraint pkey_mt_event_progression_name primary key (name)
);

create table mt_high_water_skips (
    ending_sequence   bigint      not null,
    starting_sequence bigint      not null,
    timestamp         timestamptz default now(),
    constraint pkey_mt_high_water_skips_ending_sequence primary key (ending_sequence)
);

create table mt_doc_deadletterevent (
    id               uuid        not null,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_version       uuid        not null default gen_random_uuid(),
    mt_dotnet_type   varchar     null,
    constraint pkey_mt_doc_deadletterevent_id primary key (id)
);
