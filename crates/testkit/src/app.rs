//! A whole Tenon in one process: store, keys, sandbox Google, jobs, and an owner who is signed in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tenon_app::access::{IssuerAnswer, NewMemberInput, SignIn};
use tenon_app::connections::{Authorize, Callback, CallbackError, Came};
use tenon_app::{Actor, AppConfig, Ctx, Parts, access, connections};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::openid::{Metadata, OpenId, OpenIdConfig};
use tenon_connectors::quota::QuotaSettings;
use tenon_jobs::{Runner, RunnerHandle};
use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::member::Role;
use tenon_model::policy::{self, Locale};
use tenon_model::{ConnectionId, ManualClock, Scope, World};
use tenon_sandbox::{Sandbox, SandboxConfig};
use tenon_store::{Store, StoreConfig};
use tenon_vault::{Graveyard, Kek, KekSource, open_kek};

use crate::TestStore;

/// The password of members that [`TestApp`] makes.
pub const PASSWORD: &str = "a long enough password";

/// What a [`TestApp`] is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Messages in each generated mailbox.
    pub messages: u64,
    /// Seed of the sandbox.
    pub seed: u64,
    /// Limits that the connector plans for.
    pub quota: QuotaSettings,
    /// Changes the settings that use cases look at.
    pub config: fn(&mut AppConfig),
    /// Puts something around the key-encryption key.
    pub kek: fn(Box<dyn Kek>, &Store) -> Box<dyn Kek>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            messages: 120,
            seed: 1,
            quota: QuotaSettings::unlimited(),
            config: |_| {},
            kek: |kek, _| kek,
        }
    }
}

/// A running Tenon.
pub struct TestApp {
    /// What use cases are handed.
    pub ctx: Ctx,
    /// Google.
    pub sandbox: Sandbox,
    /// Everybody's clock.
    pub clock: Arc<ManualClock>,
    /// The owner, signed in.
    pub owner: Actor,
    /// Holds key file and graveyard.
    pub folder: tempfile::TempDir,
    runner: Option<RunnerHandle>,
    browser: reqwest::Client,
    store: TestStore,
    config: fn(&mut AppConfig),
}

impl TestApp {
    /// Starts with defaults.
    pub async fn start(store: TestStore) -> Self {
        Self::start_with(store, Options::default()).await
    }

    /// Starts.
    pub async fn start_with(store: TestStore, options: Options) -> Self {
        let (world, clock) = (store.world.clone(), store.clock.clone());
        let mut sandbox = SandboxConfig::new(clock.clone());
        sandbox.messages = options.messages;
        sandbox.seed = options.seed;
        sandbox.auto_consent = true;
        let sandbox = Sandbox::start(sandbox).await.expect("the sandbox starts");
        let google = GoogleConfig {
            client_id: "tenon-demo".into(),
            client_secret: "tenon-demo-secret".into(),
            endpoints: GoogleEndpoints::rooted_at(&sandbox.base_url()),
            quota: options.quota,
        };
        let issuer = issuer(&google, &world);
        let google = Google::new(google, world.clone()).expect("a loopback Google");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let around = (google, vec![issuer]);
        let ctx = open_ctx(
            &store.store,
            &world,
            around,
            folder.path(),
            options.config,
            options.kek,
        )
        .await;
        let owner = sign_up(&ctx, "olivia@tenon.example", Role::Owner).await;
        let runner =
            tenon_app::register_jobs(Runner::new(ctx.store.clone(), world, ctx.clone())).start();
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self {
            ctx,
            sandbox,
            clock,
            owner,
            folder,
            runner: Some(runner),
            browser,
            store,
            config: options.config,
        }
    }

    /// The use cases as after a restart on the same database, key and graveyard.
    pub async fn reopen(&self) -> Ctx {
        let (world, folder) = (&self.ctx.world, self.folder.path());
        let around = self.around();
        open_ctx(
            &self.store.store,
            world,
            around,
            folder,
            self.config,
            |kek, _| kek,
        )
        .await
    }

    /// Another node on the same database, key and graveyard, with connections of its own.
    pub async fn node(&self) -> Ctx {
        let config = StoreConfig {
            url: self.store.url.clone(),
            migrate: true,
        };
        let store = Store::open(&config).await.expect("the store opens");
        let store = store.with_world(self.ctx.world.clone());
        let (world, folder) = (&self.ctx.world, self.folder.path());
        let around = self.around();
        open_ctx(&store, world, around, folder, self.config, |kek, _| kek).await
    }

    fn around(&self) -> Around {
        let google = self.ctx.google.clone().expect("a Google");
        (google, self.ctx.issuers.to_vec())
    }

