//! The audit log as rows: numbers and seals at commit, one chain for all who write it, nothing half.

use tenon_model::audit::{AuditAction, AuditActor, AuditDetails, AuditTarget, NewAuditEntry};
use tenon_model::{MemberId, Scope, WorkspaceId};
use tenon_store::{SealedEntry, Store, StoreConfig, StoreError};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::{ChainKey, DataKey, GENESIS};

fn entry(workspace: WorkspaceId, by: MemberId) -> NewAuditEntry {
    NewAuditEntry {
        workspace: Some(workspace),
        action: AuditAction::RoleChanged,
        actor: AuditActor::Member(by),
        target: Some(AuditTarget::Member(by)),
        details: AuditDetails::default(),
        request: None,
    }
}

async fn all(store: &Store, workspace: WorkspaceId) -> Vec<SealedEntry> {
    let mut tx = store.read(&Scope::job(workspace)).await.unwrap();
    tx.audit().after(Some(workspace), 0, 10_000).await.unwrap()
}

/// Numbers without gaps, each seal on the one before, and the head at the end.
async fn whole(store: &Store, workspace: WorkspaceId, key: &ChainKey) -> u64 {
    let (mut before, mut count) = (GENESIS, 0);
    for sealed in all(store, workspace).await {
        count += 1;
        assert_eq!(sealed.entry.seq, count);
        let mut bytes = Vec::new();
        sealed.entry.write_bytes(&mut bytes);
        before = key.link(&before, &bytes);
        assert_eq!(sealed.mac, before, "entry {count}");
    }
    let mut tx = store.read(&Scope::job(workspace)).await.unwrap();
    let head = tx.audit().head(Some(workspace)).await.unwrap();
    assert_eq!(
        head.map(|h| (h.count, h.head)),
        (count > 0).then_some((count, before))
    );
    count
}

store_test! {
    async fn an_entry_commits_with_what_it_tells_or_not_at_all(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let key = DataKey::generate(&t.world).chain_key(workspace.0);
        let scope = Scope::job(workspace);
        for commits in [false, true, false, true] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            tx.retention().set_mail_days(if commits { 30 } else { 90 }, t.world.now()).await.unwrap();
            tx.audit().append(entry(workspace, member), key.clone()).unwrap();
            tx.audit().append(entry(workspace, member), key.clone()).unwrap();
            if commits {
                tx.commit().await.unwrap();
            } else {
                drop(tx); // as a kill before the commit
            }
        }
        assert_eq!(whole(&t.store, workspace, &key).await, 4);
        // An entry that cannot be written takes everything with it: it is about somebody who is not there.
        let nobody = t.world.id();
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.retention().set_mail_days(7, t.world.now()).await.unwrap();
        tx.audit().append(entry(workspace, nobody), key.clone()).unwrap();
        assert!(tx.commit().await.is_err());
        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.retention().mail_days().await.unwrap(), Some(30));
    }
}

store_test! {
    async fn a_chain_is_reached_from_its_own_workspace_only(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let key = DataKey::generate(&t.world).chain_key(workspace.0);
        let mut tx = t.store.begin(&Scope::job(other)).await.unwrap();
        let refused = tx.audit().append(entry(workspace, member), key.clone());
        assert!(matches!(refused, Err(StoreError::Scope(_))));
        assert!(matches!(tx.audit().after(Some(workspace), 0, 1).await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.audit().head(None).await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.audit().heads().await, Err(StoreError::Scope(_))));
        drop(tx);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.audit().append(entry(workspace, member), key.clone()).unwrap();
        tx.audit().append(NewAuditEntry {
            workspace: None, actor: AuditActor::Server, target: None, ..entry(workspace, member)
        }, key.clone()).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(whole(&t.store, workspace, &key).await, 1);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.audit().chains().await.unwrap(), [None, Some(workspace)]);
        let pseudonym = tx.audit().pseudonym(member).await.unwrap().unwrap();
        assert_ne!(pseudonym, member.0);
        drop(tx);
        let mut tx = t.store.read(&Scope::job(other)).await.unwrap();
        assert_eq!(tx.audit().pseudonym(member).await.unwrap(), None);
        assert_eq!(tx.audit().people(&[pseudonym]).await.unwrap(), []);
    }
}

store_test! {
    async fn an_erased_member_leaves_a_whole_chain_and_no_name(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let key = DataKey::generate(&t.world).chain_key(workspace.0);
        let scope = Scope::job(workspace);
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.audit().append(entry(workspace, member), key.clone()).unwrap();
        tx.commit().await.unwrap();
        let before = all(&t.store, workspace).await;
        let pseudonym = before[0].entry.actor.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.audit().people(&[pseudonym]).await.unwrap(), [(pseudonym, member)]);
        assert!(tx.audit().forget(member).await.unwrap());
        assert!(!tx.audit().forget(member).await.unwrap());
        assert_eq!(tx.audit().people(&[pseudonym]).await.unwrap(), []);
        tx.commit().await.unwrap();
        assert_eq!(all(&t.store, workspace).await, before);
        assert_eq!(whole(&t.store, workspace, &key).await, 1);
    }
}

store_test! {
    async fn nodes_that_write_at_once_make_one_chain(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let key = DataKey::generate(&t.world).chain_key(workspace.0);
        let config = StoreConfig { url: t.url.clone(), migrate: true };
        let mut writers = Vec::new();
        for _ in 0..4 {
            let (store, key) = (Store::open(&config).await.unwrap(), key.clone());
            writers.push(tokio::spawn(async move {
                for _ in 0..25 {
                    let mut tx = store.begin(&Scope::job(workspace)).await.unwrap();
                    tx.audit().append(entry(workspace, member), key.clone()).unwrap();
                    let subject = member.to_string();
                    let kind = tenon_model::event::EventKind::MembersChanged;
                    tx.events().append(kind, None, subject).await.unwrap();
                    tx.commit().await.unwrap();
                }
                store.close().await;
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(whole(&t.store, workspace, &key).await, 100, "no gap, no fork, none lost");
    }
}
