-- Templates and snippets of mail: a member's own, and those that the workspace shares.
CREATE TABLE templates (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    shared BOOLEAN NOT NULL,
    content BYTEA NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX templates_member ON templates (workspace_id, member_id);
CREATE INDEX templates_shared ON templates (workspace_id, shared);

CREATE POLICY wall ON templates USING ((SELECT tenon_purpose()) = 'system'
    OR (workspace_id = (SELECT tenon_workspace())
        AND (shared OR (SELECT tenon_purpose()) = 'job' OR member_id = (SELECT tenon_member()))));
ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
