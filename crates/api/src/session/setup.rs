//! `/setup`: the first start.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use utoipa::ToSchema;

use super::{Me, welcome};
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(Problems: "already_set_up", "setup_token_invalid", "validation");

/// Whether the server waits for its owner.
#[derive(Serialize, ToSchema)]
pub(super) struct SetupState {
    needed: bool,
}

/// What the set-up page sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupInput {
    /// From the link that the server printed.
    token: String,
    workspace_name: String,
    name: String,
    email: String,
    #[schema(format = Password)]
    password: String,
    /// `en` or `fr`.
    locale: String,
    /// IANA name.
    time_zone: String,
}

/// Whether set-up is needed
#[utoipa::path(get, path = "/setup", tag = "session", security(()), responses((status = 200, body = SetupState)))]
pub(super) async fn get_setup(State(api): State<Api>) -> Answer<Json<SetupState>> {
    let needed = access::setup_needed(&api.ctx).await?;
    Ok(Json(SetupState { needed }))
}

/// Sets the server up
///
/// Makes the first workspace and its owner, and signs the owner in.
#[utoipa::path(post, path = "/setup", tag = "session", security(()), responses((status = 201, body = Me), Problems))]
pub(super) async fn post_setup(
    State(api): State<Api>,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<SetupInput>,
) -> Answer<Response> {
    let setup = access::Setup {
        token: input.token,
        workspace_name: input.workspace_name,
        name: input.name,
        email: input.email,
        password: input.password.into(),
        locale: input.locale,
        time_zone: input.time_zone,
        browser,
    };
    let signed_in = access::setup(&api.ctx, setup).await?;
    welcome(&api, StatusCode::CREATED, signed_in)
}
