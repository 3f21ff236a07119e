use std::time::Duration;

use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::feature::Feature;
use tenon_model::records::{Access, Kind, Shape, ShareScope, Values};
use tenon_model::{ConnectionId, MemberId, Scope, Time, World, inventory};
use tenon_store::{
    Grantee, KeyRow, NewJob, RecordRow, RecordWrite, Run, StoreError, ThreadQuery, TokenRow, Tx,
};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

store_test! {
    async fn a_connection_comes_back_as_written(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut row = rows::connection(&t.world, workspace, owner);
        row.features = vec![Feature::Mail, Feature::Sending];
        row.scopes = Vec::new();
        row.status_reason = Some("mail_disabled".into());
        row.revoked_at = Some(t.world.now());
        row.purge_at = Some(t.world.now() + Duration::from_secs(1));
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.connections().insert(&row).await.unwrap();
        assert_eq!(tx.connections().get(row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.connections().list().await.unwrap(), [row]);
        assert_eq!(tx.connections().get(t.world.id()).await.unwrap(), None);
    }
}

store_test! {
    async fn grant_status_and_account_change(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let scopes = vec!["openid".to_owned()];
        tx.connections().update_grant(id, &[Feature::Files], &scopes, Some("sales")).await.unwrap();
        let at = t.world.now();
        tx.connections().set_status(id, ConnectionStatus::Revoked, Some("invalid_grant"), Some(at), Some(at)).await.unwrap();
        tx.connections().set_account(id, Sealed(b"new".to_vec())).await.unwrap();
        let row = tx.connections().get(id).await.unwrap().unwrap();
        assert_eq!((row.features, row.scopes, row.profile.as_deref()), (vec![Feature::Files], scopes, Some("sales")));
        assert_eq!((row.status, row.status_reason.as_deref()), (ConnectionStatus::Revoked, Some("invalid_grant")));
        assert_eq!((row.revoked_at, row.purge_at, row.account), (Some(at), Some(at), Sealed(b"new".to_vec())));
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.connections().list_due_for_purge(at - Duration::from_secs(1)).await.unwrap().is_empty());
        assert_eq!(tx.connections().list_due_for_purge(at).await.unwrap().len(), 1);
        assert!(tx.connections().ids_active().await.unwrap().is_empty());
    }
}

store_test! {
    async fn the_fence_only_grows(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.connections().fence(id).await.unwrap(), Some(0));
        assert_eq!(tx.connections().bump_fence(id).await.unwrap(), 1);
        assert_eq!(tx.connections().bump_fence(id).await.unwrap(), 2);
        assert_eq!(tx.connections().fence(id).await.unwrap(), Some(2));
        assert_eq!(tx.connections().fence(t.world.id()).await.unwrap(), None);
        assert!(matches!(tx.connections().bump_fence(t.world.id()).await, Err(StoreError::NotFound(_))));
    }
}

// Fault A10: whether a grant is shared is asked across workspaces.
store_test! {
    async fn connections_to_one_account_are_found_across_workspaces(t: TestStore) {
        let mut ids = Vec::new();
        for index in [[7; 16], [7; 16], [8; 16]] {
            let (workspace, owner) = rows::workspace(&t).await;
            let mut row = rows::connection(&t.world, workspace, owner);
            row.subject_index = index;
            let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
            assert!(matches!(tx.connections().by_subject_index(Provider::Google, index).await, Err(StoreError::Scope(_))));
            tx.connections().insert(&row).await.unwrap();
            tx.commit().await.unwrap();
            ids.push(row.id);
        }
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let found = tx.connections().by_subject_index(Provider::Google, [7; 16]).await.unwrap();
        let mut found: Vec<ConnectionId> = found.into_iter().map(|c| c.id).collect();
        found.sort_unstable();
        ids[..2].sort_unstable();
        assert_eq!(found, ids[..2]);
        assert_eq!(tx.connections().ids_active().await.unwrap().len(), 3);
    }
}

