use tenon_model::{ConnectionId, Scope};
use tenon_store::{StoredPage, ThreadQuery};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

async fn mailbox(t: &TestStore) -> (Scope, ConnectionId) {
    let (workspace, owner) = rows::workspace(t).await;
    (
        Scope::member(workspace, owner),
        rows::insert_mailbox(t, workspace, owner).await,
    )
}

fn page_of(added: u64, changed: u64, threads_touched: u64) -> StoredPage {
    StoredPage {
        added,
        changed,
        threads_touched,
    }
}

store_test! {
    async fn storing_a_page_again_changes_nothing(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let page = vec![
            rows::message(&t.world, "m1", "t1", &["UNREAD", "INBOX"], 5),
            rows::message(&t.world, "m2", "t1", &["INBOX"], 7),
            rows::message(&t.world, "m3", "t2", &[], 6),
            rows::message(&t.world, "m3", "t2", &["STARRED"], 6), // twice in one page: the last counts
        ];
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.messages().store_page(id, page.clone(), 1).await.unwrap(), page_of(3, 0, 2));
        assert_eq!(tx.messages().store_page(id, page.clone(), 2).await.unwrap(), page_of(0, 0, 0));
        assert_eq!(tx.messages().count(id).await.unwrap(), 3);
        let known = tx.messages().known(id, &["m1".into(), "m3".into(), "m4".into()]).await.unwrap();
        assert_eq!(known, [("m1".to_owned(), 2), ("m3".to_owned(), 2)].into());
        let labels = tx.messages().labels_of(id, &["m1".into(), "m3".into()]).await.unwrap();
        assert_eq!(labels["m1"], ["INBOX", "UNREAD"]);
        assert_eq!(labels["m3"], ["STARRED"]);
    }
}

store_test! {
    async fn attachments_are_said_later_and_reach_the_thread(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let mut guessed = rows::message(&t.world, "m2", "t1", &[], 6);
        guessed.has_attachments = true;
        let page = vec![rows::message(&t.world, "m1", "t1", &[], 5), guessed.clone(), rows::message(&t.world, "m3", "t2", &[], 7)];
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        let said = |id: &str, carries| (id.to_owned(), carries);
        let all = [said("m1", false), said("m2", false), said("m3", true), said("unknown", true)];
        assert_eq!(tx.messages().set_attachments(id, &all).await.unwrap(), 2);
        assert_eq!(tx.messages().set_attachments(id, &all).await.unwrap(), 0, "the same again");
        let ids = ["m1".to_owned(), "m2".to_owned(), "m3".to_owned(), "unknown".to_owned()];
        let mut carries = tx.messages().carries(id, &ids).await.unwrap();
        carries.sort_by_key(|c| c.received_at);
        let flags: Vec<(&str, bool)> = carries.iter().map(|c| (c.provider_id.as_str(), c.carries)).collect();
        assert_eq!(flags, [("m1", false), ("m2", false), ("m3", true)]);
        let thread = tx.messages().get(guessed.id).await.unwrap().unwrap().thread_id;
        assert!(!tx.threads().get(thread).await.unwrap().unwrap().has_attachments, "no message of it has any more");
    }
}

store_test! {
    async fn a_known_message_keeps_id_and_envelope_and_takes_labels(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let mut first = rows::message(&t.world, "m1", "t1", &["UNREAD"], 5);
        first.message_id_index = Some([3; 16]);
        first.has_attachments = true;
        first.automatic = true;
        first.size = 77;
        let mut again = rows::message(&t.world, "m1", "t1", &["STARRED"], 5);
        again.envelope = Sealed(b"sealed for another id".to_vec());
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, vec![first.clone()], 1).await.unwrap();
        assert_eq!(tx.messages().store_page(id, vec![again.clone()], 1).await.unwrap(), page_of(0, 1, 1));
        assert_eq!(tx.messages().get(again.id).await.unwrap(), None);
        let row = tx.messages().get(first.id).await.unwrap().unwrap();
        assert_eq!((row.envelope.clone(), row.size, row.automatic, row.has_attachments), (first.envelope, 77, true, true));
        assert_eq!((row.labels.as_slice(), row.unread, row.starred), (&["STARRED".to_owned()][..], false, true));
        assert_eq!(tx.messages().of_thread(row.thread_id).await.unwrap(), [row]);
    }
}

// Fault G7: changes repeat, and name messages that are not there.
store_test! {
    async fn labels_change_and_threads_follow(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let page = vec![
            rows::message(&t.world, "m1", "t1", &["INBOX", "UNREAD"], 5),
            rows::message(&t.world, "m2", "t1", &["INBOX"], 7),
        ];
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        let changes = vec![
            ("m1".to_owned(), vec!["STARRED".to_owned()], vec!["UNREAD".to_owned()]),
            ("m1".to_owned(), vec!["Label_1".to_owned()], vec!["STARRED".to_owned()]),
            ("nope".to_owned(), vec!["X".to_owned()], vec![]),
        ];
        assert_eq!(tx.messages().relabel(id, changes.clone()).await.unwrap(), 1);
        assert_eq!(tx.messages().relabel(id, changes).await.unwrap(), 0);
        let query = ThreadQuery { connections: vec![id], label: None, unread: false, after: None, limit: 9 };
        let thread = tx.threads().page(&query).await.unwrap().remove(0);
        assert_eq!((thread.unread_count, thread.starred, thread.message_count), (0, false, 2));
        assert_eq!(thread.labels, ["INBOX", "Label_1"]);
        let set = vec![("m1".to_owned(), vec!["UNREAD".to_owned(), "UNREAD".to_owned()]), ("m2".to_owned(), vec!["INBOX".to_owned()]), ("nope".to_owned(), vec![])];
        assert_eq!(tx.messages().set_labels(id, set).await.unwrap(), 1);
        assert_eq!(tx.threads().get(thread.id).await.unwrap().unwrap().labels, ["INBOX", "UNREAD"]);
    }
}

