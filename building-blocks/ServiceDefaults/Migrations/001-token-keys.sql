-- The public keys with which access tokens were last seen signed, so that a restarted service can check tokens while their issuer is down.
create table token_keys (
    kid     text        primary key,
    jwk     jsonb       not null,
    seen_at timestamptz not null default now()
);