/// Something in every table that a connection has rows in.
async fn fill(t: &TestStore, scope: &Scope, id: ConnectionId) {
    let now = t.world.now();
    let mut tx = t.store.begin(scope).await.unwrap();
    let workspace = scope.workspace.unwrap();
    let key = KeyRow {
        id: t.world.id(),
        workspace_id: Some(workspace),
        connection_id: Some(id),
        wrapped: vec![1],
        kek: "file:1".into(),
        created_at: now,
    };
    tx.keys().insert(&key).await.unwrap();
    let token = TokenRow {
        connection_id: id,
        version: 0,
        refresh: Some(Sealed(vec![1])),
        access: None,
        access_expires_at: None,
        refresh_after: None,
    };
    assert!(tx.tokens().put(&token, 0).await.unwrap());
    let mut message = rows::message(&t.world, "m1", "t1", &["INBOX", "UNREAD"], 5);
    message.address_indexes = vec![[1; 16], [2; 16]];
    tx.messages()
        .store_page(id, vec![message], 1)
        .await
        .unwrap();
    let label = tenon_store::LabelRow {
        id: t.world.id(),
        connection_id: id,
        provider_id: "INBOX".into(),
        name: Sealed(vec![1]),
        system: true,
        color: None,
    };
    tx.labels().replace(id, &[label]).await.unwrap();
    tx.skipped()
        .record(id, "m2", "not_found", now)
        .await
        .unwrap();
    let run = Run {
        id: t.world.uuid(),
        connection_id: id,
        kind: "poll".into(),
        started_at: now,
        finished_at: None,
        outcome: None,
        added: 0,
        changed: 0,
        removed: 0,
    };
    tx.runs().start(&run).await.unwrap();
    tx.watches()
        .renewed(id, [1; 16], now, now, now)
        .await
        .unwrap();
    tx.boxes().open(id, Time::from_secs(0)).await.unwrap();
    tx.visits().put(id, "t", now).await.unwrap();
    tx.shown_senders().add(id, [1; 16], now).await.unwrap();
    let job = NewJob {
        id: t.world.id(),
        kind: "sync".into(),
        args: "{}".into(),
        coalesce_key: None,
        workspace_id: Some(workspace),
        connection_id: Some(id),
        run_at: now,
        created_at: now,
    };
    tx.jobs().enqueue(job).await.unwrap();
    let owner = scope.member.unwrap();
    crate::outgoing::fill(&mut tx, &t.world, workspace, owner, id).await;
    let flow = crate::records::flow(t, workspace, scope.member.unwrap(), Some(id));
    tx.flows().insert(&flow).await.unwrap();
    let consent = crate::records::consent(t, workspace, scope.member.unwrap(), Some(id));
    tx.consents().insert(&consent).await.unwrap();
    meets_records(&mut tx, &t.world, owner, id).await;
    tx.commit().await.unwrap();
}

/// Its conversation stands in a company's record and is shared, and nobody wants to hear of one address again.
async fn meets_records(tx: &mut Tx, world: &World, owner: MemberId, id: ConnectionId) {
    let now = world.now();
    let query = ThreadQuery {
        connections: vec![id],
        label: None,
        unread: false,
        after: None,
        limit: 1,
    };
    let thread = tx.threads().page(&query).await.unwrap()[0].id;
    let company = RecordRow {
        id: world.id(),
        kind: Kind::Company,
        title: "A".into(),
        values: Values::new(),
        version: 1,
        owner: Some(owner),
        pipeline: None,
        stage: None,
        position: None,
        sharing: ShareScope::Workspace,
        parent: None,
        created_at: now,
        created_by: Some(owner),
        updated_at: now,
        deleted_at: None,
        access: Access::Owner,
    };
    let record = company.id;
    let write = RecordWrite::new(&Shape::new(Kind::Company, &[]), company);
    tx.records().insert(&[write]).await.unwrap();
    tx.joins().join(id, thread, record, now).await.unwrap();
    let with = [Grantee::Workspace];
    tx.lending().share(id, thread, &with, now).await.unwrap();
    tx.mail_people().dismiss(id, &[[1; 16]], now).await.unwrap();
    tx.file_cursors().begin(id, now).await.unwrap();
}

store_test! {
    async fn deleting_takes_everything_of_one_connection_and_nothing_else(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let gone = rows::insert_mailbox(&t, workspace, owner).await;
        let kept = rows::insert_mailbox(&t, workspace, owner).await;
        fill(&t, &scope, gone).await;
        fill(&t, &scope, kept).await;

        let mut tx = t.store.begin(&scope).await.unwrap();
        let before = tx.connections().counts(kept).await.unwrap();
        let announced = tx.connections().counts(gone).await.unwrap();
        let deleted = tx.connections().delete(gone, None).await.unwrap();
        assert!(deleted.iter().all(|d| announced.contains(d)));
        assert_eq!(tx.connections().get(gone).await.unwrap(), None);
        assert!(matches!(tx.connections().counts(gone).await, Err(StoreError::NotFound(_))));
        assert!(matches!(tx.connections().delete(gone, None).await, Err(StoreError::NotFound(_))));
        assert_eq!(tx.connections().counts(kept).await.unwrap(), before);
        assert_eq!(tx.consents().list().await.unwrap().len(), 2);
        assert_eq!(tx.messages().count(gone).await.unwrap(), 0);
        tx.commit().await.unwrap();

        // `fill` has to know every table, or this test would not see one that is forgotten.
        let tables: Vec<_> = announced.iter().map(|(table, _)| *table).collect();
        let mut expected = inventory::tables_of_a_connection();
        expected.push("connections");
        assert_eq!(tables, expected);
        for (table, count) in announced {
            let expected = match table { "thread_labels" | "thread_addresses" => 2, "label_counts" => 4, _ => 1 };
            assert_eq!(count, expected, "{table}");
        }
        // One message, one thread, two labels and two addresses of it, one item of an action, one
        // recipient and one delivery; the job had not ended.
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.purges().rows_left(gone).await.unwrap(), 9);
        let noted: Vec<_> = tx.purges().list(10).await.unwrap().iter().map(|p| p.connection).collect();
        assert_eq!(noted, [gone]);
        drop(tx);
        crate::purges::drain(&t, gone, 1).await;
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.connections().counts(kept).await.unwrap(), before);
    }
}

