//! The statements of acting on mail, of drafts and of the outbox.

use std::time::Duration;

use tenon_model::delivery::{Failure, Response, SuppressionCause};
use tenon_model::mail_merge::{self as merge, RecipientState};
use tenon_model::outbox::State;
use tenon_model::{MailMergeId, MemberId, RecipientId, WorkspaceId, World};
use tenon_vault::Sealed;

use super::Seed;
use crate::{
    DraftRow, ItemEnd, MailActionItem, MailActionRow, MailMergeRow, RecipientRow, ResponseRow,
    SendRow, SuppressionRow, Trace, Tx,
};

const SHORT: Duration = Duration::from_secs(15);

/// Runs them as a member.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World) {
    let (now, connection) = (world.now(), seed.connection);
    let action = |undo_of| MailActionRow {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        connection_id: connection,
        action: "archive".into(),
        label: None,
        state: "running".into(),
        total: 120,
        done: 0,
        gone: 0,
        failed: 0,
        threads: 60,
        reason: None,
        undo_of,
        undone_by: None,
        repeat_key: Some(*b"0123456789abcdef0123456789abcdef").filter(|_| undo_of.is_none()),
        request_hash: None,
        created_at: now,
        finished_at: None,
    };
    let first = action(None);
    let items: Vec<MailActionItem> = (1..=120)
        .map(|seq| MailActionItem {
            seq,
            message_id: world.id(),
            thread_id: world.id(),
            provider_id: format!("m{seq}"),
            added: vec![],
            removed: vec!["INBOX".into()],
            code: None,
        })
        .collect();
    tx.mail_actions().insert(&first, &items).await.unwrap();
    tx.mail_actions().waiting(first.id, 1_000).await.unwrap();
    let seqs: Vec<i64> = (1..=100).collect();
    let gone = Some("message_gone");
    tx.mail_actions()
        .settle(first.id, &seqs[1..], ItemEnd::Done, None)
        .await
        .unwrap();
    tx.mail_actions()
        .settle(first.id, &seqs[..1], ItemEnd::Gone, gone)
        .await
        .unwrap();
    tx.mail_actions().failures(first.id, 0, 10).await.unwrap();
    let undo = action(Some(first.id));
    tx.mail_actions().insert(&undo, &[]).await.unwrap();
    tx.mail_actions()
        .take_back(undo.id, first.id)
        .await
        .unwrap();
    tx.mail_actions()
        .set_state(first.id, "done", None, Some(now))
        .await
        .unwrap();
    tx.mail_actions().get(first.id).await.unwrap();
    tx.mail_actions().list(None, 10).await.unwrap();
    tx.mail_actions()
        .by_repeat_key(seed.member, [0; 32])
        .await
        .unwrap();
    let draft = DraftRow {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        connection_id: connection,
        provider_id: None,
        provider_message_id: None,
        kind: "new".into(),
        source: None,
        state: "creating".into(),
        repeat_key: Some([2; 32]),
        request_hash: None,
        created_at: now,
        saved_at: None,
        look_at: Some(now),
    };
    tx.drafts().insert(&draft).await.unwrap();
    tx.drafts()
        .saved(draft.id, "r1", "m900", now)
        .await
        .unwrap();
    let turn = tx
        .drafts()
        .take_turn(draft.id, world.id(), SHORT)
        .await
        .unwrap();
    let turn = turn.unwrap();
    tx.drafts().keep_turn(draft.id, turn, SHORT).await.unwrap();
    tx.drafts().single(draft.id, turn).await.unwrap();
    tx.drafts().end_turn(draft.id, turn).await.unwrap();
    tx.drafts().look_at(draft.id, None).await.unwrap();
    tx.drafts().moved(draft.id, "m901").await.unwrap();
    tx.drafts().get(draft.id).await.unwrap();
    tx.drafts()
        .by_repeat_key(seed.member, [2; 32])
        .await
        .unwrap();
    tx.drafts().by_provider_id(connection, "r1").await.unwrap();
    tx.drafts().by_message(connection, "m901").await.unwrap();
    tx.drafts().forget(draft.id).await.unwrap();
    let mut send = SendRow {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        connection_id: connection,
        draft_id: draft.id,
        provider_draft_id: "r1".into(),
        state: State::Scheduled,
        version: 0,
        attempts: 0,
        lookups: 0,
        send_at: now,
        committed_at: None,
        reason: None,
        known: "[]".into(),
        envelope: Sealed(vec![1]),
        provider_message_id: None,
        repeat_key: Some([3; 32]),
        request_hash: None,
        created_at: now,
        finished_at: None,
        scheduled_for: None,
        scheduled_zone: None,
        recipient_id: None,
    };
    tx.sends().insert(&send).await.unwrap();
    tx.sends().of_draft(draft.id).await.unwrap();
    send.state = State::Committing;
    assert!(tx.sends().step(&send).await.unwrap());
    assert!(!tx.sends().step(&send).await.unwrap(), "an older version");
    tx.sends().get(send.id).await.unwrap();
    tx.sends()
        .by_repeat_key(seed.member, [3; 32])
        .await
        .unwrap();
    tx.sends().list(None, None, 10).await.unwrap();
    let year = (now, now + Duration::from_hours(366 * 24));
    tx.sends().scheduled(year, None, None, 10).await.unwrap();
    tx.sends()
        .list(Some(&[State::Doubtful]), None, 10)
        .await
        .unwrap();
    merging(tx, &send, world).await;
    suppressing(tx, seed.workspace, seed.member, world).await;
    tx.drafts().gone(draft.id).await.unwrap();
    tx.members().set_undo_send(seed.member, 5).await.unwrap();
    tx.members()
        .set_working_hours(seed.member, "{}")
        .await
        .unwrap();
    tx.messages().facts_of(&[world.id()]).await.unwrap();
    tx.messages().facts_of_threads(&[world.id()]).await.unwrap();
    tx.messages()
        .by_provider_id(connection, "m1")
        .await
        .unwrap();
    tx.threads().by_provider_id(connection, "t1").await.unwrap();
}

