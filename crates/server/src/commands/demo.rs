//! `tenon demo`: a server with a sandbox in place of Google, an owner, sample mail and sample records.

mod sample;
mod words;

use std::path::{Path, PathBuf};

use tenon_api::ApiOptions;
use tenon_app::access::{self, NewMemberInput};
use tenon_app::{AppConfig, Ctx};
use tenon_connectors::google::{GoogleConfig, GoogleEndpoints};
use tenon_connectors::quota::QuotaSettings;
use tenon_model::World;
use tenon_model::member::Role;
use tenon_sandbox::{Sandbox, SandboxConfig, Subscription};
use tenon_store::StoreUrl;
use tenon_vault::KekSource;

use super::serve;
use crate::cli::{Common, Demo};
use crate::failure::Failure;
use crate::settings::{KekPlace, MetricsListen, Push, Settings, of_google};
use crate::{signals, wiring};

/// The owner; the sandbox's first Google account is theirs too.
const EMAIL: &str = "alice@example.com";
const NAME: &str = "Alice Martin";

/// Who signs the sandbox's pushes.
const PUSHER: &str = "push@tenon-demo.iam.gserviceaccount.com";

/// Letters of the password that are not mistaken for each other.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

pub(super) async fn run(common: &Common, flags: &Demo) -> Result<(), Failure> {
    let signals = signals::watch_demo()?;
    let stop = signals.stop.clone();
    let world = World::system();
    let listener = serve::listen(flags.listen, "--listen").await?;
    let address = serve::local_address(&listener)?;
    if !address.ip().is_loopback() {
        return Err(Failure::usage(
            "the demo listens on loopback only: its owner's password is on the screen",
        ));
    }
    let folder = Folder::new(common.data_dir.as_deref(), &world)?;
    if folder.is_temporary {
        signals.remove_when_cut_off(&folder.path);
    }

    let mut config = SandboxConfig::new(world.clock());
    config.seed = flags.seed;
    config.messages = flags.messages;
    let (client_id, client_secret) = (config.client_id.clone(), config.client_secret.clone());
    let sandbox = Sandbox::start(config)
        .await
        .map_err(|e| Failure::new(format!("the sandbox does not start: {e}")))?;

    let database = match &common.database_url {
        Some(url) => StoreUrl::parse(url)?,
        None => StoreUrl::Sqlite(folder.path.join("tenon.db")),
    };
    let google = GoogleConfig {
        client_id,
        client_secret: client_secret.into(),
        endpoints: GoogleEndpoints::rooted_at(&sandbox.base_url()),
        quota: quota(flags),
    };
    let settings = Settings {
        data_dir: folder.path.clone(),
        database,
        direct: None,
        listen: flags.listen,
        metrics: MetricsListen::Off,
        public_url: None,
        kek: KekPlace::Held(KekSource::File(folder.path.join("kek"))),
        kek_also: None,
        log: String::new(),
        log_json: false,
        poll: std::time::Duration::from_secs(15),
        issuers: vec![of_google(&google)],
        proxies: 0,
        google: Some(google),
        push: Some(Push {
            topic: "projects/tenon-demo/topics/gmail".to_owned(),
            account: PUSHER.to_owned(),
            audience: None,
        }),
        push_poll: std::time::Duration::from_mins(1),
        files_poll: std::time::Duration::from_mins(1),
        // The sample mail spans years, and all of it is to be seen.
        mail_days: 0,
        security_contact: None,
    };
    let public_url = wiring::address_url(address);
    let endpoint = wiring::push_endpoint(&public_url);
    let subscription = Subscription {
        audience: endpoint.to_string(),
        endpoint,
        account: PUSHER.to_owned(),
    };
    sandbox
        .control()
        .subscribe(Some(subscription))
        .map_err(|e| Failure::new(e.to_string()))?;
    let store = wiring::open_store(&settings, true).await?;
    let app = AppConfig {
        demo: true,
        ..wiring::app_config(&settings, public_url.clone())
    };
    let ctx = wiring::open_ctx(&settings, store, app).await?;
    let password = owner(&ctx).await?;
    sample::fill(&ctx, (EMAIL, &password), flags.seed, sandbox.control()).await?;

    tenon_app::start_schedules(&ctx).await?;
    super::print(&format!("Tenon demo: {}", serve::shown(&public_url)));
    super::print(&format!("E-mail: {EMAIL}"));
    super::print(&format!("Password: {password}"));
    super::print(&format!(
        "Sign in, choose \"Connect a mailbox\" and Google: a sandbox on {} plays it, with {} messages. Ctrl-C stops.",
        serve::shown(&sandbox.base_url()),
        flags.messages
    ));
    let options = ApiOptions {
        shutdown: stop.clone(),
        ..ApiOptions::default()
    };
    let outcome = serve::until_stopped(ctx, listener, None, options, stop).await;
    sandbox.stop().await;
    drop(folder);
    outcome
}

/// The planner's limit. The sandbox itself refuses nothing, so the planner alone sets the pace.
fn quota(flags: &Demo) -> QuotaSettings {
    let mut quota = QuotaSettings::y2026();
    let units = match flags.quota {
        Some(units) => u64::from(units),
        // Threads are fetched whole, so a message costs about half of what it does alone; all of
        // them in 40 seconds.
        None => (flags.messages * u64::from(quota.costs.messages_get) / 2 * 60 / 40).max(6_000),
    };
    quota.units_per_minute_user = u32::try_from(units).ok().filter(|u| *u > 0);
    quota.units_per_minute_project = None;
    quota
}

/// Makes the owner with a fresh password, or gives the one of an earlier demo a fresh password.
async fn owner(ctx: &Ctx) -> Result<String, Failure> {
    let password: String = (0..14)
        .map(|_| char::from(LETTERS[ctx.world.below(LETTERS.len() as u64) as usize]))
        .collect();
    let exists = access::list_members(ctx)
        .await?
        .iter()
        .any(|m| m.email == EMAIL);
    if exists {
        access::reset_password(ctx, EMAIL, password.clone().into()).await?;
    } else {
        let input = NewMemberInput {
            workspace: Some("Tenon demo".to_owned()),
            email: EMAIL.to_owned(),
            name: NAME.to_owned(),
            role: Role::Owner,
            password: password.clone().into(),
            locale: "en".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
        };
        access::create_member(ctx, input).await?;
    }
    Ok(password)
}

/// The folder of the demo's data: a given one stays, a temporary one goes, even when the demo does
/// not come up.
struct Folder {
    path: PathBuf,
    is_temporary: bool,
}

impl Folder {
    fn new(given: Option<&Path>, world: &World) -> Result<Self, Failure> {
        let path = match given {
            Some(path) => path.to_owned(),
            None => std::env::temp_dir().join(format!("tenon-demo-{}", world.uuid().simple())),
        };
        wiring::prepare_data_dir(&path)?;
        Ok(Self {
            path,
            is_temporary: given.is_none(),
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
