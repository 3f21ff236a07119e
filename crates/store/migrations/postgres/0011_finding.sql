-- Finding records in spite of slips, and records that are one (decisions 0062 and 0063).
-- The words of searches, each under what is left of it when letters are left out.
CREATE TABLE record_words (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    form TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, form, word)
);

-- Pairs of records of which somebody said that they are two.
CREATE TABLE record_dismissals (
    low_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    high_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (low_id, high_id)
);
CREATE INDEX record_dismissals_high ON record_dismissals (high_id);

-- Several records became one. What each of them said before stands in its history, under the merging's id.
CREATE TABLE record_merges (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    kept_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    member_id UUID NOT NULL,
    parents TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    undone_at BIGINT,
    repeat_key BYTEA NOT NULL,
    request_hash BYTEA NOT NULL
);
CREATE INDEX record_merges_kept ON record_merges (kept_id, created_at);
CREATE UNIQUE INDEX record_merges_repeat ON record_merges (workspace_id, repeat_key);

CREATE TABLE record_merged (
    record_id UUID NOT NULL REFERENCES records (id) ON DELETE CASCADE,
    merge_id UUID NOT NULL REFERENCES record_merges (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL,
    PRIMARY KEY (record_id, merge_id)
);
CREATE INDEX record_merged_merge ON record_merged (merge_id);

ALTER TABLE record_bulks ADD COLUMN reasons TEXT COLLATE "C";

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['record_words', 'record_dismissals', 'record_merges', 'record_merged'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING ((SELECT tenon_purpose()) = ''system''
            OR workspace_id = (SELECT tenon_workspace()))', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
