-- The second wall (decision 0055). The first is in the program: every statement on a tenant's table filters by
-- the scope of its transaction. Here the database itself refuses what a statement forgets: each transaction sets
-- tenon.purpose, tenon.workspace and tenon.member for itself, and where none is set nothing is seen.
-- FORCE, because the program owns its tables. A table of a later migration needs its policy in that migration;
-- store/tests/it/walls.rs fails without.

CREATE FUNCTION tenon_purpose() RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE
RETURN current_setting('tenon.purpose', true);

CREATE FUNCTION tenon_workspace() RETURNS UUID LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN current_setting('tenon.purpose', true) IN ('request', 'job')
    THEN NULLIF(current_setting('tenon.workspace', true), '')::uuid END;

-- The member of a request.
CREATE FUNCTION tenon_member() RETURNS UUID LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('tenon.member', true), '')::uuid;

-- The connections of the scope: in a request the member's own, in a job the workspace's. One index range
-- either way; the branch that is not meant is never run.
CREATE FUNCTION tenon_connections() RETURNS SETOF UUID LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT id FROM connections
    WHERE tenon_purpose() = 'request' AND workspace_id = tenon_workspace() AND member_id = tenon_member()
    UNION ALL
    SELECT id FROM connections WHERE tenon_purpose() = 'job' AND workspace_id = tenon_workspace();
END;

-- In the policies each (SELECT …) is asked once a statement, not once a row.
DO $$
DECLARE
    name TEXT;
    system CONSTANT TEXT := '(SELECT tenon_purpose()) = ''system''';
    workspace CONSTANT TEXT := 'workspace_id = (SELECT tenon_workspace())';
    member CONSTANT TEXT := '((SELECT tenon_purpose()) = ''job'' OR member_id = (SELECT tenon_member()))';
    mailbox CONSTANT TEXT := 'connection_id IN (SELECT id FROM tenon_connections() AS own (id))';
BEGIN
    -- What belongs to the deployment: nobody else's.
    FOREACH name IN ARRAY ARRAY['schema_versions', 'settings', 'challenges', 'sign_in_flows'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s)', name, system);
    END LOOP;
    -- What belongs to a workspace.
    FOREACH name IN ARRAY ARRAY['members', 'sessions', 'invitations', 'resets', 'domains', 'identities', 'passkeys',
        'keys', 'jobs', 'events', 'retention', 'purges', 'audit_people'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s OR %s)', name, system, workspace);
    END LOOP;
    -- What belongs to one of its members.
    FOREACH name IN ARRAY ARRAY['connections', 'flows', 'consents', 'receipts', 'mail_actions', 'drafts', 'sends',
        'saved_searches'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s OR (%s AND %s))', name, system, workspace, member);
    END LOOP;
    -- What belongs to a mailbox.
    FOREACH name IN ARRAY ARRAY['tokens', 'messages', 'threads', 'thread_labels', 'label_counts',
        'thread_addresses', 'labels', 'skipped', 'runs', 'mail_action_items', 'watches', 'boxes', 'shown_senders',
        'visits'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s OR %s)', name, system, mailbox);
    END LOOP;
    EXECUTE format('CREATE POLICY wall ON mailboxes USING (%s OR (%s AND %s))', system, workspace, mailbox);
    -- A chain of the audit log bears the id of its workspace.
    FOREACH name IN ARRAY ARRAY['audit_entries', 'audit_heads'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (%s OR chain_id = (SELECT tenon_workspace()))', name, system);
    END LOOP;
    CREATE POLICY wall ON workspaces
        USING ((SELECT tenon_purpose()) = 'system' OR id = (SELECT tenon_workspace()));
    CREATE POLICY wall ON recovery_codes
        USING ((SELECT tenon_purpose()) = 'system'
            OR member_id IN (SELECT m.id FROM members m WHERE m.workspace_id = tenon_workspace()));
    -- The deployment's own key seals nothing of a tenant, so every scope may read it.
    CREATE POLICY deployment ON keys FOR SELECT
        USING (workspace_id IS NULL AND (SELECT tenon_purpose()) IN ('request', 'job'));
    -- The deployment's own work, which names ids only, may be asked for from every scope.
    CREATE POLICY deployment ON jobs FOR SELECT
        USING (workspace_id IS NULL AND (SELECT tenon_purpose()) IN ('request', 'job'));
    CREATE POLICY new_deployment ON jobs FOR INSERT
        WITH CHECK (workspace_id IS NULL AND (SELECT tenon_purpose()) IN ('request', 'job'));
    CREATE POLICY sooner_deployment ON jobs FOR UPDATE
        USING (workspace_id IS NULL AND (SELECT tenon_purpose()) IN ('request', 'job'));
    -- The sentences of consent are every tenant's to read and to keep, and nobody's to change.
    CREATE POLICY sentences ON settings FOR SELECT
        USING (name LIKE 'policy:%' AND (SELECT tenon_purpose()) IN ('request', 'job'));
    CREATE POLICY new_sentences ON settings FOR INSERT
        WITH CHECK (name LIKE 'policy:%' AND (SELECT tenon_purpose()) IN ('request', 'job'));
    -- What wraps new keys is every tenant's to read and to hold, and nobody's to change.
    CREATE POLICY wrapping ON settings FOR SELECT
        USING (name = 'key_encryption_key' AND (SELECT tenon_purpose()) IN ('request', 'job'));
    CREATE POLICY holds_wrapping ON settings FOR UPDATE
        USING (name = 'key_encryption_key' AND (SELECT tenon_purpose()) IN ('request', 'job')) WITH CHECK (false);
    FOR name IN SELECT tablename FROM pg_policies WHERE policyname = 'wall' AND schemaname = current_schema() LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
