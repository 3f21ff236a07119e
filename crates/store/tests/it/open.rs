//! Opening, refusing, looking after, closing.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tenon_model::Scope;
use tenon_store::{DbKind, KeyRow, Store, StoreConfig, StoreError, StoreUrl};
use tenon_testkit::store::{on_postgres, on_sqlite};
use tenon_testkit::{TestStore, rows, store_test};

fn config(url: &StoreUrl, migrate: bool) -> StoreConfig {
    StoreConfig {
        url: url.clone(),
        migrate,
    }
}

/// Runs a statement past the store.
async fn meddle(url: &StoreUrl, statement: &'static str) {
    match url {
        StoreUrl::Sqlite(path) => {
            let mut db = SqliteConnection::connect(path.to_str().unwrap())
                .await
                .unwrap();
            sqlx::query(statement).execute(&mut db).await.unwrap();
            db.close().await.unwrap();
        }
        StoreUrl::Postgres(url) => {
            let mut db = PgConnection::connect(url).await.unwrap();
            let all = "SET tenon.purpose = 'system'";
            sqlx::query(all).execute(&mut db).await.unwrap();
            sqlx::query(statement).execute(&mut db).await.unwrap();
            db.close().await.unwrap();
        }
    }
}

store_test! {
    async fn opening_again_finds_everything(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        t.store.ping().await.unwrap();
        let again = Store::open(&config(&t.url, false)).await.unwrap();
        let mut tx = again.read(&Scope::job(workspace)).await.unwrap();
        assert!(tx.workspaces().get(workspace).await.unwrap().is_some());
        drop(tx);
        again.close().await;
        t.store.ping().await.unwrap();
    }
}

store_test! {
    async fn a_newer_database_is_refused(t: TestStore) {
        meddle(&t.url, "INSERT INTO schema_versions (version, applied_at) VALUES (999, 0)").await;
        for migrate in [true, false] {
            let error = Store::open(&config(&t.url, migrate)).await.unwrap_err();
            assert!(matches!(error, StoreError::NewerDatabase { found: 999, .. }), "{error}");
        }
    }
}

store_test! {
    async fn an_older_database_waits_when_told_to(t: TestStore) {
        meddle(&t.url, "DELETE FROM schema_versions").await;
        let error = Store::open(&config(&t.url, false)).await.unwrap_err();
        assert!(matches!(error, StoreError::OlderDatabase { found: 0, .. }), "{error}");
    }
}

#[test]
fn two_programs_migrate_one_database_once() {
    on_postgres(async |t: TestStore| {
        meddle(&t.url, "DROP SCHEMA public CASCADE").await;
        meddle(&t.url, "CREATE SCHEMA public").await;
        let config = config(&t.url, true);
        let opened = tokio::join!(Store::open(&config), Store::open(&config));
        opened.0.unwrap().close().await;
        opened.1.unwrap().close().await;
    });
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let open = async |url: StoreUrl| Store::open(&config(&url, true)).await.unwrap_err();
    let missing = open(StoreUrl::Sqlite(folder.path().join("no/such/folder/t.db"))).await;
    assert!(matches!(missing, StoreError::CannotOpen), "{missing}");

    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "this is not a database, whatever its name says".repeat(100),
    )
    .unwrap();
    let damaged = open(StoreUrl::Sqlite(text)).await;
    assert!(matches!(damaged, StoreError::Damaged), "{damaged}");

    // A port where nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let before = Instant::now();
    let alone = open(StoreUrl::Postgres(format!(
        "postgres://u:secret@{free}/t?connect_timeout=2"
    )))
    .await;
    assert!(matches!(alone, StoreError::Unreachable(_)), "{alone}");
    assert!(!alone.to_string().contains("secret"));
    assert!(
        before.elapsed() < Duration::from_secs(10),
        "{:?}",
        before.elapsed()
    );
    let odd = open(StoreUrl::Postgres("postgres://[".into())).await;
    assert!(matches!(odd, StoreError::BadUrl), "{odd}");
}

#[test]
fn a_database_that_is_not_there_is_refused() {
    on_postgres(async |t: TestStore| {
        let StoreUrl::Postgres(url) = &t.url else {
            panic!("PostgreSQL was asked for")
        };
        let error = Store::open(&config(&StoreUrl::Postgres(format!("{url}_not")), true))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error}");
    });
}

#[test]
fn the_file_is_for_its_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    on_sqlite(async |t: TestStore| {
        rows::workspace(&t).await;
        let StoreUrl::Sqlite(path) = &t.url else {
            panic!("SQLite was asked for")
        };
        let folder = path.parent().unwrap();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        }
    });
}

