//! Rows of connections that are gone.

use tenon_model::{ConnectionId, Scope};
use tenon_store::{LARGE_TABLES, Receipt};
use tenon_testkit::{TestStore, rows, store_test};

/// Removes what is left of a connection, `limit` rows at a time, as the job does.
pub(crate) async fn drain(t: &TestStore, connection: ConnectionId, limit: u32) {
    for table in LARGE_TABLES {
        loop {
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            let removed = tx.purges().step(connection, *table, limit).await.unwrap();
            tx.commit().await.unwrap();
            assert!(removed <= u64::from(limit));
            if removed < u64::from(limit) {
                break;
            }
        }
    }
    let mut tx = t.store.begin(&Scope::system()).await.unwrap();
    assert_eq!(tx.purges().rows_left(connection).await.unwrap(), 0);
    let purge = tx
        .purges()
        .list(100)
        .await
        .unwrap()
        .into_iter()
        .find(|p| p.connection == connection)
        .unwrap();
    assert!(tx.purges().finish(&purge, t.world.now()).await.unwrap());
    assert!(
        !tx.purges().finish(&purge, t.world.now()).await.unwrap(),
        "once is enough"
    );
    tx.commit().await.unwrap();
}

store_test! {
    async fn a_mailbox_is_invisible_at_once_and_gone_batch_by_batch(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let gone = rows::insert_mailbox(&t, workspace, owner).await;
        let kept = rows::insert_mailbox(&t, workspace, owner).await;
        for id in [gone, kept] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            let page = (0..40)
                .map(|n| {
                    let mut m = rows::message(&t.world, &format!("m{n}"), &format!("t{}", n / 3), &["INBOX", "UNREAD"], n);
                    m.address_indexes = vec![[n as u8; 16]];
                    m
                })
                .collect();
            tx.messages().store_page(id, page, 1).await.unwrap();
            tx.commit().await.unwrap();
        }
        let receipt_id = t.world.id();
        let mut tx = t.store.begin(&scope).await.unwrap();
        let row = tx.connections().get(gone).await.unwrap().unwrap();
        tx.connections().delete(gone, Some(receipt_id)).await.unwrap();
        let receipt = Receipt {
            id: receipt_id,
            workspace_id: workspace,
            member_id: owner,
            provider: row.provider,
            connection_id: gone,
            connected_at: row.created_at,
            disconnected_at: t.world.now(),
            counts: vec![],
            key_id: row.key_id,
            grant: "revoked".into(),
            removed_at: None,
        };
        tx.receipts().insert(&receipt).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.messages().count(gone).await.unwrap(), 0);
        assert!(tx.messages().provider_ids(gone, None, 100).await.unwrap().is_empty());
        let all = tenon_store::ThreadQuery { connections: vec![], label: None, unread: false, after: None, limit: 100 };
        let threads = tx.threads().page(&all).await.unwrap();
        assert!(threads.len() == 14 && threads.iter().all(|t| t.connection_id == kept));
        assert_eq!(tx.receipts().get(receipt_id).await.unwrap().unwrap().removed_at, None);
        drop(tx);
        // 40 messages, 14 threads with two labels each, an address a message.
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.purges().rows_left(gone).await.unwrap(), 40 + 14 + 2 * 14 + 40);
        assert_eq!(tx.purges().list(10).await.unwrap()[0].receipt, Some(receipt_id));
        drop(tx);

        drain(&t, gone, 9).await;
        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.receipts().get(receipt_id).await.unwrap().unwrap().removed_at, Some(t.world.now()));
        assert_eq!(tx.messages().count(kept).await.unwrap(), 40);
        assert_eq!(tx.threads().page(&all).await.unwrap().len(), 14);
    }
}
