-- Finding records in spite of slips, and records that are one (decisions 0062 and 0063).
-- The words of searches, each under what is left of it when letters are left out.
CREATE TABLE record_words (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    form TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (workspace_id, form, word)
) WITHOUT ROWID;

-- Pairs of records of which somebody said that they are two.
CREATE TABLE record_dismissals (
    low_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    high_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (low_id, high_id)
) WITHOUT ROWID;
CREATE INDEX record_dismissals_high ON record_dismissals (high_id);

-- Several records became one. What each of them said before stands in its history, under the merging's id.
CREATE TABLE record_merges (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    kept_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL,
    parents TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    undone_at BIGINT,
    repeat_key BLOB NOT NULL,
    request_hash BLOB NOT NULL
);
CREATE INDEX record_merges_kept ON record_merges (kept_id, created_at);
CREATE UNIQUE INDEX record_merges_repeat ON record_merges (workspace_id, repeat_key);

CREATE TABLE record_merged (
    record_id BLOB NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    merge_id BLOB NOT NULL REFERENCES record_merges (id) ON DELETE CASCADE,
    workspace_id BLOB NOT NULL,
    PRIMARY KEY (record_id, merge_id)
) WITHOUT ROWID;
CREATE INDEX record_merged_merge ON record_merged (merge_id);

ALTER TABLE record_bulks ADD COLUMN reasons TEXT;
