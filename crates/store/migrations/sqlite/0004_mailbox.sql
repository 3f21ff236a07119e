-- Push subscriptions, the time box of the metadata index, saved searches, senders whose images are shown.
-- A program that does not know these tables can still end a connection (decision 0050): its rows here go with it.

-- A mailbox's push subscription at the provider.
CREATE TABLE watches (
    connection_id BLOB NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    address_index BLOB,
    reason TEXT,
    created_at BIGINT NOT NULL,
    renewed_at BIGINT,
    expires_at BIGINT,
    next_at BIGINT NOT NULL,
    pushed_at BIGINT,
    pushed TEXT,
    missed_at BIGINT
);
CREATE INDEX watches_address ON watches (address_index) WHERE address_index IS NOT NULL;
CREATE INDEX watches_due ON watches (next_at);

-- How long a workspace keeps the metadata of mail; without a row the deployment's default holds.
CREATE TABLE retention (
    workspace_id BLOB NOT NULL PRIMARY KEY REFERENCES workspaces (id),
    mail_days BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Since when a mailbox's mail is listed, and what has been purged of it.
CREATE TABLE boxes (
    connection_id BLOB NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    purged BIGINT NOT NULL,
    purged_at BIGINT
);

CREATE TABLE saved_searches (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    search BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_searches_member ON saved_searches (workspace_id, member_id, created_at);

-- Senders whose remote images a member wants to see without being asked.
CREATE TABLE shown_senders (
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    address_index BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (connection_id, address_index)
);

-- Conversations older than the time box that a member has opened from a search: kept for a day.
CREATE TABLE visits (
    connection_id BLOB NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    provider_thread_id TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (connection_id, provider_thread_id)
);

CREATE INDEX messages_age ON messages (connection_id, received_at);
