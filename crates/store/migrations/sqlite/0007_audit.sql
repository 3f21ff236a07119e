-- The audit log: a chain of entries for each workspace, and one for the installation itself, whose id is
-- zeros. Each seal covers its entry and the seal before it; heads are what the next entry goes on from.
CREATE TABLE audit_entries (
    chain_id BLOB NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor BLOB,
    target_kind TEXT,
    target BLOB,
    details TEXT NOT NULL,
    request_id BLOB,
    mac BLOB NOT NULL,
    PRIMARY KEY (chain_id, seq)
) WITHOUT ROWID;
CREATE INDEX audit_entries_action ON audit_entries (chain_id, action, seq);

CREATE TABLE audit_heads (
    chain_id BLOB NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    head BLOB NOT NULL,
    signed_count BIGINT NOT NULL,
    checkpoint TEXT
);

-- Who stands behind a pseudonym. Deleting a row is what makes nobody know any more.
CREATE TABLE audit_people (
    member_id BLOB NOT NULL PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    pseudonym BLOB NOT NULL
);
CREATE UNIQUE INDEX audit_people_pseudonym ON audit_people (pseudonym);

-- Entries are only ever added. This keeps mistakes away; who means harm is found out by the seals.
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'entries of the audit log are only ever added'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'entries of the audit log are only ever added'); END;
