//! Actions, drafts and the outbox: whose they are, and that each step is made once.

use tenon_model::delivery::Response;
use tenon_model::mail_merge::{self, RecipientState};
use tenon_model::outbox::State;
use tenon_model::{ConnectionId, MemberId, Scope, WorkspaceId, World};
use tenon_store::{
    DraftRow, ItemEnd, MailActionItem, MailActionRow, MailMergeRow, RecipientRow, ResponseRow,
    SendRow, StoreError, Tx,
};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

fn action(world: &World, w: WorkspaceId, m: MemberId, c: ConnectionId) -> MailActionRow {
    MailActionRow {
        id: world.id(),
        workspace_id: w,
        member_id: m,
        connection_id: c,
        action: "archive".into(),
        label: None,
        state: "running".into(),
        total: 3,
        done: 0,
        gone: 0,
        failed: 0,
        threads: 2,
        reason: None,
        undo_of: None,
        undone_by: None,
        repeat_key: Some([1; 32]),
        request_hash: None,
        created_at: world.now(),
        finished_at: None,
    }
}

fn send(world: &World, w: WorkspaceId, m: MemberId, c: ConnectionId) -> SendRow {
    SendRow {
        id: world.id(),
        workspace_id: w,
        member_id: m,
        connection_id: c,
        draft_id: world.id(),
        provider_draft_id: "r1".into(),
        state: State::Scheduled,
        version: 0,
        attempts: 0,
        lookups: 0,
        send_at: world.now(),
        committed_at: None,
        reason: None,
        known: "[]".into(),
        envelope: Sealed(vec![1]),
        provider_message_id: None,
        repeat_key: None,
        request_hash: None,
        created_at: world.now(),
        finished_at: None,
        scheduled_for: None,
        scheduled_zone: None,
        recipient_id: None,
    }
}

fn merge(world: &World, w: WorkspaceId, m: MemberId, c: ConnectionId) -> MailMergeRow {
    MailMergeRow {
        id: world.id(),
        workspace_id: w,
        member_id: m,
        connection_id: c,
        draft_id: world.id(),
        letter: None,
        state: mail_merge::State::Running,
        reason: None,
        version: 0,
        content: Sealed(vec![1]),
        daily_cap: 400,
        gap_min: 20,
        gap_max: 60,
        in_hours: false,
        next_at: None,
        created_at: world.now(),
        started_at: None,
        resumed_at: None,
        finished_at: None,
        unsubscribe: true,
    }
}

fn person(world: &World, number: u8) -> RecipientRow {
    RecipientRow {
        id: world.id(),
        number: number.into(),
        address_index: vec![number; 16],
        state: RecipientState::Waiting,
        reason: None,
        record_id: None,
        details: Sealed(vec![1]),
        draft_id: None,
        send_id: None,
        settled_at: None,
    }
}

fn items(world: &World) -> Vec<MailActionItem> {
    let item = |seq, added: &[&str], removed: &[&str]| MailActionItem {
        seq,
        message_id: world.id(),
        thread_id: world.id(),
        provider_id: format!("m{seq}"),
        added: added.iter().map(|l| (*l).to_owned()).collect(),
        removed: removed.iter().map(|l| (*l).to_owned()).collect(),
        code: None,
    };
    vec![
        item(1, &[], &["INBOX"]),
        item(2, &["A", "B"], &["INBOX"]),
        item(3, &[], &["INBOX"]),
    ]
}

/// One row in each of these tables.
pub(crate) async fn fill(tx: &mut Tx, world: &World, w: WorkspaceId, m: MemberId, c: ConnectionId) {
    let row = MailActionRow {
        repeat_key: None,
        ..action(world, w, m, c)
    };
    let items = items(world);
    tx.mail_actions().insert(&row, &items[..1]).await.unwrap();
    let draft = DraftRow {
        id: world.id(),
        workspace_id: w,
        member_id: m,
        connection_id: c,
        provider_id: Some("r1".into()),
        provider_message_id: Some("m9".into()),
        kind: "new".into(),
        source: None,
        state: "open".into(),
        repeat_key: None,
        request_hash: None,
        created_at: world.now(),
        saved_at: None,
        look_at: None,
    };
    tx.drafts().insert(&draft).await.unwrap();
    let send = send(world, w, m, c);
    tx.sends().insert(&send).await.unwrap();
    let merge = merge(world, w, m, c);
    tx.mail_merges().insert(&merge).await.unwrap();
    let people = [person(world, 1)];
    assert_eq!(tx.mail_merges().add(&merge, &people).await.unwrap(), 1);
    let mut deliveries = tx.deliveries();
    deliveries
        .sent(&send, people[0].id, world.now())
        .await
        .unwrap();
    let row = ResponseRow {
        message_id: world.id(),
        delivery_id: Some(people[0].id),
        kind: Response::Reply,
        at: world.now(),
    };
    assert!(deliveries.look(w, m, c, row).await.unwrap());
}

