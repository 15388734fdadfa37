-- What became of points, as the ledger tells it: sums per issuer, vintage, agreement version, and month.
create table liability_movements (
    issuer uuid not null,
    vintage text not null,
    agreement int not null,
    period date not null,
    origin date not null,
    issued bigint not null,
    taken_back bigint not null,
    redeemed bigint not null,
    put_back bigint not null,
    repaid bigint not null,
    expired bigint not null,
    adjusted bigint not null,
    sales bigint not null,
    constraint liability_movements_pkey primary key (issuer, vintage, agreement, period, origin),
    constraint liability_movements_forward check (period >= origin)
);
comment on column liability_movements.vintage is 'the month in which the points were accrued, 2017-03, or unknown';
comment on column liability_movements.agreement is 'the version of the issuer''s agreement that priced them; 0 where it was not told';
comment on column liability_movements.period is 'the first day of the month in whose books it stands';
comment on column liability_movements.origin is 'the first day of the month in which it happened; earlier than period where that was closed';
comment on column liability_movements.sales is 'minor units of the issuer''s currency';
create index liability_movements_of_period on liability_movements (period);

-- The one row that everything which writes movements, or closes a period, goes through.
create table liability_books (
    one            boolean not null default true constraint liability_books_pkey primary key check (one),
    events         bigint  not null,
    closed_through date    null
);
comment on column liability_books.events is 'how many of the ledger''s events are in the movements';
comment on column liability_books.closed_through is 'the first day of the last month that is closed';
insert into liability_books (events) values (0);
