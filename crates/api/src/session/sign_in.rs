//! `/session`: in, who am I, out.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::Deserialize;
use tenon_app::access;
use utoipa::ToSchema;

use super::{Me, SignedIn, welcome};
use crate::Api;
use crate::edge::Visitor;
use crate::edge::cookie::Cookie;
use crate::extract;
use crate::problem::{Answer, Problem, problems};

problems!(Problems: "invalid_credentials", "totp_required", "totp_invalid", "too_many_attempts", "validation");
problems!(NotSignedIn: "unauthenticated");

/// What the sign-in page sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInInput {
    email: String,
    #[schema(format = Password)]
    password: String,
    /// Code of the authenticator app or a recovery code; asked for by `totp_required`.
    #[serde(default)]
    code: Option<String>,
}

/// Signs in
#[utoipa::path(post, path = "/session", tag = "session", security(()), responses((status = 200, body = Me), Problems))]
pub(super) async fn sign_in(
    State(api): State<Api>,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<SignInInput>,
) -> Answer<Response> {
    let sign_in = access::SignIn {
        email: input.email,
        password: input.password.into(),
        code: input.code,
        browser,
    };
    let signed_in = access::sign_in(&api.ctx, sign_in).await?;
    welcome(&api, StatusCode::OK, signed_in)
}

/// Who is signed in
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Me), NotSignedIn))]
pub(super) async fn get_session(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<Me>> {
    let view = access::me(&api.ctx, &actor).await?;
    Ok(Json(Me::new(&api.ctx, view)))
}

/// Signs out
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204), NotSignedIn))]
pub(super) async fn sign_out(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Response> {
    access::sign_out(&api.ctx, &actor).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let value = Cookie::Session
        .take(&api.site)
        .map_err(|_| Problem::internal())?;
    response.headers_mut().insert(SET_COOKIE, value);
    Ok(response)
}
