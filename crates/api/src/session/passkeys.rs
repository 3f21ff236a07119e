//! `/me/passkeys` and the sign-in by one.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use tenon_model::PasskeyId;
use utoipa::ToSchema;

use super::passkey_json::{
    AssertionJson, CreationOptionsJson, RegistrationJson, RequestOptionsJson,
};
use super::{Me, SignedIn, welcome};
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::wire::{Id, List, Timestamp};

problems!(OpenProblems: "not_found", "too_many_attempts");
problems!(SignInProblems: "passkey_invalid", "validation");
problems!(ListProblems: "unauthenticated");
problems!(OptionsProblems: "unauthenticated", "not_found", "proof_needed", "validation");
problems!(AddProblems: "unauthenticated", "passkey_invalid", "proof_needed", "validation");
problems!(RenameProblems: "unauthenticated", "not_found", "validation");
problems!(RemoveProblems: "unauthenticated", "not_found", "proof_needed", "validation");

/// A passkey.
#[derive(Serialize, ToSchema)]
pub(super) struct Passkey {
    id: Id,
    /// What its owner calls it.
    name: String,
    /// Whether it is kept on several devices.
    synced: bool,
    created_at: Timestamp,
    #[schema(required)]
    last_used_at: Option<Timestamp>,
}

impl From<access::PasskeyView> for Passkey {
    fn from(view: access::PasskeyView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            synced: view.synced,
            created_at: view.created_at.into(),
            last_used_at: view.last_used_at.map(Into::into),
        }
    }
}

/// A new passkey, as the browser gives it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPasskeyInput {
    /// What its owner calls it.
    name: String,
    credential: RegistrationJson,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyNameInput {
    name: String,
}

/// Begins a sign-in by passkey
#[utoipa::path(post, path = "/sign-in/passkey", tag = "session", security(()), responses((status = 200, body = RequestOptionsJson), OpenProblems))]
pub(super) async fn sign_in_options(
    State(api): State<Api>,
    Visitor(browser): Visitor,
) -> Answer<Json<RequestOptionsJson>> {
    let options = access::begin_passkey_sign_in(&api.ctx, &browser).await?;
    Ok(Json(options.into()))
}

/// Signs in by passkey
#[utoipa::path(post, path = "/session/passkey", tag = "session", security(()), responses((status = 200, body = Me), SignInProblems))]
pub(super) async fn sign_in_by_passkey(
    State(api): State<Api>,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<AssertionJson>,
) -> Answer<Response> {
    let signed_in = access::sign_in_by_passkey(&api.ctx, input.into(), &browser).await?;
    welcome(&api, StatusCode::OK, signed_in)
}

/// One's own passkeys
#[utoipa::path(get, path = "/me/passkeys", tag = "session", responses((status = 200, body = List<Passkey>), ListProblems))]
pub(super) async fn list_passkeys(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Passkey>>> {
    Ok(List::of(access::passkeys(&api.ctx, &actor).await?))
}

/// Begins to add a passkey
#[utoipa::path(post, path = "/me/passkeys/options", tag = "session", responses((status = 200, body = CreationOptionsJson), OptionsProblems))]
pub(super) async fn passkey_options(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<CreationOptionsJson>> {
    let options = access::begin_passkey(&api.ctx, &actor).await?;
    Ok(Json(options.into()))
}

/// Adds a passkey
#[utoipa::path(post, path = "/me/passkeys", tag = "session", responses((status = 201, body = Passkey), AddProblems))]
pub(super) async fn add_passkey(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<NewPasskeyInput>,
) -> Answer<(StatusCode, Json<Passkey>)> {
    let new = input.credential.named(input.name);
    let added = access::add_passkey(&api.ctx, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Gives a passkey another name
#[utoipa::path(patch, path = "/me/passkeys/{id}", tag = "session", params(("id" = Id, Path, description = "Passkey")), responses((status = 204), RenameProblems))]
pub(super) async fn rename_passkey(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<PasskeyId>,
    extract::Json(input): extract::Json<PasskeyNameInput>,
) -> Answer<StatusCode> {
    access::rename_passkey(&api.ctx, &actor, id, &input.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a passkey
#[utoipa::path(delete, path = "/me/passkeys/{id}", tag = "session", params(("id" = Id, Path, description = "Passkey")), responses((status = 204), RemoveProblems))]
pub(super) async fn remove_passkey(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<PasskeyId>,
) -> Answer<StatusCode> {
    access::remove_passkey(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
