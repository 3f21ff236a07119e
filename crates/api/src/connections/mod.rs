//! Providers, consent, connections, receipts.

mod alarms;
mod authorize;
pub(crate) mod callback;
mod consents;
mod disconnect;
mod drive_files;
mod get;
mod health;
mod mailbox;
mod pause;
mod policy;
mod providers;
mod receipts;
mod sync;
mod unpark;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
pub(crate) use get::Connection;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(providers::list_providers))
        .routes(routes!(policy::get_policy))
        .routes(routes!(authorize::authorize_connection))
        .routes(routes!(get::list_connections))
        .routes(routes!(get::get_connection))
        .routes(routes!(health::get_health))
        .routes(routes!(pause::pause_connection))
        .routes(routes!(pause::resume_connection))
        .routes(routes!(sync::sync_connection))
        .routes(routes!(unpark::unpark_connection))
        .routes(routes!(
            disconnect::preview_disconnect,
            disconnect::disconnect
        ))
        .routes(routes!(receipts::list_receipts))
        .routes(routes!(receipts::get_receipt))
        .routes(routes!(consents::list_consents))
        .routes(routes!(alarms::list_alarms))
        .routes(routes!(drive_files::find_drive_files))
}
