//! Settings, flows, consents, receipts.

use std::time::Duration;

use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, MemberId, Scope, WorkspaceId};
use tenon_store::{Consent, Flow, Receipt, StoreError};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

pub(crate) fn flow(
    t: &TestStore,
    workspace: WorkspaceId,
    member: MemberId,
    connection: Option<ConnectionId>,
) -> Flow {
    Flow {
        state_hash: t.world.bytes(),
        workspace_id: workspace,
        member_id: member,
        session_id: t.world.id(),
        connection_id: connection,
        provider: Provider::Google,
        nonce: "n".into(),
        verifier: Sealed(b"v".to_vec()),
        features: vec![Feature::Mail],
        profile: None,
        consent_id: t.world.id(),
        redirect_uri: "http://127.0.0.1/cb".into(),
        created_at: t.world.now(),
        expires_at: t.world.now() + Duration::from_mins(10),
        record_id: None,
    }
}

pub(crate) fn consent(
    t: &TestStore,
    workspace: WorkspaceId,
    member: MemberId,
    connection: Option<ConnectionId>,
) -> Consent {
    Consent {
        id: t.world.id(),
        workspace_id: workspace,
        member_id: member,
        connection_id: connection,
        provider: Provider::Google,
        features: vec![Feature::Mail, Feature::Tracking],
        policy_version: "sha256:1".into(),
        locale: "fr".into(),
        given_at: t.world.now(),
        withdrawn_at: None,
    }
}

store_test! {
    async fn a_setting_is_put_and_replaced(t: TestStore) {
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.settings().get("setup").await.unwrap(), None);
        tx.settings().put("setup", "a").await.unwrap();
        tx.settings().put("setup", "b").await.unwrap();
        assert_eq!(tx.settings().get("setup").await.unwrap().as_deref(), Some("b"));
        assert!(tx.settings().delete("setup").await.unwrap());
        assert!(!tx.settings().delete("setup").await.unwrap());
    }
}

store_test! {
    async fn a_flow_is_taken_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let row = flow(&t, workspace, owner, None);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.flows().insert(&row).await.unwrap();
        assert!(matches!(tx.flows().take(row.state_hash).await, Err(StoreError::Scope(_))));
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.flows().take([0; 32]).await.unwrap(), None);
        assert_eq!(tx.flows().take(row.state_hash).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.flows().take(row.state_hash).await.unwrap(), None);
    }
}

store_test! {
    async fn late_flows_are_purged(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let row = flow(&t, workspace, owner, None);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.flows().insert(&row).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.flows().purge(t.world.now()).await.unwrap(), 0);
        assert_eq!(tx.flows().purge(row.expires_at).await.unwrap(), 1);
    }
}

store_test! {
    async fn a_consent_is_attached_listed_and_withdrawn(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let connection: ConnectionId = t.world.id();
        let mut row = consent(&t, workspace, owner, None);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.consents().insert(&row).await.unwrap();
        tx.consents().attach(row.id, connection).await.unwrap();
        row.connection_id = Some(connection);
        assert_eq!(tx.consents().list().await.unwrap(), [row.clone()]);
        assert_eq!(tx.consents().withdraw_for_connection(connection, t.world.now()).await.unwrap(), 1);
        assert_eq!(tx.consents().withdraw_for_connection(connection, t.world.now()).await.unwrap(), 0);
        assert_eq!(tx.consents().list().await.unwrap()[0].withdrawn_at, Some(t.world.now()));
        tx.commit().await.unwrap();
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert!(tx.consents().list().await.unwrap().is_empty());
        assert!(matches!(tx.consents().attach(row.id, connection).await, Err(StoreError::NotFound(_))));
        assert!(matches!(tx.consents().insert(&row).await, Err(StoreError::Scope(_))));
    }
}

store_test! {
    async fn a_receipt_is_kept_and_its_grant_noted(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut row = Receipt {
            id: t.world.id(),
            workspace_id: workspace,
            member_id: owner,
            provider: Provider::Google,
            connection_id: t.world.id(),
            connected_at: t.world.now(),
            disconnected_at: t.world.now(),
            counts: vec![("messages".into(), 120_000), ("tokens".into(), 1)],
            key_id: t.world.id(),
            grant: "pending".into(),
            removed_at: None,
        };
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.receipts().insert(&row).await.unwrap();
        tx.receipts().set_grant(row.id, "revoked").await.unwrap();
        row.grant = "revoked".into();
        assert_eq!(tx.receipts().get(row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.receipts().list().await.unwrap(), [row.clone()]);
        tx.commit().await.unwrap();
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert_eq!(tx.receipts().get(row.id).await.unwrap(), None);
        assert!(tx.receipts().list().await.unwrap().is_empty());
        assert!(matches!(tx.receipts().set_grant(row.id, "x").await, Err(StoreError::NotFound(_))));
        assert!(matches!(tx.receipts().insert(&row).await, Err(StoreError::Scope(_))));
    }
}
