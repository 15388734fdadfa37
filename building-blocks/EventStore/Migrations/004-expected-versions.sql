-- What is decided and stored without an append, such as a refusal, rests on a stream too: it may be stored only while the stream is where
-- it was when it was decided on.
create function expect_versions(stream_ids uuid[], versions bigint[]) returns void language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
    if exists (
        select from unnest(stream_ids, versions) as e (id, version) left join mt_streams s on s.id = e.id
        where coalesce(s.version, 0) <> e.version) then
        raise exception 'One of % streams is not at its expected version.', cardinality(stream_ids) using errcode = 'serialization_failure';
    end if;
end $$;
