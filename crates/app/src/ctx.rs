//! What every use case is handed: store, keys, world, connectors, configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tenon_connectors::google::Google;
use tenon_connectors::images::ImageFetcher;
use tenon_connectors::openid::OpenId;
use tenon_model::connection::Provider;
use tenon_model::member::Role;
use tenon_model::policy::Locale;
use tenon_model::{ConnectionId, MemberId, NodeId, Scope, SessionId, WorkspaceId, World};
use tenon_store::Store;
use tenon_vault::{Graveyard, Kek};
use url::Url;

use crate::access::{Attempts, Beginnings};
use crate::acting::Turns;
use crate::compose::Uploads;
use crate::connections::Refreshing;
use crate::keys::{Keys, KeysError};
use crate::mail::{BodyCache, ImageCache};
use crate::push::{Desk, GooglePush};
use crate::sync::Progress;

/// Settings that use cases look at.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// Where people reach this server; the OAuth redirect address is made from it.
    pub public_url: Url,
    /// Whether this is `tenon demo`.
    pub demo: bool,
    /// Version of the program.
    pub version: &'static str,
    /// How often a mailbox in step is polled.
    pub poll_interval: Duration,
    /// Where Gmail announces changes; `None` when push is off.
    pub google_push: Option<GooglePush>,
    /// How often a mailbox is polled while its pushes come.
    pub push_poll_interval: Duration,
    /// How often the linked files of a connection are asked for changes.
    pub files_interval: Duration,
    /// Days that the metadata of mail is kept unless a workspace chooses; 0: as long as the mailbox is
    /// connected.
    pub mail_days: u32,
    /// How long mail metadata waits after the grant was withdrawn elsewhere (C7).
    pub grace: Duration,
    /// Whether remote images may come from this machine: for tests only.
    pub images_from_loopback: bool,
    /// Bytes of opened messages that may be in memory.
    pub body_cache_bytes: usize,
    /// How long an opened message may be in memory.
    pub body_cache_ttl: Duration,
    /// Bytes of uploaded files that may be in memory, waiting for their drafts.
    pub upload_bytes: usize,
    /// How long after a lost answer the provider may still be sending: only then is looked whether
    /// a message has gone (`provider-faults` section 13).
    pub quiet_window: Duration,
    /// Waits before a message that was announced but not found is given up (fault G6).
    pub recheck_waits: Vec<Duration>,
    /// The file that checkpoints of the audit log are written to; `None` to have them in the server's log
    /// only.
    pub audit_checkpoints: Option<PathBuf>,
    /// How long a session lives without use.
    pub session_idle: Duration,
    /// How long a session lives at most.
    pub session_max: Duration,
}

impl AppConfig {
    /// The defaults for a server that people reach at `public_url`.
    pub fn new(public_url: Url) -> Self {
        Self {
            public_url,
            demo: false,
            version: env!("CARGO_PKG_VERSION"),
            poll_interval: Duration::from_mins(1),
            google_push: None,
            mail_days: 180,
            push_poll_interval: Duration::from_mins(10),
            files_interval: Duration::from_mins(15),
            grace: Duration::from_hours(168),
            images_from_loopback: false,
            body_cache_bytes: 32 << 20,
            body_cache_ttl: Duration::from_mins(5),
            upload_bytes: 96 << 20,
            quiet_window: Duration::from_mins(2),
            recheck_waits: [2, 5, 15].map(Duration::from_secs).to_vec(),
            audit_checkpoints: None,
            session_idle: Duration::from_hours(336),
            session_max: Duration::from_hours(2160),
        }
    }
}

impl AppConfig {
    /// Where a provider sends the browser back to; one address per issuer (RFC 9700, 4.4.2). The
    /// provider's client has to know exactly this address.
    pub fn redirect_uri(&self, provider: Provider) -> String {
        let base = self.public_url.as_str().trim_end_matches('/');
        format!("{base}/oauth/callback/{}", provider.as_str())
    }
}