/// A mail merge of one.
async fn merging(tx: &mut Tx, send: &SendRow, world: &World) {
    let now = world.now();
    let mut merge = MailMergeRow {
        id: world.id(),
        workspace_id: send.workspace_id,
        member_id: send.member_id,
        connection_id: send.connection_id,
        draft_id: send.draft_id,
        letter: None,
        state: merge::State::Draft,
        reason: None,
        version: 0,
        content: Sealed(vec![1]),
        daily_cap: 400,
        gap_min: 20,
        gap_max: 60,
        in_hours: false,
        next_at: None,
        created_at: now,
        started_at: None,
        resumed_at: None,
        finished_at: None,
        unsubscribe: true,
    };
    let mut merges = tx.mail_merges();
    merges.insert(&merge).await.unwrap();
    merge.state = merge::State::Running;
    merge.next_at = Some(now);
    assert!(merges.save(&merge).await.unwrap());
    assert!(!merges.save(&merge).await.unwrap(), "an older version");
    merges.get(merge.id).await.unwrap();
    merges.of_draft(send.draft_id).await.unwrap();
    merges.list(None, 10).await.unwrap();
    merges.hold(send.connection_id).await.unwrap();
    merges.asked(send.connection_id, now, 3).await.unwrap();
    merges.newest(send.connection_id).await.unwrap();
    merges.not_asked(send.connection_id).await.unwrap();
    let person = |number: i64| RecipientRow {
        id: world.id(),
        number,
        address_index: vec![u8::try_from(number % 200).unwrap(); 16],
        state: RecipientState::Waiting,
        reason: None,
        record_id: None,
        details: Sealed(vec![1]),
        draft_id: None,
        send_id: None,
        settled_at: None,
    };
    let people: Vec<RecipientRow> = (1..=120).map(person).collect();
    assert_eq!(merges.add(&merge, &people).await.unwrap(), 120);
    assert_eq!(merges.add(&merge, &people[..1]).await.unwrap(), 0, "once");
    merges.last_number(merge.id).await.unwrap();
    merges.counts(merge.id).await.unwrap();
    merges.under_way(merge.id).await.unwrap();
    merges.people(merge.id, None, 0, 10).await.unwrap();
    merges.person(merge.id, 7).await.unwrap();
    merges.recipient(people[0].id).await.unwrap();
    let waiting = RecipientState::Waiting;
    merges.people(merge.id, Some(waiting), 0, 1).await.unwrap();
    let replied = Some(Response::Reply);
    merges
        .people_with(merge.id, None, replied, 0, 1)
        .await
        .unwrap();
    merges.with_draft(merge.id, waiting, 10).await.unwrap();
    merges.newest_settled(merge.id, None, 10).await.unwrap();
    let mut first = people[0].clone();
    first.state = RecipientState::Sending;
    first.send_id = Some(send.id);
    assert!(merges.step(waiting, &first).await.unwrap());
    assert!(!merges.step(waiting, &first).await.unwrap(), "once");
    let sent = RecipientState::Sent;
    let of = merges
        .settle(first.id, send.id, sent, None, Some(now))
        .await;
    assert_eq!(of.unwrap(), Some(merge.id));
    delivered(tx, send, first.id, merge.id, world).await;
    let mut merges = tx.mail_merges();
    merges
        .step_all(merge.id, &[waiting], RecipientState::Cancelled, None)
        .await
        .unwrap();
    merges.remove(merge.id, 3).await.unwrap();
    merges.delete(merge.id).await.unwrap();
}

