-- What is told to partners over HTTP. The endpoints follow from the log; the deliveries are an outbox with a column for what became of each.
create table webhook_endpoints (
    id           uuid        not null primary key,
    partner      uuid        not null,
    url          text        not null,
    types        text[]      not null,
    status       text        not null check (status in ('active', 'paused', 'disabled')),
    failures     int         not null default 0,
    failing      boolean     not null default false,
    delivered_at timestamptz null
);
comment on column webhook_endpoints.failures is 'attempts that failed since the last one that did not';
comment on column webhook_endpoints.failing is 'a delivery was given up since the last one that was made';
create index webhook_endpoints_of_partner on webhook_endpoints (partner);

-- A signature needs the secret itself, so it can't be kept as a hash. No other service has a role in this database.
create table webhook_secrets (
    id      bigint      generated always as identity primary key,
    webhook uuid        not null,
    secret  bytea       not null,
    until   timestamptz null
);
comment on column webhook_secrets.until is 'when it stops to sign; null for the newest one';
create index webhook_secrets_of_webhook on webhook_secrets (webhook);

create table webhook_deliveries (
    id           bigint      generated always as identity primary key,
    webhook      uuid        not null,
    event_id     uuid        not null,
    type         text        not null,
    sequence     bigint      null,
    item         int         null,
    body         text        not null,
    trace_parent text        null,
    status       text        not null default 'waiting' check (status in ('waiting', 'delivered', 'failed')),
    attempt      int         not null default 0,
    due          timestamptz not null default now(),
    attempts     jsonb       not null default '[]',
    created_at   timestamptz not null default now(),
    finished_at  timestamptz null,
    constraint webhook_deliveries_event unique (webhook, event_id)
);
comment on column webhook_deliveries.sequence is 'place of its fact in the log; null for a test';
comment on column webhook_deliveries.item is 'which of the events of that fact';
comment on column webhook_deliveries.attempt is 'attempts since it was told, or told again';
comment on column webhook_deliveries.due is 'not before; while it is under way, when somebody else may take it up';
create index webhook_deliveries_due on webhook_deliveries (webhook, due, id) where status = 'waiting';
create index webhook_deliveries_of_webhook on webhook_deliveries (webhook, id);

create table webhook_replays (
    webhook  uuid   not null primary key,
    sequence bigint not null,
    item     int    not null,
    until    bigint not null
);
comment on table webhook_replays is 'parts of the log that are to be told to an endpoint again, from a place in it to another';
