-- Files of records that come in: what is to be made of them, how far that is, and their rows until it is done.
CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    encoding TEXT COLLATE "C" NOT NULL,
    delimiter TEXT COLLATE "C",
    row_count BIGINT NOT NULL,
    columns TEXT COLLATE "C" NOT NULL,
    options TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    undo_place UUID,
    created_count BIGINT NOT NULL,
    updated_count BIGINT NOT NULL,
    skipped_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    left_count BIGINT NOT NULL,
    error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX imports_member ON imports (workspace_id, created_at, id);
CREATE INDEX imports_age ON imports (created_at);

-- The rows of a file as they came, and what became of each.
CREATE TABLE import_rows (
    import_id UUID NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    workspace_id UUID NOT NULL,
    cells TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C",
    record_id UUID,
    problems TEXT COLLATE "C",
    PRIMARY KEY (import_id, number)
);
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome, number) WHERE outcome IS NOT NULL;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['imports', 'import_rows'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING ((SELECT tenon_purpose()) = ''system''
            OR workspace_id = (SELECT tenon_workspace()))', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
