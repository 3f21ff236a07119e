-- What goes to many: whom nobody writes to any more, what was delivered to whom, and what came back.
CREATE TABLE suppressions (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    address_index BLOB NOT NULL,
    cause TEXT NOT NULL,
    content BLOB NOT NULL,
    member_id BLOB,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX suppressions_once ON suppressions (workspace_id, address_index);
CREATE INDEX suppressions_newest ON suppressions (workspace_id, created_at, id);

CREATE TABLE deliveries (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    merge_id BLOB NOT NULL,
    draft_id BLOB NOT NULL,
    send_id BLOB NOT NULL,
    address_index BLOB NOT NULL,
    provider_thread_id TEXT,
    sent_at BIGINT NOT NULL,
    replied_at BIGINT,
    auto_replied_at BIGINT,
    bounced_at BIGINT,
    failure TEXT,
    unsubscribed_at BIGINT
);
CREATE INDEX deliveries_merge ON deliveries (merge_id);
CREATE INDEX deliveries_draft ON deliveries (connection_id, draft_id);
CREATE INDEX deliveries_thread ON deliveries (connection_id, provider_thread_id, sent_at)
    WHERE provider_thread_id IS NOT NULL;
CREATE INDEX deliveries_address ON deliveries (connection_id, address_index, sent_at);
CREATE INDEX deliveries_sent ON deliveries (connection_id, sent_at);

-- Messages that came in and were looked at, and what they say of which delivery.
CREATE TABLE responses (
    message_id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL,
    delivery_id BLOB,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX responses_connection ON responses (connection_id);
CREATE INDEX responses_delivery ON responses (delivery_id) WHERE delivery_id IS NOT NULL;

-- Whether messages of a mail merge carry a way out.
ALTER TABLE mail_merges ADD COLUMN unsubscribe BOOLEAN NOT NULL DEFAULT FALSE;
