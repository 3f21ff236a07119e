//! Changing what wraps the data keys, while others work, cut off anywhere, to another place.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tenon_app::Keys;
use tenon_app::keys::{RotationError, TransitKek};
use tenon_connectors::transit::{Transit, TransitConfig, VaultToken};
use tenon_model::{KeyId, Scope, World};
use tenon_sandbox::{TransitFake, VaultState};
use tenon_store::{KeyRow, SEALED_COLUMNS};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::{
    Change, Context, DataKey, Graveyard, Kek, KekSource, KekVersion, Ring, Sealed, VaultError,
    Wrapped, open_kek,
};

fn file(folder: &Path, world: &World) -> Box<dyn Kek> {
    open_kek(&KekSource::File(folder.join("kek")), None, world, true).unwrap()
}

fn graveyard(folder: &Path) -> Graveyard {
    Graveyard::new(folder.join("graveyard"))
}

async fn open(t: &TestStore, folder: &Path, kek: Box<dyn Kek>) -> Keys {
    Keys::open(&t.store, kek.into(), graveyard(folder), t.world.clone())
        .await
        .unwrap()
}

/// Stores `count` keys of a workspace, with a value that each has sealed.
async fn fill(t: &TestStore, keys: &Keys, count: usize) -> Vec<(KeyId, Sealed)> {
    let (workspace, _) = rows::workspace(t).await;
    let mut made = Vec::new();
    for _ in 0..count {
        made.push(keys.make().await.unwrap());
    }
    let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
    let mut sealed = Vec::new();
    for new in made {
        let other = Some(t.world.id());
        let key = keys.insert(&mut tx, new, workspace, other).await.unwrap();
        let value = key.seal(&t.world, &place(key.id()), b"canary").unwrap();
        sealed.push((key.id(), value));
    }
    tx.commit().await.unwrap();
    sealed
}

fn place(id: KeyId) -> Context<'static> {
    Context::new("messages", "envelope", id.0)
}

/// Opens every value by keys that have just been started.
async fn all_open(t: &TestStore, keys: &Keys, sealed: &[(KeyId, Sealed)]) {
    for (id, value) in sealed {
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let key = keys.get(&mut tx, *id).await.unwrap();
        assert_eq!(&*key.open(&place(*id), value).unwrap(), b"canary");
    }
}

async fn versions(t: &TestStore) -> Vec<(String, u64)> {
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    tx.keys().by_kek().await.unwrap()
}

store_test! {
    async fn v3_a_version_is_added_used_and_retired_while_a_server_runs(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let server = open(&t, folder, file(folder, &t.world)).await;
        let early = fill(&t, &server, 3).await;
        let command = open(&t, folder, file(folder, &t.world)).await;
        assert!(matches!(command.retire(1).await, Err(RotationError::InUse(..))));
        assert_eq!(command.rotate().await.unwrap(), Change::Done(2));
        assert!(matches!(command.rotate().await, Err(RotationError::Waiting(_))));
        assert!(matches!(command.retire(2).await, Err(RotationError::InUse(..))));
        // What is added is used by nobody yet, not even by a server that starts now.
        let started = open(&t, folder, file(folder, &t.world)).await;
        let meanwhile = fill(&t, &started, 1).await;
        assert_eq!(versions(&t).await, [("file:1".to_owned(), 5)]);
        // One key is on its way when everything moves.
        let (workspace, _) = rows::workspace(&t).await;
        let late = server.make().await.unwrap();
        let done = command.rewrap(|_| {}).await.unwrap();
        assert_eq!((done.moved, done.with.to_string()), (5, "file:2".to_owned()));
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let late = server.insert(&mut tx, late, workspace, None).await.unwrap().id();
        tx.commit().await.unwrap();
        let after = fill(&t, &server, 2).await;
        assert_eq!(versions(&t).await, [("file:2".to_owned(), 8)]);
        assert_eq!(command.rewrap(|_| {}).await.unwrap().moved, 0);
        for id in early.iter().chain(&meanwhile).map(|(id, _)| *id).chain([late]) {
            server.drop_opened(id);
        }
        for sealed in [&early, &meanwhile, &after] {
            all_open(&t, &server, sealed).await;
        }
        assert_eq!(command.retire(1).await.unwrap(), Change::Done(1));
        let standing = command.standing().await.unwrap();
        assert_eq!((standing.held.clone(), standing.behind()), (vec![2], 0));
        assert!(matches!(command.retire(1).await, Err(RotationError::Unknown(_))));
        let restarted = open(&t, folder, file(folder, &t.world)).await;
        for sealed in [&early, &meanwhile, &after] {
            all_open(&t, &restarted, sealed).await;
        }
    }
}

