-- A stream's row is updated at every append; room in its page keeps the update there, without touching the index.
alter table mt_streams set (fillfactor = 70);

-- The same as before, in three statements however many streams and events there are. Streams must come sorted by their ids: they are
-- then locked in that order, because nothing but a nested loop over the arrays is left to the planner, and sessions that share
-- streams wait for each other instead of deadlocking.
create or replace function append_events(
    stream_ids uuid[], aliases varchar[], expected bigint[], versions bigint[],
    event_ids uuid[], event_streams uuid[], event_versions bigint[], bodies jsonb[], names varchar[],
    origins text[], traces text[], recorded_at timestamptz) returns void language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    started bigint := 0;
    moved bigint;
begin
    if 0 = any (expected) then
        insert into mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
        select id, alias, version, recorded_at, recorded_at, '*DEFAULT*', false
        from unnest(stream_ids, aliases, expected, versions) as s (id, alias, expected, version) where s.expected = 0
        on conflict (id) do nothing;
        get diagnostics started = row_count;
    end if;

    update mt_streams set version = s.version, timestamp = recorded_at
    from unnest(stream_ids, expected, versions) as s (id, expected, version)
    where mt_streams.id = s.id and mt_streams.version = s.expected and s.expected > 0;
    get diagnostics moved = row_count;

    if started + moved <> cardinality(stream_ids) then
        raise exception 'One of % streams is not at its expected version.', cardinality(stream_ids) using errcode = 'serialization_failure';
    end if;

    with numbered as materialized (
        select nextval('mt_events_sequence') as seq_id, e.*
        from unnest(event_ids, event_streams, event_versions, bodies, names, origins, traces)
            as e (id, stream_id, version, data, name, origin, trace)
    ), appended as (
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
        select seq_id, id, stream_id, version, data, name, recorded_at, '*DEFAULT*', false from numbered
    )
    insert into event_origins (seq_id, caused_by, traceparent) select seq_id, origin, trace from numbered;
end $$;