    /// Stops running jobs, as a process that ends does.
    pub async fn stop_jobs(&mut self) {
        let runner = self.runner.take().expect("jobs are running");
        runner.stop(Duration::ZERO).await;
    }

    /// Runs jobs again, as the next process does.
    pub fn start_jobs(&mut self) {
        let (store, world) = (self.ctx.store.clone(), self.ctx.world.clone());
        let runner = Runner::new(store, world, self.ctx.clone());
        self.runner = Some(tenon_app::register_jobs(runner).start());
    }

    /// Another member of the same workspace, signed in.
    pub async fn member(&self, email: &str) -> Actor {
        sign_up(&self.ctx, email, Role::Member).await
    }

    /// A member who signs in once more.
    pub async fn sign_in(&self, email: &str) -> Actor {
        sign_in(&self.ctx, email).await
    }

    /// Both consent steps for `account`.
    pub async fn try_connect(
        &self,
        actor: &Actor,
        account: &str,
        features: &[Feature],
        widen: Option<ConnectionId>,
    ) -> Result<ConnectionId, CallbackError> {
        let authorization = connections::authorize(
            &self.ctx,
            actor,
            Authorize {
                provider: Provider::Google,
                profile: None,
                features: features.to_vec(),
                policy_version: policy::version(features, Locale::En),
                locale: Locale::En,
                connection: widen,
            },
        )
        .await
        .expect("step 1");
        let mut url = authorization.authorize_url;
        // The person may pick another account on the provider's page than the one that was meant.
        let asked: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(k, _)| k != "login_hint")
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(asked)
            .append_pair("login_hint", account);
        let query = self.sent_back(url).await;
        let callback = Callback {
            state: query.get("state").cloned(),
            code: query.get("code").cloned(),
            error: query.get("error").cloned(),
            picked_file_ids: None,
        };
        match connections::callback(&self.ctx, actor, callback).await? {
            Came::Connected(id) => Ok(id),
            Came::Picked(_) => Err(CallbackError("picked")),
        }
    }

    /// Goes to Google's page for choosing files, as `account` whoever is meant, and comes back with the answer.
    pub async fn pick(&self, mut url: url::Url, account: &str) -> Callback {
        let asked: Vec<(String, String)> = url
            .query_pairs()
            .into_owned()
            .filter(|(k, _)| k != "login_hint")
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(asked)
            .append_pair("login_hint", account);
        let query = self.sent_back(url).await;
        Callback {
            state: query.get("state").cloned(),
            code: query.get("code").cloned(),
            error: query.get("error").cloned(),
            picked_file_ids: query.get("picked_file_ids").cloned(),
        }
    }

    /// Goes to Google as `account` after `begun`, and comes back with the answer.
    pub async fn at_google(&self, begun: access::Begun, account: &str) -> IssuerAnswer {
        let mut url = begun.authorize_url;
        url.query_pairs_mut().append_pair("login_hint", account);
        let query = self.sent_back(url).await;
        IssuerAnswer {
            issuer: "google".into(),
            state: query.get("state").cloned(),
            code: query.get("code").cloned(),
            mark: Some(begun.mark),
            ..IssuerAnswer::default()
        }
    }

    /// What the provider's page says when it sends the browser back.
    async fn sent_back(&self, url: url::Url) -> BTreeMap<String, String> {
        let answer = self.browser.get(url).send().await;
        let answer = answer.expect("the consent page");
        let location = answer.headers().get("location");
        let location = location.expect("auto consent redirects");
        url::Url::parse(location.to_str().expect("ASCII"))
            .expect("an address")
            .query_pairs()
            .into_owned()
            .collect()
    }

    /// Connects the mailbox of `account` for the owner and waits for the first sync.
    pub async fn connect(&self, account: &str) -> ConnectionId {
        let id = self
            .try_connect(&self.owner, account, &[Feature::Mail], None)
            .await
            .expect("connected");
        self.settle().await;
        id
    }

    /// The same with more than reading.
    pub async fn connect_with(&self, account: &str, features: &[Feature]) -> ConnectionId {
        let id = self
            .try_connect(&self.owner, account, features, None)
            .await
            .expect("connected");
        self.settle().await;
        id
    }

    /// Runs everything that is due, until nothing is. When the work itself waits for time to pass
    /// (a provider that said "later"), time passes.
    pub async fn settle(&self) {
        let runner = self.runner.as_ref().expect("jobs are running");
        let mut drained = std::pin::pin!(runner.drain());
        let mut patience = Duration::from_millis(800);
        while tokio::time::timeout(patience, &mut drained).await.is_err() {
            self.clock.advance(Duration::from_secs(1));
            patience = Duration::from_millis(5);
        }
    }

    /// Moves the clock and runs what has become due.
    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.settle().await;
    }

    /// Asks for changes now.
    pub async fn sync(&self, id: ConnectionId) {
        connections::sync_now(&self.ctx, &self.owner, id)
            .await
            .expect("asked for a sync");
        self.settle().await;
    }

    /// What is stored of a mailbox: provider id -> labels.
    pub async fn stored(&self, id: ConnectionId) -> BTreeMap<String, Vec<String>> {
        let mut tx = self
            .ctx
            .store
            .read(&Scope::job(self.owner.workspace))
            .await
            .expect("a transaction");
        let mut out = BTreeMap::new();
        let mut after = None::<String>;
        loop {
            let ids = tx
                .messages()
                .provider_ids(id, after.as_deref(), 500)
                .await
                .expect("ids");
            let labels = tx.messages().labels_of(id, &ids).await.expect("labels");
            out.extend(labels);
            match ids.last() {
                Some(last) => after = Some(last.clone()),
                None => return out,
            }
        }
    }

    /// The same of the sandbox, labels sorted.
    pub fn at_provider(&self, account: &str) -> BTreeMap<String, Vec<String>> {
        self.sandbox
            .control()
            .messages(account)
            .into_iter()
            .map(|(id, _, mut labels)| {
                labels.sort_unstable();
                (id, labels)
            })
            .collect()
    }

    /// The mailbox row.
    pub async fn mailbox(&self, id: ConnectionId) -> tenon_store::Mailbox {
        let mut tx = self
            .ctx
            .store
            .read(&Scope::job(self.owner.workspace))
            .await
            .expect("a transaction");
        tx.mailboxes()
            .get(id)
            .await
            .expect("read")
            .expect("a mailbox")
    }
}

