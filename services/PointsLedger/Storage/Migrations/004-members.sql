-- What rules may know of a member, as Customers told it last. It changes and goes, so it stands here and never in the account's stream.
-- Of an erased member only the id stays, so that news that arrive late bring nothing back. Vacuum comes at once, so that what was
-- forgotten does not stay behind in the file.
create table members (
    member_id   uuid    not null primary key,
    privilege   text    null,
    celebration text    null check (celebration ~ '^--\d\d-\d\d$'),
    segments    text[]  not null,
    version     bigint  not null,
    erased      boolean not null default false,
    constraint members_erased_know_nothing check (not erased or (privilege is null and celebration is null and segments = '{}'))
) with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);
comment on column members.celebration is 'month and day, as --03-14';
comment on column members.version is 'version of the member''s stream in Customers; only a newer one changes the row';
