//! The second wall (decision 0055), without the first: raw statements on PostgreSQL, table by table. The tables
//! come from the inventory and the rows from the schema, so a new table without a policy fails here.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use tenon_model::{ConnectionId, MemberId, Scope, WorkspaceId, inventory};
use tenon_store::{Store, StoreConfig, StoreError, StoreUrl};
use tenon_testkit::store::on_postgres;
use tenon_testkit::{TestStore, rows, store_test};

/// Tables that a request may see of the whole workspace. Every other one shows the asking member's rows only.
const SHARED: &[&str] = &[
    "workspaces",
    "members",
    "recovery_codes",
    "suppressions",
    "sessions",
    "invitations",
    "resets",
    "domains",
    "identities",
    "passkeys",
    "keys",
    "jobs",
    "events",
    "retention",
    "purges",
    "audit_entries",
    "audit_heads",
    "audit_people",
    "records",
    "record_values",
    "record_links",
    "record_shares",
    "record_changes",
    "record_bulks",
    "record_words",
    "record_dismissals",
    "record_merges",
    "record_merged",
    "record_files",
    "imports",
    "import_rows",
    "record_fields",
    "pipelines",
    "stages",
    "teams",
    "team_members",
    "record_views",
    "record_defaults",
];
/// Tables whose rows nobody changes, whoever they are.
const ADDED_ONLY: &[&str] = &["audit_entries"];
/// Tables of the deployment, of which no tenant sees a row.
const DEPLOYMENT: &[&str] = &["schema_versions", "settings", "challenges", "sign_in_flows"];

/// A member of a workspace, with a connection.
#[derive(Clone, Copy)]
struct Tenant {
    workspace: WorkspaceId,
    member: MemberId,
    connection: ConnectionId,
}

impl Tenant {
    fn new(t: &TestStore) -> Self {
        Self {
            workspace: t.world.id(),
            member: t.world.id(),
            connection: t.world.id(),
        }
    }

    fn request(self) -> String {
        format!(
            "BEGIN; SET LOCAL tenon.purpose = 'request'; SET LOCAL tenon.workspace = '{}'; SET LOCAL tenon.member = '{}'",
            self.workspace.0, self.member.0
        )
    }

    fn job(self) -> String {
        format!(
            "BEGIN; SET LOCAL tenon.purpose = 'job'; SET LOCAL tenon.workspace = '{}'",
            self.workspace.0
        )
    }

    /// The value of a column, if it says whose the row is.
    fn own(self, table: &str, column: &str) -> Option<String> {
        let id = match (table, column) {
            ("workspaces", "id") | (_, "workspace_id" | "chain_id") => self.workspace.0,
            ("members", "id") | (_, "member_id") => self.member.0,
            ("connections", "id") | (_, "connection_id") => self.connection.0,
            _ => return None,
        };
        Some(format!("'{id}'"))
    }
}

/// Table -> columns with their types; numbers that the database gives are left out.
type Schema = BTreeMap<String, Vec<(String, String)>>;

