-- Which events have taken effect here, for ever: the row is written in the transaction of the effect.
create table inbox (
    consumer    text        not null,
    event_id    uuid        not null,
    received_at timestamptz not null default transaction_timestamp(),
    primary key (consumer, event_id)
);
comment on table inbox is 'append-only: events that have taken effect';
