//! A deployment with one of each thing in it, and the statements of its day.

mod conversations;
mod files;
mod imports;
mod outgoing;
mod record_setup;
mod records;

use std::time::Duration;

use tenon_model::audit::{AuditAction, AuditDetails, NewAuditEntry};
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::mail::SyncState;
use tenon_model::member::Role;
use tenon_model::{ConnectionId, MemberId, Scope, Time, WorkspaceId, World};
use tenon_vault::{DataKey, Sealed};
use uuid::Uuid;

use crate::sql::Sql;
use crate::{
    AuditQuery, Claim, ConnectionRow, Invitation, LabelRow, Mailbox, Member, NewJob, NewMessage,
    Reset, SavedSearch, Store, StoreConfig, StoreUrl, TemplateRow, ThreadQuery, TokenRow, Tx,
    Workspace,
};

pub(super) async fn sqlite() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = StoreConfig {
        url: StoreUrl::Sqlite(folder.path().join("t.db")),
        migrate: true,
    };
    (Store::open(&config).await.unwrap(), folder)
}

pub(super) struct Seed {
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) connection: ConnectionId,
}

pub(super) async fn seed(store: &Store, world: &World) -> Seed {
    let now = world.now();
    let (workspace, member, connection) = (world.id(), world.id(), world.id());
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.workspaces()
        .insert(&Workspace {
            id: workspace,
            name: "A".into(),
            created_at: now,
        })
        .await
        .unwrap();
    let row = Member {
        id: member,
        workspace_id: workspace,
        email: "a@example.com".into(),
        name: "A".into(),
        role: Role::Owner,
        password_hash: None,
        locale: "en".into(),
        time_zone: "UTC".into(),
        totp: None,
        totp_confirmed_at: None,
        totp_last_step: 0,
        disabled_at: None,
        created_at: now,
        undo_send_seconds: 10,
        working_hours: None,
    };
    tx.members().insert(&row).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(&Scope::job(workspace)).await.unwrap();
    let row = ConnectionRow {
        id: connection,
        workspace_id: workspace,
        member_id: member,
        provider: Provider::Google,
        status: ConnectionStatus::Active,
        status_reason: None,
        subject_index: [1; 16],
        subject: Sealed(vec![]),
        account: Sealed(vec![]),
        profile: None,
        features: vec![],
        scopes: vec![],
        key_id: world.id(),
        fence: 0,
        created_at: now,
        revoked_at: None,
        purge_at: None,
    };
    tx.connections().insert(&row).await.unwrap();
    tx.commit().await.unwrap();
    Seed {
        workspace,
        member,
        connection,
    }
}

pub(super) fn message(world: &World, n: usize) -> NewMessage {
    NewMessage {
        id: world.id(),
        provider_id: format!("m{n}"),
        provider_thread_id: format!("t{}", n / 2),
        labels: vec!["INBOX".into(), "UNREAD".into()],
        received_at: Time::from_secs(n as i64),
        size: 1,
        has_attachments: false,
        automatic: false,
        envelope: Sealed(vec![1]),
        message_id_index: None,
        address_indexes: vec![[1; 16]],
    }
}

async fn audit_log(tx: &mut Tx, world: &World, seed: &Seed) {
    let chain = Some(seed.workspace);
    let entry = NewAuditEntry {
        workspace: chain,
        action: AuditAction::SignedIn,
        actor: seed.member.into(),
        target: None,
        details: AuditDetails::default(),
        request: None,
    };
    let key = DataKey::generate(world).chain_key(seed.workspace.0);
    tx.audit().append(entry, key).unwrap();
    tx.write_audit().await.unwrap();
    tx.audit().chains().await.unwrap();
    tx.audit().after(chain, 0, 100).await.unwrap();
    tx.audit().heads().await.unwrap();
    tx.audit().head(chain).await.unwrap();
    tx.audit().signed(chain, 1, "x").await.unwrap();
    tx.audit().forget(world.id()).await.unwrap();
}

