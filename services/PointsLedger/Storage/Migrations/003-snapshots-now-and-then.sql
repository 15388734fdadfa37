-- Writing an account's state with every posting cost more than folding its last few facts when it is read from the database. States are
-- kept where a version passes a multiple of sixteen from now on, and in a table of our own: Marten takes a document for current.
-- The states there were are current, so they stay.
alter table mt_doc_account rename to member_account_snapshots;
alter table member_account_snapshots rename constraint pkey_mt_doc_account_id to member_account_snapshots_pkey;
comment on table member_account_snapshots is 'the state of an account at mt_version; later facts of its stream are folded onto it';