/// The parts of a [`Ctx`].
pub struct Parts {
    /// Database.
    pub store: Store,
    /// Key-encryption key.
    pub kek: Box<dyn Kek>,
    /// List of destroyed keys, outside the database.
    pub graveyard: Graveyard,
    /// Time, randomness, ids.
    pub world: World,
    /// Google, when the operator has set it up.
    pub google: Option<Arc<Google>>,
    /// Issuers at which people may sign in.
    pub issuers: Vec<Arc<OpenId>>,
    /// Settings.
    pub config: AppConfig,
}

/// Hostile mail takes its time; the others go on meanwhile.
const RENDERING: usize = 2;

/// Handed down to everything, never global.
#[derive(Clone)]
pub struct Ctx {
    /// Database.
    pub store: Store,
    /// Data keys.
    pub keys: Keys,
    /// Time, randomness, ids.
    pub world: World,
    /// Google, when the operator has set it up.
    pub google: Option<Arc<Google>>,
    /// Issuers at which people may sign in.
    pub issuers: Arc<[Arc<OpenId>]>,
    /// Settings.
    pub config: Arc<AppConfig>,
    /// This process.
    pub node: NodeId,
    pub(crate) bodies: Arc<BodyCache>,
    pub(crate) images: Arc<ImageCache>,
    pub(crate) image_fetcher: Option<Arc<ImageFetcher>>,
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) beginnings: Arc<Beginnings>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) refreshing: Arc<Refreshing>,
    pub(crate) pushes: Arc<Desk>,
    pub(crate) turns: Arc<Turns>,
    pub(crate) uploads: Arc<Uploads>,
    /// Bodies that are rendered at the same time.
    pub(crate) rendering: Arc<tokio::sync::Semaphore>,
    /// Whose turn it is to remove rows of connections that are gone.
    pub(crate) removing: Arc<tokio::sync::Mutex<()>>,
    pub(crate) setup_token: Arc<str>,
}

impl Ctx {
    /// Puts the parts together, and destroys again the keys that a restored backup has brought back.
    pub async fn open(parts: Parts) -> Result<Self, KeysError> {
        let Parts {
            store,
            kek,
            graveyard,
            world,
            google,
            issuers,
            config,
        } = parts;
        let keys = Keys::open(&store, kek.into(), graveyard, world.clone()).await?;
        let ctx = Self {
            node: world.id(),
            bodies: Arc::new(BodyCache::new(
                config.body_cache_bytes,
                config.body_cache_ttl,
            )),
            images: Arc::default(),
            image_fetcher: ImageFetcher::new(config.images_from_loopback).ok(),
            attempts: Arc::default(),
            beginnings: Arc::default(),
            progress: Arc::default(),
            refreshing: Arc::default(),
            pushes: Arc::default(),
            turns: Arc::default(),
            uploads: Arc::new(Uploads::new(config.upload_bytes)),
            rendering: Arc::new(tokio::sync::Semaphore::new(RENDERING)),
            removing: Arc::default(),
            setup_token: crate::access::random_token(&world).into(),
            config: Arc::new(config),
            store,
            keys,
            world,
            google,
            issuers: issuers.into(),
        };
        crate::connections::finish_burials(&ctx).await?;
        Ok(ctx)
    }
}

impl Ctx {
    /// Whether this process holds a key, an opened message or an image of a connection in memory.
    pub fn holds(&self, connection: ConnectionId) -> bool {
        let keys = self.keys.held();
        keys.iter().any(|(_, of)| *of == Some(connection))
            || self.bodies.holds(connection)
            || self.images.holds(connection)
    }
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx")
            .field("node", &self.node)
            .finish_non_exhaustive()
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// They.
    pub member: MemberId,
    /// By which session.
    pub session: SessionId,
    /// What they may do.
    pub role: Role,
    /// Their language.
    pub locale: Locale,
}

impl Actor {
    /// The frame of their transactions.
    pub const fn scope(&self) -> Scope {
        Scope::member(self.workspace, self.member)
    }
}