async fn audit_pages(tx: &mut Tx, seed: &Seed) {
    let person = tx.audit().pseudonym(seed.member).await.unwrap();
    tx.audit().people(&[Uuid::nil()]).await.unwrap();
    let page = AuditQuery {
        limit: 50,
        ..AuditQuery::default()
    };
    let one = AuditQuery {
        actions: vec![AuditAction::SignedIn],
        ..page.clone()
    };
    let person = AuditQuery {
        before: Some(9),
        person: Some(person.unwrap_or_default()),
        from: Some(Time(0)),
        to: Some(Time(1)),
        ..page.clone()
    };
    for query in [page, one, person] {
        tx.audit().list(&query).await.unwrap();
    }
}

async fn ways_in_of_a_member(tx: &mut Tx, world: &World, seed: &Seed) {
    let now = world.now();
    let invitation = Invitation {
        id: world.id(),
        workspace_id: seed.workspace,
        token_hash: [1; 32],
        email_index: [1; 16],
        email: Sealed(vec![]),
        role: Role::Member,
        invited_by: seed.member,
        created_at: now,
        expires_at: now,
    };
    tx.invitations().put(&invitation).await.unwrap();
    tx.invitations().list(now).await.unwrap();
    tx.invitations().get(invitation.id).await.unwrap();
    tx.invitations().delete(world.id()).await.unwrap();
    let reset = Reset {
        token_hash: [1; 32],
        workspace_id: seed.workspace,
        member_id: seed.member,
        made_by: seed.member,
        created_at: now,
        expires_at: now,
    };
    tx.resets().put(&reset).await.unwrap();
    tx.resets().delete_for_member(seed.member).await.unwrap();
    tx.domains().insert("acme.example", now).await.unwrap();
    tx.domains().list().await.unwrap();
    tx.domains().delete("other.example").await.unwrap();
    tx.passkeys().list(seed.member).await.unwrap();
    tx.passkeys().owners().await.unwrap();
    tx.passkeys().rename(world.id(), "x").await.unwrap();
    tx.passkeys().delete(world.id()).await.unwrap();
    tx.identities().list(seed.member).await.unwrap();
    tx.identities().delete(world.id()).await.unwrap();
    tx.members().hold(seed.member).await.unwrap();
    tx.connections().pause_of(seed.member, "x").await.unwrap();
    tx.connections().resume_of(seed.member, "x").await.unwrap();
    tx.sessions().get(world.id()).await.unwrap();
    tx.sessions()
        .delete_for_member(seed.member, None)
        .await
        .unwrap();
}

async fn ways_in_of_the_deployment(tx: &mut Tx, world: &World, seed: &Seed) {
    let now = world.now();
    tx.invitations().by_token_hash([1; 32]).await.unwrap();
    tx.invitations().is_invited([1; 16], now).await.unwrap();
    tx.invitations().take(world.id()).await.unwrap();
    tx.invitations().purge(now).await.unwrap();
    tx.resets().by_token_hash([1; 32]).await.unwrap();
    tx.resets().take([1; 32]).await.unwrap();
    tx.resets().purge(now).await.unwrap();
    tx.domains().workspaces_of("acme.example").await.unwrap();
    tx.passkeys().by_credential(b"1").await.unwrap();
    tx.passkeys().used(world.id(), 1, false, now).await.unwrap();
    tx.passkeys().delete_for_member(seed.member).await.unwrap();
    tx.identities().by_subject("i", [1; 16]).await.unwrap();
    tx.identities().touch(world.id(), now).await.unwrap();
    tx.identities()
        .delete_for_member(seed.member)
        .await
        .unwrap();
    tx.sign_in_flows().is_known([1; 32]).await.unwrap();
    tx.sign_in_flows().take([1; 32]).await.unwrap();
    tx.sign_in_flows().purge(now, 10).await.unwrap();
    tx.challenges().is_known([1; 32]).await.unwrap();
    tx.challenges().take([1; 32]).await.unwrap();
    tx.challenges().purge(now, 10).await.unwrap();
    tx.members().hold(seed.member).await.unwrap();
    tx.connections()
        .count_of(seed.workspace, seed.member)
        .await
        .unwrap();
    tx.sessions().renew(world.id(), [1; 32], now).await.unwrap();
}

