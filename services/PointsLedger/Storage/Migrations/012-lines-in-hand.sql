-- Lines of partners' batches that are being posted right now. A lane commits by itself, before the page's inbox does; should the service
-- die in between, this tells what had been posted for the very line that comes again from what somebody had posted before.
create table lines_in_hand (
    partner_id     uuid not null,
    transaction_id text collate "C" not null,
    batch_id       uuid not null,
    line           int  not null,
    constraint lines_in_hand_pkey primary key (partner_id, transaction_id)
);
