//! How the databases go about our statements: by an index, always.

mod day;

use tenon_model::{ConnectionId, Scope, World, inventory};

use self::day::{a_day, message, seed, sqlite};
use crate::sql::{Builder, Row, Sql, sql};
use crate::{DbKind, Store, StoreConfig, StoreError, StoreUrl, Tx};

/// Tables of which a deployment has few rows, or that are asked for whole.
const SMALL: &[&str] = &[
    "workspaces",
    "members",
    "settings",
    "schema_versions",
    "keys",
    "purges",
    "audit_heads",
];

/// The plan of a statement, a line for each step.
async fn plan(tx: &mut Tx, statement: &Sql) -> Vec<String> {
    let mut explain = statement.clone();
    let (word, column) = match tx.kind() {
        DbKind::Sqlite => ("EXPLAIN QUERY PLAN ", 3),
        DbKind::Postgres => ("EXPLAIN ", 0),
    };
    explain.text = format!("{word}{}", statement.text).into();
    let rows = tx.all(explain).await.unwrap();
    rows.iter()
        .map(|row| match row {
            Row::Sqlite(r) => sqlx::Row::get::<String, _>(r, column),
            Row::Postgres(r) => sqlx::Row::get::<String, _>(r, column),
        })
        .collect()
}

/// Partial indexes that hold only what is asked for: the waiting, the parked, the due.
const WALKED: &[&str] = &["jobs_due", "jobs_parked", "jobs_lease"];

/// The table that a step walks through as a whole, if it does.
fn walked(step: &str) -> Option<&str> {
    let rest = step
        .split_once("Seq Scan on ")
        .map(|(_, rest)| rest)
        .or_else(|| step.strip_prefix("SCAN "))?;
    let table = rest.split(' ').next()?;
    // `v` is the list of values of a bulk update, `n` the few messages that head a thread.
    let alias = table.len() == 1 && !["v", "n"].contains(&table);
    let of_ours = alias || inventory::tables().contains(&table);
    let fine = SMALL.contains(&table)
        || WALKED
            .iter()
            .any(|index| rest.ends_with(&format!(" {index}")));
    (of_ours && !fine).then_some(table)
}

/// The statements of a day that walk a whole table.
async fn walking(store: &Store) -> Vec<String> {
    let (world, _) = World::simulated(1);
    let seed = seed(store, &world).await;
    let statements = a_day(store, &world, &seed).await;
    assert!(statements.len() > 100);
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    let mut bad = Vec::new();
    for statement in &statements {
        for step in plan(&mut tx, statement).await {
            if let Some(table) = walked(&step) {
                bad.push(format!("{table}: {step}: {:.300}", statement.text));
            }
        }
    }
    bad
}

