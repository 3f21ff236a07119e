-- Files of a provider on records (decision 0066): what is shown of them, never what is in them; and from where on the
-- changes of a drive are asked for. A linked file belongs to the record and outlives the connection that looks after it.
CREATE TABLE record_files (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    record_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    connection_id BLOB REFERENCES connections (id) ON DELETE SET NULL,
    provider TEXT NOT NULL,
    provider_file_id TEXT NOT NULL,
    drive_id TEXT,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    link TEXT NOT NULL,
    state TEXT NOT NULL,
    added_by BLOB NOT NULL,
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
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    drive_id TEXT NOT NULL,
    workspace_id BLOB NOT NULL,
    page_token TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, drive_id)
) WITHOUT ROWID;
CREATE INDEX file_cursors_at ON file_cursors (at);

-- Choosing files at the provider is an authorization that leads back to a record.
ALTER TABLE flows ADD COLUMN record_id BLOB;
-- Which files a merging moved, and from which record.
ALTER TABLE record_merges ADD COLUMN files TEXT;
