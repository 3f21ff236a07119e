-- Sign-in: sessions know how and when the person last proved who they are, and there are invitations,
-- reset links, allowed domains, accounts at OpenID Connect issuers and passkeys.

ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    token_hash BLOB NOT NULL,
    email_index BLOB NOT NULL,
    email BLOB NOT NULL,
    role TEXT NOT NULL,
    invited_by BLOB NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_email ON invitations (email_index, workspace_id);
CREATE INDEX invitations_workspace ON invitations (workspace_id, created_at);
CREATE INDEX invitations_expiry ON invitations (expires_at);

CREATE TABLE resets (
    token_hash BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    made_by BLOB NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX resets_member ON resets (member_id);
CREATE INDEX resets_expiry ON resets (expires_at);

CREATE TABLE domains (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    domain TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, domain)
);
CREATE INDEX domains_domain ON domains (domain);

CREATE TABLE identities (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    issuer TEXT NOT NULL,
    subject_index BLOB NOT NULL,
    account BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_subject ON identities (subject_index, issuer);
CREATE INDEX identities_member ON identities (member_id, created_at);

CREATE TABLE sign_in_flows (
    state_hash BLOB NOT NULL PRIMARY KEY,
    issuer TEXT NOT NULL,
    browser_hash BLOB NOT NULL,
    nonce TEXT NOT NULL,
    verifier BLOB NOT NULL,
    invitation_hash BLOB,
    member_id BLOB,
    session_id BLOB,
    next TEXT,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_flows_expiry ON sign_in_flows (expires_at);

CREATE TABLE passkeys (
    id BLOB NOT NULL PRIMARY KEY,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    credential_id BLOB NOT NULL,
    public_key BLOB NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    synced BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_member ON passkeys (member_id, created_at);
CREATE INDEX passkeys_workspace ON passkeys (workspace_id, member_id);

CREATE TABLE challenges (
    challenge_hash BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    session_id BLOB,
    expires_at BIGINT NOT NULL
);
CREATE INDEX challenges_expiry ON challenges (expires_at);
