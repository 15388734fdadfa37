-- Whether no point is issued under an agreement beyond what the partner has paid for.
alter table agreements add column only_prepaid boolean not null default false;

-- What partners have paid for. What they have issued of it is counted among the counters.
create table prepaid_blocks (
    partner_id uuid   not null,
    block_id   uuid   not null,
    points     bigint not null,
    primary key (partner_id, block_id)
);
