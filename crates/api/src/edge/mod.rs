//! What every request passes, from the outside in: [`track`] (id, log line, panics, problems,
//! security headers), [`guard`] (host, origin, forged requests), [`deadline`], [`etag`].

pub(crate) mod cookie;
mod deadline;
mod etag;
mod guard;
pub(crate) mod headers;
mod site;
mod track;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;

use crate::Api;
pub(crate) use etag::matches as tag_matches;
pub(crate) use site::Site;
pub(crate) use track::MemberTag;

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