/// Runs what a deployment runs all day, as a member and as the deployment; all statements.
pub(super) async fn a_day(store: &Store, world: &World, seed: &Seed) -> Vec<Sql> {
    let now = world.now();
    let id = seed.connection;
    let mut ran = Vec::new();

    let mut tx = store
        .begin(&Scope::member(seed.workspace, seed.member))
        .await
        .unwrap();
    let mailbox = Mailbox {
        connection_id: id,
        workspace_id: seed.workspace,
        state: SyncState::Live,
        reason: None,
        cursor: None,
        generation: 1,
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
        resyncs: vec![],
        updated_at: now,
    };
    tx.mailboxes().insert(&mailbox).await.unwrap();
    tx.mailboxes().save(&mailbox, 0).await.unwrap();
    let ids: Vec<String> = (0..120).map(|n| format!("m{n}")).collect();
    for _ in 0..2 {
        tx.messages()
            .store_page(id, (0..120).map(|n| message(world, n)).collect(), 1)
            .await
            .unwrap();
    }
    let span = tenon_model::reports::Span {
        start: Time(0),
        end: Time(1),
    };
    tx.messages().letters(span, 9).await.unwrap();
    tx.messages().known(id, &ids).await.unwrap();
    tx.messages()
        .relabel(
            id,
            vec![("m1".into(), vec!["STARRED".into()], vec!["UNREAD".into()])],
        )
        .await
        .unwrap();
    tx.messages()
        .set_attachments(id, &[("m1".into(), true), ("m2".into(), false)])
        .await
        .unwrap();
    tx.messages()
        .carries(id, &["m1".into(), "m2".into()])
        .await
        .unwrap();
    tx.messages()
        .set_labels(id, vec![("m2".into(), vec![])])
        .await
        .unwrap();
    tx.messages().remove(id, &ids[100..]).await.unwrap();
    tx.messages().mark_seen(id, &ids[..90], 2).await.unwrap();
    tx.messages().unseen(id, 2).await.unwrap();
    tx.messages().adopt_unseen(id, 1).await.unwrap();
    tx.messages().remove_unseen(id, 2).await.unwrap();
    tx.messages()
        .provider_ids(id, Some("m1"), 10)
        .await
        .unwrap();
    tx.messages().count(id).await.unwrap();
    for label in [None, Some("INBOX".to_owned())] {
        for unread in [false, true] {
            let query = ThreadQuery {
                connections: vec![],
                label: label.clone(),
                unread,
                after: None,
                limit: 50,
            };
            let threads = tx.threads().page(&query).await.unwrap();
            let threads: Vec<_> = threads.iter().map(|t| t.id).collect();
            tx.threads().heads(&threads, 3).await.unwrap();
            tx.messages().of_thread(threads[0]).await.unwrap();
            tx.threads().get(threads[0]).await.unwrap();
        }
    }
    tx.threads().counts(id).await.unwrap();
    tx.threads()
        .with_address(&[(id, [1; 16])], None, 10)
        .await
        .unwrap();
    tx.messages().get(world.id()).await.unwrap();
    let label = LabelRow {
        id: world.id(),
        connection_id: id,
        provider_id: "INBOX".into(),
        name: Sealed(vec![]),
        system: true,
        color: None,
    };
    tx.labels().replace(id, &[label]).await.unwrap();
    tx.labels().list(id).await.unwrap();
    tx.labels().counts(id).await.unwrap();
    tx.watches()
        .renewed(id, [2; 16], now, now, now)
        .await
        .unwrap();
    tx.watches().refused(id, "x", now, now).await.unwrap();
    tx.watches().missed(id, now).await.unwrap();
    tx.watches().get(id).await.unwrap();
    tx.boxes().open(id, now).await.unwrap();
    tx.boxes().get(id).await.unwrap();
    tx.boxes().adopt_older(id, now, 1).await.unwrap();
    tx.boxes().oldest(id, Time::from_secs(1)).await.unwrap();
    tx.boxes()
        .count_older(id, Time::from_secs(1))
        .await
        .unwrap();
    tx.boxes()
        .purge(id, Time::from_secs(1), now, 10)
        .await
        .unwrap();
    tx.boxes()
        .purged(id, Time::from_secs(1), now)
        .await
        .unwrap();
    tx.visits().put(id, "t1", now).await.unwrap();
    tx.visits().prune(id, now).await.unwrap();
    let provider_ids = ["t1".to_owned(), "t2".to_owned()];
    tx.threads()
        .by_provider_ids(id, &provider_ids)
        .await
        .unwrap();
    tx.shown_senders().add(id, [3; 16], now).await.unwrap();
    tx.shown_senders().has(id, [3; 16]).await.unwrap();
    tx.shown_senders().remove(id, [3; 16]).await.unwrap();
    tx.retention().mail_days().await.unwrap();
    tx.retention().set_mail_days(90, now).await.unwrap();
    tx.retention().mailboxes().await.unwrap();
    let search = SavedSearch {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        search: Sealed(vec![]),
        created_at: now,
    };
    tx.saved_searches().insert(&search).await.unwrap();
    tx.saved_searches().list().await.unwrap();
    tx.saved_searches().delete(search.id).await.unwrap();
    let template = TemplateRow {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        shared: true,
        content: Sealed(vec![]),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.templates().insert(&template).await.unwrap();
    tx.templates().list().await.unwrap();
    tx.templates().get(template.id).await.unwrap();
    tx.templates().count_of(seed.member).await.unwrap();
    tx.templates().save(&template).await.unwrap();
    tx.templates().delete(template.id).await.unwrap();
    tx.skipped().record(id, "x", "y", now).await.unwrap();
    tx.skipped().list(id, 10).await.unwrap();
    tx.skipped().list_due(id, now, 10).await.unwrap();
    tx.skipped().resolve(id, "x").await.unwrap();
    tx.skipped()
        .resolve_all(id, &["x".into(), "y".into()])
        .await
        .unwrap();
    tx.runs().list(id, 10).await.unwrap();
    tx.runs().prune(id, now).await.unwrap();
    let tokens = TokenRow {
        connection_id: id,
        version: 0,
        refresh: None,
        access: None,
        access_expires_at: None,
        refresh_after: None,
    };
    tx.tokens().put(&tokens, 0).await.unwrap();
    tx.tokens().put(&tokens, 1).await.unwrap();
    tx.tokens().get(id).await.unwrap();
    tx.connections().list().await.unwrap();
    tx.connections().counts(id).await.unwrap();
    tx.consents().list().await.unwrap();
    tx.consents()
        .withdraw_for_connection(id, now)
        .await
        .unwrap();
    tx.receipts().list().await.unwrap();
    tx.events().since(0, 10).await.unwrap();
    tx.sessions().list(seed.member, now).await.unwrap();
    ways_in_of_a_member(&mut tx, world, seed).await;
    tx.jobs().list_parked().await.unwrap();
    tx.jobs().counts(id).await.unwrap();
    tx.jobs().unpark(world.id(), now).await.unwrap();
    outgoing::statements(&mut tx, seed, world).await;
    record_setup::statements(&mut tx, seed, world).await;
    records::statements(&mut tx, seed, world).await;
    let query = ThreadQuery {
        connections: vec![],
        label: None,
        unread: false,
        after: None,
        limit: 1,
    };
    let threads = tx.threads().page(&query).await.unwrap();
    let thread = threads.first().map(|t| t.id);
    if let Some(thread) = thread {
        conversations::statements(&mut tx, seed, world, thread).await;
    }
    imports::statements(&mut tx, seed, world).await;
    ran.append(&mut tx.ran);
    tx.commit().await.unwrap();

    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.mail_actions().prune(now, 10).await.unwrap();
    tx.imports().overdue((now, now, now), 10).await.unwrap();
    tx.drafts().prune(now).await.unwrap();
    tx.drafts().in_doubt(now, 10).await.unwrap();
    tx.sends().prune(now).await.unwrap();
    tx.sends().overdue(now, 10).await.unwrap();
    tx.mail_merges().overdue(now, 10).await.unwrap();
    tx.sessions().by_token_hash([1; 32]).await.unwrap();
    tx.sessions().purge(now).await.unwrap();
    tx.flows().take([1; 32]).await.unwrap();
    tx.flows().purge(now).await.unwrap();
    tx.record_files().purge(now, 9).await.unwrap();
    tx.file_cursors().due(now, 9).await.unwrap();
    ways_in_of_the_deployment(&mut tx, world, seed).await;
    tx.mailboxes().list_due(now, 10).await.unwrap();
    tx.connections().list_due_for_purge(now).await.unwrap();
    tx.watches().by_address(&[[2; 16]]).await.unwrap();
    tx.watches().pushed(&[(id, None)], now).await.unwrap();
    tx.watches().list_due(now, 10).await.unwrap();
    tx.connections()
        .by_subject_index(Provider::Google, [1; 16])
        .await
        .unwrap();
    tx.events().prune(now).await.unwrap();
    tx.events().max_seq().await.unwrap();
    for n in 0..3 {
        let job = NewJob {
            id: world.id(),
            kind: "sync".into(),
            args: "{}".into(),
            coalesce_key: Some(n.to_string()),
            workspace_id: None,
            connection_id: None,
            run_at: now,
            created_at: now,
        };
        tx.jobs().enqueue(job).await.unwrap();
    }
    tx.jobs().next_due(&["sync"], now).await.unwrap();
    let owner = world.id();
    let claim = Claim {
        kinds: &["sync"],
        owner,
        now,
        lease: Duration::from_secs(30),
        limit: 8,
    };
    let jobs = tx.jobs().claim(&claim).await.unwrap();
    tx.jobs()
        .heartbeat(jobs[0].id, owner, jobs[0].fence, Duration::from_secs(30))
        .await
        .unwrap();
    tx.jobs()
        .finish(jobs[0].id, jobs[0].fence, now)
        .await
        .unwrap();
    tx.jobs()
        .retry(jobs[1].id, jobs[1].fence, "x", now, true)
        .await
        .unwrap();
    tx.jobs()
        .park(jobs[2].id, jobs[2].fence, "x", now)
        .await
        .unwrap();
    tx.jobs().counts_everywhere().await.unwrap();
    for table in crate::LARGE_TABLES {
        tx.purges().step(world.id(), *table, 100).await.unwrap();
    }
    let purges = tx.purges().list(10).await.unwrap();
    assert!(purges.is_empty());
    tx.purges().rows_left(id).await.unwrap();
    tx.connections().existing(&[id]).await.unwrap();
    tx.connections().list_idle(now, 10).await.unwrap();
    tx.connections()
        .lost_grants(Provider::Google, now)
        .await
        .unwrap();
    tx.keys().existing(&[world.id()]).await.unwrap();
    audit_log(&mut tx, world, seed).await;
    tx.events().tail(0, 10).await.unwrap();
    tx.jobs().hold_claim(world.id(), 1).await.unwrap();
    tx.jobs().delete_done_before(now).await.unwrap();
    ran.append(&mut tx.ran);
    tx.commit().await.unwrap();

    let mut tx = store.begin(&Scope::job(seed.workspace)).await.unwrap();
    audit_pages(&mut tx, seed).await;
    conversations::lending(&mut tx, seed, world, thread.unwrap()).await;
    tx.connections().delete(id, None).await.unwrap();
    ran.append(&mut tx.ran);
    ran
}
