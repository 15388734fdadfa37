-- Which account leads to which: a transaction finds its way to where the points of the account it was posted to are now.
create table merges (
    merge_id        uuid        not null primary key,
    account_id      uuid        not null,
    into_account_id uuid        not null,
    merged_at       timestamptz not null,
    separated_at    timestamptz null
);
create index merges_of on merges (account_id);
create unique index merges_open on merges (account_id) where separated_at is null;

-- The account itself where it leads to no other one.
create function home_of(account uuid) returns uuid language plpgsql stable as $$
declare
    home uuid := account;
    next uuid;
begin
    loop
        select into_account_id into next from merges where account_id = home and separated_at is null;
        if not found then return home; end if;
        home := next;
    end loop;
end $$;

-- Every account that has ever held what was in this one by merging, and now perhaps does no more; the account itself left out.
create function homes_of(account uuid) returns setof uuid language sql stable as $$
    with recursive homes (id) as (
        select into_account_id from merges where account_id = account
        union
        select m.into_account_id from merges m join homes h on m.account_id = h.id
    )
    select id from homes where id <> account
$$;
