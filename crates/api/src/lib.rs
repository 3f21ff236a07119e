#![doc = include_str!("../README.md")]

mod acting;
mod audit;
mod compose;
mod connections;
mod conversations;
mod edge;
mod events;
mod extract;
mod fields;
mod hooks;
mod mail;
mod mail_merge;
mod members;
mod meta;
mod metrics;
mod pipelines;
mod problem;
mod record_words;
mod records;
mod reports;
mod search;
mod session;
mod suppressions;
mod teams;
mod templates;
mod unsubscribe;
mod views;
mod web;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tenon_app::{Ctx, Pulse};
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;

pub use edge::Peer;
pub use metrics::{Metrics, metrics_router};
pub use problem::{TRANSPORT_CODES, codes};

/// What the server decides about the API.
#[derive(Debug, Clone)]
pub struct ApiOptions {
    /// Cancelled when the server stops: streams of events end then.
    pub shutdown: CancellationToken,
    /// Where weaknesses of this server are reported (`https:` or `mailto:`), for `security.txt`.
    pub security_contact: Option<String>,
    /// How often a stream of events gives a sign of life and looks whether its session still holds.
    /// Proxies close silent connections after a minute or so; the web app takes two missed pings for
    /// a dead line.
    pub ping: Duration,
    /// How many proxies stand in front and write `X-Forwarded-For`.
    pub proxies: usize,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// Whether jobs are run in this process; `None` where it runs none.
    pub jobs: Option<Pulse>,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            shutdown: CancellationToken::new(),
            security_contact: None,
            ping: Duration::from_secs(25),
            proxies: 0,
            metrics: Metrics::default(),
            jobs: None,
        }
    }
}

/// What handlers are handed.
#[derive(Clone)]
pub(crate) struct Api {
    ctx: Ctx,
    site: Arc<edge::Site>,
    shutdown: CancellationToken,
    security_contact: Option<Arc<str>>,
    ping: Duration,
    proxies: usize,
    metrics: Metrics,
    jobs: Option<Pulse>,
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Tenon", license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later")),
    components(schemas(problem::ProblemDocument)),
    tags(
        (name = "session", description = "Set-up, sign-in, one's own account"),
        (name = "members", description = "Members, invitations, allowed domains"),
        (name = "audit", description = "What was done to access, members, mailboxes and keys"),
        (name = "connecting", description = "Providers, consent, authorization"),
        (name = "connections", description = "Connections, health, disconnecting"),
        (name = "mail", description = "Labels, threads, messages, acting on them"),
        (name = "compose", description = "Drafts, files for them, the outbox"),
        (name = "records", description = "What a team knows of its customers; its fields, pipelines, teams and views"),
        (name = "reports", description = "Pictures of the work, made of what the asking member sees"),
        (name = "events", description = "Live changes"),
    )
)]
struct Document;

fn api_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Document::openapi()).nest(
        "/api/v1",
        OpenApiRouter::new()
            .merge(session::routes())
            .merge(members::routes())
            .merge(audit::routes())
            .merge(connections::routes())
            .merge(mail::routes())
            .merge(search::routes())
            .merge(acting::routes())
            .merge(compose::routes())
            .merge(records::routes())
            .merge(reports::routes())
            .merge(conversations::routes())
            .merge(fields::routes())
            .merge(pipelines::routes())
            .merge(mail_merge::routes())
            .merge(suppressions::routes())
            .merge(teams::routes())
            .merge(templates::routes())
            .merge(views::routes())
            .merge(events::routes()),
    )
}

/// The whole HTTP side of the server: API, probes, OAuth callback, web app.
pub fn router(ctx: Ctx, options: ApiOptions) -> Router {
    let api = Api {
        site: Arc::new(edge::Site::new(&ctx.config.public_url)),
        shutdown: options.shutdown,
        security_contact: options.security_contact.map(Into::into),
        ping: options.ping,
        proxies: options.proxies,
        metrics: options.metrics,
        jobs: options.jobs,
        ctx,
    };
    let (routes, _) = api_routes().split_for_parts();
    let routes = routes
        .merge(meta::routes())
        .merge(hooks::routes())
        .merge(unsubscribe::routes())
        .route("/oauth/callback/{issuer}", get(session::callback::callback))
        .fallback(web::fallback);
    edge::wrap(routes, &api).with_state(api)
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    meta::finish(api_routes().into_openapi())
}
