//! `/session/proof`: whoever is signed in proves again that it is they, before security settings
//! change (ASVS 5.0, 7.5.1). The session gets a new token.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::Deserialize;
use tenon_app::access;
use utoipa::ToSchema;

use super::SignedIn;
use super::passkey_json::{AssertionJson, RequestOptionsJson};
use crate::Api;
use crate::edge::Visitor;
use crate::edge::cookie::Cookie;
use crate::extract;
use crate::problem::{Answer, Problem, problems};

problems!(Problems: "unauthenticated", "totp_required", "totp_invalid", "too_many_attempts", "validation");
problems!(OptionsProblems: "unauthenticated", "not_found");
problems!(PasskeyProblems: "unauthenticated", "passkey_invalid", "validation");

/// The password again, and the code where one is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofInput {
    #[schema(format = Password)]
    password: String,
    /// Code of the authenticator app or a recovery code; asked for by `totp_required`.
    #[serde(default)]
    code: Option<String>,
}

fn renewed(api: &Api, renewed: &access::Renewed) -> Answer<Response> {
    let age = renewed.expires_at.since(api.ctx.world.now());
    let value = Cookie::Session
        .give(&api.site, &renewed.token, age)
        .map_err(|_| Problem::internal())?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, value)]).into_response())
}

/// Proves by password who is there
#[utoipa::path(post, path = "/session/proof", tag = "session", responses((status = 204), Problems))]
pub(super) async fn prove(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<ProofInput>,
) -> Answer<Response> {
    let password = input.password.into();
    let done = access::prove_by_password(&api.ctx, &actor, password, input.code, &browser).await?;
    renewed(&api, &done)
}

/// Begins a proof by passkey
#[utoipa::path(post, path = "/session/proof/options", tag = "session", responses((status = 200, body = RequestOptionsJson), OptionsProblems))]
pub(super) async fn proof_options(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<RequestOptionsJson>> {
    let options = access::begin_passkey_proof(&api.ctx, &actor).await?;
    Ok(Json(options.into()))
}

/// Proves by passkey who is there
#[utoipa::path(post, path = "/session/proof/passkey", tag = "session", responses((status = 204), PasskeyProblems))]
pub(super) async fn prove_by_passkey(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<AssertionJson>,
) -> Answer<Response> {
    let done = access::prove_by_passkey(&api.ctx, &actor, input.into()).await?;
    renewed(&api, &done)
}
