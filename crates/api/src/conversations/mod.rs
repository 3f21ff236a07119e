//! Mail meets records: conversations in boxes, conversations that are shared, rules, suggestions.

mod of_record;
mod rules;
mod sharing;
mod suggestions;
mod thread;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(thread::get_thread_records))
        .routes(routes!(thread::join_thread, thread::part_thread))
        .routes(routes!(sharing::set_thread_sharing))
        .routes(routes!(of_record::list_record_threads))
        .routes(routes!(rules::list_mail_rules, rules::set_mail_rules))
        .routes(routes!(suggestions::list_suggestions))
        .routes(routes!(suggestions::dismiss_suggestions))
}
