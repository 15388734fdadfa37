-- What CoalitionPartners publishes and rates purchases: every version of every offer and of the programme, as it was told.
create table offers (
    offer_id     text        collate "C" not null,
    version      int         not null,
    published_at timestamptz not null,
    told         jsonb       not null,
    primary key (offer_id, version)
);
comment on table offers is 'append-only: awards name the version that granted them';

create table programmes (
    version        int         not null primary key,
    effective_from timestamptz not null,
    told           jsonb       not null
);
comment on table programmes is 'append-only: purchases name the version that rated them';

-- The zone in which a store's days and hours are meant; null for the programme's.
alter table stores add column time_zone text null;

-- Accounts remember more from now on: visits, uses of caps, months. States kept before don't hold it, so each account is folded from its
-- facts once when it is next asked for.
truncate member_account_snapshots;
