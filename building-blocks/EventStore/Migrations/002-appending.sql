-- Ours, beside Marten's: who caused an event and the trace it belongs to.
create table event_origins (
    seq_id      bigint not null primary key,
    caused_by   text   not null,
    traceparent text   null
);
comment on table event_origins is 'append-only: who caused each event';

-- Appends to any number of streams, each at its expected version, or raises serialization_failure before it takes a sequence
-- number. Streams must come sorted by their ids: sessions that share streams then wait for each other and never deadlock.
--
-- Sequential scans are off inside, also for the foreign key's own check: a plan made while the tables were small would otherwise
-- go on scanning them while they grow, until the next ANALYZE.
create function append_events(
    stream_ids uuid[], aliases varchar[], expected bigint[], versions bigint[],
    event_ids uuid[], event_streams uuid[], event_versions bigint[], bodies jsonb[], names varchar[],
    origins text[], traces text[], recorded_at timestamptz) returns void language plpgsql set enable_seqscan = off as $$
begin
    for i in 1 .. cardinality(stream_ids) loop
        if expected[i] = 0 then
            insert into mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
            values (stream_ids[i], aliases[i], versions[i], recorded_at, recorded_at, '*DEFAULT*', false)
            on conflict (id) do nothing;
        else
            update mt_streams set version = versions[i], timestamp = recorded_at
            where id = stream_ids[i] and version = expected[i];
        end if;
        if not found then
            raise exception 'The stream % is not at version %.', stream_ids[i], expected[i] using errcode = 'serialization_failure';
        end if;
    end loop;

    with numbered as materialized (
        select nextval('mt_events_sequence') as seq_id, e.*
        from unnest(event_ids, event_streams, event_versions, bodies, names, origins, traces) with ordinality
            as e (id, stream_id, version, data, name, origin, trace, place)
        order by place
    ), appended as (
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
        select seq_id, id, stream_id, version, data, name, recorded_at, '*DEFAULT*', false from numbered
    )
    insert into event_origins (seq_id, caused_by, traceparent) select seq_id, origin, trace from numbered;
end $$;
