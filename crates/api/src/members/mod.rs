//! Members, invitations, reset links, allowed domains.

mod domains;
mod invitations;
mod people;
mod resets;

use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(people::list_members))
        .routes(routes!(people::change_member))
        .routes(routes!(resets::make_reset))
        .routes(routes!(resets::open_reset))
        .routes(routes!(resets::redeem_reset))
        .routes(routes!(invitations::list_invitations, invitations::invite))
        .routes(routes!(invitations::withdraw_invitation))
        .routes(routes!(invitations::open_invitation))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(domains::list_domains, domains::allow_domain))
        .routes(routes!(domains::forbid_domain))
}

/// What stands behind the `#` of a link: in a body, because addresses end up in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkToken {
    token: String,
}
