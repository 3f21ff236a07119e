//! A network that loses the answer to a commit (fault N10): what was committed is, and nobody was told.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tenon_store::{Store, StoreConfig, StoreUrl};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::TestStore;

/// Stands between a store and its PostgreSQL.
#[derive(Debug, Clone, Default)]
pub struct LostCommits {
    every: Arc<AtomicUsize>,
    seen: Arc<AtomicUsize>,
    lost: Arc<AtomicUsize>,
}

impl LostCommits {
    /// The same database, reached through a network whose commits can be lost.
    ///
    /// # Panics
    /// When the store is not on PostgreSQL.
    pub async fn before(store: &TestStore) -> (TestStore, Self) {
        let mut url = url::Url::parse(&store.address()).expect("a store on PostgreSQL");
        let server = (
            url.host_str().expect("a host").to_owned(),
            url.port().unwrap_or(5432),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        url.set_ip_host([127, 0, 0, 1].into()).expect("a host");
        url.set_port(Some(port)).expect("a port");
        let network = Self::default();
        let (task, around) = (network.clone(), server);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (task, around) = (task.clone(), around.clone());
                tokio::spawn(async move {
                    // One that ends, ends: the store sees a connection that was cut.
                    let _ = task.carry(client, (around.0.as_str(), around.1)).await;
                });
            }
        });
        let config = StoreConfig {
            url: StoreUrl::Postgres(url.into()),
            migrate: false,
        };
        let open = Store::open(&config).await.expect("the store opens");
        let lossy = TestStore {
            store: open.with_world(store.world.clone()),
            ..store.clone()
        };
        (lossy, network)
    }

    /// Loses the answer to about every `nth` commit from now on; none when 0.
    pub fn lose_every(&self, nth: usize) {
        self.every.store(nth, Ordering::SeqCst);
    }

    /// How many were lost.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    async fn carry(&self, mut client: TcpStream, server: (&str, u16)) -> std::io::Result<()> {
        let mut server = TcpStream::connect(server).await?;
        let (mut up, mut down) = (vec![0; 64 << 10], vec![0; 64 << 10]);
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let n = read?;
                    if n == 0 {
                        return Ok(());
                    }
                    server.write_all(&up[..n]).await?;
                    if up[..n].windows(7).any(|w| w == b"COMMIT\0") && self.is_lost() {
                        // The server has answered, so it is done; the answer goes nowhere.
                        return server.read(&mut down).await.map(drop);
                    }
                }
                read = server.read(&mut down) => {
                    let n = read?;
                    if n == 0 {
                        return Ok(());
                    }
                    client.write_all(&down[..n]).await?;
                }
            }
        }
    }

    fn is_lost(&self) -> bool {
        let every = self.every.load(Ordering::SeqCst);
        // Scattered, or the same step of a use case would be met each time.
        let seen = self.seen.fetch_add(1, Ordering::SeqCst);
        let mixed = BuildHasherDefault::<DefaultHasher>::default().hash_one(seen);
        let lost = every > 0 && mixed.is_multiple_of(every as u64);
        if lost {
            self.lost.fetch_add(1, Ordering::SeqCst);
        }
        lost
    }
}
