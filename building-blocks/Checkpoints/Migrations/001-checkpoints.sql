-- What tells this log from every other, also from one that begins anew under the same service's name.
create table log_identity (
    id uuid not null primary key
);
insert into log_identity (id) values (gen_random_uuid());
comment on table log_identity is 'append-only: the name that all checkpoints of this log bear';

-- The complete subtrees of 256 events (level 8) and more (level 9: 512…) of the Merkle tree over the log. A subtree that is complete
-- never changes. Of the 256, four bytes of each event's own hash stand here too: they prove nothing, but name the event that is wrong.
create table merkle_nodes (
    level         smallint not null,
    index         bigint   not null,
    hash          bytea    not null,
    last_sequence bigint   not null,
    leaf_prefixes bytea    null,
    primary key (level, index)
);
create index merkle_pages_by_sequence on merkle_nodes (last_sequence) where level = 8;
comment on table merkle_nodes is 'append-only: hashes of the log';

-- Public halves stay for ever, or old checkpoints could not be checked.
create table checkpoint_keys (
    key_id     text        not null primary key,
    created_at timestamptz not null,
    x          bytea       not null,
    y          bytea       not null
);
comment on table checkpoint_keys is 'append-only: public keys of checkpoints';

-- The private half of the newest key, as PKCS #8. It goes when the next one comes, so that nobody can sign with an old key.
create table checkpoint_signing_keys (
    key_id      text  not null primary key references checkpoint_keys (key_id),
    private_key bytea not null
);

create table checkpoints (
    size          bigint      not null primary key,
    last_sequence bigint      not null,
    root          bytea       not null,
    taken_at      timestamptz not null,
    reason        text        not null,
    note          text        not null,
    key_id        text        not null references checkpoint_keys (key_id),
    signature     bytea       not null,
    leaf_prefixes bytea       not null
);
comment on table checkpoints is 'append-only: signed roots of the log';
