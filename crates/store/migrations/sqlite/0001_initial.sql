-- Times are microseconds since the Unix epoch, UTC. Ids are UUIDs as 16 bytes. Provider ids are
-- opaque and case-sensitive. Columns with sealed values are BLOB. See model/src/inventory.rs.

CREATE TABLE workspaces (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE members (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    totp BLOB,
    totp_confirmed_at BIGINT,
    totp_last_step BIGINT NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX members_email ON members (email);
CREATE INDEX members_workspace ON members (workspace_id, created_at);

CREATE TABLE recovery_codes (
    member_id BLOB NOT NULL REFERENCES members (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (member_id, code_hash)
);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    member_id BLOB NOT NULL REFERENCES members (id),
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_member ON sessions (member_id, last_seen_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE keys (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB,
    connection_id BLOB,
    wrapped BLOB NOT NULL,
    kek TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX keys_workspace ON keys (workspace_id, created_at);
CREATE INDEX keys_connection ON keys (connection_id, created_at);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE connections (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    provider TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    subject_index BLOB NOT NULL,
    subject BLOB NOT NULL,
    account BLOB NOT NULL,
    profile TEXT,
    features TEXT NOT NULL,
    scopes TEXT NOT NULL,
    key_id BLOB NOT NULL,
    fence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    purge_at BIGINT
);
CREATE INDEX connections_owner ON connections (workspace_id, member_id, created_at);
CREATE INDEX connections_subject ON connections (provider, subject_index);
CREATE INDEX connections_purge ON connections (purge_at) WHERE purge_at IS NOT NULL;
CREATE INDEX connections_status ON connections (status);

CREATE TABLE tokens (
    connection_id BLOB NOT NULL PRIMARY KEY REFERENCES connections (id),
    version BIGINT NOT NULL,
    refresh BLOB,
    access BLOB,
    access_expires_at BIGINT,
    refresh_after BIGINT,
    lease_owner BLOB,
    lease_until BIGINT
);

CREATE TABLE flows (
    state_hash BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    session_id BLOB NOT NULL,
    connection_id BLOB,
    provider TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier BLOB NOT NULL,
    features TEXT NOT NULL,
    profile TEXT,
    consent_id BLOB NOT NULL,
    redirect_uri TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX flows_expiry ON flows (expires_at);
CREATE INDEX flows_connection ON flows (connection_id);

CREATE TABLE consents (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    connection_id BLOB,
    provider TEXT NOT NULL,
    features TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    locale TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consents_member ON consents (workspace_id, member_id, given_at);
CREATE INDEX consents_connection ON consents (connection_id);

CREATE TABLE receipts (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    provider TEXT NOT NULL,
    connection_id BLOB NOT NULL,
    connected_at BIGINT NOT NULL,
    disconnected_at BIGINT NOT NULL,
    counts TEXT NOT NULL,
    key_id BLOB NOT NULL,
    grant_outcome TEXT NOT NULL
);
CREATE INDEX receipts_member ON receipts (workspace_id, member_id, disconnected_at);

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at BIGINT NOT NULL,
    workspace_id BLOB NOT NULL,
    member_id BLOB,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL
);
CREATE INDEX events_workspace ON events (workspace_id, seq);
CREATE INDEX events_at ON events (at);

CREATE TABLE mailboxes (
    connection_id BLOB NOT NULL PRIMARY KEY REFERENCES connections (id),
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    state TEXT NOT NULL,
    reason TEXT,
    cursor TEXT,
    generation BIGINT NOT NULL,
    shadow BIGINT,
    page_token TEXT,
    pages_done BIGINT NOT NULL,
    listed BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    provider_total BIGINT NOT NULL,
    snapshot_started_at BIGINT,
    last_sync_at BIGINT,
    next_sync_at BIGINT,
    cursor_at BIGINT,
    resyncs TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX mailboxes_due ON mailboxes (next_sync_at) WHERE next_sync_at IS NOT NULL;

-- The rows of a mailbox carry no foreign keys: there are millions of them, and they are written
-- and deleted only under the lock of their connection (Tx::hold).
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL,
    provider_id TEXT NOT NULL,
    thread_id BLOB NOT NULL,
    received_at BIGINT NOT NULL,
    size BIGINT NOT NULL,
    unread BOOLEAN NOT NULL,
    starred BOOLEAN NOT NULL,
    has_attachments BOOLEAN NOT NULL,
    automatic BOOLEAN NOT NULL,
    seen BIGINT NOT NULL,
    labels TEXT NOT NULL,
    message_id_index BLOB,
    envelope BLOB NOT NULL
);
CREATE UNIQUE INDEX messages_provider ON messages (connection_id, provider_id);
CREATE INDEX messages_thread ON messages (thread_id, received_at, id);

CREATE TABLE threads (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL,
    provider_thread_id TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    message_count BIGINT NOT NULL,
    unread_count BIGINT NOT NULL,
    starred BOOLEAN NOT NULL,
    has_attachments BOOLEAN NOT NULL,
    hidden BOOLEAN NOT NULL,
    labels TEXT NOT NULL
);
CREATE UNIQUE INDEX threads_provider ON threads (connection_id, provider_thread_id);
CREATE INDEX threads_newest ON threads (connection_id, last_at, id) WHERE NOT hidden;
CREATE INDEX threads_unread ON threads (connection_id, last_at, id) WHERE NOT hidden AND unread_count > 0;

CREATE TABLE thread_labels (
    connection_id BLOB NOT NULL,
    label TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    thread_id BLOB NOT NULL,
    unread BOOLEAN NOT NULL,
    PRIMARY KEY (connection_id, label, last_at, thread_id)
) WITHOUT ROWID;
CREATE INDEX thread_labels_unread ON thread_labels (connection_id, label, last_at, thread_id) WHERE unread;

-- How many threads have a label, kept in step with thread_labels, because counting a million rows
-- takes too long for every look at a mailbox. The label '' stands for all threads that lists show.
CREATE TABLE label_counts (
    connection_id BLOB NOT NULL,
    label TEXT NOT NULL,
    threads BIGINT NOT NULL,
    unread BIGINT NOT NULL,
    PRIMARY KEY (connection_id, label)
) WITHOUT ROWID;

CREATE TABLE thread_addresses (
    connection_id BLOB NOT NULL,
    address_index BLOB NOT NULL,
    thread_id BLOB NOT NULL,
    PRIMARY KEY (connection_id, address_index, thread_id)
) WITHOUT ROWID;
CREATE INDEX thread_addresses_thread ON thread_addresses (thread_id);

CREATE TABLE labels (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    provider_id TEXT NOT NULL,
    name BLOB NOT NULL,
    system BOOLEAN NOT NULL,
    color TEXT
);
CREATE UNIQUE INDEX labels_provider ON labels (connection_id, provider_id);

CREATE TABLE skipped (
    connection_id BLOB NOT NULL REFERENCES connections (id),
    provider_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, provider_id)
);
CREATE INDEX skipped_newest ON skipped (connection_id, at);

CREATE TABLE runs (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    kind TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    outcome TEXT,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    removed BIGINT NOT NULL
);
CREATE INDEX runs_newest ON runs (connection_id, started_at);

CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    args TEXT NOT NULL,
    coalesce_key TEXT,
    workspace_id BLOB,
    connection_id BLOB,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    held_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_owner BLOB,
    lease_until BIGINT,
    fence BIGINT NOT NULL,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE UNIQUE INDEX jobs_queued_key ON jobs (kind, coalesce_key) WHERE state = 'queued';
CREATE UNIQUE INDEX jobs_running_key ON jobs (kind, coalesce_key) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_lease ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_parked ON jobs (finished_at) WHERE state = 'parked';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_connection ON jobs (connection_id);
