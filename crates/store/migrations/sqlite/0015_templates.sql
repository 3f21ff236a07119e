-- Templates and snippets of mail: a member's own, and those that the workspace shares.
CREATE TABLE templates (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    shared BOOLEAN NOT NULL,
    content BLOB NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX templates_member ON templates (workspace_id, member_id);
CREATE INDEX templates_shared ON templates (workspace_id, shared);
