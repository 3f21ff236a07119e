//! Rows with sensible values. The `insert` ones commit in a transaction of their own.

use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::feature::Feature;
use tenon_model::mail::SyncState;
use tenon_model::member::Role;
use tenon_model::{ConnectionId, MemberId, Scope, Time, WorkspaceId, World};
use tenon_store::{ConnectionRow, Mailbox, Member, NewMessage, Workspace};
use tenon_vault::Sealed;

use crate::TestStore;

/// Inserts a workspace with an owner, `owner-<n>@example.com`.
pub async fn workspace(t: &TestStore) -> (WorkspaceId, MemberId) {
    let workspace = Workspace {
        id: t.world.id(),
        name: "Acme".into(),
        created_at: t.world.now(),
    };
    let mut tx = t
        .store
        .begin(&Scope::system())
        .await
        .expect("a transaction");
    let owner = member(&t.world, workspace.id);
    tx.workspaces()
        .insert(&workspace)
        .await
        .expect("a workspace");
    tx.members().insert(&owner).await.expect("an owner");
    tx.commit().await.expect("committed");
    (workspace.id, owner.id)
}

/// A member who can do everything and whose address is their id.
pub fn member(world: &World, workspace: WorkspaceId) -> Member {
    let id: MemberId = world.id();
    Member {
        id,
        workspace_id: workspace,
        email: format!("{id}@example.com"),
        name: "Ann Example".into(),
        role: Role::Owner,
        password_hash: None,
        locale: "en".into(),
        time_zone: "Europe/Paris".into(),
        totp: None,
        totp_confirmed_at: None,
        totp_last_step: 0,
        disabled_at: None,
        created_at: world.now(),
        undo_send_seconds: 10,
        working_hours: None,
    }
}

/// An active Google connection with mail.
pub fn connection(world: &World, workspace: WorkspaceId, member: MemberId) -> ConnectionRow {
    ConnectionRow {
        id: world.id(),
        workspace_id: workspace,
        member_id: member,
        provider: Provider::Google,
        status: ConnectionStatus::Active,
        status_reason: None,
        subject_index: world.bytes(),
        subject: Sealed(b"subject".to_vec()),
        account: Sealed(b"account".to_vec()),
        profile: Some("type".into()),
        features: vec![Feature::Mail],
        scopes: vec!["openid".into(), "email".into()],
        key_id: world.id(),
        fence: 0,
        created_at: world.now(),
        revoked_at: None,
        purge_at: None,
    }
}

/// An empty mailbox that waits for its first sync.
pub fn mailbox(world: &World, connection: &ConnectionRow) -> Mailbox {
    Mailbox {
        connection_id: connection.id,
        workspace_id: connection.workspace_id,
        state: SyncState::Waiting,
        reason: None,
        cursor: None,
        generation: 0,
        shadow: None,
        page_token: None,
        pages_done: 0,
        listed: 0,
        gone: 0,
        provider_total: 0,
        snapshot_started_at: None,
        last_sync_at: None,
        next_sync_at: None,
        cursor_at: None,
        resyncs: Vec::new(),
        updated_at: world.now(),
    }
}

/// Inserts a connection with a mailbox.
pub async fn insert_mailbox(
    t: &TestStore,
    workspace: WorkspaceId,
    member: MemberId,
) -> ConnectionId {
    let row = connection(&t.world, workspace, member);
    let mut tx = t
        .store
        .begin(&Scope::member(workspace, member))
        .await
        .expect("a transaction");
    tx.connections().insert(&row).await.expect("a connection");
    tx.mailboxes()
        .insert(&mailbox(&t.world, &row))
        .await
        .expect("a mailbox");
    tx.commit().await.expect("committed");
    row.id
}

/// A message `provider_id` in the thread `thread`, received at second `at`.
pub fn message(
    world: &World,
    provider_id: &str,
    thread: &str,
    labels: &[&str],
    at: i64,
) -> NewMessage {
    NewMessage {
        id: world.id(),
        provider_id: provider_id.into(),
        provider_thread_id: thread.into(),
        labels: labels.iter().map(|l| (*l).to_owned()).collect(),
        received_at: Time::from_secs(at),
        size: 1_000,
        has_attachments: false,
        automatic: false,
        envelope: Sealed(provider_id.as_bytes().to_vec()),
        message_id_index: None,
        address_indexes: Vec::new(),
    }
}