#[tokio::test]
async fn no_statement_walks_a_whole_table_on_sqlite() {
    let (store, _folder) = sqlite().await;
    let bad = walking(&store).await;
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn no_statement_walks_a_whole_table_on_postgres() {
    tenon_testkit::store::on_postgres(async |t| {
        let url = StoreUrl::parse(&t.address()).unwrap();
        let store = Store::open(&StoreConfig { url, migrate: true })
            .await
            .unwrap();
        let bad = walking(&store).await;
        store.close().await;
        assert!(bad.is_empty(), "{bad:#?}");
    });
}

/// PostgreSQL's statistics know nothing of a mailbox that is being filled, and then it reads all
/// of it for each page of ids: 1,600 messages a second in a mailbox of 100,000 instead of 13,000.
#[test]
fn ids_are_looked_up_one_by_one_whatever_postgres_believes() {
    tenon_testkit::store::on_postgres(async |t| {
        let url = StoreUrl::parse(&t.address()).unwrap();
        let store = Store::open(&StoreConfig { url, migrate: true })
            .await
            .unwrap();
        let (world, _) = World::simulated(1);
        let seed = seed(&store, &world).await;
        let mut tx = store.begin(&Scope::job(seed.workspace)).await.unwrap();
        let page = |range: std::ops::Range<usize>| range.map(|n| message(&world, n)).collect();
        let mut mail = tx.messages();
        mail.store_page(seed.connection, page(0..400), 1)
            .await
            .unwrap();
        tx.exec(sql("ANALYZE messages")).await.unwrap();
        tx.exec(sql("ANALYZE threads")).await.unwrap();
        let id = ConnectionId(world.id::<ConnectionId>().0);
        let ids: Vec<String> = (0..500).map(|n| format!("m{n}")).collect();
        let mut plain = Builder::new(
            tx.kind(),
            "SELECT seen FROM messages WHERE connection_id = ",
        );
        plain
            .value(id)
            .push(" AND provider_id IN ")
            .list(ids.iter().map(String::as_str));
        let plain = plan(&mut tx, &plain.build(ids.len())).await.join("\n");
        assert!(
            plain.contains("Filter: ") && plain.contains("(provider_id = ANY"),
            "the trap is gone: {plain}"
        );

        tx.ran.clear();
        let connection = seed.connection;
        let mut mail = tx.messages();
        mail.known(connection, &ids).await.unwrap();
        mail.mark_seen(connection, &ids, 2).await.unwrap();
        mail.store_page(connection, page(400..500), 2)
            .await
            .unwrap();
        mail.remove(connection, &ids).await.unwrap();
        let ran = std::mem::take(&mut tx.ran);
        let keyed = ran.iter().filter(|s| s.text.contains("k.key"));
        let keyed: Vec<_> = keyed.cloned().collect();
        assert_eq!(keyed.len(), 5, "known, seen, stored, threads, removed");
        for statement in keyed {
            let steps = plan(&mut tx, &statement).await.join("\n");
            let index = steps.contains("Index Cond: ((connection_id = ");
            // What is left to look at in the rows found is the second wall alone.
            let filters = steps.lines().filter(|line| line.contains(" Filter: ("));
            let wall =
                |line: &str| line.contains("One-Time") || line.contains("= 'system'::text) OR (");
            let walls = filters.into_iter().all(wall);
            assert!(
                index && walls && !steps.contains("(provider_id = ANY"),
                "{steps}"
            );
        }
        drop(tx);
        store.close().await;
    });
}

/// The second wall asks for the connections of a scope by their index, once for each statement.
#[test]
fn the_second_wall_walks_nothing() {
    tenon_testkit::store::on_postgres(async |t| {
        let url = StoreUrl::parse(&t.address()).unwrap();
        let store = Store::open(&StoreConfig { url, migrate: true })
            .await
            .unwrap();
        let (world, _) = World::simulated(1);
        let seed = seed(&store, &world).await;
        for scope in [
            Scope::job(seed.workspace),
            Scope::member(seed.workspace, seed.member),
        ] {
            let mut tx = store.begin(&scope).await.unwrap();
            let tables = inventory::tables_of_a_connection();
            for table in tables.iter().filter(|table| **table != "connections") {
                let query = format!("SELECT count(*) FROM {table} WHERE connection_id = $1");
                let steps = plan(&mut tx, &sql(query).bind(seed.connection)).await;
                let text = steps.join("\n");
                for step in &steps {
                    assert_eq!(walked(step), None, "{text}");
                }
                if text.contains("SubPlan") {
                    assert!(text.contains("hashed SubPlan"), "{text}");
                    assert!(text.contains("using connections_owner"), "{text}");
                }
            }
        }
        store.close().await;
    });
}

#[tokio::test]
async fn the_lists_are_read_in_index_order() {
    let (world, _) = World::simulated(1);
    let (store, _folder) = sqlite().await;
    let seed = seed(&store, &world).await;
    let statements = a_day(&store, &world, &seed).await;
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    let mut looked_at = 0;
    for statement in statements.iter().filter(|s| s.text.contains("LIMIT $4")) {
        // The few threads with an address are sorted after they were found.
        let of_address = statement.text.contains("thread_addresses");
        if of_address || !statement.text.contains("last_at DESC") {
            continue;
        }
        looked_at += 1;
        let steps = plan(&mut tx, statement).await.join("; ");
        assert!(
            !steps.contains("TEMP B-TREE"),
            "{steps}: {}",
            statement.text
        );
        let index = if statement.text.contains("l.unread") {
            "thread_labels_unread"
        } else if statement.text.contains("thread_labels") {
            "SEARCH l USING PRIMARY KEY (connection_id=? AND label=? AND (last_at,thread_id)<"
        } else if statement.text.contains("unread_count > 0") {
            "threads_unread"
        } else {
            "threads_newest"
        };
        assert!(steps.contains(index), "{index}: {steps}");
    }
    // Four kinds of lists, and the plain one once more.
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_full_disk_says_so_and_loses_nothing() {
    let (store, _folder) = sqlite().await;
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.settings().put("small", "s").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.all(sql("PRAGMA max_page_count = 1")).await.unwrap();
    let result = tx.settings().put("big", &"x".repeat(1_000_000)).await;
    assert!(matches!(result, Err(StoreError::Full)), "{result:?}");
    assert!(matches!(tx.commit().await, Err(StoreError::Failed)));
    let mut tx = store.read(&Scope::system()).await.unwrap();
    assert_eq!(
        tx.settings().get("small").await.unwrap().as_deref(),
        Some("s")
    );
    assert_eq!(tx.settings().get("big").await.unwrap(), None);
}

#[test]
fn a_walk_is_recognised() {
    for step in [
        "SCAN messages",
        "SCAN m USING COVERING INDEX messages_provider",
        "  ->  Seq Scan on threads t  (cost=1)",
    ] {
        assert!(walked(step).is_some(), "{step}");
    }
    for step in [
        "SEARCH m USING INDEX messages_provider (connection_id=?)",
        "SCAN jobs USING INDEX jobs_due",
        "SCAN v",
        "SCAN 100-ROW VALUES CLAUSE",
        "Index Scan using threads_newest on threads t",
    ] {
        assert!(walked(step).is_none(), "{step}");
    }
}
