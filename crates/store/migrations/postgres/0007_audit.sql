-- The audit log: a chain of entries for each workspace, and one for the installation itself, whose id is
-- zeros. Each seal covers its entry and the seal before it; heads are what the next entry goes on from.
CREATE TABLE audit_entries (
    chain_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL,
    actor UUID,
    target_kind TEXT COLLATE "C",
    target UUID,
    details TEXT COLLATE "C" NOT NULL,
    request_id UUID,
    mac BYTEA NOT NULL,
    PRIMARY KEY (chain_id, seq)
);
CREATE INDEX audit_entries_action ON audit_entries (chain_id, action, seq);

CREATE TABLE audit_heads (
    chain_id UUID NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL,
    head BYTEA NOT NULL,
    signed_count BIGINT NOT NULL,
    checkpoint TEXT COLLATE "C"
);

-- Who stands behind a pseudonym. Deleting a row is what makes nobody know any more.
CREATE TABLE audit_people (
    member_id UUID NOT NULL PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    pseudonym UUID NOT NULL
);
CREATE UNIQUE INDEX audit_people_pseudonym ON audit_people (pseudonym);

-- Entries are only ever added. This keeps mistakes away; who means harm is found out by the seals.
CREATE FUNCTION audit_entries_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries of the audit log are only ever added'; END $$;
CREATE TRIGGER audit_entries_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_only_added();