store_test! {
    async fn an_action_counts_each_message_once_and_is_taken_back_exactly(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let row = action(&t.world, workspace, owner, id);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.mail_actions().insert(&row, &items(&t.world)).await.unwrap();
        tx.mail_actions().settle(row.id, &[1, 2], ItemEnd::Done, None).await.unwrap();
        tx.mail_actions().settle(row.id, &[1, 2], ItemEnd::Done, None).await.unwrap();
        tx.mail_actions().settle(row.id, &[2, 3], ItemEnd::Gone, Some("message_gone")).await.unwrap();
        let now = tx.mail_actions().get(row.id).await.unwrap().unwrap();
        assert_eq!((now.done, now.gone, now.failed), (2, 1, 0), "a second worker counts nothing twice");
        assert!(tx.mail_actions().waiting(row.id, 10).await.unwrap().is_empty());
        assert_eq!(tx.mail_actions().failures(row.id, 0, 10).await.unwrap().len(), 1);
        assert!(tx.mail_actions().set_state(row.id, "done", None, Some(t.world.now())).await.unwrap());
        assert!(!tx.mail_actions().set_state(row.id, "cancelled", None, Some(t.world.now())).await.unwrap());
        let undo = MailActionRow { repeat_key: None, undo_of: Some(row.id), ..action(&t.world, workspace, owner, id) };
        tx.mail_actions().insert(&undo, &[]).await.unwrap();
        assert_eq!(tx.mail_actions().take_back(undo.id, row.id).await.unwrap(), (2, 2));
        let back = tx.mail_actions().waiting(undo.id, 10).await.unwrap();
        let changes: Vec<_> = back.iter().map(|i| (i.provider_id.as_str(), i.added.join(" "), i.removed.join(" "))).collect();
        assert_eq!(changes, [("m1", "INBOX".into(), String::new()), ("m2", "INBOX".into(), "A B".into())]);
        assert_eq!(tx.mail_actions().get(row.id).await.unwrap().unwrap().undone_by, Some(undo.id));
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        let again = tx.mail_actions().insert(&action(&t.world, workspace, owner, id), &[]).await;
        assert!(matches!(again, Err(StoreError::Duplicate)), "a key stands for one request");
        drop(tx);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.mail_actions().prune(t.world.now(), 100).await.unwrap(), 0);
        t.clock.advance(std::time::Duration::from_secs(1));
        // Three items, two at a time; the action goes with the last of them.
        assert_eq!(tx.mail_actions().prune(t.world.now(), 2).await.unwrap(), 0);
        assert_eq!(tx.mail_actions().prune(t.world.now(), 2).await.unwrap(), 1);
        assert!(tx.mail_actions().waiting(row.id, 10).await.unwrap().is_empty());
    }
}

store_test! {
    async fn each_step_of_a_message_is_made_once_and_a_draft_goes_once_at_a_time(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let scope = Scope::job(workspace);
        let mut row = send(&t.world, workspace, owner, id);
        let mut tx = t.store.begin_durable(&scope).await.unwrap();
        tx.sends().insert(&row).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        let second = SendRow { draft_id: row.draft_id, ..send(&t.world, workspace, owner, id) };
        assert!(matches!(tx.sends().insert(&second).await, Err(StoreError::Duplicate)));
        drop(tx);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (store, mut row) = (t.store.clone(), row.clone());
                tokio::spawn(async move {
                    let mut tx = store.begin_durable(&scope).await.unwrap();
                    row.state = State::Committing;
                    let won = tx.sends().step(&row).await.unwrap();
                    tx.commit().await.unwrap();
                    won
                })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            won += usize::from(task.await.unwrap());
        }
        assert_eq!(won, 1, "one worker enters");
        let mut tx = t.store.begin(&scope).await.unwrap();
        row = tx.sends().get(row.id).await.unwrap().unwrap();
        assert_eq!((row.state, row.version), (State::Committing, 1));
        row.state = State::Sent;
        row.finished_at = Some(t.world.now());
        assert!(tx.sends().step(&row).await.unwrap());
        tx.sends().insert(&second).await.unwrap();
    }
}

