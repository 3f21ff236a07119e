-- Files of records that come in: what is to be made of them, how far that is, and their rows until it is done.
CREATE TABLE imports (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    encoding TEXT NOT NULL,
    delimiter TEXT,
    row_count BIGINT NOT NULL,
    columns TEXT NOT NULL,
    options TEXT NOT NULL,
    place BIGINT NOT NULL,
    undo_place BLOB,
    created_count BIGINT NOT NULL,
    updated_count BIGINT NOT NULL,
    skipped_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    left_count BIGINT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX imports_member ON imports (workspace_id, created_at, id);
CREATE INDEX imports_age ON imports (created_at);

-- The rows of a file as they came, and what became of each.
CREATE TABLE import_rows (
    import_id BLOB NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    workspace_id BLOB NOT NULL,
    cells TEXT NOT NULL,
    outcome TEXT,
    record_id BLOB,
    problems TEXT,
    PRIMARY KEY (import_id, number)
) WITHOUT ROWID;
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome, number) WHERE outcome IS NOT NULL;
