-- The numbers under a prefix as one range. The leading 1 keeps leading zeros and keeps numbers of different lengths apart.
create function number_span(prefix text, body_digits int) returns numrange immutable language sql
    return numrange(('1' || prefix || repeat('0', body_digits + 1))::numeric,
                    ('1' || prefix || repeat('0', body_digits + 1))::numeric + ('1' || repeat('0', body_digits + 1))::numeric);

-- Runs of numbers: the barcodes', and one per card product. How many each has given out, and the key that scatters them.
create table number_runs (
    name        text     primary key,
    prefix      text     not null,
    body_digits int      not null,
    given_out   bigint   not null default 0,
    scatter_key bytea    not null default uuid_send(gen_random_uuid()),
    span        numrange not null generated always as (number_span(prefix, body_digits)) stored,
    constraint number_runs_do_not_overlap exclude using gist (span with &&)
);

insert into number_runs (name, prefix, body_digits) values ('barcodes', '2', 11);

-- What is printed on which card, and whose it is.
create table cards (
    card_id   uuid primary key,
    number    text not null unique,
    barcode   text not null unique,
    member_id uuid null
);
create index cards_of_member on cards (member_id) where member_id is not null;

-- Members as Customers told of them.
create table members (
    member_id uuid        primary key,
    erased_at timestamptz null
);

-- Both raise serialization_failure when the decision they belong to rests on something that has changed meanwhile: it is then
-- taken again, on what holds now.
create function open_number_run(run text, run_prefix text, run_body_digits int) returns void language plpgsql as $$
begin
    insert into number_runs (name, prefix, body_digits) values (run, run_prefix, run_body_digits) on conflict do nothing;
    if not found then
        raise exception 'another run took these numbers first' using errcode = 'serialization_failure';
    end if;
end $$;

create function link_card(card uuid, member uuid) returns void language plpgsql as $$
begin
    perform from members where member_id = member and erased_at is null for share;
    if not found then
        raise exception 'the member was erased first' using errcode = 'serialization_failure';
    end if;
    update cards set member_id = member where card_id = card;
end $$;
