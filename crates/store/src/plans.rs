//! How the databases go about our statements: by an index, always.

mod outgoing;

use std::time::Duration;

use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::mail::SyncState;
use tenon_model::member::Role;
use tenon_model::{ConnectionId, MemberId, Scope, Time, WorkspaceId, World, inventory};
use tenon_vault::Sealed;

use crate::sql::{Row, Sql, sql};
use crate::{
    Claim, ConnectionRow, DbKind, LabelRow, Mailbox, Member, NewJob, NewMessage, Store,
    StoreConfig, StoreError, StoreUrl, ThreadQuery, TokenRow, Tx, Workspace,
};

/// Tables of which a deployment has few rows, or that are asked for whole.
const SMALL: &[&str] = &[
    "workspaces",
    "members",
    "settings",
    "schema_versions",
    "keys",
];

async fn sqlite() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = StoreConfig {
        url: StoreUrl::Sqlite(folder.path().join("t.db")),
        migrate: true,
    };
    (Store::open(&config).await.unwrap(), folder)
}

struct Seed {
    workspace: WorkspaceId,
    member: MemberId,
    connection: ConnectionId,
}

async fn seed(store: &Store, world: &World) -> Seed {
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

fn message(world: &World, n: usize) -> NewMessage {
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

/// Runs what a deployment runs all day, as a member and as the deployment; all statements.
async fn a_day(store: &Store, world: &World, seed: &Seed) -> Vec<Sql> {
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
    tx.messages().known(id, &ids).await.unwrap();
    tx.messages()
        .relabel(
            id,
            vec![("m1".into(), vec!["STARRED".into()], vec!["UNREAD".into()])],
        )
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
        .with_address(&[(id, [1; 16])], 10)
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
    tx.skipped().record(id, "x", "y", now).await.unwrap();
    tx.skipped().list(id, 10).await.unwrap();
    tx.skipped().resolve(id, "x").await.unwrap();
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
    tx.jobs().list_parked().await.unwrap();
    tx.jobs().counts(id).await.unwrap();
    tx.jobs().unpark(world.id(), now).await.unwrap();
    outgoing::statements(&mut tx, seed, world).await;
    ran.append(&mut tx.ran);
    tx.commit().await.unwrap();

    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.mail_actions().prune(now).await.unwrap();
    tx.drafts().prune(now).await.unwrap();
    tx.sends().prune(now).await.unwrap();
    tx.sends().overdue(now, 10).await.unwrap();
    tx.sessions().by_token_hash([1; 32]).await.unwrap();
    tx.sessions().purge(now).await.unwrap();
    tx.flows().take([1; 32]).await.unwrap();
    tx.flows().purge(now).await.unwrap();
    tx.mailboxes().list_due(now, 10).await.unwrap();
    tx.connections().list_due_for_purge(now).await.unwrap();
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
    tx.jobs().delete_done_before(now).await.unwrap();
    ran.append(&mut tx.ran);
    tx.commit().await.unwrap();

    let mut tx = store.begin(&Scope::job(seed.workspace)).await.unwrap();
    tx.connections().delete(id).await.unwrap();
    ran.append(&mut tx.ran);
    ran
}

/// The plan of a statement, a line for each step.
async fn plan(tx: &mut Tx, statement: &Sql) -> Vec<String> {
    let mut explain = statement.clone();
    let (word, column) = match tx.kind() {
        DbKind::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
        DbKind::Postgres => ("EXPLAIN ", 0),
    };
    explain.text = format!("{word}{}", statement.text).into();
    let rows = tx.all(explain).await.unwrap();
    rows.iter()
        .map(|row| match row {
            Row::Sqlite(r) => sqlx::Row::get::<String, _>(r, column),
            Row::Postgres(r) => sqlx::Row::get::<String, _>(r, column),
        })
        .collect()
}

/// Partial indexes that hold only what is asked for: the waiting, the parked, the due.
const WALKED: &[&str] = &["jobs_due", "jobs_parked", "jobs_lease"];

/// The table that a step walks through as a whole, if it does.
fn walked(step: &str) -> Option<&str> {
    let rest = step
        .split_once("Seq Scan on ")
        .map(|(_, rest)| rest)
        .or_else(|| step.strip_prefix("SCAN "))?;
    let table = rest.split(' ').next()?;
    // `v` is the list of values of a bulk update, `n` the few messages that head a thread.
    let alias = table.len() == 1 && !["v", "n"].contains(&table);
    let of_ours = alias || inventory::tables().contains(&table);
    let fine = SMALL.contains(&table)
        || WALKED
            .iter()
            .any(|index| rest.ends_with(&format!(" {index}")));
    (of_ours && !fine).then_some(table)
}

/// The statements of a day that walk a whole table.
async fn walking(store: &Store) -> Vec<String> {
    let (world, _) = World::simulated(1);
    let seed = seed(store, &world).await;
    let statements = a_day(store, &world, &seed).await;
    assert!(statements.len() > 100);
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    if tx.kind() == DbKind::Postgres {
        // Its tables are as good as empty here; the question is whether it could do without.
        tx.exec(sql("SET LOCAL enable_seqscan = off"))
            .await
            .unwrap();
    }
    let mut bad = Vec::new();
    for statement in &statements {
        for step in plan(&mut tx, statement).await {
            if let Some(table) = walked(&step) {
                bad.push(format!("{table}: {step}: {:.300}", statement.text));
            }
        }
    }
    bad
}

#[tokio::test]
async fn no_statement_walks_a_whole_table_on_sqlite() {
    let (store, _folder) = sqlite().await;
    let bad = walking(&store).await;
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn no_statement_walks_a_whole_table_on_postgres() {
    tenon_testkit::store::on_postgres(async |t| {
        let url = StoreUrl::parse(&t.address()).unwrap();
        let store = Store::open(&StoreConfig { url, migrate: true })
            .await
            .unwrap();
        let bad = walking(&store).await;
        store.close().await;
        assert!(bad.is_empty(), "{bad:#?}");
    });
}

#[tokio::test]
async fn the_lists_are_read_in_index_order() {
    let (world, _) = World::simulated(1);
    let (store, _folder) = sqlite().await;
    let seed = seed(&store, &world).await;
    let statements = a_day(&store, &world, &seed).await;
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    let mut looked_at = 0;
    for statement in statements.iter().filter(|s| s.text.contains("LIMIT $4")) {
        if !statement.text.contains("last_at DESC") {
            continue;
        }
        looked_at += 1;
        let steps = plan(&mut tx, statement).await.join("; ");
        assert!(
            !steps.contains("TEMP B-TREE"),
            "{steps}: {}",
            statement.text
        );
        let index = if statement.text.contains("l.unread") {
            "thread_labels_unread"
        } else if statement.text.contains("thread_labels") {
            "SEARCH l USING PRIMARY KEY (connection_id=? AND label=? AND (last_at,thread_id)<"
        } else if statement.text.contains("unread_count > 0") {
            "threads_unread"
        } else {
            "threads_newest"
        };
        assert!(steps.contains(index), "{index}: {steps}");
    }
    assert_eq!(looked_at, 4);
}

#[tokio::test]
async fn a_full_disk_says_so_and_loses_nothing() {
    let (store, _folder) = sqlite().await;
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.settings().put("small", "s").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.all(sql("PRAGMA max_page_count = 1")).await.unwrap();
    let result = tx.settings().put("big", &"x".repeat(1_000_000)).await;
    assert!(matches!(result, Err(StoreError::Full)), "{result:?}");
    assert!(matches!(tx.commit().await, Err(StoreError::Failed)));
    let mut tx = store.read(&Scope::system()).await.unwrap();
    assert_eq!(
        tx.settings().get("small").await.unwrap().as_deref(),
        Some("s")
    );
    assert_eq!(tx.settings().get("big").await.unwrap(), None);
}

#[test]
fn a_walk_is_recognised() {
    for step in [
        "SCAN messages",
        "SCAN m USING COVERING INDEX messages_provider",
        "  ->  Seq Scan on threads t  (cost=1)",
    ] {
        assert!(walked(step).is_some(), "{step}");
    }
    for step in [
        "SEARCH m USING INDEX messages_provider (connection_id=?)",
        "SCAN jobs USING INDEX jobs_due",
        "SCAN v",
        "SCAN 100-ROW VALUES CLAUSE",
        "Index Scan using threads_newest on threads t",
    ] {
        assert!(walked(step).is_none(), "{step}");
    }
}
