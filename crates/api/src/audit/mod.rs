//! The audit log, for owners and administrators.

mod checkpoint;
mod list;
mod words;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_audit_entries))
        .routes(routes!(list::list_audit_actions))
        .routes(routes!(checkpoint::get_audit_checkpoint))
}
