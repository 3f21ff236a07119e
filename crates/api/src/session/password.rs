//! `/me/password`: a new password.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use tenon_app::access;
use utoipa::ToSchema;

use super::SignedIn;
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(Problems: "unauthenticated", "proof_needed", "too_many_attempts", "validation");

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangePasswordInput {
    /// Left out by who has none yet.
    #[serde(default)]
    #[schema(format = Password)]
    current_password: Option<String>,
    #[schema(format = Password)]
    new_password: String,
}

/// Sets a new password
///
/// All other sessions end.
#[utoipa::path(post, path = "/me/password", tag = "session", responses((status = 204), Problems))]
pub(super) async fn change_password(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<ChangePasswordInput>,
) -> Answer<StatusCode> {
    let change = access::ChangePassword {
        current: input.current_password.map(Into::into),
        new: input.new_password.into(),
        browser,
    };
    access::change_password(&api.ctx, &actor, change).await?;
    Ok(StatusCode::NO_CONTENT)
}