// What deletion means in SQLite: after compaction no byte of a deleted row is left in any file.
#[test]
fn compaction_leaves_no_bytes_behind() {
    on_sqlite(async |t: TestStore| {
        let StoreUrl::Sqlite(path) = &t.url else {
            panic!("SQLite was asked for")
        };
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..300 {
            tx.settings()
                .put(
                    &format!("k{n}"),
                    &format!("CANARY-{n}-{}", "y".repeat(n % 97)),
                )
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        t.store.checkpoint().await.unwrap();
        let traces = || {
            std::fs::read_dir(path.parent().unwrap())
                .unwrap()
                .map(|e| std::fs::read(e.unwrap().path()).unwrap())
                .map(|bytes| bytes.windows(6).filter(|w| w == b"CANARY").count())
                .sum::<usize>()
        };
        assert!(traces() >= 300, "the check must be able to see them");
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..300 {
            assert!(tx.settings().delete(&format!("k{n}")).await.unwrap());
        }
        tx.commit().await.unwrap();
        t.store.compact().await.unwrap();
        assert_eq!(traces(), 0);
    });
}

/// Everything that is in the files of a database.
fn bytes_of(path: &std::path::Path) -> Vec<u8> {
    std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .flat_map(|e| std::fs::read(e.unwrap().path()).unwrap())
        .collect()
}

fn traces(bytes: &[u8], word: &str) -> usize {
    let word = word.as_bytes();
    bytes.windows(word.len()).filter(|w| *w == word).count()
}

// A large file is not rewritten: its free pages go a few at a time, others write in between, and of
// keys no copy stays in any gap. A reader that stays for a while does not spoil it.
#[test]
fn a_large_file_is_compacted_in_steps() {
    on_sqlite(async |t: TestStore| {
        let StoreUrl::Sqlite(path) = &t.url else {
            panic!("SQLite was asked for")
        };
        let (workspace, _) = rows::workspace(&t).await;
        let mut keys = Vec::new();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..600 {
            // Random ids go everywhere in the table, as they do when many connect.
            let key = KeyRow {
                id: tenon_model::KeyId(uuid::Uuid::from_bytes(t.world.bytes())),
                workspace_id: Some(workspace),
                connection_id: Some(t.world.id()),
                wrapped: format!("WRAPPED-{}-{n}", if n % 2 == 0 { "DEAD" } else { "KEPT" })
                    .into_bytes(),
                kek: "file:1".into(),
                created_at: t.world.now(),
            };
            tx.keys().insert(&key).await.unwrap();
            keys.push(key);
            let value = format!("CANARY-{n}-{}", "y".repeat(20_000));
            tx.settings().put(&format!("k{n}"), &value).await.unwrap();
        }
        tx.commit().await.unwrap();
        t.store.checkpoint().await.unwrap();
        let size = || std::fs::metadata(path).unwrap().len();
        let before = size();
        assert!(before > 10 << 20);
        assert!(
            traces(&bytes_of(path), "WRAPPED-DEAD") >= 300,
            "the check must be able to see them"
        );

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for (n, key) in keys.iter().enumerate() {
            assert!(tx.settings().delete(&format!("k{n}")).await.unwrap());
            if n % 2 == 0 {
                assert!(tx.keys().destroy(key.id).await.unwrap());
            }
        }
        tx.commit().await.unwrap();
        let mut reader = t.store.read(&Scope::system()).await.unwrap();
        reader.workspaces().count().await.unwrap();
        let store = t.store.clone();
        let writing = tokio::spawn(async move {
            for n in 0..100 {
                let mut tx = store.begin(&Scope::system()).await.unwrap();
                tx.settings().put("busy", &n.to_string()).await.unwrap();
                tx.commit().await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            drop(reader);
        });
        t.store.compact().await.unwrap();
        writing.await.unwrap();
        t.store.compact().await.unwrap();
        // What is left is the empty schema, a page for each table and index.
        assert!(size() < before / 10, "{} of {before}", size());
        let bytes = bytes_of(path);
        assert_eq!(traces(&bytes, "WRAPPED-DEAD"), 0);
        assert!(traces(&bytes, "WRAPPED-KEPT") >= 300);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let kept: Vec<_> = keys.iter().skip(1).step_by(2).cloned().collect();
        let mut stored = tx.keys().list_all().await.unwrap();
        stored.sort_by_key(|k| k.id);
        let mut expected = kept;
        expected.sort_by_key(|k| k.id);
        assert!(stored == expected);
        assert_eq!(
            tx.settings().get("busy").await.unwrap().as_deref(),
            Some("99")
        );
    });
}

store_test! {
    async fn compacting_keeps_what_is_there(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        t.store.compact().await.unwrap();
        t.store.checkpoint().await.unwrap();
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert!(tx.connections().get(id).await.unwrap().is_some());
        assert_eq!(t.store.kind(), match t.url { StoreUrl::Sqlite(_) => DbKind::Sqlite, StoreUrl::Postgres(_) => DbKind::Postgres });
    }
}

store_test! {
    async fn a_reader_sees_one_state_throughout_and_cannot_write(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let mut reader = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(reader.workspaces().count().await.unwrap(), 1);
        rows::workspace(&t).await;
        assert_eq!(reader.workspaces().count().await.unwrap(), 1);
        drop(reader);
        let mut reader = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(reader.workspaces().count().await.unwrap(), 2);
        let refused = reader.settings().put("a", "b").await;
        assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
        drop(reader);
        let mut reader = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert_eq!(reader.settings().get("a").await.unwrap(), None);
    }
}

store_test! {
    async fn a_program_of_an_older_schema_can_end_a_connection(t: TestStore) {
        let now = t.world.now();
        let (workspace, member) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, member).await;
        let scope = Scope::member(workspace, member);
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.watches().renewed(id, [1; 16], now, now, now).await.unwrap();
        tx.boxes().open(id, now).await.unwrap();
        tx.visits().put(id, "t1", now).await.unwrap();
        tx.shown_senders().add(id, [1; 16], now).await.unwrap();
        tx.commit().await.unwrap();
        // Decision 0050: what the first schema has, and nothing of later ones.
        for statement in ["DELETE FROM mailboxes", "DELETE FROM tokens", "DELETE FROM connections"] {
            meddle(&t.url, statement).await;
        }
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.watches().list_due(now, 10).await.unwrap().is_empty());
        drop(tx);
        // A mailbox that is connected again begins anew.
        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.boxes().get(id).await.unwrap(), None);
    }
}
