//! `tenon serve`: the server.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tenon_api::ApiOptions;
use tenon_app::{Ctx, access, audit};
use tenon_jobs::Runner;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::Failure;
use crate::http::{self, Limits};
use crate::settings::{MetricsListen, Settings};
use crate::{harden, signals, wiring};

/// How long running requests and jobs may take to end. A job that needs longer is taken up again
/// at the next start: its lease runs out.
const GRACE: Duration = Duration::from_secs(10);
/// Jobs may be cut at any moment, so they get less: a sync that waits for its quota would use it up.
const JOBS_GRACE: Duration = Duration::from_secs(3);

const LIMITS: Limits = Limits {
    head: Duration::from_secs(75),
    connections: 2_048,
    grace: GRACE,
};

/// One or two monitors ask now and then.
const MONITORING: Limits = Limits {
    connections: 16,
    ..LIMITS
};

/// Jobs at the same time: most wait for a provider.
const JOBS_AT_ONCE: usize = 8;

pub(super) async fn run(settings: &Settings, migrate: bool) -> Result<(), Failure> {
    harden::keep_memory_private();
    for saboteur in tenon_model::sabotage::chosen() {
        tracing::error!(
            saboteur = saboteur.word(),
            "this server breaks a promise on purpose: it is only good for proofs"
        );
    }
    harden::allow_many_files();
    let stop = signals::watch()?;
    wiring::prepare_data_dir(&settings.data_dir)?;
    // The port is taken first: a second server on the same data ends here, before it touches them.
    let listener = listen(settings.listen, "--listen or TENON_LISTEN").await?;
    let metrics = listen_for_metrics(settings.metrics).await?;
    let address = local_address(&listener)?;
    let public_url = wiring::public_url(settings, address);
    let store = wiring::open_store(settings, migrate).await?;
    let ctx = wiring::open_ctx(
        settings,
        store,
        wiring::app_config(settings, public_url.clone()),
    )
    .await?;
    let options = ApiOptions {
        shutdown: stop.clone(),
        security_contact: settings.security_contact.clone(),
        proxies: settings.proxies,
        ..ApiOptions::default()
    };

    // Before anybody is told that we are here: what cannot be written ends the start, not the server.
    tenon_app::start_schedules(&ctx).await?;

    super::print(&format!(
        "Tenon {} listens on {}",
        ctx.config.version,
        shown(&wiring::address_url(address))
    ));
    if access::setup_needed(&ctx).await? {
        let token = access::setup_token(&ctx);
        super::print(&format!(
            "Set it up here: {}/setup#token={}",
            shown(&public_url),
            token.expose_secret()
        ));
    }
    until_stopped(ctx, listener, metrics, options, stop).await
}

/// Takes the port of `/metrics`. Where nobody asked for it, one that is taken is no reason not to
/// serve: a second server on this machine finds it so.
async fn listen_for_metrics(wanted: MetricsListen) -> Result<Option<TcpListener>, Failure> {
    let listener = match wanted {
        MetricsListen::Off => return Ok(None),
        MetricsListen::At(address) => listen(address, "TENON_METRICS_LISTEN").await?,
        MetricsListen::Usual(address) => match TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!(%address, %error, "metrics are not served; set TENON_METRICS_LISTEN");
                return Ok(None);
            }
        },
    };
    let address = local_address(&listener)?;
    tracing::info!(%address, "metrics are served");
    Ok(Some(listener))
}

/// Takes the port that `setting` names.
pub(super) async fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    use std::io::ErrorKind;
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(match error.kind() {
            ErrorKind::AddrInUse => {
                format!("the address {address} is taken by another program; stop it, or choose another with {setting}")
            }
            ErrorKind::PermissionDenied => {
                format!("the address {address} cannot be listened on: ports below 1024 need the right to; choose another with {setting}")
            }
            ErrorKind::AddrNotAvailable => {
                format!("the address {address} is not one of this machine; choose another with {setting}")
            }
            _ => format!("the address {address} cannot be listened on: {error}"),
        })
    })
}

/// Where a listener is, with the real port.
pub(super) fn local_address(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener
        .local_addr()
        .map_err(|e| Failure::new(format!("the listener has no address: {e}")))
}

/// An address without the slash at its end.
pub(super) fn shown(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// Serves requests and runs jobs until `stop`, then lets both end within the grace period.
pub(super) async fn until_stopped(
    ctx: Ctx,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    options: ApiOptions,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let runner = Runner::new(ctx.store.clone(), ctx.world.clone(), ctx.clone());
    let runner = tenon_app::register_jobs(runner)
        .concurrency(JOBS_AT_ONCE)
        .start();

    let last = ctx.clone();
    let monitoring = tenon_api::metrics_router(ctx.clone(), options.metrics.clone());
    let monitoring = async {
        if let Some(listener) = metrics {
            http::serve(listener, monitoring, MONITORING, &stop).await;
        }
    };
    let options = ApiOptions {
        jobs: Some(runner.pulse()),
        ..options
    };
    let router = tenon_api::router(ctx, options);
    let jobs = async {
        stop.cancelled().await;
        runner.stop(JOBS_GRACE).await;
    };
    tokio::join!(
        http::serve(listener, router, LIMITS, &stop),
        monitoring,
        jobs
    );
    if let Err(error) = audit::write_checkpoints(&last).await {
        tracing::warn!(%error, "the last checkpoint of the audit log was not written; the next start writes it");
    }
    let store = last.store;
    if let Err(error) = store.checkpoint().await {
        tracing::warn!(%error, "the last checkpoint failed; the next start makes it good");
    }
    store.close().await;
    Ok(())
}
