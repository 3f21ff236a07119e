//! Ways in: each row is used once, by the right one, and seen by nobody else.

use std::time::Duration;

use tenon_model::member::Role;
use tenon_model::{MemberId, Scope, WorkspaceId};
use tenon_store::{Challenge, Identity, Invitation, Passkey, Reset, SignInFlow, StoreError};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

fn invitation(t: &TestStore, workspace: WorkspaceId, by: MemberId, n: u8) -> Invitation {
    Invitation {
        id: t.world.id(),
        workspace_id: workspace,
        token_hash: [n; 32],
        email_index: [n; 16],
        email: Sealed(vec![n]),
        role: Role::Admin,
        invited_by: by,
        created_at: t.world.now(),
        expires_at: t.world.now() + Duration::from_hours(1),
    }
}

fn passkey(t: &TestStore, workspace: WorkspaceId, member: MemberId, id: &[u8]) -> Passkey {
    Passkey {
        id: t.world.id(),
        workspace_id: workspace,
        member_id: member,
        credential_id: id.to_vec(),
        public_key: vec![1, 2],
        sign_count: 0,
        name: "Laptop".into(),
        synced: true,
        created_at: t.world.now(),
        last_used_at: None,
    }
}

fn identity(t: &TestStore, workspace: WorkspaceId, member: MemberId, n: u8) -> Identity {
    Identity {
        id: t.world.id(),
        workspace_id: workspace,
        member_id: member,
        issuer: "https://id.example".into(),
        subject_index: [n; 16],
        account: Sealed(vec![n]),
        created_at: t.world.now(),
        last_used_at: t.world.now(),
    }
}

store_test! {
    async fn an_invitation_is_used_up_once_and_replaced_by_a_newer_one(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let row = invitation(&t, workspace, owner, 1);
        let own = Scope::member(workspace, owner);
        let foreign = Scope::member(other, stranger);
        let mut tx = t.store.begin(&own).await.unwrap();
        tx.invitations().put(&row).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&foreign).await.unwrap();
        assert_eq!(tx.invitations().list(t.world.now()).await.unwrap(), []);
        assert_eq!(tx.invitations().get(row.id).await.unwrap(), None);
        assert!(!tx.invitations().delete(row.id).await.unwrap());
        assert!(matches!(tx.invitations().put(&row).await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.invitations().by_token_hash([1; 32]).await, Err(StoreError::Scope(_))));
        drop(tx);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.invitations().by_token_hash([1; 32]).await.unwrap(), Some(row.clone()));
        assert!(tx.invitations().is_invited([1; 16], t.world.now()).await.unwrap());
        assert!(!tx.invitations().is_invited([1; 16], row.expires_at).await.unwrap());
        tx.commit().await.unwrap();
        let newer = Invitation { token_hash: [9; 32], ..invitation(&t, workspace, owner, 1) };
        let mut tx = t.store.begin(&own).await.unwrap();
        tx.invitations().put(&newer).await.unwrap();
        assert_eq!(tx.invitations().list(t.world.now()).await.unwrap(), std::slice::from_ref(&newer));
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.invitations().by_token_hash([1; 32]).await.unwrap(), None);
        assert!(tx.invitations().take(newer.id).await.unwrap());
        assert!(!tx.invitations().take(newer.id).await.unwrap());
    }
}

store_test! {
    async fn resets_flows_and_challenges_are_taken_once_and_purged(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let (now, later) = (t.world.now(), t.world.now() + Duration::from_mins(5));
        let reset = Reset {
            token_hash: [1; 32],
            workspace_id: workspace,
            member_id: owner,
            made_by: owner,
            created_at: now,
            expires_at: later,
        };
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.resets().put(&reset).await.unwrap();
        tx.resets().put(&Reset { token_hash: [2; 32], ..reset.clone() }).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        tx.resets().delete_for_member(owner).await.unwrap();
        assert!(matches!(tx.resets().put(&reset).await, Err(StoreError::Scope(_))));
        drop(tx);
        let flow = SignInFlow {
            state_hash: [3; 32],
            issuer: "acme".into(),
            browser_hash: [4; 32],
            nonce: "n".into(),
            verifier: Sealed(vec![5]),
            invitation_hash: Some([6; 32]),
            member_id: None,
            session_id: Some(t.world.id()),
            next: Some("/".into()),
            locale: "en".into(),
            time_zone: "UTC".into(),
            created_at: now,
            expires_at: later,
        };
        let challenge = Challenge {
            challenge_hash: [7; 32],
            purpose: "create".into(),
            session_id: None,
            expires_at: later,
        };
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.resets().by_token_hash([1; 32]).await.unwrap(), None, "replaced");
        assert!(tx.resets().by_token_hash([2; 32]).await.unwrap().is_some());
        assert!(tx.resets().take([2; 32]).await.unwrap());
        assert!(!tx.resets().take([2; 32]).await.unwrap());
        for _ in 0..2 {
            tx.sign_in_flows().insert(&flow).await.unwrap();
            tx.challenges().insert(&challenge).await.unwrap();
            assert!(tx.sign_in_flows().is_known([3; 32]).await.unwrap());
            assert!(tx.challenges().is_known([7; 32]).await.unwrap());
            assert_eq!(tx.sign_in_flows().take([3; 32]).await.unwrap(), Some(flow.clone()));
            assert_eq!(tx.sign_in_flows().take([3; 32]).await.unwrap(), None);
            assert_eq!(tx.challenges().take([7; 32]).await.unwrap(), Some(challenge.clone()));
            assert_eq!(tx.challenges().take([7; 32]).await.unwrap(), None);
            assert!(!tx.sign_in_flows().is_known([3; 32]).await.unwrap());
            assert!(!tx.challenges().is_known([7; 32]).await.unwrap());
        }
        for n in 0..5 {
            let flow = SignInFlow { state_hash: [n; 32], ..flow.clone() };
            tx.sign_in_flows().insert(&flow).await.unwrap();
            let challenge = Challenge { challenge_hash: [n; 32], ..challenge.clone() };
            tx.challenges().insert(&challenge).await.unwrap();
        }
        for (at, gone) in [(now, 0), (later, 3), (later, 2), (later, 0)] {
            assert_eq!(tx.sign_in_flows().purge(at, 3).await.unwrap(), gone);
            assert_eq!(tx.challenges().purge(at, 3).await.unwrap(), gone);
        }
    }
}

