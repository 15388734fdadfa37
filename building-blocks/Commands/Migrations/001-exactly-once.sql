-- The outcome of every request that takes effect once, kept for ever. Keys compare byte by byte.
create table exactly_once (
    scope        uuid        not null,
    key          text        collate "C" not null,
    command      text        not null,
    payload_hash bytea       not null,
    outcome      text        not null check (outcome in ('accepted', 'refused')),
    answer       jsonb       not null,
    recorded_at  timestamptz not null default now(),
    primary key (scope, key)
);
comment on table exactly_once is 'append-only: what was answered once is answered for ever';
