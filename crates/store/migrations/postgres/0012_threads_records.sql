-- Mail meets records (decisions 0064, 0065): conversations in boxes, conversations that are shared, rules by which
-- they join, suggestions that were put away; and how new records of a kind are shared. Nothing of a message stands
-- here: ids, times and blind indexes only. What hangs on a mailbox goes with it.

-- A conversation in a box (or of a person, a company). `off` remembers that it was taken out by hand.
CREATE TABLE thread_records (
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    connection_id UUID NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    cause TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, record_id)
);
CREATE INDEX thread_records_record ON thread_records (record_id, connection_id);
CREATE INDEX thread_records_connection ON thread_records (connection_id);

-- Who reads a conversation beside the mailbox's owner: a member, a team, the whole workspace (its id), or whoever
-- sees a record that it is joined to (the id of the conversation itself).
CREATE TABLE thread_shares (
    thread_id UUID NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    grantee_id UUID NOT NULL,
    grantee_kind TEXT COLLATE "C" NOT NULL,
    connection_id UUID NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (thread_id, grantee_id)
);
CREATE INDEX thread_shares_connection ON thread_shares (connection_id, thread_id);

-- People whom a member does not want to be offered.
CREATE TABLE suggestion_dismissals (
    connection_id UUID NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    address_index BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, address_index)
);

-- Which conversations of a member's mailboxes join a box by themselves; without a connection those of all of them.
CREATE TABLE mail_rules (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    mailbox_id UUID REFERENCES connections (id) ON DELETE CASCADE,
    source TEXT COLLATE "C" NOT NULL,
    label_id UUID,
    created_at BIGINT NOT NULL
);
CREATE INDEX mail_rules_member ON mail_rules (workspace_id, member_id, record_id);
CREATE INDEX mail_rules_record ON mail_rules (record_id);
CREATE INDEX mail_rules_mailbox ON mail_rules (mailbox_id);

-- How new records of a kind are shared when nothing is said.
CREATE TABLE record_defaults (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT COLLATE "C" NOT NULL,
    sharing TEXT COLLATE "C" NOT NULL,
    shares TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kind)
);

DO $$
DECLARE
    name TEXT;
    system CONSTANT TEXT := '(SELECT tenon_purpose()) = ''system''';
    workspace CONSTANT TEXT := 'workspace_id = (SELECT tenon_workspace())';
    member CONSTANT TEXT := '((SELECT tenon_purpose()) = ''job'' OR member_id = (SELECT tenon_member()))';
    mailbox CONSTANT TEXT := 'connection_id IN (SELECT id FROM tenon_connections() AS own (id))';
BEGIN
    -- Who else reads a conversation is the program's to say, as a job of the workspace (decision 0064): a request
    -- sees what its member has joined and shared, and nothing of others.
    FOREACH name IN ARRAY ARRAY['thread_records', 'thread_shares', 'suggestion_dismissals'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s OR %s)', name, system, mailbox);
    END LOOP;
    EXECUTE format('CREATE POLICY wall ON mail_rules USING (%s OR (%s AND %s))', system, workspace, member);
    EXECUTE format('CREATE POLICY wall ON record_defaults USING (%s OR %s)', system, workspace);
    FOREACH name IN ARRAY ARRAY['thread_records', 'thread_shares', 'suggestion_dismissals', 'mail_rules',
        'record_defaults'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
