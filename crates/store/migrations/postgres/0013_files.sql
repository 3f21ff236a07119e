-- Files of a provider on records (decision 0066): what is shown of them, never what is in them; and from where on the
-- changes of a drive are asked for. A linked file belongs to the record and outlives the connection that looks after it.
CREATE TABLE record_files (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    connection_id UUID REFERENCES connections (id) ON DELETE SET NULL,
    provider TEXT COLLATE "C" NOT NULL,
    provider_file_id TEXT COLLATE "C" NOT NULL,
    drive_id TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    mime_type TEXT COLLATE "C" NOT NULL,
    link TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    added_by UUID NOT NULL,
    added_at BIGINT NOT NULL,
    checked_at BIGINT,
    removed_at BIGINT
);
CREATE UNIQUE INDEX record_files_live ON record_files (record_id, provider, provider_file_id) WHERE removed_at IS NULL;
CREATE INDEX record_files_record ON record_files (record_id, added_at);
CREATE INDEX record_files_connection ON record_files (connection_id, provider_file_id);
CREATE INDEX record_files_removed ON record_files (removed_at);

-- One for each drive that has linked files, and one for the person's own drive ('').
CREATE TABLE file_cursors (
    connection_id UUID NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    drive_id TEXT COLLATE "C" NOT NULL,
    workspace_id UUID NOT NULL,
    page_token TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, drive_id)
);
CREATE INDEX file_cursors_at ON file_cursors (at);

-- Choosing files at the provider is an authorization that leads back to a record.
ALTER TABLE flows ADD COLUMN record_id UUID;
-- Which files a merging moved, and from which record.
ALTER TABLE record_merges ADD COLUMN files TEXT COLLATE "C";

DO $$
DECLARE
    system CONSTANT TEXT := '(SELECT tenon_purpose()) = ''system''';
    workspace CONSTANT TEXT := 'workspace_id = (SELECT tenon_workspace())';
    mailbox CONSTANT TEXT := 'connection_id IN (SELECT id FROM tenon_connections() AS own (id))';
BEGIN
    -- Who sees a record sees its files: the program asks that of the record.
    EXECUTE format('CREATE POLICY wall ON record_files USING (%s OR %s)', system, workspace);
    EXECUTE format('CREATE POLICY wall ON file_cursors USING (%s OR (%s AND %s))', system, workspace, mailbox);
    ALTER TABLE record_files ENABLE ROW LEVEL SECURITY;
    ALTER TABLE record_files FORCE ROW LEVEL SECURITY;
    ALTER TABLE file_cursors ENABLE ROW LEVEL SECURITY;
    ALTER TABLE file_cursors FORCE ROW LEVEL SECURITY;
END $$;
