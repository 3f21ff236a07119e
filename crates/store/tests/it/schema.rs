//! Both schemas and the inventory say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlx::{Connection as _, PgConnection, Row as _, SqliteConnection};
use tenon_model::inventory;
use tenon_store::StoreUrl;
use tenon_testkit::TestStore;
use tenon_testkit::store::{on_postgres, on_sqlite};

/// What both databases can say of a schema, in the same words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Schema {
    /// Table -> column -> (type, may be NULL).
    columns: BTreeMap<String, BTreeMap<String, (String, bool)>>,
    /// Table -> primary key.
    keys: BTreeMap<String, Vec<String>>,
    /// Index -> (table, unique, columns, partial).
    indexes: BTreeMap<String, (String, bool, Vec<String>, bool)>,
    /// (table, column, table referred to).
    references: BTreeSet<(String, String, String)>,
}

async fn of_sqlite(path: &Path) -> Schema {
    let mut db = SqliteConnection::connect(path.to_str().unwrap())
        .await
        .unwrap();
    let mut schema = Schema::default();
    let tables = sqlx::query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for table in tables {
        let table: String = table.get(0);
        let columns = sqlx::query(
            "SELECT name, type, \"notnull\", pk FROM pragma_table_info($1) ORDER BY pk",
        )
        .bind(&table)
        .fetch_all(&mut db)
        .await
        .unwrap();
        for c in columns {
            let (name, kind, not_null, pk): (String, String, bool, i64) =
                (c.get(0), c.get(1), c.get(2), c.get(3));
            let kind = match kind.as_str() {
                "BLOB" => "bytes",
                "TEXT" => "text",
                "BOOLEAN" => "bool",
                _ => "int",
            };
            if pk > 0 {
                schema
                    .keys
                    .entry(table.clone())
                    .or_default()
                    .push(name.clone());
            }
            schema
                .columns
                .entry(table.clone())
                .or_default()
                .insert(name, (kind.into(), !not_null));
        }
        let indexes = sqlx::query(
            "SELECT name, \"unique\", partial FROM pragma_index_list($1) WHERE origin = 'c'",
        )
        .bind(&table)
        .fetch_all(&mut db)
        .await
        .unwrap();
        for i in indexes {
            let (name, unique, partial): (String, bool, bool) = (i.get(0), i.get(1), i.get(2));
            let columns = sqlx::query("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                .bind(&name)
                .fetch_all(&mut db)
                .await
                .unwrap();
            let columns = columns.iter().map(|r| r.get(0)).collect();
            schema
                .indexes
                .insert(name, (table.clone(), unique, columns, partial));
        }
        let references = sqlx::query("SELECT \"from\", \"table\" FROM pragma_foreign_key_list($1)")
            .bind(&table)
            .fetch_all(&mut db)
            .await
            .unwrap();
        schema.references.extend(
            references
                .iter()
                .map(|r| (table.clone(), r.get(0), r.get(1))),
        );
    }
    schema
}

async fn of_postgres(url: &str) -> Schema {
    let mut db = PgConnection::connect(url).await.unwrap();
    let mut schema = Schema::default();
    let columns = sqlx::query(
        "SELECT table_name::text, column_name::text, udt_name::text, is_nullable = 'YES', collation_name::text \
         FROM information_schema.columns WHERE table_schema = 'public'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for c in columns {
        let (table, name, kind): (String, String, String) = (c.get(0), c.get(1), c.get(2));
        let kind = match kind.as_str() {
            "uuid" | "bytea" => "bytes",
            "text" => {
                // Provider ids and addresses compare as bytes, never by a language's rules.
                assert_eq!(
                    c.get::<Option<String>, _>(4).as_deref(),
                    Some("C"),
                    "{table}.{name}"
                );
                "text"
            }
            "bool" => "bool",
            "int8" => "int",
            other => panic!("{table}.{name} is {other}"),
        };
        schema
            .columns
            .entry(table)
            .or_default()
            .insert(name, (kind.into(), c.get(3)));
    }
    let indexes = sqlx::query(
        "SELECT i.relname::text, t.relname::text, x.indisunique, x.indisprimary, x.indpred IS NOT NULL, \
         ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (n, o) \
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.o) \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = 'public'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    for i in indexes {
        let (name, table, columns): (String, String, Vec<String>) = (i.get(0), i.get(1), i.get(5));
        if i.get(3) {
            schema.keys.insert(table, columns);
        } else {
            schema
                .indexes
                .insert(name, (table, i.get(2), columns, i.get(4)));
        }
    }
    let references = sqlx::query(
        "SELECT t.relname::text, a.attname::text, r.relname::text FROM pg_constraint c \
         JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    schema
        .references
        .extend(references.iter().map(|r| (r.get(0), r.get(1), r.get(2))));
    db.close().await.unwrap();
    schema
}

fn sqlite_schema() -> Schema {
    let (send, receive) = std::sync::mpsc::channel();
    on_sqlite(async |t: TestStore| {
        let StoreUrl::Sqlite(path) = &t.url else {
            panic!("SQLite was asked for")
        };
        send.send(of_sqlite(path).await).unwrap();
    });
    receive.recv().unwrap()
}

#[test]
fn both_databases_have_the_same_schema() {
    let sqlite = sqlite_schema();
    assert!(sqlite.columns.len() > 20 && sqlite.indexes.len() > 30 && sqlite.references.len() > 15);
    on_postgres(async |t: TestStore| {
        let StoreUrl::Postgres(url) = &t.url else {
            panic!("PostgreSQL was asked for")
        };
        let postgres = of_postgres(url).await;
        assert_eq!(sqlite.columns, postgres.columns);
        assert_eq!(sqlite.keys, postgres.keys);
        assert_eq!(sqlite.indexes, postgres.indexes);
        assert_eq!(sqlite.references, postgres.references);
    });
}

#[test]
fn the_inventory_declares_every_column_and_no_other() {
    let stored: BTreeSet<(String, String)> = sqlite_schema()
        .columns
        .into_iter()
        .flat_map(|(table, columns)| columns.into_keys().map(move |c| (table.clone(), c)))
        .collect();
    let declared: BTreeSet<(String, String)> = inventory::COLUMNS
        .iter()
        .map(|c| (c.table.to_owned(), c.column.to_owned()))
        .collect();
    assert_eq!(stored, declared);
}
