//! Nobody reaches what is not theirs: every reading function, from every wrong scope.

use tenon_model::records::{Access, Kind, Shape, ShareScope, Values};
use tenon_model::{
    ConnectionId, LabelId, MessageId, Purpose, RecordId, Scope, ThreadId, Time, WorkspaceId,
};
use tenon_store::{Grantee, LabelRow, RecordRow, RecordWrite, StoreError, ThreadQuery, Tx};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

struct Found {
    connection: ConnectionId,
    thread: ThreadId,
    message: MessageId,
    label: LabelId,
    record: RecordId,
}

fn all_threads() -> ThreadQuery {
    ThreadQuery {
        connections: Vec::new(),
        label: None,
        unread: false,
        after: None,
        limit: 10,
    }
}

/// How many of the reading functions show something of `it`.
async fn visible(tx: &mut Tx, it: &Found) -> usize {
    let id = it.connection;
    let named = ThreadQuery {
        connections: vec![id],
        ..all_threads()
    };
    let labelled = ThreadQuery {
        label: Some("INBOX".into()),
        ..all_threads()
    };
    let ids = ["m1".to_owned()];
    let mut shown = 0;
    shown += usize::from(tx.connections().get(id).await.unwrap().is_some());
    shown += tx.connections().list().await.unwrap().len();
    shown += usize::from(tx.connections().fence(id).await.unwrap().is_some());
    shown += usize::from(tx.connections().counts(id).await.is_ok());
    shown += usize::from(tx.mailboxes().get(id).await.unwrap().is_some());
    shown += tx.messages().known(id, &ids).await.unwrap().len();
    shown += tx.messages().labels_of(id, &ids).await.unwrap().len();
    shown += tx.messages().carries(id, &ids).await.unwrap().len();
    shown += usize::from(tx.messages().get(it.message).await.unwrap().is_some());
    shown += tx.messages().of_thread(it.thread).await.unwrap().len();
    shown += tx
        .messages()
        .provider_ids(id, None, 10)
        .await
        .unwrap()
        .len();
    shown += tx.messages().count(id).await.unwrap() as usize;
    shown += tx.messages().unseen(id, 9).await.unwrap() as usize;
    shown += tx.threads().page(&all_threads()).await.unwrap().len();
    shown += tx.threads().page(&named).await.unwrap().len();
    shown += tx.threads().page(&labelled).await.unwrap().len();
    shown += usize::from(tx.threads().get(it.thread).await.unwrap().is_some());
    shown += tx.threads().heads(&[it.thread], 3).await.unwrap().len();
    shown += tx.threads().counts(id).await.unwrap().0 as usize;
    shown += tx
        .threads()
        .with_address(&[(id, [1; 16])], None, 10)
        .await
        .unwrap()
        .len();
    shown += tx.joins().of_thread(it.thread).await.unwrap().len();
    shown += tx
        .joins()
        .of_record(it.record, None, 9)
        .await
        .unwrap()
        .len();
    shown += tx.joins().newest(&[it.record]).await.unwrap().len();
    shown += tx.lending().grantees(it.thread).await.unwrap().len();
    let people = tx.mail_people().since(id, Time(0), 9).await.unwrap();
    shown += people.len();
    let heard = tx.mail_people().last_heard(id, &[[1; 16]]).await.unwrap();
    shown += heard.len();
    let newest = tx.mail_people().newest_messages(id, Time(0), 9).await;
    shown += newest.unwrap().len();
    let with = tx.mail_people().messages_with(id, [1; 16], 9, 9).await;
    shown += with.unwrap().len();
    shown += tx.labels().list(id).await.unwrap().len();
    shown += usize::from(tx.labels().get(it.label).await.unwrap().is_some());
    shown += tx.labels().counts(id).await.unwrap().len();
    shown += tx.messages().facts_of(&[it.message]).await.unwrap().len();
    shown += tx
        .messages()
        .facts_of_threads(&[it.thread])
        .await
        .unwrap()
        .len();
    shown += usize::from(
        tx.messages()
            .by_provider_id(id, "m1")
            .await
            .unwrap()
            .is_some(),
    );
    shown += usize::from(
        tx.threads()
            .by_provider_id(id, "t1")
            .await
            .unwrap()
            .is_some(),
    );
    shown += tx.skipped().list(id, 10).await.unwrap().len();
    shown += tx
        .skipped()
        .list_due(id, Time(i64::MAX), 10)
        .await
        .unwrap()
        .len();
    shown += tx.skipped().count(id).await.unwrap() as usize;
    shown += tx.jobs().list_parked().await.unwrap().len();
    shown
}