store_test! {
    async fn a_sync_that_outlives_its_connection_writes_nothing(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let scope = Scope::job(workspace);
        let mut tx = t.store.begin(&scope).await.unwrap();
        let mailbox = tx.mailboxes().get(id).await.unwrap().unwrap();
        tx.connections().delete(id, None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        let page = vec![rows::message(&t.world, "m", "t", &[], 1)];
        assert!(matches!(tx.messages().store_page(id, page, 1).await, Err(StoreError::NotFound("connection"))));
        assert!(!tx.mailboxes().save(&mailbox, 0).await.unwrap());
    }
}

// A disconnect while a page is being stored elsewhere: PostgreSQL makes it wait for the page and
// then deletes it too; on SQLite there is one writer anyway.
store_test! {
    async fn a_disconnect_waits_for_a_page_under_way(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let scope = Scope::job(workspace);
        let mut page = t.store.begin(&scope).await.unwrap();
        page.messages().store_page(id, vec![rows::message(&t.world, "m", "t", &["INBOX"], 1)], 1).await.unwrap();
        let store = t.store.clone();
        let disconnect = tokio::spawn(async move {
            let mut tx = store.begin(&scope).await.unwrap();
            let deleted = tx.connections().delete(id, None).await.unwrap();
            tx.commit().await.unwrap();
            deleted
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!disconnect.is_finished());
        page.commit().await.unwrap();
        let deleted = disconnect.await.unwrap();
        assert!(deleted.contains(&("label_counts", 3)), "{deleted:?}");
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.purges().rows_left(id).await.unwrap(), 3, "message, thread, its label");
    }
}

store_test! {
    async fn what_pauses_with_an_account_goes_on_with_it_and_nothing_else_does(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let statuses = [
            (ConnectionStatus::Active, None),
            (ConnectionStatus::Paused, None),
            (ConnectionStatus::Revoked, Some("invalid_grant")),
            (ConnectionStatus::Stopped, Some("disconnecting")),
        ];
        let mut ids = Vec::new();
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        for (status, reason) in statuses {
            let row = rows::connection(&t.world, workspace, owner);
            tx.connections().insert(&row).await.unwrap();
            tx.connections().set_status(row.id, status, reason, None, None).await.unwrap();
            ids.push(row.id);
        }
        tx.commit().await.unwrap();
        let now = async || {
            let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
            let mut out = Vec::new();
            for id in &ids {
                let row = tx.connections().get(*id).await.unwrap().unwrap();
                out.push((row.status, row.status_reason));
            }
            out
        };
        let before = now().await;
        for elsewhere in [Scope::job(other), Scope::member(workspace, t.world.id())] {
            let mut tx = t.store.begin(&elsewhere).await.unwrap();
            assert!(tx.connections().pause_of(owner, "off").await.unwrap().is_empty());
            assert!(tx.connections().resume_of(owner, "off").await.unwrap().is_empty());
            tx.commit().await.unwrap();
        }
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.connections().pause_of(owner, "off").await.unwrap(), ids[..1]);
        tx.commit().await.unwrap();
        let mut paused = before.clone();
        paused[0] = (ConnectionStatus::Paused, Some("off".to_owned()));
        assert_eq!(now().await, paused);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.connections().resume_of(owner, "off").await.unwrap(), ids[..1]);
        tx.commit().await.unwrap();
        assert_eq!(now().await, before);
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.connections().fence(ids[0]).await.unwrap(), Some(1));
        drop(tx);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.connections().count_of(workspace, owner).await.unwrap(), 4);
        assert_eq!(tx.connections().count_of(other, owner).await.unwrap(), 0);
    }
}
