-- Mail merge: one letter to many, a message each. The letter is a draft in the mailbox.
CREATE TABLE mail_merges (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    draft_id BLOB NOT NULL,
    letter TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    version BIGINT NOT NULL,
    content BLOB NOT NULL,
    daily_cap BIGINT NOT NULL,
    gap_min BIGINT NOT NULL,
    gap_max BIGINT NOT NULL,
    in_hours BOOLEAN NOT NULL,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    resumed_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX mail_merges_newest ON mail_merges (workspace_id, member_id, created_at, id);
CREATE INDEX mail_merges_connection ON mail_merges (connection_id);
CREATE INDEX mail_merges_running ON mail_merges (next_at) WHERE state = 'running';
-- One at a time for each letter.
CREATE UNIQUE INDEX mail_merges_draft ON mail_merges (draft_id) WHERE finished_at IS NULL;

CREATE TABLE mail_merge_recipients (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    merge_id BLOB NOT NULL,
    number BIGINT NOT NULL,
    address_index BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    record_id BLOB,
    details BLOB NOT NULL,
    draft_id BLOB,
    send_id BLOB,
    settled_at BIGINT
);
-- Nobody is written to twice, whatever the list says.
CREATE UNIQUE INDEX mail_merge_recipients_once ON mail_merge_recipients (merge_id, address_index);
CREATE INDEX mail_merge_recipients_number ON mail_merge_recipients (merge_id, number);
CREATE INDEX mail_merge_recipients_state ON mail_merge_recipients (merge_id, state, number);
CREATE INDEX mail_merge_recipients_draft ON mail_merge_recipients (merge_id, state, number) WHERE draft_id IS NOT NULL;
CREATE INDEX mail_merge_recipients_settled ON mail_merge_recipients (merge_id, settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX mail_merge_recipients_send ON mail_merge_recipients (send_id) WHERE send_id IS NOT NULL;
CREATE INDEX mail_merge_recipients_connection ON mail_merge_recipients (connection_id);

-- For whom of a mail merge a message is.
ALTER TABLE sends ADD COLUMN recipient_id BLOB;
-- How many messages of a mailbox went in a day.
CREATE INDEX sends_traffic ON sends (connection_id, committed_at) WHERE committed_at IS NOT NULL;
-- Those of mail merges, which share the pace of their mailbox.
CREATE INDEX sends_merged ON sends (connection_id, created_at) WHERE recipient_id IS NOT NULL;
CREATE INDEX sends_merged_open ON sends (connection_id)
    WHERE recipient_id IS NOT NULL AND finished_at IS NULL AND committed_at IS NULL;