/// What came back of its one message.
async fn delivered(
    tx: &mut Tx,
    send: &SendRow,
    id: RecipientId,
    merge: MailMergeId,
    world: &World,
) {
    let (now, connection) = (world.now(), send.connection_id);
    let mut deliveries = tx.deliveries();
    deliveries.sent(send, id, now).await.unwrap();
    deliveries.in_thread(send.id, "t1").await.unwrap();
    deliveries.oldest_since(connection, now).await.unwrap();
    let traces = [
        Trace::Draft(send.draft_id),
        Trace::Thread("t1"),
        Trace::Address(&[1; 16]),
    ];
    for trace in traces {
        deliveries.by_trace(connection, trace, now).await.unwrap();
    }
    deliveries.of_people(&[id]).await.unwrap();
    deliveries.counts(merge).await.unwrap();
    let bounce = (Response::Bounce, Some(Failure::NoSuchAddress));
    for (kind, failure) in [(Response::Reply, None), (Response::AutoReply, None), bounce] {
        deliveries.came_back(id, kind, failure, now).await.unwrap();
    }
    deliveries.unsubscribed(id, now).await.unwrap();
    let message_id = world.id();
    let row = ResponseRow {
        message_id,
        delivery_id: Some(id),
        kind: Response::Reply,
        at: now,
    };
    let look = deliveries.look(send.workspace_id, send.member_id, connection, row);
    assert!(look.await.unwrap());
    deliveries.looked_at(&[message_id]).await.unwrap();
}

/// Whom nobody writes to any more.
async fn suppressing(tx: &mut Tx, workspace: WorkspaceId, member: MemberId, world: &World) {
    let row = |n: u8| SuppressionRow {
        id: world.id(),
        workspace_id: workspace,
        address_index: vec![n; 16],
        cause: SuppressionCause::Unsubscribed,
        content: Sealed(vec![1]),
        member_id: Some(member),
        created_at: world.now(),
    };
    let rows: Vec<_> = (1..=120).map(row).collect();
    let mut list = tx.suppressions();
    assert_eq!(list.add(&rows).await.unwrap(), 120);
    assert_eq!(list.add(&rows[..1]).await.unwrap(), 0, "once");
    list.of(&[vec![1; 16], vec![2; 16]]).await.unwrap();
    list.get(rows[0].id).await.unwrap();
    list.list(None, 10).await.unwrap();
    list.count().await.unwrap();
    list.remove(rows[0].id).await.unwrap();
}
