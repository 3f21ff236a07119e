-- Connections that are gone while rows of theirs in the large tables are still being deleted, batch
-- by batch. Nothing reaches these rows any more: the connection they hang on is gone, and so is the
-- key that sealed them.
CREATE TABLE purges (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    receipt_id UUID,
    began_at BIGINT NOT NULL
);
CREATE INDEX purges_oldest ON purges (began_at, id);

-- When the last row was gone; NULL while the deletion goes on.
ALTER TABLE receipts ADD COLUMN removed_at BIGINT;
UPDATE receipts SET removed_at = disconnected_at;

-- Grants that were not used for long are refreshed before the provider lets them expire.
CREATE INDEX tokens_idle ON tokens (access_expires_at) WHERE refresh IS NOT NULL;

-- The label chr(31), which no provider has, stands for the messages of a mailbox themselves.
INSERT INTO label_counts (connection_id, label, threads, unread)
SELECT connection_id, chr(31), count(*), count(*) FILTER (WHERE unread) FROM messages GROUP BY connection_id;
