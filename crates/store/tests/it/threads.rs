use tenon_model::{ConnectionId, Scope, ThreadId};
use tenon_store::{LabelCounts, LabelRow, ThreadQuery};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

async fn mailbox(t: &TestStore) -> (Scope, ConnectionId) {
    let (workspace, owner) = rows::workspace(t).await;
    (
        Scope::member(workspace, owner),
        rows::insert_mailbox(t, workspace, owner).await,
    )
}

fn query(label: Option<&str>, unread: bool, limit: u32) -> ThreadQuery {
    ThreadQuery {
        connections: Vec::new(),
        label: label.map(str::to_owned),
        unread,
        after: None,
        limit,
    }
}

store_test! {
    async fn pages_are_newest_first_without_gap_or_overlap(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let workspace = scope.workspace.unwrap();
        let second = rows::insert_mailbox(&t, workspace, scope.member.unwrap()).await;
        let mut tx = t.store.begin(&scope).await.unwrap();
        for (n, con) in [(0_i64, id), (100, second)] {
            // Three threads share each second, so the id decides.
            let page = (n..n + 30).map(|n| rows::message(&t.world, &format!("m{n}"), &format!("t{n}"), &["INBOX"], n % 10)).collect();
            tx.messages().store_page(con, page, 1).await.unwrap();
        }
        for label in [None, Some("INBOX")] {
            let mut query = query(label, false, 7);
            let mut all = Vec::new();
            loop {
                let page = tx.threads().page(&query).await.unwrap();
                let Some(last) = page.last() else { break };
                query.after = Some((last.last_at, last.id));
                all.extend(page.iter().map(|t| (t.last_at, t.id)));
            }
            assert_eq!(all.len(), 60);
            assert!(all.is_sorted_by(|a, b| a > b));
        }
        let one = ThreadQuery { connections: vec![second], ..query(None, false, 100) };
        assert!(tx.threads().page(&one).await.unwrap().iter().all(|t| t.connection_id == second));
        assert_eq!(tx.threads().page(&one).await.unwrap().len(), 30);
    }
}

store_test! {
    async fn lists_leave_out_spam_and_bin_but_their_labels_do_not(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let page = vec![
            rows::message(&t.world, "m1", "inbox", &["INBOX", "UNREAD"], 1),
            rows::message(&t.world, "m2", "spam", &["SPAM", "UNREAD"], 2),
            rows::message(&t.world, "m3", "bin", &["TRASH"], 3),
            rows::message(&t.world, "m4", "half", &["TRASH"], 4),
            rows::message(&t.world, "m5", "half", &["SENT"], 5),
            rows::message(&t.world, "m6", "archived", &[], 6),
        ];
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        for (label, unread, expected) in [
            (None, false, vec!["archived", "half", "inbox"]),
            (None, true, vec!["inbox"]),
            (Some("SPAM"), false, vec!["spam"]),
            (Some("SPAM"), true, vec!["spam"]),
            (Some("TRASH"), false, vec!["half", "bin"]),
            (Some("TRASH"), true, vec![]),
            (Some("UNREAD"), true, vec!["spam", "inbox"]),
            (Some("nothing"), false, vec![]),
        ] {
            let shown = tx.threads().page(&query(label, unread, 10)).await.unwrap();
            let shown: Vec<_> = shown.iter().map(|t| t.provider_thread_id.as_str()).collect();
            assert_eq!(shown, expected, "{label:?} {unread}");
        }
        assert_eq!(tx.threads().counts(id).await.unwrap(), (3, 1));
        let count = |label: &str, threads, unread| LabelCounts { provider_id: label.into(), threads, unread };
        let counts = tx.labels().counts(id).await.unwrap();
        assert_eq!(counts, [count("INBOX", 1, 1), count("SENT", 1, 0), count("SPAM", 1, 1), count("TRASH", 2, 0), count("UNREAD", 2, 2)]);
    }
}

store_test! {
    async fn heads_are_the_first_and_the_newest(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let mut page: Vec<_> = (0..6).map(|n| rows::message(&t.world, &format!("m{n}"), "long", &[], 10 - n)).collect();
        page.push(rows::message(&t.world, "s", "short", &[], 3));
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        let threads: Vec<ThreadId> = tx.threads().page(&query(None, false, 9)).await.unwrap().iter().map(|t| t.id).collect();
        let heads = tx.threads().heads(&threads, 2).await.unwrap();
        let of = |thread: ThreadId| heads.iter().filter(|(t, _)| *t == thread).map(|(_, m)| m.provider_id.as_str()).collect::<Vec<_>>();
        assert_eq!(of(threads[0]), ["m5", "m1", "m0"]);
        assert_eq!(of(threads[1]), ["s"]);
        assert!(tx.threads().heads(&[], 2).await.unwrap().is_empty());
        let whole: Vec<_> = tx.messages().of_thread(threads[0]).await.unwrap().into_iter().map(|m| m.provider_id).collect();
        assert_eq!(whole, ["m5", "m4", "m3", "m2", "m1", "m0"]);
    }
}

store_test! {
    async fn threads_are_found_by_address(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let mut page: Vec<_> = (0..5).map(|n| rows::message(&t.world, &format!("m{n}"), &format!("t{n}"), &[], n)).collect();
        for m in &mut page[1..] {
            m.address_indexes = vec![[9; 16], [8; 16], [9; 16]];
        }
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        let found = tx.threads().with_address(&[(id, [9; 16])], None, 3).await.unwrap();
        let found: Vec<_> = found.iter().map(|t| t.provider_thread_id.as_str()).collect();
        assert_eq!(found, ["t4", "t3", "t2"]);
        assert!(tx.threads().with_address(&[(id, [7; 16])], None, 3).await.unwrap().is_empty());
    }
}

store_test! {
    async fn labels_are_replaced_and_keep_their_ids(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let label = |provider_id: &str, name: &str| LabelRow {
            id: t.world.id(),
            connection_id: id,
            provider_id: provider_id.into(),
            name: Sealed(name.as_bytes().to_vec()),
            system: provider_id == "INBOX",
            color: Some("{}".into()),
        };
        let mut rows = vec![label("INBOX", "Inbox"), label("L1", "One"), label("L2", "Two")];
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.labels().replace(id, &rows).await.unwrap();
        assert_eq!(tx.labels().list(id).await.unwrap(), rows);
        rows.remove(1);
        rows[1].name = Sealed(b"Zwei".to_vec());
        rows[1].color = None;
        rows.push(label("L3", "Three"));
        tx.labels().replace(id, &rows).await.unwrap();
        assert_eq!(tx.labels().list(id).await.unwrap(), rows);
        assert_eq!(tx.labels().get(rows[2].id).await.unwrap(), Some(rows[2].clone()));
        rows[2].id = t.world.id(); // a caller who does not keep the id gets what they gave
        tx.labels().replace(id, &rows).await.unwrap();
        assert_eq!(tx.labels().list(id).await.unwrap(), rows);
        tx.labels().replace(id, &[]).await.unwrap();
        assert!(tx.labels().list(id).await.unwrap().is_empty());
    }
}
