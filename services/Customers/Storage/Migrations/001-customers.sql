-- One key per member, encrypted with the service's own key. The events hold personal data only as this key encrypts it, so a
-- member is erased by deleting the row. Vacuum comes at once, so that the deleted row does not stay behind in the file.
create table member_keys (
    member_id   uuid  primary key,
    wrapped_key bytea not null
) with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);

-- What the ledger told about a member's activity. It goes with the key.
create table member_activity (
    member_id          uuid        primary key references member_keys on delete cascade,
    purchases          bigint      not null default 0,
    last_purchase_at   timestamptz null,
    redemptions        bigint      not null default 0,
    last_redemption_at timestamptz null
);
