//! A key-encryption key in another service: nobody waits for it with a transaction open.

use std::sync::Arc;
use std::time::Duration;

use crate::composing::{WRITING, key, letter, save};
use tenon_app::access::{Accept, Begin, Browser, Outcome};
use tenon_app::compose::{self, StartSend};
use tenon_app::{Keys, access, acting, connections, mail};
use tenon_model::member::Role;
use tenon_model::{ConnectionId, KeyId, Scope, World};
use tenon_sandbox::Fault;
use tenon_store::{DbKind, Store};
use tenon_testkit::app::{Options, PASSWORD, TestApp};
use tenon_testkit::{TestStore, store_test};
use tenon_vault::{
    Change, DataKey, Graveyard, Kek, KekSource, KekVersion, VaultError, Wrapped, open_kek,
};

/// Refuses to work while whoever asks holds a transaction: one of a passer-by ends in the time it
/// waits, one of its caller never does.
struct Remote(Box<dyn Kek>, Store);

impl Remote {
    async fn nothing_is_open(&self) -> Result<(), VaultError> {
        // On PostgreSQL one connection listens for what other processes commit.
        let listening = match self.1.kind() {
            DbKind::Sqlite => 0,
            DbKind::Postgres => 1,
        };
        for _ in 0..200 {
            if self.1.pools().iter().all(|p| p.used <= listening) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Err(VaultError::Malformed)
    }
}

#[async_trait::async_trait]
impl Kek for Remote {
    fn is_remote(&self) -> bool {
        true
    }

    fn source(&self) -> &str {
        self.0.source()
    }

    async fn versions(&self) -> Result<Vec<u32>, VaultError> {
        self.nothing_is_open().await?;
        self.0.versions().await
    }