/// Google, and where people may sign in.
type Around = (Arc<Google>, Vec<Arc<OpenId>>);

/// Sign-in at the same Google, as the server sets it up.
fn issuer(google: &GoogleConfig, world: &World) -> Arc<OpenId> {
    let config = OpenIdConfig {
        name: "google".into(),
        label: "Google".into(),
        issuer: google.endpoints.issuer.clone(),
        client_id: google.client_id.clone(),
        client_secret: google.client_secret.clone(),
        metadata: Some(Metadata {
            authorization_endpoint: google.endpoints.auth_url.clone(),
            token_endpoint: google.endpoints.token_url.clone(),
            jwks_uri: google.endpoints.jwks_url.clone(),
            userinfo_endpoint: None,
            takes_basic: false,
            answers_name_the_issuer: false,
        }),
        hosted_domains: true,
        prompt: "select_account",
    };
    OpenId::new(config, world.clone()).expect("a loopback issuer")
}

async fn open_ctx(
    store: &Store,
    world: &World,
    (google, issuers): Around,
    folder: &std::path::Path,
    change: fn(&mut AppConfig),
    around: fn(Box<dyn Kek>, &Store) -> Box<dyn Kek>,
) -> Ctx {
    let kek = open_kek(&KekSource::File(folder.join("kek")), None, world, true).expect("a key");
    let mut config = AppConfig::new("http://127.0.0.1:8080".parse().expect("an address"));
    config.recheck_waits = vec![Duration::ZERO];
    config.mail_days = 0;
    config.audit_checkpoints = Some(folder.join("audit-checkpoints"));
    change(&mut config);
    Ctx::open(Parts {
        store: store.clone(),
        kek: around(kek, store),
        graveyard: Graveyard::new(folder.join("graveyard")),
        world: world.clone(),
        google: Some(google),
        issuers,
        config,
    })
    .await
    .expect("opened")
}

async fn sign_up(ctx: &Ctx, email: &str, role: Role) -> Actor {
    access::create_member(
        ctx,
        NewMemberInput {
            workspace: None,
            email: email.into(),
            name: "Olivia Martin".into(),
            role,
            password: PASSWORD.into(),
            locale: "en".into(),
            time_zone: "Europe/Paris".into(),
        },
    )
    .await
    .expect("a member");
    sign_in(ctx, email).await
}

async fn sign_in(ctx: &Ctx, email: &str) -> Actor {
    let signed_in = access::sign_in(
        ctx,
        SignIn {
            email: email.into(),
            password: PASSWORD.into(),
            code: None,
            browser: access::Browser::default(),
        },
    )
    .await
    .expect("signed in");
    access::authenticate(ctx, signed_in.token.expose_secret())
        .await
        .expect("a session")
}