store_test! {
    async fn a_machine_without_the_newest_key_changes_nothing(t: TestStore) {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let keys = open(&t, here.path(), file(here.path(), &t.world)).await;
        std::fs::copy(here.path().join("kek"), there.path().join("kek")).unwrap();
        let stale = open(&t, there.path(), file(there.path(), &t.world)).await;
        let sealed = fill(&t, &keys, 2).await;
        keys.rotate().await.unwrap();
        keys.rewrap(|_| {}).await.unwrap();
        assert!(matches!(stale.rewrap(|_| {}).await, Err(RotationError::Behind { .. })));
        assert!(matches!(stale.rotate().await, Err(RotationError::Behind { .. })));
        assert!(stale.make().await.is_err());
        assert_eq!(versions(&t).await, [("file:2".to_owned(), 3)]);
        // The file comes late: what was refused works, without a restart.
        std::fs::copy(here.path().join("kek"), there.path().join("kek")).unwrap();
        all_open(&t, &stale, &sealed).await;
        fill(&t, &stale, 1).await;
        assert_eq!(versions(&t).await, [("file:2".to_owned(), 4)]);
    }
}

/// A key-encryption key that goes away after so many calls.
struct Failing(Box<dyn Kek>, Arc<AtomicI64>);

impl Failing {
    fn count(&self) -> Result<(), VaultError> {
        if self.1.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        Err(VaultError::KekAway {
            source_name: "test".into(),
            reason: "is away".into(),
        })
    }
}

#[async_trait::async_trait]
impl Kek for Failing {
    fn is_remote(&self) -> bool {
        true
    }

    fn source(&self) -> &str {
        self.0.source()
    }

    async fn versions(&self) -> Result<Vec<u32>, VaultError> {
        self.0.versions().await
    }