    async fn wrap(
        &self,
        world: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError> {
        self.nothing_is_open().await?;
        self.0.wrap(world, key, with).await
    }

    async fn rotate(&self, world: &World) -> Result<Change, VaultError> {
        self.nothing_is_open().await?;
        self.0.rotate(world).await
    }

    async fn retire(&self, version: u32) -> Result<Change, VaultError> {
        self.0.retire(version).await
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        self.nothing_is_open().await?;
        self.0.unwrap(id, wrapped).await
    }
}

/// Everything about sign-in that seals under the workspace's key.
async fn ways_in(app: &TestApp) {
    let (ctx, owner) = (&app.ctx, &app.owner);
    let workspace = {
        let mut tx = ctx.store.read(&Scope::job(owner.workspace)).await.unwrap();
        tx.keys()
            .for_workspace(owner.workspace)
            .await
            .unwrap()
            .unwrap()
            .id
    };
    let cold = || ctx.keys.drop_opened(workspace);
    let browser = Browser::default;
    cold();
    let invited = access::invite(ctx, owner, "alice@example.com", Role::Member)
        .await
        .unwrap();
    cold();
    access::invitations(ctx, owner).await.unwrap();
    let token = invited.link.split_once("#token=").unwrap().1.to_owned();
    cold();
    let begin = Begin {
        issuer: "google".into(),
        invitation: Some(token),
        ..Begin::default()
    };
    let begun = access::begin_at_issuer(ctx, begin, &browser())
        .await
        .unwrap();
    let answer = app.at_google(begun, "alice@example.com").await;
    cold();
    let entered = access::answer_of_issuer(ctx, None, answer, &browser()).await;
    assert!(matches!(entered, Some(Ok(Outcome::SignedIn(..)))));
    cold();
    let invited = access::invite(ctx, owner, "carol@example.com", Role::Member)
        .await
        .unwrap();
    let accept = Accept {
        token: invited.link.split_once("#token=").unwrap().1.to_owned(),
        name: "Carol".into(),
        password: PASSWORD.into(),
        locale: "en".into(),
        time_zone: "UTC".into(),
        browser: browser(),
    };
    cold();
    access::accept_invitation(ctx, accept).await.unwrap();
    let begin = Begin {
        issuer: "google".into(),
        ..Begin::default()
    };
    let begun = access::begin_adding(ctx, owner, begin).await.unwrap();
    let answer = app.at_google(begun, "bob@example.com").await;
    cold();
    let added = access::answer_of_issuer(ctx, Some(owner), answer, &browser()).await;
    assert!(matches!(added, Some(Ok(Outcome::Added))));
    cold();
    access::identities(ctx, owner).await.unwrap();
    cold();
    let secret = access::totp_begin(ctx, owner).await.unwrap().secret;
    let secret = totp_rs::Secret::try_from_base32(&secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = || {
        totp.generate(u64::try_from(ctx.world.now().as_secs()).unwrap())
            .to_string()
    };
    cold();
    access::totp_confirm(ctx, owner, &code(), &browser())
        .await
        .unwrap();
    app.clock.advance(Duration::from_mins(1));
    cold();
    access::prove_by_password(ctx, owner, PASSWORD.into(), Some(code()), &browser())
        .await
        .unwrap();
}

store_test! {
    async fn no_transaction_waits_for_a_remote_key(t: TestStore) {
        let options = Options { messages: 30, kek: |kek, store| Box::new(Remote(kek, store.clone())), ..Options::default() };
        let app = TestApp::start_with(t, options).await;
        let id = app.connect("alice@example.com").await;
        let row = {
            let mut tx = app.ctx.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
            tx.connections().get(id).await.unwrap().unwrap()
        };
        // As in a process that has just started, before each of these.
        let cold = || app.ctx.keys.drop_opened(row.key_id);
        cold();
        assert_eq!(connections::list(&app.ctx, &app.owner).await.unwrap().len(), 1);
        cold();
        let page = mail::threads(&app.ctx, &app.owner, mail::ThreadsQuery { limit: 5, ..Default::default() }).await.unwrap();
        cold();
        let message = mail::thread(&app.ctx, &app.owner, page.items[0].id).await.unwrap().messages[0].id;
        cold();
        mail::open(&app.ctx, &app.owner, message).await.unwrap();
        cold();
        mail::labels(&app.ctx, &app.owner, id).await.unwrap();
        cold();
        app.sandbox.control().deliver_random("alice@example.com", 2);
        app.sync(id).await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
        cold();
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        connections::resume(&app.ctx, &app.owner, id).await.unwrap();
        app.settle().await;
        cold();
        let again = app.try_connect(&app.owner, "alice@example.com", WRITING, Some(id)).await;
        assert_eq!(again.unwrap(), id);
        app.settle().await;
        writing(&app, id, cold).await;
        cold();
        ways_in(&app).await;
        cold();
        app.sandbox.control().faults().push(Fault::new("A11:503").times(1));
        assert_eq!(connections::disconnect(&app.ctx, &app.owner, id).await.unwrap().grant, "pending");
        app.settle().await;
        app.pass(Duration::from_mins(20)).await;
        assert_eq!(connections::receipts(&app.ctx, &app.owner).await.unwrap()[0].grant, "revoked");
    }
}

/// Labels, drafts and sending, with the key closed before each step.
async fn writing(app: &TestApp, id: ConnectionId, cold: impl Fn()) {
    let (ctx, owner) = (&app.ctx, &app.owner);
    cold();
    let label = acting::create_label(ctx, owner, id, "Cold", None).await;
    cold();
    let label = label.unwrap().id;
    acting::delete_label(ctx, owner, label).await.unwrap();
    cold();
    let draft = save(app, letter(id, "Cold"), "cold").await.unwrap();
    cold();
    let start = StartSend {
        at: None,
        undo_seconds: Some(20),
        if_match: None,
    };
    let begun = compose::send(ctx, owner, draft.id, start, key(owner, "send", "cold"));
    let begun = begun.await.unwrap();
    cold();
    let taken_back = compose::cancel_send(ctx, owner, begun.id).await.unwrap();
    assert_eq!(taken_back.state, "cancelled");
    cold();
    assert_eq!(
        compose::sends(
            ctx,
            owner,
            compose::SendsWanted {
                limit: 10,
                ..compose::SendsWanted::default()
            }
        )
        .await
        .unwrap()
        .items
        .len(),
        1
    );
    cold();
    compose::discard(ctx, owner, draft.id).await.unwrap();
}

store_test! {
    async fn several_programs_that_start_on_an_empty_database_share_one_key(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let kek = || -> Arc<dyn Kek> {
            open_kek(&KekSource::File(folder.path().join("kek")), None, &t.world, true).unwrap().into()
        };
        kek(); // makes the file, which they share
        let open = || Keys::open(&t.store, kek(), Graveyard::new(folder.path().join("graveyard")), t.world.clone());
        let opened = futures::future::join_all((0..6).map(|_| open())).await;
        let ids: Vec<KeyId> = opened.iter().map(|k| k.as_ref().unwrap().deployment().id()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.keys().list_all().await.unwrap().len(), 1);
    }
}
