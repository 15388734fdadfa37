-- Client assertions that were taken, so that none is taken twice. Each lapses within minutes, and its row with it.
create table used_assertions (
    client_id text        not null,
    jti       text        not null,
    until     timestamptz not null,
    primary key (client_id, jti)
);

create index used_assertions_until on used_assertions (until);

-- A partner's clients now have several secrets and keys. The snapshots are made again from the streams.
truncate mt_doc_partner;
