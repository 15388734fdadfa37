-- What all accounts together, or one operator, have had in a period, where that is limited. Rows are few and rewritten often; room in
-- their pages keeps them where they are.
create table counters (
    key    text   collate "C" not null,
    period text   collate "C" not null,
    count  bigint not null,
    points bigint not null,
    primary key (key, period)
) with (fillfactor = 50);
comment on table counters is 'sums of what is limited, kept exact by the commits that count; see Storage/Counters.cs';
comment on column counters.period is 'a day or an hour by ledger time, as day 2026-11-22; or budget, for ever';

-- Adds to counters in the order of their keys, so that commits wait for each other and never in a circle. Fails the commit where more
-- had been counted before than the decision could bear: whoever decided reads again and decides again.
create function count_up(all_keys text[], all_periods text[], all_counts bigint[], all_points bigint[], most_counts bigint[], most_points bigint[])
returns void language plpgsql as $$
begin
    insert into counters as c (key, period, count, points)
    select a.k, a.p, a.n, a.v from unnest(all_keys, all_periods, all_counts, all_points) as a (k, p, n, v) order by a.k collate "C", a.p collate "C"
    on conflict (key, period) do update set count = c.count + excluded.count, points = c.points + excluded.points;

    if exists (
        select from unnest(all_keys, all_periods, all_counts, all_points, most_counts, most_points) as a (k, p, n, v, nn, vv) join counters c on c.key = a.k and c.period = a.p
        where c.count - a.n > a.nn or c.points - a.v > a.vv)
    then
        raise exception 'A counter stands higher than when this was decided.' using errcode = 'serialization_failure';
    end if;
end $$;
