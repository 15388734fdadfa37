-- Stores that take nothing any more from an instant on. Beside the stores, because the closing may be heard of first.
create table closed_stores (
    partner_id  uuid        not null,
    code        text        collate "C" not null,
    closed_from timestamptz not null,
    primary key (partner_id, code)
);
