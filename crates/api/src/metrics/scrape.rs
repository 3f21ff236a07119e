//! One scrape: what was counted, and what holds at this moment.

use std::fmt;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};
use tenon_app::Ctx;
use tenon_app::operating::{self, Figures};

use super::{Metrics, process};

type Labels = Vec<(&'static str, String)>;
type Whole = Family<Labels, Gauge>;
type Real = Family<Labels, Gauge<f64, AtomicU64>>;

/// The text of a scrape. Without `figures` the database could not be asked.
pub(super) fn write(
    ctx: &Ctx,
    metrics: &Metrics,
    figures: Option<&Figures>,
) -> Result<String, fmt::Error> {
    let mut own = Registry::with_prefix("tenon");
    let build = Whole::default();
    let version = ("version", ctx.config.version.to_owned());
    build.get_or_create(&vec![version]).set(1);
    // Not of the type info: readers of the older text format do not know it.
    own.register("build_info", "The running program", build);
    metrics.requests.register(&mut own);
    calls(ctx, &mut own);
    own.register(
        "database_reachable",
        "Whether the figures of the database could be read",
        ConstGauge::new(i64::from(figures.is_some())),
    );
    pools(ctx, &mut own);
    if let Some(figures) = figures {
        jobs(figures, &mut own);
        mailboxes(figures, &mut own);
        alarms(figures, &mut own);
        own.register_with_unit(
            "database_size",
            "Size of the database",
            Unit::Bytes,
            ConstGauge::new(i64::try_from(figures.database_bytes).unwrap_or(i64::MAX)),
        );
    }
    let mut general = Registry::default();
    if let Some(usage) = process::usage() {
        process_figures(&usage, &mut general);
    }
    let mut text = String::new();
    encode_registry(&mut text, &own)?;
    encode_registry(&mut text, &general)?;
    encode_eof(&mut text)?;
    Ok(text)
}

fn calls(ctx: &Ctx, registry: &mut Registry) {
    let Some(google) = &ctx.google else {
        return;
    };
    let calls = google.calls();
    registry.register(
        "provider_calls",
        "Calls to providers, by method and outcome",
        calls.outcomes.clone(),
    );
    registry.register(
        "provider_quota_units",
        "Quota units that calls cost, by method, as the planner counts them",
        calls.units.clone(),
    );
    registry.register_with_unit(
        "provider_call_duration",
        "Time that calls to providers took, by method",
        Unit::Seconds,
        calls.seconds.clone(),
    );
}

fn pools(ctx: &Ctx, registry: &mut Registry) {
    let (open, most) = (Whole::default(), Whole::default());
    for pool in operating::pools(ctx) {
        let name = ("pool", pool.name.to_owned());
        for (state, count) in [("used", pool.used), ("idle", pool.idle)] {
            open.get_or_create(&vec![name.clone(), ("state", state.to_owned())])
                .set(count.into());
        }
        most.get_or_create(&vec![name]).set(pool.max.into());
    }
    registry.register(
        "database_connections",
        "Open connections to the database, by pool and state",
        open,
    );
    registry.register(
        "database_connections_max",
        "Connections to the database that a pool may open",
        most,
    );
}

fn jobs(figures: &Figures, registry: &mut Registry) {
    let (count, oldest) = (Whole::default(), Real::default());
    for job in &figures.jobs {
        let labels = vec![("kind", job.kind.clone()), ("state", job.state.to_owned())];
        count.get_or_create(&labels).set(job.count as i64);
        if let Some(age) = job.oldest {
            oldest.get_or_create(&labels).set(age.as_secs_f64());
        }
    }
    registry.register("jobs", "Jobs that are not done, by kind and state", count);
    registry.register_with_unit(
        "job_oldest",
        "How long the oldest job has been due, or parked; 0 when its time has not come",
        Unit::Seconds,
        oldest,
    );
}

fn mailboxes(figures: &Figures, registry: &mut Registry) {
    let (count, lag) = (Whole::default(), Real::default());
    for row in &figures.mailboxes {
        let labels = vec![
            ("provider", row.provider.clone()),
            ("state", row.state.to_owned()),
        ];
        count.get_or_create(&labels).set(row.count as i64);
    }
    for (provider, behind) in &figures.lag {
        lag.get_or_create(&vec![("provider", provider.clone())])
            .set(behind.as_secs_f64());
    }
    registry.register("mailboxes", "Mailboxes, by provider and state", count);
    registry.register_with_unit(
        "sync_lag",
        "Time since the mailbox that is furthest behind was last in step, by provider",
        Unit::Seconds,
        lag,
    );
}

fn alarms(figures: &Figures, registry: &mut Registry) {
    let raised = Whole::default();
    for (code, provider) in &figures.alarms {
        let labels = vec![("code", code.clone()), ("provider", provider.clone())];
        raised.get_or_create(&labels).set(1);
    }
    registry.register(
        "alarm",
        "1 for each fault of the deployment that was noticed in the last week",
        raised,
    );
}

/// Names and units that Prometheus' own client libraries use for every process.
fn process_figures(usage: &process::Usage, registry: &mut Registry) {
    let gauge = |n: u64| ConstGauge::new(i64::try_from(n).unwrap_or(i64::MAX));
    registry.register_with_unit(
        "process_resident_memory",
        "Resident memory",
        Unit::Bytes,
        gauge(usage.resident_bytes),
    );
    registry.register_with_unit(
        "process_cpu",
        "User and system CPU time",
        Unit::Seconds,
        ConstCounter::new(usage.cpu_seconds),
    );
    registry.register_with_unit(
        "process_start_time",
        "Start of the process since the epoch",
        Unit::Seconds,
        ConstGauge::new(usage.started),
    );
    registry.register(
        "process_threads",
        "Threads of the process",
        gauge(usage.threads),
    );
    registry.register(
        "process_open_fds",
        "Open file descriptors",
        gauge(usage.open_files),
    );
    registry.register(
        "process_max_fds",
        "File descriptors that may be open",
        gauge(usage.max_files),
    );
}
