-- Mail meets records (decisions 0064, 0065): conversations in boxes, conversations that are shared, rules by which
-- they join, suggestions that were put away; and how new records of a kind are shared. Nothing of a message stands
-- here: ids, times and blind indexes only. What hangs on a mailbox goes with it.

-- A conversation in a box (or of a person, a company). `off` remembers that it was taken out by hand.
CREATE TABLE thread_records (
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    record_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    cause TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, record_id)
) WITHOUT ROWID;
CREATE INDEX thread_records_record ON thread_records (record_id, connection_id);
CREATE INDEX thread_records_connection ON thread_records (connection_id);

-- Who reads a conversation beside the mailbox's owner: a member, a team, the whole workspace (its id), or whoever
-- sees a record that it is joined to (the id of the conversation itself).
CREATE TABLE thread_shares (
    thread_id BLOB NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    grantee_id BLOB NOT NULL,
    grantee_kind TEXT NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, grantee_id)
) WITHOUT ROWID;
CREATE INDEX thread_shares_connection ON thread_shares (connection_id, thread_id);

-- People whom a member does not want to be offered.
CREATE TABLE suggestion_dismissals (
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    address_index BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, address_index)
) WITHOUT ROWID;

-- Which conversations of a member's mailboxes join a box by themselves; without a connection those of all of them.
CREATE TABLE mail_rules (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    record_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    mailbox_id BLOB REFERENCES connections (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    label_id BLOB,
    created_at BIGINT NOT NULL
);
CREATE INDEX mail_rules_member ON mail_rules (workspace_id, member_id, record_id);
CREATE INDEX mail_rules_record ON mail_rules (record_id);
CREATE INDEX mail_rules_mailbox ON mail_rules (mailbox_id);

-- How new records of a kind are shared when nothing is said.
CREATE TABLE record_defaults (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    kind TEXT NOT NULL,
    sharing TEXT NOT NULL,
    shares TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind)
) WITHOUT ROWID;