store_test! {
    async fn what_goes_out_is_its_owners_only(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let colleague = rows::member(&t.world, workspace);
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let (mail, out) = (action(&t.world, workspace, owner, id), send(&t.world, workspace, owner, id));
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.mail_actions().insert(&mail, &[]).await.unwrap();
        tx.sends().insert(&out).await.unwrap();
        tx.commit().await.unwrap();
        for (scope, shown) in [
            (Scope::member(workspace, owner), 4),
            (Scope::job(workspace), 4),
            (Scope::member(workspace, colleague.id), 0),
            (Scope::member(other, stranger), 0),
            (Scope::job(other), 0),
        ] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            let mut found = usize::from(tx.mail_actions().get(mail.id).await.unwrap().is_some());
            found += tx.mail_actions().list(None, 10).await.unwrap().len();
            found += usize::from(tx.sends().get(out.id).await.unwrap().is_some());
            found += tx.sends().list(None, None, 10).await.unwrap().len();
            assert_eq!(found, shown, "{scope:?}");
            if shown == 0 {
                assert!(!tx.sends().step(&out).await.unwrap(), "{scope:?}");
                let foreign = MailActionRow { workspace_id: scope.workspace.unwrap(), repeat_key: None, ..action(&t.world, workspace, owner, id) };
                assert!(tx.mail_actions().insert(&foreign, &[]).await.is_err(), "{scope:?}");
            }
        }
    }
}

store_test! {
    async fn nobody_is_taken_twice_and_each_step_is_made_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let other = rows::member(&t.world, workspace);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.members().insert(&other).await.unwrap();
        tx.commit().await.unwrap();
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let scope = Scope::member(workspace, owner);
        let mut tx = t.store.begin(&scope).await.unwrap();
        let row = merge(&t.world, workspace, owner, id);
        tx.mail_merges().insert(&row).await.unwrap();
        let again = MailMergeRow { id: t.world.id(), ..row.clone() };
        assert!(matches!(tx.mail_merges().insert(&again).await, Err(StoreError::Duplicate)), "of one draft");
        drop(tx);
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.mail_merges().insert(&row).await.unwrap();
        let people = [person(&t.world, 1), person(&t.world, 2)];
        assert_eq!(tx.mail_merges().add(&row, &people).await.unwrap(), 2);
        assert_eq!(tx.mail_merges().add(&row, &[person(&t.world, 2)]).await.unwrap(), 0);
        let mut first = people[0].clone();
        first.state = RecipientState::Sending;
        first.send_id = Some(t.world.id());
        assert!(tx.mail_merges().step(RecipientState::Waiting, &first).await.unwrap());
        assert!(!tx.mail_merges().step(RecipientState::Waiting, &first).await.unwrap());
        // Only the message that is on its way to somebody says what became of it.
        let (sent, now) = (RecipientState::Sent, Some(t.world.now()));
        let others = tx.mail_merges().settle(first.id, t.world.id(), sent, None, now).await.unwrap();
        assert_eq!(others, None);
        let own = tx.mail_merges().settle(first.id, first.send_id.unwrap(), sent, None, now).await.unwrap();
        assert_eq!(own, Some(row.id));
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::member(workspace, other.id)).await.unwrap();
        assert!(tx.mail_merges().get(row.id).await.unwrap().is_none());
        assert!(tx.mail_merges().people(row.id, None, 0, 9).await.unwrap().is_empty());
        assert!(!tx.mail_merges().remove(row.id, 2).await.unwrap() && !tx.mail_merges().delete(row.id).await.unwrap());
        drop(tx);
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert!(!tx.mail_merges().remove(row.id, 1).await.unwrap(), "a message went");
        assert!(tx.mail_merges().remove(row.id, 2).await.unwrap());
    }
}
