-- One posting, all of it in one statement on the server: a statement costs one round trip, and its commit is its own.
-- pgbench gives the account's number; everything else is as a till would send it.
create table numbered (
    number     int  not null primary key,
    account_id uuid not null
);

create function post(account int, store int, running bigint, points int) returns bigint language plpgsql as $$
declare
    stream     uuid;
    after      bigint;
    moved_to   bigint;
    tx         text := 'S' || store || '-20260101-' || running;
begin
    select account_id into strict stream from numbered where number = account;
    update balances set balance = balance + points where account_id = stream returning balance into after;
    update mt_streams set version = version + 1, timestamp = now() where id = stream returning version into moved_to;
    insert into mt_events (stream_id, version, type, data) values (
        stream, moved_to, case when points > 0 then 'points-accrued' else 'points-redeemed' end,
        ('{"Transaction":{"Partner":"6b2ee9ca-0d2c-5b0e-8a44-19f2a9f0a5c1","Id":"' || tx || '","OccurredAt":"2026-01-01T12:00:00.000+00:00","RecordedAt":"2026-01-01T12:00:00.1234567+00:00","Late":false},"Store":"S' || store
            || '","Card":"' || (627648000000000 + account::bigint) || '","Amount":{"Minor":' || points * 100 || ',"Currency":"EUR"},"Terms":{"AgreementVersion":1,"Currency":"EUR","PointsPerUnit":1},"Lot":'
            || moved_to || ',"Points":' || points || ',"ExpiresAt":null}')::jsonb);
    insert into posted (partner_id, transaction_id, payload_hash, answer) values (
        '6b2ee9ca-0d2c-5b0e-8a44-19f2a9f0a5c1', tx, sha256(tx::bytea),
        ('{"TransactionId":"' || tx || '","Account":"' || stream || '","Points":' || points || ',"DebtRepaid":0,"Balance":' || after || ',"Version":' || moved_to || ',"AgreementVersion":1,"Late":false}')::jsonb);
    return after;
end $$;
