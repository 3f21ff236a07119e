//! A fresh database for every test.

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use tenon_model::{ManualClock, World};
use tenon_store::{Store, StoreConfig, StoreUrl};

const POSTGRES: &str = "TENON_TEST_POSTGRES";
const POOLER: &str = "TENON_TEST_POOLER";
const ON_POSTGRES: &str = "TENON_TEST_ON_POSTGRES";
const SQLITE_ONLY: &str = "TENON_TEST_SQLITE_ONLY";

/// Owns the databases of tests, and has no other right.
const ROLE: &str = "tenon_test";
/// Tests of several processes begin at the same time.
const MAKE_ROLE: &str = "DO $$ BEGIN \
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenon_test') THEN \
    CREATE ROLE tenon_test LOGIN PASSWORD 'tenon_test'; END IF; \
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

/// A migrated, empty store on a clock that stands still.
#[derive(Debug, Clone)]
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// Where it is, for opening it once more.
    pub url: StoreUrl,
    /// Its time and randomness.
    pub world: World,
    /// Moves its time.
    pub clock: Arc<ManualClock>,
}

impl TestStore {
    /// What `DATABASE_URL` would be.
    pub fn address(&self) -> String {
        match &self.url {
            StoreUrl::Sqlite(path) => path.display().to_string(),
            StoreUrl::Postgres(url) => url.clone(),
        }
    }

    /// The same database for the superuser of `TENON_TEST_POSTGRES`, whom no policy of row level
    /// security concerns.
    ///
    /// # Panics
    /// When the store is not on PostgreSQL.
    pub fn superuser_address(&self) -> String {
        let own = url::Url::parse(&self.address()).expect("a store on PostgreSQL");
        let server = std::env::var(POSTGRES).expect(POSTGRES);
        let mut url = url::Url::parse(&server).expect("an address in TENON_TEST_POSTGRES");
        url.set_path(own.path());
        url.to_string()
    }

    async fn open(url: StoreUrl) -> Self {
        let (world, clock) = World::simulated(1);
        let config = StoreConfig {
            url: url.clone(),
            migrate: true,
        };
        let store = match pooled(&url) {
            None => Store::open(&config).await,
            Some(pooled) => {
                let config = StoreConfig {
                    url: pooled,
                    ..config
                };
                Store::open_pooled(&config, Some(&url)).await
            }
        };
        let store = store.expect("the store opens");
        Self {
            store: store.with_world(world.clone()),
            url,
            world,
            clock,
        }
    }
}

/// The same database through the pooler named in `TENON_TEST_POOLER`, an address like
/// `127.0.0.1:6432`.
fn pooled(url: &StoreUrl) -> Option<StoreUrl> {
    let StoreUrl::Postgres(text) = url else {
        return None;
    };
    let pooler: std::net::SocketAddr = std::env::var(POOLER).ok()?.parse().expect(POOLER);
    let mut url = url::Url::parse(text).expect("an address of PostgreSQL");
    url.set_ip_host(pooler.ip()).expect("a host");
    url.set_port(Some(pooler.port())).expect("a port");
    Some(StoreUrl::Postgres(url.into()))
}

/// Makes `name::sqlite` and `name::postgres` of one `async fn name(t: TestStore) { … }`.
#[macro_export]
macro_rules! store_test {
    ($(#[$meta:meta])* async fn $name:ident($t:ident: $store:ty) $body:block) => {
        mod $name {
            use super::*;

            async fn body($t: $store) $body

            $(#[$meta])*
            #[test]
            fn sqlite() {
                $crate::store::on_sqlite(body);
            }

            $(#[$meta])*
            #[test]
            fn postgres() {
                $crate::store::on_postgres(body);
            }
        }
    };
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Runs `test` on a SQLite file in a temporary folder.
pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestStore) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = StoreUrl::Sqlite(folder.path().join("tenon.db"));
    runtime().block_on(async { test(TestStore::open(url).await).await });
}

/// Runs `test` on a database of its own, dropped afterwards.
///
/// # Panics
/// When no server is named, and leaving PostgreSQL out was not asked for.
pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestStore) -> F) {
    let Ok(server) = std::env::var(POSTGRES) else {
        assert!(
            std::env::var_os(SQLITE_ONLY).is_some(),
            "{POSTGRES} is not set: give the address of a PostgreSQL superuser, for example \
             postgres://postgres@127.0.0.1:5432/postgres, run `cargo xtask test`, or set {SQLITE_ONLY}=1"
        );
        return;
    };
    let database = Database::create(&server);
    runtime().block_on(async { test(TestStore::open(database.url.clone()).await).await });
}

/// An empty database on the server of `TENON_TEST_POSTGRES`, dropped with this.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    /// Its address, for the plain role that owns it.
    pub url: StoreUrl,
}

impl Database {
    /// One, when `TENON_TEST_ON_POSTGRES` asks that tests which leave the choice run there.
    ///
    /// # Panics
    /// When no server is named.
    pub fn asked_for() -> Option<Self> {
        std::env::var_os(ON_POSTGRES)?;
        Some(Self::create(&std::env::var(POSTGRES).expect(POSTGRES)))
    }

    /// Makes one on the server at this address of a superuser. Not inside a runtime.
    pub fn create(server: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "tenon_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        // One of a killed test with our process id may be left.
        administrate(
            server,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        );
        // The program's role is a plain one, as an operator's is: a superuser passes every policy.
        administrate(server, MAKE_ROLE);
        administrate(
            server,
            &format!("CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8'"),
        );
        let mut url = url::Url::parse(server).expect("an address in TENON_TEST_POSTGRES");
        url.set_path(&name);
        url.set_username(ROLE).expect("an address with a host");
        url.set_password(Some(ROLE))
            .expect("an address with a host");
        Self {
            server: server.to_owned(),
            name,
            url: StoreUrl::Postgres(url.to_string()),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        administrate(
            &self.server,
            &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name),
        );
    }
}

/// Lets nobody new into a database of PostgreSQL until it is mended.
pub struct Cut {
    server: String,
    name: String,
}

impl Cut {
    /// Lets connections in again.
    pub async fn mend(self) {
        let statement = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name);
        run(&self.server, &statement).await;
    }
}

/// Ends all connections to the database that listen for notifications, and keeps new ones out;
/// transactions under way go on.
///
/// # Panics
/// When the store is not on PostgreSQL.
pub async fn cut_listeners(store: &TestStore) -> Cut {
    let mut url = url::Url::parse(&store.address()).expect("a store on PostgreSQL");
    let name = url.path().trim_start_matches('/').to_owned();
    url.set_path("/postgres");
    let server = url.to_string();
    run(
        &server,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
    )
    .await;
    // Those that are in a transaction go on, all others end.
    let statement = include_str!("../../store/tests/sql/end_idle.sql").replace("$1", &name);
    run(&server, &statement).await;
    Cut { server, name }
}

/// On a thread of its own, so that it may be asked for in the middle of a test.
fn administrate(server: &str, statement: &str) {
    std::thread::scope(|scope| {
        let done = scope.spawn(|| runtime().block_on(run(server, statement)));
        done.join().expect("the server does it");
    });
}

async fn run(server: &str, statement: &str) {
    let options = PgConnectOptions::from_str(server).expect("an address in TENON_TEST_POSTGRES");
    let mut connection = options
        .disable_statement_logging()
        .connect()
        .await
        .expect("the server of TENON_TEST_POSTGRES answers");
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .expect("TENON_TEST_POSTGRES names a superuser");
    connection.close().await.expect("the connection closes");
}
