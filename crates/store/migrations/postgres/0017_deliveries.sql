-- What goes to many: whom nobody writes to any more, what was delivered to whom, and what came back.
CREATE TABLE suppressions (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    address_index BYTEA NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    member_id UUID,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX suppressions_once ON suppressions (workspace_id, address_index);
CREATE INDEX suppressions_newest ON suppressions (workspace_id, created_at, id);

CREATE TABLE deliveries (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    draft_id UUID NOT NULL,
    send_id UUID NOT NULL,
    address_index BYTEA NOT NULL,
    provider_thread_id TEXT COLLATE "C",
    sent_at BIGINT NOT NULL,
    replied_at BIGINT,
    auto_replied_at BIGINT,
    bounced_at BIGINT,
    failure TEXT COLLATE "C",
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
    message_id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL,
    member_id UUID NOT NULL,
    connection_id UUID NOT NULL,
    delivery_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX responses_connection ON responses (connection_id);
CREATE INDEX responses_delivery ON responses (delivery_id) WHERE delivery_id IS NOT NULL;

-- Whether messages of a mail merge carry a way out.
ALTER TABLE mail_merges ADD COLUMN unsubscribe BOOLEAN NOT NULL DEFAULT FALSE;

CREATE POLICY wall ON suppressions USING ((SELECT tenon_purpose()) = 'system'
    OR workspace_id = (SELECT tenon_workspace()));
ALTER TABLE suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppressions FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['deliveries', 'responses'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING ((SELECT tenon_purpose()) = ''system''
            OR (workspace_id = (SELECT tenon_workspace())
                AND ((SELECT tenon_purpose()) = ''job'' OR member_id = (SELECT tenon_member()))))', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
