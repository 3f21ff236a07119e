-- Records: what a team knows of its customers (decision 0060). One table for every kind; values are one JSON
-- text, and what they are found, sorted and filtered by stands in record_values and record_links.
CREATE TABLE records (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    title_key TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    owner_id UUID,
    pipeline_id UUID,
    stage_id UUID,
    position BIGINT,
    sharing TEXT COLLATE "C" NOT NULL,
    parent_id UUID,
    repeat_key BYTEA,
    request_hash BYTEA,
    created_at BIGINT NOT NULL,
    created_by UUID,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX records_title ON records (workspace_id, kind, title_key, id);
CREATE INDEX records_updated ON records (workspace_id, kind, updated_at, id);
CREATE INDEX records_created ON records (workspace_id, kind, created_at, id);
CREATE INDEX records_stage ON records (stage_id, position, id);
CREATE INDEX records_owner ON records (workspace_id, owner_id, kind);
CREATE INDEX records_parent ON records (parent_id);
CREATE INDEX records_deleted ON records (workspace_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX records_repeat ON records (workspace_id, repeat_key) WHERE repeat_key IS NOT NULL;

-- A value by which its record is found. The field * holds the words of searches.
CREATE TABLE record_values (
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    field TEXT COLLATE "C" NOT NULL,
    ordinal BIGINT NOT NULL,
    workspace_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    text_key TEXT COLLATE "C",
    number_key BIGINT,
    PRIMARY KEY (record_id, field, ordinal)
);
CREATE INDEX record_values_text ON record_values (workspace_id, kind, field, text_key, record_id)
    WHERE text_key IS NOT NULL;
CREATE INDEX record_values_number ON record_values (workspace_id, kind, field, number_key, record_id)
    WHERE number_key IS NOT NULL;

CREATE TABLE record_links (
    from_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    field TEXT COLLATE "C" NOT NULL,
    to_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    PRIMARY KEY (from_id, field, to_id)
);
CREATE INDEX record_links_to ON record_links (to_id, field, from_id);

-- Members and teams that a record is shared with.
CREATE TABLE record_shares (
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    grantee_id UUID NOT NULL,
    grantee_kind TEXT COLLATE "C" NOT NULL,
    access TEXT COLLATE "C" NOT NULL,
    workspace_id UUID NOT NULL,
    PRIMARY KEY (record_id, grantee_id)
);
CREATE INDEX record_shares_grantee ON record_shares (grantee_id, record_id);

-- The history: what each version changed, field by field.
CREATE TABLE record_changes (
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    workspace_id UUID NOT NULL,
    at BIGINT NOT NULL,
    member_id UUID,
    cause TEXT COLLATE "C" NOT NULL,
    bulk_id UUID,
    changes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (record_id, version)
);
CREATE INDEX record_changes_bulk ON record_changes (bulk_id, record_id) WHERE bulk_id IS NOT NULL;

-- A change of many records at once, for undoing it and for its second coming.
CREATE TABLE record_bulks (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    changed BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    finished_at BIGINT,
    repeat_key BYTEA NOT NULL,
    request_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX record_bulks_repeat ON record_bulks (workspace_id, repeat_key);
CREATE INDEX record_bulks_age ON record_bulks (created_at);

-- Fields that a workspace adds.
CREATE TABLE record_fields (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    options TEXT COLLATE "C" NOT NULL,
    links_to TEXT COLLATE "C",
    required BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX record_fields_key ON record_fields (workspace_id, kind, field);

CREATE TABLE pipelines (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    archived_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX pipelines_workspace ON pipelines (workspace_id, created_at, id);

CREATE TABLE stages (
    id UUID NOT NULL PRIMARY KEY,
    pipeline_id UUID NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    position BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    color BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    probability BIGINT,
    rules TEXT COLLATE "C" NOT NULL
);
CREATE INDEX stages_pipeline ON stages (pipeline_id, position, id);

CREATE TABLE teams (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    name TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX teams_workspace ON teams (workspace_id, created_at, id);

CREATE TABLE team_members (
    team_id UUID NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    PRIMARY KEY (team_id, member_id)
);
CREATE INDEX team_members_member ON team_members (member_id, team_id);

CREATE TABLE record_views (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    layout TEXT COLLATE "C" NOT NULL,
    pipeline_id UUID,
    shared BOOLEAN NOT NULL,
    definition TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX record_views_kind ON record_views (workspace_id, kind, created_at, id);

DO $$
DECLARE
    name TEXT;
BEGIN
    -- Who of the workspace sees which record is the program's to say (decision 0060); the wall is the workspace's.
    FOREACH name IN ARRAY ARRAY['records', 'record_values', 'record_links', 'record_shares', 'record_changes',
        'record_bulks', 'record_fields', 'pipelines', 'stages', 'teams', 'team_members', 'record_views'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING ((SELECT tenon_purpose()) = ''system''
            OR workspace_id = (SELECT tenon_workspace()))', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
