-- What a point costs and brings in under each agreement. Null: the agreement was heard of before prices were kept here.
alter table agreements add column issue_price numeric null, add column redeem_price numeric null;

-- Questions what history would have earned under other rules, and what came out.
create table what_ifs (
    id          uuid        not null primary key,
    asked       jsonb       not null,
    asked_by    text        not null,
    asked_at    timestamptz not null default now(),
    state       text        not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempts    int         not null default 0,
    ended_at    timestamptz null,
    events_read bigint      not null default 0,
    events_about bigint     not null default 0,
    accounts    bigint      not null default 0,
    purchases   bigint      not null default 0,
    report      jsonb       null,
    problem     text        null
);
create index what_ifs_waiting on what_ifs (asked_at) where state in ('queued', 'running');
comment on column what_ifs.attempts is 'how often it was begun: it begins anew when its process has died';
