//! `/me`: one's own profile.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tenon_app::access;
use utoipa::ToSchema;

use super::{Me, SignedIn, WorkingHours};
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(Problems: "unauthenticated", "validation");

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeInput {
    #[serde(default)]
    name: Option<String>,
    /// `en` or `fr`.
    #[serde(default)]
    locale: Option<String>,
    /// IANA name.
    #[serde(default)]
    time_zone: Option<String>,
    /// How long a message waits before it goes, 0 to 30.
    #[serde(default)]
    undo_send_seconds: Option<u32>,
    /// When one works, for the hours that are offered.
    #[serde(default)]
    working_hours: Option<WorkingHours>,
}

/// Changes one's own profile
#[utoipa::path(patch, path = "/me", tag = "session", responses((status = 200, body = Me), Problems))]
pub(super) async fn patch_me(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<MeInput>,
) -> Answer<Json<Me>> {
    let change = access::UpdateMe {
        name: input.name,
        locale: input.locale,
        time_zone: input.time_zone,
        undo_send_seconds: input.undo_send_seconds,
        working_hours: input.working_hours.map(Into::into),
    };
    let view = access::update_me(&api.ctx, &actor, change).await?;
    Ok(Json(Me::new(&api.ctx, view)))
}