store_test! {
    async fn a_domain_belongs_to_the_workspaces_that_allow_it(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        for (scope, fresh) in [
            (Scope::member(workspace, owner), true),
            (Scope::member(workspace, owner), false),
            (Scope::member(other, stranger), true),
        ] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            assert_eq!(tx.domains().insert("acme.example", t.world.now()).await.unwrap(), fresh);
            tx.commit().await.unwrap();
        }
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert_eq!(tx.domains().list().await.unwrap().len(), 1);
        assert!(tx.domains().delete("acme.example").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.domains().workspaces_of("acme.example").await.unwrap(), [workspace]);
        assert!(tx.domains().workspaces_of("example").await.unwrap().is_empty());
    }
}

store_test! {
    async fn a_passkey_counts_up_only(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let row = passkey(&t, workspace, owner, b"k");
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.passkeys().insert(&row).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        let again = passkey(&t, workspace, owner, b"k");
        assert!(matches!(tx.passkeys().insert(&again).await, Err(StoreError::Duplicate)));
        drop(tx);
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert!(tx.passkeys().list(owner).await.unwrap().is_empty());
        assert!(tx.passkeys().owners().await.unwrap().is_empty());
        assert!(!tx.passkeys().rename(row.id, "x").await.unwrap());
        assert!(!tx.passkeys().delete(row.id).await.unwrap());
        assert_eq!(tx.passkeys().delete_for_member(owner).await.unwrap(), 0);
        assert!(matches!(tx.passkeys().by_credential(b"k").await, Err(StoreError::Scope(_))));
        drop(tx);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.passkeys().by_credential(b"k").await.unwrap(), Some(row.clone()));
        let now = t.world.now();
        for (count, taken) in [(0, true), (0, true), (5, true), (5, false), (4, false), (0, false), (6, true)] {
            assert_eq!(tx.passkeys().used(row.id, count, false, now).await.unwrap(), taken, "{count}");
        }
        let after = tx.passkeys().by_credential(b"k").await.unwrap().unwrap();
        assert_eq!((after.sign_count, after.synced, after.last_used_at), (6, false, Some(now)));
    }
}

store_test! {
    async fn an_account_at_an_issuer_names_one_member(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let row = identity(&t, workspace, owner, 1);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.identities().insert(&row).await.unwrap();
        let elsewhere = Identity { issuer: "https://other.example".into(), ..identity(&t, other, stranger, 1) };
        tx.identities().insert(&elsewhere).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let taken = identity(&t, other, stranger, 1);
        assert!(matches!(tx.identities().insert(&taken).await, Err(StoreError::Duplicate)));
        drop(tx);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let found = tx.identities().by_subject("https://id.example", [1; 16]).await.unwrap();
        assert_eq!(found, Some(row.clone()));
        assert_eq!(tx.identities().by_subject("https://id.example", [2; 16]).await.unwrap(), None);
        drop(tx);
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert!(tx.identities().list(owner).await.unwrap().is_empty());
        assert!(!tx.identities().delete(row.id).await.unwrap());
        assert_eq!(tx.identities().delete_for_member(owner).await.unwrap(), 0);
        drop(tx);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.identities().list(owner).await.unwrap(), std::slice::from_ref(&row));
        assert!(tx.identities().delete(row.id).await.unwrap());
    }
}