    async fn wrap(
        &self,
        world: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError> {
        self.count()?;
        self.0.wrap(world, key, with).await
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        self.count()?;
        self.0.unwrap(id, wrapped).await
    }

    async fn rotate(&self, world: &World) -> Result<Change, VaultError> {
        self.0.rotate(world).await
    }

    async fn retire(&self, version: u32) -> Result<Change, VaultError> {
        self.0.retire(version).await
    }
}

store_test! {
    async fn v4_wrapping_anew_that_is_cut_off_anywhere_goes_on_where_it_was(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let keys = open(&t, folder, file(folder, &t.world)).await;
        // More than two pages.
        let sealed = fill(&t, &keys, 230).await;
        keys.rotate().await.unwrap();
        let mut moved = 0;
        for cut in [0, 1, 2, 150, 299, 300, 299, 301, 60] {
            let left = Arc::new(AtomicI64::new(1));
            let kek = Failing(file(folder, &t.world), left.clone());
            let keys = open(&t, folder, Box::new(kek)).await;
            left.store(cut, Ordering::SeqCst);
            assert!(matches!(keys.rewrap(|_| {}).await, Err(RotationError::Vault(_))), "{cut}");
            let counts = versions(&t).await;
            let count = |kek: &str| counts.iter().find(|(k, _)| k == kek).map_or(0, |(_, n)| *n);
            assert_eq!(count("file:1") + count("file:2"), 231);
            assert!(count("file:2") >= moved);
            moved = count("file:2");
            // New keys are wrapped with the new version at once; the old one cannot go.
            assert!(matches!(keys.retire(1).await, Err(RotationError::Needed(_, n)) if n == 231 - moved));
            let restarted = open(&t, folder, file(folder, &t.world)).await;
            all_open(&t, &restarted, &sealed).await;
        }
        assert!(moved >= 100, "whole pages were moved before the cuts: {moved}");
        // Cut between any two steps, as a kill does.
        for steps in [1, 3, 5, 9, 17] {
            let keys = open(&t, folder, file(folder, &t.world)).await;
            let rewrapping = keys.rewrap(|_| {});
            let ticks = async { for _ in 0..steps { tokio::task::yield_now().await; } };
            tokio::select! { biased; () = ticks => {}, done = rewrapping => { done.unwrap(); } }
            let restarted = open(&t, folder, file(folder, &t.world)).await;
            all_open(&t, &restarted, &sealed).await;
        }
        // Two at once do it together.
        let (a, b) = (open(&t, folder, file(folder, &t.world)).await, open(&t, folder, file(folder, &t.world)).await);
        let (a, b) = tokio::join!(a.rewrap(|_| {}), b.rewrap(|_| {}));
        assert!(a.unwrap().broken.is_empty() && b.unwrap().broken.is_empty());
        assert_eq!(versions(&t).await, [("file:2".to_owned(), 231)]);
        keys.retire(1).await.unwrap();
        let restarted = open(&t, folder, file(folder, &t.world)).await;
        all_open(&t, &restarted, &sealed).await;
    }
}

async fn vault(world: &World) -> (TransitFake, Box<dyn Kek>) {
    let vault = TransitFake::start(([127, 0, 0, 1], 0).into(), "token")
        .await
        .unwrap();
    vault.create("tenon");
    let kek = Box::new(TransitKek::new(transit(&vault, world)));
    (vault, kek)
}

fn transit(vault: &TransitFake, world: &World) -> Arc<Transit> {
    let config = TransitConfig {
        address: vault.url(),
        namespace: String::new(),
        mount: "transit".into(),
        key: "tenon".into(),
        token: VaultToken::Text("token".into()),
    };
    Transit::new(config, world.clone()).unwrap()
}

store_test! {
    async fn keys_move_from_a_file_to_vault_and_from_version_to_version_there(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let server = open(&t, folder, file(folder, &t.world)).await;
        let sealed = fill(&t, &server, 20).await;
        let (vault, kek) = vault(&t.world).await;
        let again = || -> Box<dyn Kek> { Box::new(TransitKek::new(transit(&vault, &t.world))) };
        // Both are set up: everything goes on under the file until the keys are moved.
        let both = open(&t, folder, Box::new(Ring::new(kek, Some(file(folder, &t.world))).unwrap())).await;
        fill(&t, &both, 1).await;
        assert_eq!(versions(&t).await, [("file:1".to_owned(), 22)]);
        all_open(&t, &server, &sealed).await;
        assert_eq!(both.rewrap(|_| {}).await.unwrap().moved, 22);
        assert_eq!(versions(&t).await, [("vault:transit/tenon:1".to_owned(), 22)]);
        // A key was made before that and comes afterwards: it is refused, not stored under the old.
        let only_vault = open(&t, folder, again()).await;
        all_open(&t, &only_vault, &sealed).await;
        assert_eq!(only_vault.rotate().await.unwrap(), Change::Done(2));
        let (workspace, _) = rows::workspace(&t).await;
        let late = both.make().await.unwrap();
        assert_eq!(only_vault.rewrap(|_| {}).await.unwrap().moved, 22);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let refused = both.insert(&mut tx, late, workspace, None).await;
        assert_eq!(refused.err().unwrap().code(), "keys_unavailable");
        drop(tx);
        // Where a transaction is begun for a key, it is wrapped anew before.
        let late = both.make().await.unwrap();
        only_vault.rotate().await.unwrap();
        only_vault.rewrap(|_| {}).await.unwrap();
        let scope = Scope::job(workspace);
        let (mut tx, late) = both.begin(&scope, late).await.unwrap();
        both.insert(&mut tx, late, workspace, None).await.unwrap();
        drop(tx);
        let told = only_vault.retire(1).await.unwrap();
        assert!(matches!(told, Change::ByHand(t) if t.contains("transit/keys/tenon/config min_decryption_version=2")));
        vault.forget_before("tenon", 3);
        all_open(&t, &open(&t, folder, again()).await, &sealed).await;
        // And back.
        let back = Ring::new(file(folder, &t.world), Some(again())).unwrap();
        let back = open(&t, folder, Box::new(back)).await;
        assert_eq!(back.rewrap(|_| {}).await.unwrap().moved, 22);
        all_open(&t, &open(&t, folder, file(folder, &t.world)).await, &sealed).await;
    }
}

store_test! {
    async fn a_vault_that_is_away_is_told_and_nothing_is_lost(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let (vault, kek) = vault(&t.world).await;
        let keys = open(&t, folder.path(), kek).await;
        let sealed = fill(&t, &keys, 2).await;
        keys.rotate().await.unwrap();
        for state in [VaultState::Sealed, VaultState::Failing(500, "internal error".into())] {
            vault.become_like(state);
            // What is open stays open; what is not is asked for again later.
            all_open(&t, &keys, &sealed[1..]).await;
            assert_eq!(keys.make().await.err().unwrap().code(), "keys_unavailable");
            keys.drop_opened(sealed[0].0);
            let mut tx = t.store.read(&Scope::system()).await.unwrap();
            let error = keys.get(&mut tx, sealed[0].0).await.err().unwrap();
            assert_eq!((error.code(), error.status()), ("keys_unavailable", 503));
            drop(tx);
            assert!(keys.rewrap(|_| {}).await.is_err());
            assert!(keys.check(|_| {}).await.is_ok(), "there is no value to open");
        }
        vault.become_like(VaultState::Active);
        all_open(&t, &keys, &sealed).await;
        assert_eq!(keys.rewrap(|_| {}).await.unwrap().moved, 3);
    }
}

store_test! {
    async fn v2_a_wrapped_key_that_is_put_into_another_row_does_not_open(t: TestStore) {
        let folder = tempfile::tempdir().unwrap();
        let (_vault, kek) = vault(&t.world).await;
        let keys = open(&t, folder.path(), kek).await;
        let sealed = fill(&t, &keys, 2).await;
        let (a, b) = (sealed[0].0, sealed[1].0);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let (of_a, row): (KeyRow, KeyRow) =
            (tx.keys().get(a).await.unwrap().unwrap(), tx.keys().get(b).await.unwrap().unwrap());
        assert!(tx.keys().replace_wrapped(&row, of_a.wrapped, &of_a.kek).await.unwrap());
        tx.commit().await.unwrap();
        keys.drop_opened(b);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert!(keys.get(&mut tx, b).await.is_err());
        drop(tx);
        // A rotation leaves it as it is, moves the rest, and says so.
        keys.rotate().await.unwrap();
        let done = keys.rewrap(|_| {}).await.unwrap();
        assert_eq!((done.moved, done.broken), (2, vec![b]));
    }
}

store_test! {
    async fn v8_every_sealed_value_is_opened_and_those_that_do_not_are_named(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let (ctx, owner) = (&app.ctx, &app.owner);
        let found = ctx.keys.check(|_| {}).await.unwrap();
        assert_eq!((found.destroyed, found.unreadable.len()), (0, 0));
        // Every message, the connection, its tokens, its labels.
        assert!(found.opened > 120, "{}", found.opened);
        let mut told = 0;
        ctx.keys.check(|n| told = n).await.unwrap();
        assert_eq!(told, found.opened);

        let mut tx = ctx.store.begin(&owner.scope()).await.unwrap();
        let key = ctx.keys.workspace(&mut tx, owner.workspace).await.unwrap();
        let elsewhere = Context::new("members", "totp", id.0);
        let moved = key.seal(&ctx.world, &elsewhere, b"secret").unwrap();
        tx.members().set_totp(owner.member, Some(moved)).await.unwrap();
        tx.commit().await.unwrap();
        let found = ctx.keys.check(|_| {}).await.unwrap();
        assert_eq!(found.unreadable.len(), 1, "{found:?}");
        let wrong = &found.unreadable[0];
        assert_eq!((wrong.table, wrong.column, wrong.count), ("members", "totp", 1));
        assert_eq!(wrong.example, owner.member.0);
    }
}

#[test]
fn every_column_that_the_inventory_calls_sealed_is_looked_at() {
    use tenon_model::inventory::{COLUMNS, DataClass};
    let sealed = |class| {
        matches!(
            class,
            DataClass::Secret | DataClass::AccountSealed | DataClass::MailMetadataSealed
        )
    };
    let declared = COLUMNS
        .iter()
        .filter(|c| sealed(c.class) || (c.table, c.column) == ("saved_searches", "search"))
        // The key itself is wrapped, not sealed.
        .filter(|c| (c.table, c.column) != ("keys", "wrapped"));
    let mut declared: Vec<_> = declared.map(|c| (c.table, c.column)).collect();
    let mut looked_at: Vec<_> = SEALED_COLUMNS.iter().map(|c| (c.table, c.column)).collect();
    declared.sort_unstable();
    looked_at.sort_unstable();
    assert_eq!(looked_at, declared);
}
