//! Tenon as a process: a runtime of its own, which a kill takes away with everything in it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tenon_app::{AppConfig, Ctx, Parts};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::quota::QuotaSettings;
use tenon_jobs::{Ran, Runner};
use tenon_model::{NodeId, World};
use tenon_store::{Store, StoreConfig, StoreUrl};
use tenon_vault::{Graveyard, KekSource, open_kek};
use tokio::runtime::Runtime;
use url::Url;

use crate::gate::Gate;

/// Longer than any simulation: who signed in stays so.
const FOR_EVER: Duration = Duration::from_hours(24 * 3_650);

/// What a process is started with.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) url: StoreUrl,
    pub(crate) folder: Arc<tempfile::TempDir>,
    pub(crate) world: World,
    pub(crate) google: Url,
    pub(crate) gate: Gate,
}

/// A process.
pub(crate) struct Machine {
    runtime: Runtime,
    ctx: Ctx,
    runner: Arc<Runner<Ctx>>,
    node: NodeId,
}

impl Machine {
    /// Starts it, or starts it again on what the last one left.
    pub(crate) fn start(setup: &Setup) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let ctx = runtime.block_on(open(setup))?;
        let runner = Runner::new(ctx.store.clone(), setup.world.clone(), ctx.clone());
        Ok(Self {
            runtime,
            runner: Arc::new(tenon_app::register_jobs(runner)),
            node: ctx.node,
            ctx,
        })
    }

    /// Does something in the process; `None` when it was killed in the middle.
    pub(crate) fn run<T>(&self, gate: &Gate, work: impl AsyncFnOnce(Ctx) -> T) -> Option<T> {
        let ctx = self.ctx.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = gate.killed() => None,
                done = work(ctx) => Some(done),
            }
        })
    }

    /// Runs the job that is due first.
    pub(crate) fn run_job(&self, gate: &Gate) -> Option<Result<Option<Ran>>> {
        let (runner, node) = (self.runner.clone(), self.node);
        self.run(gate, async move |_| Ok(runner.run_next(node).await?))
    }
}

async fn open(setup: &Setup) -> Result<Ctx> {
    let config = StoreConfig {
        url: setup.url.clone(),
        migrate: true,
    };
    let store = Store::open(&config).await?.with_world(setup.world.clone());
    store.watch_commits(Arc::new(setup.gate.clone()));
    let google = GoogleConfig {
        client_id: "tenon-demo".into(),
        client_secret: "tenon-demo-secret".into(),
        endpoints: GoogleEndpoints::rooted_at(&setup.google),
        // One call at a time: what happens must not hang on which of two answers is faster.
        quota: QuotaSettings {
            concurrency: 1,
            ..QuotaSettings::y2026()
        },
    };
    let google = Google::new(google, setup.world.clone()).context("a loopback Google")?;
    let folder: &Path = setup.folder.path();
    let kek = open_kek(
        &KekSource::File(folder.join("kek")),
        None,
        &setup.world,
        true,
    )?;
    let mut config = AppConfig::new("http://127.0.0.1:8080".parse()?);
    config.mail_days = 0;
    config.poll_interval = Duration::from_hours(6);
    config.session_idle = FOR_EVER;
    config.session_max = FOR_EVER;
    Ok(Ctx::open(Parts {
        store,
        kek,
        graveyard: Graveyard::new(folder.join("graveyard")),
        world: setup.world.clone(),
        google: Some(google),
        issuers: Vec::new(),
        config,
    })
    .await?)
}
