//! What every request passes, from the outside in: [`track`] (id, log line, panics, problems,
//! security headers), [`guard`] (host, origin, forged requests), [`deadline`], [`etag`].

pub(crate) mod cookie;
mod deadline;
mod etag;
mod guard;
pub(crate) mod headers;
mod site;
mod track;
mod visitor;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;

use crate::Api;
pub(crate) use etag::matches as tag_matches;
pub(crate) use site::Site;
pub(crate) use track::MemberTag;
pub use visitor::Peer;
pub(crate) use visitor::Visitor;

/// Wraps the routes.
pub(crate) fn wrap(routes: Router<Api>, api: &Api) -> Router<Api> {
    routes
        .layer(axum::extract::DefaultBodyLimit::max(1 << 20))
        .layer(from_fn(etag::etag))
        .layer(from_fn(deadline::deadline))
        .layer(from_fn_with_state(api.clone(), guard::guard))
        .layer(CompressionLayer::new().compress_when(headers::Compressible))
        .layer(from_fn_with_state(api.clone(), track::track))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::routing::get;
    use http::{Request, StatusCode, header};
    use http_body_util::BodyExt as _;
    use tenon_app::{AppConfig, Ctx, Parts};
    use tenon_model::World;
    use tenon_store::{Store, StoreConfig, StoreUrl};
    use tenon_vault::{Graveyard, KekSource, open_kek};
    use tower::ServiceExt as _;

    use super::*;

    async fn api(folder: &std::path::Path, public_url: &str) -> Api {
        let url = StoreUrl::Sqlite(folder.join("tenon.db"));
        let kek = KekSource::File(folder.join("kek"));
        let world = World::system();
        let parts = Parts {
            store: Store::open(&StoreConfig { url, migrate: true })
                .await
                .unwrap(),
            kek: open_kek(&kek, None, &world, true).unwrap(),
            graveyard: Graveyard::new(folder.join("graveyard")),
            world,
            google: None,
            issuers: Vec::new(),
            config: AppConfig::new(public_url.parse().unwrap()),
        };
        let ctx = Ctx::open(parts).await.unwrap();
        Api {
            site: std::sync::Arc::new(Site::new(&ctx.config.public_url)),
            ctx,
            shutdown: tokio_util::sync::CancellationToken::new(),
            security_contact: None,
            ping: Duration::from_secs(25),
            proxies: 0,
            metrics: crate::Metrics::default(),
            jobs: None,
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_without_its_message() {
        async fn broken() -> &'static str {
            panic!("the secret plan")
        }
        let folder = tempfile::tempdir().unwrap();
        let api = api(folder.path(), "https://crm.example.com").await;
        let router = wrap(Router::new().route("/broken", get(broken)), &api).with_state(api);
        let request = Request::get("/broken").header("host", "crm.example.com");
        let response = router
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.headers()[header::STRICT_TRANSPORT_SECURITY],
            "max-age=31536000"
        );
        let text = response.into_body().collect().await.unwrap().to_bytes();
        let problem: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(problem["code"], "internal");
        assert!(!problem.to_string().contains("secret"), "{problem}");
    }
}