store_test! {
    async fn a_thread_goes_with_its_last_message(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let mut last = rows::message(&t.world, "m3", "t2", &["INBOX"], 9);
        last.address_indexes = vec![[1; 16]];
        let page = vec![
            rows::message(&t.world, "m1", "t1", &["INBOX"], 5),
            rows::message(&t.world, "m2", "t1", &["STARRED"], 7),
            last,
        ];
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        assert_eq!(tx.messages().remove(id, &["m2".into(), "m3".into(), "nope".into()]).await.unwrap(), 2);
        assert_eq!(tx.messages().remove(id, &["m2".into()]).await.unwrap(), 0);
        let query = ThreadQuery { connections: vec![], label: None, unread: false, after: None, limit: 9 };
        let threads = tx.threads().page(&query).await.unwrap();
        assert_eq!(threads.len(), 1);
        assert_eq!((threads[0].last_at.as_secs(), threads[0].message_count, threads[0].starred), (5, 1, false));
        let counts = tx.connections().counts(id).await.unwrap();
        for (table, n) in [("messages", 1), ("threads", 1), ("thread_labels", 1), ("thread_addresses", 0)] {
            assert!(counts.contains(&(table, n)), "{counts:?}");
        }
    }
}

// `provider-faults` section 2: the one procedure of a resync.
store_test! {
    async fn a_snapshot_finds_what_is_gone(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let page: Vec<_> = (0..7).map(|n| rows::message(&t.world, &format!("m{n}"), &format!("t{}", n % 3), &["INBOX"], n)).collect();
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.messages().store_page(id, page, 1).await.unwrap();
        assert_eq!(tx.messages().unseen(id, 1).await.unwrap(), 0);
        let listed: Vec<String> = ["m0", "m1", "m2", "m9"].map(String::from).to_vec();
        assert_eq!(tx.messages().mark_seen(id, &listed, 2).await.unwrap(), 3);
        assert_eq!(tx.messages().unseen(id, 2).await.unwrap(), 4);
        assert_eq!(tx.messages().adopt_unseen(id, 2).await.unwrap(), 4);
        assert_eq!(tx.messages().unseen(id, 2).await.unwrap(), 0);
        assert_eq!(tx.messages().mark_seen(id, &listed, 3).await.unwrap(), 3);
        assert_eq!(tx.messages().remove_unseen(id, 3).await.unwrap(), 4);
        assert_eq!(tx.messages().provider_ids(id, None, 2).await.unwrap(), ["m0", "m1"]);
        assert_eq!(tx.messages().provider_ids(id, Some("m1"), 2).await.unwrap(), ["m2"]);
        assert_eq!(tx.threads().counts(id).await.unwrap(), (3, 0));
    }
}

store_test! {
    async fn provider_ids_are_opaque_bytes(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let ids = ["a", "A", "a ", "ä", "a\u{308}", "'; --", "%"];
        let page: Vec<_> = ids.iter().map(|i| rows::message(&t.world, i, i, &[], 1)).collect();
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.messages().store_page(id, page, 1).await.unwrap(), page_of(7, 0, 7));
        let mut sorted: Vec<String> = ids.map(String::from).to_vec();
        sorted.sort_unstable(); // by bytes
        assert_eq!(tx.messages().provider_ids(id, None, 100).await.unwrap(), sorted);
        let bad = vec![rows::message(&t.world, "a\0b", "t", &[], 1)];
        assert!(matches!(tx.messages().store_page(id, bad, 1).await, Err(tenon_store::StoreError::InvalidText)));
    }
}

store_test! {
    async fn big_pages_go_in_one_piece(t: TestStore) {
        let (scope, id) = mailbox(&t).await;
        let page: Vec<_> = (0..1_234)
            .map(|n| {
                let mut m = rows::message(&t.world, &format!("m{n:04}"), &format!("t{}", n / 3), &["INBOX", "CATEGORY_UPDATES"], n);
                m.address_indexes = vec![[(n % 251) as u8; 16], [(n % 7) as u8; 16]];
                m
            })
            .collect();
        let all: Vec<String> = page.iter().map(|m| m.provider_id.clone()).collect();
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.messages().store_page(id, page, 1).await.unwrap(), page_of(1_234, 0, 412));
        assert_eq!(tx.messages().known(id, &all).await.unwrap().len(), 1_234);
        let relabel = all.iter().map(|i| (i.clone(), vec!["UNREAD".to_owned()], vec![])).collect();
        assert_eq!(tx.messages().relabel(id, relabel).await.unwrap(), 1_234);
        assert_eq!(tx.threads().counts(id).await.unwrap(), (412, 412));
        assert_eq!(tx.messages().remove(id, &all).await.unwrap(), 1_234);
        assert_eq!(tx.threads().counts(id).await.unwrap(), (0, 0));
        let left: u64 = tx.connections().counts(id).await.unwrap().iter().map(|(_, n)| n).sum();
        assert_eq!(left, 2); // the connection and its mailbox
    }
}
