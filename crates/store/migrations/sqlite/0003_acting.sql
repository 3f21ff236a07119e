-- Acting on mail: actions that can be undone, drafts, and messages on their way out. Bodies are in
-- none of these tables: a draft lives at the provider.

ALTER TABLE members ADD COLUMN undo_send_seconds BIGINT NOT NULL DEFAULT 10;

CREATE TABLE mail_actions (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    action TEXT NOT NULL,
    label TEXT,
    state TEXT NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    gone BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    threads BIGINT NOT NULL,
    reason TEXT,
    undo_of BLOB,
    undone_by BLOB,
    repeat_key BLOB,
    request_hash BLOB,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX mail_actions_newest ON mail_actions (workspace_id, member_id, created_at, id);
CREATE INDEX mail_actions_connection ON mail_actions (connection_id);
CREATE INDEX mail_actions_finished ON mail_actions (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX mail_actions_repeat ON mail_actions (member_id, repeat_key) WHERE repeat_key IS NOT NULL;

CREATE TABLE mail_action_items (
    action_id BLOB NOT NULL,
    seq BIGINT NOT NULL,
    connection_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    thread_id BLOB NOT NULL,
    provider_id TEXT NOT NULL,
    added TEXT NOT NULL,
    removed TEXT NOT NULL,
    state TEXT NOT NULL,
    code TEXT,
    PRIMARY KEY (action_id, seq)
) WITHOUT ROWID;
CREATE INDEX mail_action_items_waiting ON mail_action_items (action_id, seq) WHERE state = 'waiting';
CREATE INDEX mail_action_items_failed ON mail_action_items (action_id, seq) WHERE code IS NOT NULL;
CREATE INDEX mail_action_items_connection ON mail_action_items (connection_id);

CREATE TABLE drafts (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    provider_id TEXT,
    provider_message_id TEXT,
    kind TEXT NOT NULL,
    source BLOB,
    state TEXT NOT NULL,
    repeat_key BLOB,
    request_hash BLOB,
    created_at BIGINT NOT NULL,
    saved_at BIGINT,
    look_at BIGINT
);
CREATE UNIQUE INDEX drafts_provider ON drafts (connection_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE UNIQUE INDEX drafts_repeat ON drafts (member_id, repeat_key) WHERE repeat_key IS NOT NULL;
CREATE INDEX drafts_look ON drafts (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX drafts_gone ON drafts (created_at) WHERE state = 'gone';
CREATE INDEX drafts_message ON drafts (connection_id, provider_message_id);

CREATE TABLE sends (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    connection_id BLOB NOT NULL REFERENCES connections (id),
    draft_id BLOB NOT NULL,
    provider_draft_id TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lookups BIGINT NOT NULL,
    send_at BIGINT NOT NULL,
    committed_at BIGINT,
    reason TEXT,
    known TEXT NOT NULL,
    envelope BLOB NOT NULL,
    provider_message_id TEXT,
    repeat_key BLOB,
    request_hash BLOB,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX sends_newest ON sends (workspace_id, member_id, created_at, id);
CREATE INDEX sends_connection ON sends (connection_id);
CREATE INDEX sends_open ON sends (send_at) WHERE finished_at IS NULL;
CREATE INDEX sends_finished ON sends (finished_at) WHERE finished_at IS NOT NULL;
CREATE UNIQUE INDEX sends_repeat ON sends (member_id, repeat_key) WHERE repeat_key IS NOT NULL;
-- One message on its way for each draft: the second worker, and the second click, find it taken.
CREATE UNIQUE INDEX sends_draft ON sends (draft_id) WHERE finished_at IS NULL;
