-- Claims events for a consumer, in the order of their ids, so that two deliveries of the same events can't wait for each other. Answers
-- which of them were free; null when all were, as nearly always. So they are inserted as if all were: looking first costs as much
-- again. Whoever holds one of them is waited for; if it commits, or had before, they are claimed one by one.
create function claim_events(claimant text, ids uuid[]) returns uuid[] language plpgsql as $$
declare
    free uuid[];
begin
    begin
        insert into inbox (consumer, event_id) select claimant, id from unnest(ids) as id order by id;
        return null;
    exception when unique_violation then
        with claimed as (
            insert into inbox (consumer, event_id) select claimant, id from unnest(ids) as id order by id
            on conflict do nothing returning event_id
        )
        select coalesce(array_agg(event_id), '{}') into free from claimed;
        return free;
    end;
end $$;
