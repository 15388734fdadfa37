-- Rewards, in Marten's layout for documents: the state of a stream at mt_version, written in the transaction of its events.
create table mt_doc_reward (
    id               uuid        not null primary key,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_dotnet_type   varchar     null,
    mt_version       bigint      not null default 0
);

-- Every voucher of every reward, one row each. Whoever claims one takes a row that nobody else is taking. Codes are worth what the
-- reward is worth, so they stand here alone and in the answer to the claim, never in the log.
create table vouchers (
    voucher_id  uuid        not null primary key,
    reward_id   text        collate "C" not null,
    partner_id  uuid        not null,
    code        text        collate "C" not null,
    supply      text        not null check (supply in ('uploaded', 'stocked', 'unlimited')),
    state       text        not null check (state in ('available', 'claimed', 'redeemed', 'cancelled')),
    account_id  uuid        null,
    claimed_at  timestamptz null,
    expires_at  timestamptz null,
    redeemed_at timestamptz null,
    check ((state = 'available') = (account_id is null)),
    check ((state = 'redeemed') = (redeemed_at is not null))
);
create unique index vouchers_code on vouchers (partner_id, code) where state <> 'cancelled';
create index vouchers_available on vouchers (reward_id, voucher_id) where state = 'available';
create index vouchers_claimed on vouchers (reward_id, claimed_at) where state in ('claimed', 'redeemed');
create index vouchers_of_member on vouchers (account_id, reward_id) where account_id is not null;
comment on column vouchers.state is 'cancelled: its points were given back; an uploaded code, or a new one in its place, is available again';