store_test! {
    async fn a_mailbox_is_its_owners_only(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let colleague = rows::member(&t.world, workspace);
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let label = LabelRow { id: t.world.id(), connection_id: connection, provider_id: "INBOX".into(), name: Sealed(vec![1]), system: true, color: None };
        let mut message = rows::message(&t.world, "m1", "t1", &["INBOX"], 5);
        message.address_indexes = vec![[1; 16]];
        let record = RecordRow {
            id: t.world.id(), kind: Kind::Company, title: "A".into(), values: Values::new(), version: 1, owner: Some(owner),
            pipeline: None, stage: None, position: None, sharing: ShareScope::Workspace, parent: None, created_at: t.world.now(),
            created_by: Some(owner), updated_at: t.world.now(), deleted_at: None, access: Access::Owner,
        };
        let it = Found { connection, thread: ThreadId(message.id.0), message: message.id, label: label.id, record: record.id };
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.members().insert(&colleague).await.unwrap();
        tx.messages().store_page(connection, vec![message], 1).await.unwrap();
        tx.labels().replace(connection, &[label]).await.unwrap();
        tx.skipped().record(connection, "m9", "gone", t.world.now()).await.unwrap();
        tx.records().insert(&[RecordWrite::new(&Shape::new(Kind::Company, &[]), record)]).await.unwrap();
        tx.joins().join(connection, it.thread, it.record, t.world.now()).await.unwrap();
        tx.lending().share(connection, it.thread, &[Grantee::Member(owner)], t.world.now()).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(visible(&mut tx, &it).await, 38);
        drop(tx);
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert_eq!(visible(&mut tx, &it).await, 38);
        drop(tx);
        for (scope, who) in [
            (Scope::member(workspace, colleague.id), "a colleague"),
            (Scope::member(other, stranger), "a stranger"),
            (Scope::member(other, owner), "the owner in another workspace"),
            (Scope::job(other), "a job of another workspace"),
        ] {
            let mut tx = t.store.read(&scope).await.unwrap();
            assert_eq!(visible(&mut tx, &it).await, 0, "{who}");
            drop(tx);
            let mut tx = t.store.begin(&scope).await.unwrap();
            let ids = ["m1".to_owned()];
            for result in [
                tx.messages().remove(connection, &ids).await,
                tx.messages().mark_seen(connection, &ids, 2).await,
                tx.messages().relabel(connection, vec![("m1".into(), vec!["X".into()], vec![])]).await,
                tx.messages().set_labels(connection, vec![("m1".into(), vec![])]).await,
                tx.messages().set_attachments(connection, &[("m1".into(), true)]).await,
                tx.messages().remove_unseen(connection, 9).await,
                tx.messages().adopt_unseen(connection, 9).await,
                tx.labels().replace(connection, &[]).await.map(|()| 0),
                tx.skipped().record(connection, "m2", "x", t.world.now()).await.map(|()| 0),
                tx.skipped().resolve(connection, "m9").await.map(u64::from),
                tx.skipped().resolve_all(connection, &ids).await,
                tx.connections().delete(connection, None).await.map(|_| 0),
                tx.connections().set_account(connection, Sealed(vec![])).await.map(|()| 0),
                tx.connections().bump_fence(connection).await.map(|_| 0),
                tx.runs().prune(connection, t.world.now()).await,
                tx.joins().join(connection, it.thread, it.record, t.world.now()).await.map(u64::from),
                tx.joins().join_by_rule(connection, &[(it.thread, it.record)], t.world.now()).await.map(|_| 0),
                tx.joins().part(connection, it.thread, it.record, t.world.now()).await.map(u64::from),
                tx.lending().share(connection, it.thread, &[Grantee::Workspace], t.world.now()).await.map(|()| 0),
                tx.mail_people().dismiss(connection, &[[1; 16]], t.world.now()).await.map(|()| 0),
            ] {
                assert!(matches!(result, Err(StoreError::NotFound("connection"))), "{who}: {result:?}");
            }
        }
    }
}

