-- Files of transactions that partners have sent, line by line. The table is the outbox of what is sent to the ledger: a line without an
-- outcome is sent until the ledger has answered it.
create table batches (
    id           uuid        not null primary key,
    partner      uuid        not null,
    key          text        null,
    sha256       bytea       null,
    atomic       boolean     not null,
    check_only   boolean     not null,
    submitted_by text        not null,
    state        text        not null check (state in ('receiving', 'checking', 'sending', 'awaiting', 'complete', 'checked')),
    cancelled    boolean     not null default false,
    received_at  timestamptz not null default now(),
    moved_at     timestamptz not null default now(),
    completed_at timestamptz null,
    lines        int         not null default 0,
    accepted     int         not null default 0,
    replayed     int         not null default 0,
    refused      int         not null default 0,
    differing    int         not null default 0,
    answered     int         generated always as (accepted + replayed + refused + differing) stored,
    round        int         not null default 1,
    round_sent   int         not null default 0,
    round_from   int         not null default 0,
    sent_up_to   int         not null default 0,
    furthest     int         not null default 0,
    constraint batches_key unique (partner, key),
    constraint batches_answered check (accepted + replayed + refused + differing <= lines or state = 'receiving')
);
comment on column batches.key is 'under which the same file is found again; null while it is received';
comment on column batches.moved_at is 'when lines were last received, sent or answered';
comment on column batches.round is 'how many times the sending began; a line is sent under an id of its round';
comment on column batches.round_sent is 'lines sent in this round';
comment on column batches.round_from is 'lines that had been answered when this round began';
comment on column batches.sent_up_to is 'the last line of this round that the broker has confirmed';
comment on column batches.furthest is 'the last line that may have been sent in any round; written before it is sent; beyond all lines where the rest was withdrawn';
create index batches_open on batches (id) where state in ('receiving', 'checking', 'sending', 'awaiting');
create index batches_of_partner on batches (partner, id);

create table batch_lines (
    batch          uuid   not null,
    line           int    not null,
    transaction_id text   null,
    content        text   null,
    fingerprint    bigint null,
    outcome        text   null check (outcome in ('accepted', 'replayed', 'refused', 'differs')),
    code           text   null,
    detail         text   null,
    points         bigint null,
    balance        bigint null,
    constraint batch_lines_pkey primary key (batch, line)
) with (fillfactor = 85);
comment on column batch_lines.content is 'JSON of what the ledger is told; null for a line that can''t be read';
comment on column batch_lines.fingerprint is 'tells two lines of one transaction id apart that say different things';
comment on column batch_lines.outcome is 'null while it waits';
