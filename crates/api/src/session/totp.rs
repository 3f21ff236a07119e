//! `/me/totp`: the second factor.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use utoipa::ToSchema;

use super::SignedIn;
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};

problems!(StartProblems: "unauthenticated", "proof_needed", "validation");
problems!(ConfirmProblems: "unauthenticated", "proof_needed", "too_many_attempts", "totp_invalid", "validation");
problems!(RemoveProblems: "unauthenticated", "proof_needed");

/// What the authenticator app needs.
#[derive(Serialize, ToSchema)]
pub(super) struct TotpSecret {
    /// Base32, for typing.
    secret: String,
    /// For a QR code.
    otpauth_url: String,
}

/// A code of the app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TotpCode {
    code: String,
}

/// Codes for the day when the app is lost, each good once; shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// Begins the second factor
///
/// It counts only once a code has been confirmed.
#[utoipa::path(post, path = "/me/totp", tag = "session", responses((status = 200, body = TotpSecret), StartProblems))]
pub(super) async fn start_totp(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<TotpSecret>> {
    let setup = access::totp_begin(&api.ctx, &actor).await?;
    Ok(Json(TotpSecret {
        secret: setup.secret,
        otpauth_url: setup.otpauth_url,
    }))
}

/// Confirms the second factor
#[utoipa::path(post, path = "/me/totp/confirm", tag = "session", responses((status = 200, body = RecoveryCodes), ConfirmProblems))]
pub(super) async fn confirm_totp(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<TotpCode>,
) -> Answer<Json<RecoveryCodes>> {
    let recovery_codes = access::totp_confirm(&api.ctx, &actor, &input.code, &browser).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Makes new recovery codes
///
/// Those there were are void then.
#[utoipa::path(post, path = "/me/recovery-codes", tag = "session", responses((status = 200, body = RecoveryCodes), StartProblems))]
pub(super) async fn renew_recovery_codes(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<RecoveryCodes>> {
    let recovery_codes = access::renew_recovery_codes(&api.ctx, &actor).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Switches the second factor off
#[utoipa::path(delete, path = "/me/totp", tag = "session", responses((status = 204), RemoveProblems))]
pub(super) async fn remove_totp(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<StatusCode> {
    access::totp_remove(&api.ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