store_test! {
    async fn who_reads_what_others_share_is_asked_by_jobs_only(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let colleague = rows::member(&t.world, workspace);
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let message = rows::message(&t.world, "m1", "t1", &["INBOX"], 5);
        let thread = ThreadId(message.id.0);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.members().insert(&colleague).await.unwrap();
        tx.messages().store_page(connection, vec![message], 1).await.unwrap();
        tx.lending().share(connection, thread, &[Grantee::Workspace], t.world.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::member(workspace, colleague.id)).await.unwrap();
        let refused = tx.lending().read_by(colleague.id, &[thread]).await;
        assert!(matches!(refused, Err(StoreError::Scope("purpose Job"))));
        drop(tx);
        for (scope, wanted) in [(Scope::job(workspace), 1), (Scope::job(other), 0)] {
            let mut tx = t.store.read(&scope).await.unwrap();
            let found = tx.lending().read_by(colleague.id, &[thread]).await.unwrap();
            assert_eq!(found.len(), wanted);
            assert!(found.iter().all(|l| l.owner == owner && l.thread.id == thread));
            assert_eq!(tx.lending().mailboxes(colleague.id).await.unwrap().len(), wanted);
            assert!(tx.lending().read_by(owner, &[thread]).await.unwrap().is_empty(), "one's own is not lent");
        }
    }
}

store_test! {
    async fn a_scope_that_lacks_something_is_an_error(t: TestStore) {
        let nobody = Scope { workspace: None, member: None, purpose: Purpose::Request };
        let no_member = Scope { workspace: Some(t.world.id::<WorkspaceId>()), member: None, purpose: Purpose::Request };
        for scope in [nobody, no_member] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            assert!(matches!(tx.connections().list().await, Err(StoreError::Scope(_))));
            assert!(matches!(tx.threads().page(&all_threads()).await, Err(StoreError::Scope(_))));
            assert!(matches!(tx.consents().list().await, Err(StoreError::Scope(_))));
            for result in [
                tx.members().by_email("x").await.map(drop),
                tx.members().list_everywhere().await.map(drop),
                tx.sessions().by_token_hash([0; 32]).await.map(drop),
                tx.sessions().purge(t.world.now()).await.map(drop),
                tx.flows().take([0; 32]).await.map(drop),
                tx.flows().purge(t.world.now()).await.map(drop),
                tx.keys().list_all().await.map(drop),
                tx.connections().ids_active().await.map(drop),
                tx.connections().count_of(t.world.id(), t.world.id()).await.map(drop),
                tx.challenges().is_known([0; 32]).await.map(drop),
                tx.sign_in_flows().is_known([0; 32]).await.map(drop),
                tx.connections().list_due_for_purge(t.world.now()).await.map(drop),
                tx.mailboxes().list_due(t.world.now(), 1).await.map(drop),
                tx.events().prune(t.world.now()).await.map(drop),
                tx.jobs().delete_done_before(t.world.now()).await.map(drop),
                tx.jobs().counts_everywhere().await.map(drop),
                tx.jobs().next_due(&["x"], t.world.now()).await.map(drop),
            ] {
                assert!(matches!(result, Err(StoreError::Scope("purpose System"))), "{result:?}");
            }
        }
        // The deployment itself has no mailboxes; it must name a workspace to see one's.
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(matches!(tx.connections().list().await, Err(StoreError::Scope("a workspace"))));
    }
}