async fn schema(db: &mut PgConnection) -> Schema {
    let columns = sqlx::query(
        "SELECT table_name::text, column_name::text, udt_name::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND is_identity = 'NO' ORDER BY table_name, ordinal_position",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let mut out = Schema::new();
    for c in columns {
        let of = out.entry(c.get(0)).or_default();
        of.push((c.get(1), c.get(2)));
    }
    out
}

/// A statement that inserts a row of `tenant`, with anything in all other columns.
fn insert(schema: &Schema, table: &str, tenant: Tenant) -> String {
    let columns = &schema[table];
    let values = columns.iter().map(|(column, kind)| {
        tenant.own(table, column).unwrap_or_else(|| {
            match kind.as_str() {
                "uuid" => "gen_random_uuid()",
                "text" => "md5(random()::text)",
                "bytea" => "decode(md5(random()::text), 'hex')",
                "bool" => "false",
                _ => "(random() * 1000000000)::bigint",
            }
            .to_owned()
        })
    });
    let values: Vec<String> = values.collect();
    let names: Vec<&str> = columns.iter().map(|(c, _)| c.as_str()).collect();
    format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}

/// What is true of the rows of `tenant` only; of all rows in a table of the deployment.
fn of(schema: &Schema, table: &str, tenant: Tenant) -> String {
    let keys = [
        "workspace_id",
        "chain_id",
        "connection_id",
        "member_id",
        "id",
    ];
    let has = |key: &&&str| schema[table].iter().any(|(column, _)| column == **key);
    let mine = |key: &&str| Some(format!("{key} = {}", tenant.own(table, key)?));
    let own = |table| !DEPLOYMENT.contains(&table);
    let found = keys.iter().filter(has).find_map(mine);
    found.filter(|_| own(table)).unwrap_or("true".to_owned())
}

/// How many rows a statement counts or touches after `begin`, or the code of the error. Nothing of it stays.
async fn ask(db: &mut PgConnection, begin: &str, statement: String) -> Result<u64, String> {
    sqlx::raw_sql(AssertSqlSafe(begin.to_owned()))
        .execute(&mut *db)
        .await
        .unwrap();
    let counts = statement.starts_with("SELECT");
    let result = if counts {
        let row = sqlx::query(AssertSqlSafe(statement))
            .fetch_one(&mut *db)
            .await;
        row.map(|row| row.get::<i64, _>(0) as u64)
    } else {
        let done = sqlx::query(AssertSqlSafe(statement))
            .execute(&mut *db)
            .await;
        done.map(|done| done.rows_affected())
    };
    sqlx::raw_sql("ROLLBACK").execute(db).await.unwrap();
    result.map_err(|error| match error.as_database_error() {
        Some(refused) => refused.code().unwrap_or_default().into_owned(),
        None => error.to_string(),
    })
}

/// Two workspaces, the second with two members, and a row of each of them in every table.
async fn fill(t: &TestStore, schema: &Schema) -> (Tenant, Tenant, Tenant) {
    let (a, b) = (Tenant::new(t), Tenant::new(t));
    let colleague = Tenant {
        workspace: a.workspace,
        ..Tenant::new(t)
    };
    let mut db = PgConnection::connect(&t.superuser_address()).await.unwrap();
    // Rows may name others that are not there.
    let statement = "SET session_replication_role = replica";
    sqlx::raw_sql(statement).execute(&mut db).await.unwrap();
    for table in schema.keys() {
        for tenant in [a, colleague, b] {
            let statement = insert(schema, table, tenant);
            let conflict = format!("{statement} ON CONFLICT DO NOTHING");
            sqlx::raw_sql(AssertSqlSafe(conflict))
                .execute(&mut db)
                .await
                .unwrap();
        }
    }
    db.close().await.unwrap();
    (a, colleague, b)
}

#[test]
fn every_table_has_its_wall() {
    on_postgres(async |t: TestStore| {
        let mut db = PgConnection::connect(&t.address()).await.unwrap();
        let schema = schema(&mut db).await;
        let stored: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
        assert_eq!(stored, inventory::tables().into_iter().collect());
        let (a, colleague, b) = fill(&t, &schema).await;
        let (forced,): (i64,) = sqlx::query_as(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
             AND relrowsecurity AND relforcerowsecurity",
        )
        .fetch_one(&mut db)
        .await
        .unwrap();
        assert_eq!(forced as usize, schema.len());
        for table in schema.keys().map(String::as_str) {
            let shared = SHARED.contains(&table);
            let deployment = DEPLOYMENT.contains(&table);
            let count = |whose: &str| format!("SELECT count(*) FROM {table} WHERE {whose}");
            let (mine, theirs) = (of(&schema, table, a), of(&schema, table, b));
            let private = of(&schema, table, colleague);

            // The rows are there, and without saying whose one is, there is nothing.
            let all = ask(
                &mut db,
                "BEGIN; SET LOCAL tenon.purpose = 'system'",
                count("true"),
            );
            assert!(all.await.unwrap() >= 2, "{table}");
            assert_eq!(ask(&mut db, "BEGIN", count("true")).await, Ok(0), "{table}");
            for half in [
                "BEGIN; SET LOCAL tenon.purpose = 'request'".to_owned(),
                "BEGIN; SET LOCAL tenon.purpose = 'job'".to_owned(),
                format!("BEGIN; SET LOCAL tenon.workspace = '{}'", a.workspace.0),
            ] {
                assert_eq!(
                    ask(&mut db, &half, count("true")).await,
                    Ok(0),
                    "{table}: {half}"
                );
            }

            for begin in [a.job(), a.request()] {
                let seen = ask(&mut db, &begin, count("true")).await.unwrap();
                if deployment {
                    assert_eq!(seen, 0, "{table}");
                } else {
                    assert!(seen >= 1, "{table}: one's own");
                    let own = ask(&mut db, &begin, count(&mine)).await.unwrap();
                    let of_colleague = ask(&mut db, &begin, count(&private)).await.unwrap();
                    assert!(own >= 1, "{table}");
                    // Everything that is seen belongs to somebody who may be seen.
                    assert!(seen <= own + of_colleague, "{table}: {seen}");
                    let hidden = !shared && begin == a.request();
                    let to_see = ask(&mut db, &begin, only(&schema, table, colleague)).await;
                    assert_eq!(
                        to_see == Ok(0),
                        hidden,
                        "{table}: a colleague's, {to_see:?}"
                    );
                }
                for statement in [
                    count(&theirs),
                    format!(
                        "UPDATE {table} SET {0} = {0} WHERE {theirs}",
                        schema[table][0].0
                    ),
                    format!("DELETE FROM {table} WHERE {theirs}"),
                ] {
                    let touched = ask(&mut db, &begin, statement.clone()).await;
                    if ADDED_ONLY.contains(&table) && !statement.starts_with("SELECT") {
                        assert_eq!(touched, Err("P0001".to_owned()), "{statement}");
                    } else {
                        assert_eq!(touched, Ok(0), "{statement}");
                    }
                }
                for foreign in [b, colleague] {
                    if foreign.workspace == a.workspace && (shared || begin == a.job()) {
                        continue;
                    }
                    let refused = ask(&mut db, &begin, insert(&schema, table, foreign)).await;
                    assert_eq!(refused, Err("42501".to_owned()), "{table}: a row of theirs");
                    if let Some((set, _)) = theirs
                        .split_once(" = ")
                        .filter(|_| !deployment && !ADDED_ONLY.contains(&table))
                    {
                        let give = format!(
                            "UPDATE {table} SET {set} = {} WHERE {mine}",
                            b.own(table, set).unwrap()
                        );
                        let refused = ask(&mut db, &begin, give.clone()).await;
                        assert_eq!(refused, Err("42501".to_owned()), "{give}");
                    }
                }
            }
        }
        db.close().await.unwrap();
    });
}

/// Counts the rows that are of this member, or of a mailbox of theirs, and not only of their workspace.
fn only(schema: &Schema, table: &str, tenant: Tenant) -> String {
    let keys = [
        "connection_id",
        "member_id",
        "id",
        "workspace_id",
        "chain_id",
    ];
    let has = |key: &&&str| schema[table].iter().any(|(column, _)| column == **key);
    let mine = |key: &&str| Some(format!("{key} = {}", tenant.own(table, key)?));
    let own = keys.iter().filter(has).find_map(mine).unwrap();
    format!("SELECT count(*) FROM {table} WHERE {own}")
}

#[test]
fn who_passes_the_wall_is_told() {
    on_postgres(async |t: TestStore| {
        let passes = async |store: &Store| {
            let mut tx = store.read(&Scope::system()).await.unwrap();
            tx.figures().passes_walls().await.unwrap()
        };
        assert!(!passes(&t.store).await);
        let config = StoreConfig {
            url: StoreUrl::Postgres(t.superuser_address()),
            migrate: false,
        };
        let store = Store::open(&config).await.unwrap();
        assert!(passes(&store).await);
        store.close().await;
    });
}

store_test! {
    async fn a_transaction_that_rested_is_whose_it_was(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        tx.resting(async {}).await.unwrap();
        assert!(tx.mailboxes().get(connection).await.unwrap().is_some());
        drop(tx);
        // The next one on the same connection of the pool begins with nothing of the last.
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.read(&Scope::member(other, stranger)).await.unwrap();
        assert!(tx.connections().list().await.unwrap().is_empty());
        tx.resting(async {}).await.unwrap();
        assert!(tx.mailboxes().get(connection).await.unwrap().is_none());
    }
}

store_test! {
    async fn sentences_of_consent_are_kept_and_not_changed(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert!(tx.settings().claim("policy:v1", "we keep no body").await.unwrap());
        assert!(!tx.settings().claim("policy:v1", "we keep all").await.unwrap());
        tx.commit().await.unwrap();
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.read(&Scope::member(other, stranger)).await.unwrap();
        let text = tx.settings().get("policy:v1").await.unwrap();
        assert_eq!(text.as_deref(), Some("we keep no body"));
        drop(tx);
        if t.store.kind() == tenon_store::DbKind::Postgres {
            let mut tx = t.store.begin(&scope).await.unwrap();
            let changed = tx.settings().put("policy:v1", "we keep all").await;
            assert!(matches!(changed, Err(StoreError::Refused(_))), "{changed:?}");
            drop(tx);
            let mut tx = t.store.begin(&scope).await.unwrap();
            let other = tx.settings().claim("setup", "x").await;
            assert!(matches!(other, Err(StoreError::Refused(_))), "{other:?}");
            drop(tx);
            let mut tx = t.store.begin(&scope).await.unwrap();
            assert!(!tx.settings().delete("policy:v1").await.unwrap());
        }
    }
}
