use std::collections::BTreeSet;
use std::time::Duration;

use tenon_model::Scope;
use tenon_model::event::EventKind;
use tenon_testkit::{TestStore, rows, store_test};

store_test! {
    async fn events_come_with_their_commit_and_wake_subscribers(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut woken = t.store.subscribe();
        let before = *woken.borrow_and_update();
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.events().append(EventKind::ThreadsChanged, Some(owner), "con_1".into()).await.unwrap();
        tx.events().append(EventKind::ThreadsChanged, Some(owner), "con_1".into()).await.unwrap();
        tx.events().append(EventKind::ReceiptAdded, None, "rcp_1".into()).await.unwrap();
        drop(tx);
        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.events().max_seq().await.unwrap(), before);
        drop(tx);
        assert!(!woken.has_changed().unwrap());

        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.events().append(EventKind::ThreadsChanged, Some(owner), "con_1".into()).await.unwrap();
        tx.events().append(EventKind::ThreadsChanged, Some(owner), "con_1".into()).await.unwrap();
        tx.events().append(EventKind::ReceiptAdded, None, "rcp_1".into()).await.unwrap();
        tx.commit().await.unwrap();
        tokio::time::timeout(Duration::from_secs(5), woken.changed()).await.unwrap().unwrap();
        let newest = *woken.borrow();

        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.events().max_seq().await.unwrap(), newest);
        let events = tx.events().since(before, 10).await.unwrap();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0].kind, EventKind::ThreadsChanged);
        assert_eq!((events[1].subject.as_str(), events[1].seq, events[1].at), ("rcp_1", newest, t.world.now()));
        assert_eq!(tx.events().since(before, 1).await.unwrap(), events[..1]);
        assert!(tx.events().since(newest, 10).await.unwrap().is_empty());
    }
}

store_test! {
    async fn events_reach_only_whom_they_are_for(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let colleague = rows::member(&t.world, workspace);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.members().insert(&colleague).await.unwrap();
        tx.events().append(EventKind::MailboxChanged, Some(owner), "con_1".into()).await.unwrap();
        tx.events().append(EventKind::ConnectionChanged, None, "con_2".into()).await.unwrap();
        tx.commit().await.unwrap();
        for (scope, expected) in [
            (Scope::member(workspace, owner), 2),
            (Scope::member(workspace, colleague.id), 1),
            (Scope::job(workspace), 2),
            (Scope::member(other, stranger), 0),
        ] {
            let mut tx = t.store.read(&scope).await.unwrap();
            assert_eq!(tx.events().since(0, 10).await.unwrap().len(), expected, "{scope:?}");
        }
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.events().append(EventKind::ReceiptAdded, None, "x".into()).await.is_err());
        assert_eq!(tx.events().prune(t.world.now()).await.unwrap(), 0);
        assert_eq!(tx.events().prune(t.world.now() + Duration::from_secs(1)).await.unwrap(), 2);
    }
}

// A reader who has seen number n never misses a smaller one.
store_test! {
    async fn numbers_are_in_commit_order(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let mut writers = Vec::new();
        for w in 0..4 {
            let store = t.store.clone();
            writers.push(tokio::spawn(async move {
                for n in 0..25 {
                    let mut tx = store.begin(&scope).await.unwrap();
                    tx.events().append(EventKind::MailboxChanged, None, format!("{w}-{n}")).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }));
        }
        let mut seen = BTreeSet::new();
        let mut last = 0;
        let mut woken = t.store.subscribe();
        while seen.len() < 100 {
            let _ = tokio::time::timeout(Duration::from_millis(200), woken.changed()).await;
            let mut tx = t.store.read(&scope).await.unwrap();
            for event in tx.events().since(last, 1_000).await.unwrap() {
                last = event.seq;
                assert!(seen.insert(event.subject));
            }
            if writers.iter().all(tokio::task::JoinHandle::is_finished) && woken.has_changed().is_ok_and(|c| !c) {
                let mut tx = t.store.read(&scope).await.unwrap();
                let rest = tx.events().since(last, 1_000).await.unwrap();
                seen.extend(rest.into_iter().map(|e| e.subject));
                assert_eq!(seen.len(), 100, "an event was missed");
            }
        }
    }
}

// Another process on the same database is woken too.
#[test]
fn another_process_is_woken() {
    tenon_testkit::store::on_postgres(async |t: TestStore| {
        let config = tenon_store::StoreConfig {
            url: t.url.clone(),
            migrate: true,
        };
        let other = tenon_store::Store::open(&config).await.unwrap();
        let (mut events, mut jobs) = (other.subscribe(), other.subscribe_jobs());
        events.mark_unchanged();
        jobs.mark_unchanged();
        let (workspace, owner) = rows::workspace(&t).await;
        tokio::time::sleep(Duration::from_millis(300)).await; // its listener connects in the background
        let mut tx = t
            .store
            .begin(&Scope::member(workspace, owner))
            .await
            .unwrap();
        tx.events()
            .append(EventKind::MailboxChanged, None, "con_1".into())
            .await
            .unwrap();
        let job = crate::jobs::job(&t, "sync", None);
        tx.jobs()
            .enqueue(tenon_store::NewJob {
                workspace_id: Some(workspace),
                ..job
            })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let wait = Duration::from_secs(5);
        tokio::time::timeout(wait, events.wait_for(|newest| *newest == 1))
            .await
            .unwrap()
            .unwrap();
        tokio::time::timeout(wait, jobs.changed())
            .await
            .unwrap()
            .unwrap();
        other.close().await;
    });
}

// What is committed while a process cannot be reached is not lost to it: it is woken as soon as it
// listens again, though nothing more happens.
#[test]
fn a_process_whose_line_was_cut_is_woken_once_it_is_back() {
    tenon_testkit::store::on_postgres(async |t: TestStore| {
        let config = tenon_store::StoreConfig {
            url: t.url.clone(),
            migrate: true,
        };
        let other = tenon_store::Store::open(&config).await.unwrap();
        let (workspace, owner) = rows::workspace(&t).await;
        tokio::time::sleep(Duration::from_millis(300)).await; // its listener connects in the background
        let (mut events, mut jobs) = (other.subscribe(), other.subscribe_jobs());
        // Open before the door is shut.
        let mut tx = t
            .store
            .begin(&Scope::member(workspace, owner))
            .await
            .unwrap();
        tx.events()
            .append(EventKind::MailboxChanged, None, "con_1".into())
            .await
            .unwrap();
        let cut = tenon_testkit::store::cut_listeners(&t).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        events.mark_unchanged();
        jobs.mark_unchanged();
        tx.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!events.has_changed().unwrap(), "the line is not cut");
        cut.mend().await;
        let wait = Duration::from_secs(5);
        tokio::time::timeout(wait, events.changed())
            .await
            .expect("nobody was woken")
            .unwrap();
        tokio::time::timeout(wait, jobs.changed())
            .await
            .unwrap()
            .unwrap();
        other.close().await;
    });
}
