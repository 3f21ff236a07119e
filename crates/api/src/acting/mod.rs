//! Acting on mail: actions, and labels as things of their own.

mod actions;
mod labels;
mod start;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(
            start::start_mail_action,
            actions::list_mail_actions
        ))
        .routes(routes!(actions::get_mail_action))
        .routes(routes!(actions::list_mail_action_failures))
        .routes(routes!(actions::cancel_mail_action))
        .routes(routes!(actions::undo_mail_action))
        .routes(routes!(labels::create_label))
        .routes(routes!(labels::update_label, labels::delete_label))
        .routes(routes!(labels::list_label_colors))
}
