-- Sign-in: sessions know how and when the person last proved who they are, and there are invitations,
-- reset links, allowed domains, accounts at OpenID Connect issuers and passkeys.

ALTER TABLE sessions ADD COLUMN method TEXT COLLATE "C" NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE invitations (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    token_hash BYTEA NOT NULL,
    email_index BYTEA NOT NULL,
    email BYTEA NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    invited_by UUID NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX invitations_token ON invitations (token_hash);
CREATE UNIQUE INDEX invitations_email ON invitations (email_index, workspace_id);
CREATE INDEX invitations_workspace ON invitations (workspace_id, created_at);
CREATE INDEX invitations_expiry ON invitations (expires_at);

CREATE TABLE resets (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id),
    made_by UUID NOT NULL REFERENCES members (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX resets_member ON resets (member_id);
CREATE INDEX resets_expiry ON resets (expires_at);

CREATE TABLE domains (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    domain TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, domain)
);
CREATE INDEX domains_domain ON domains (domain);

CREATE TABLE identities (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id),
    issuer TEXT COLLATE "C" NOT NULL,
    subject_index BYTEA NOT NULL,
    account BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_subject ON identities (subject_index, issuer);
CREATE INDEX identities_member ON identities (member_id, created_at);

CREATE TABLE sign_in_flows (
    state_hash BYTEA NOT NULL PRIMARY KEY,
    issuer TEXT COLLATE "C" NOT NULL,
    browser_hash BYTEA NOT NULL,
    nonce TEXT COLLATE "C" NOT NULL,
    verifier BYTEA NOT NULL,
    invitation_hash BYTEA,
    member_id UUID,
    session_id UUID,
    next TEXT COLLATE "C",
    locale TEXT COLLATE "C" NOT NULL,
    time_zone TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sign_in_flows_expiry ON sign_in_flows (expires_at);

CREATE TABLE passkeys (
    id UUID NOT NULL PRIMARY KEY,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    member_id UUID NOT NULL REFERENCES members (id),
    credential_id BYTEA NOT NULL,
    public_key BYTEA NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    synced BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_member ON passkeys (member_id, created_at);
CREATE INDEX passkeys_workspace ON passkeys (workspace_id, member_id);

CREATE TABLE challenges (
    challenge_hash BYTEA NOT NULL PRIMARY KEY,
    purpose TEXT COLLATE "C" NOT NULL,
    session_id UUID,
    expires_at BIGINT NOT NULL
);
CREATE INDEX challenges_expiry ON challenges (expires_at);
