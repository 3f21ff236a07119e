//! `/members/{id}/reset` and `/resets`: getting in again by a link.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use tenon_model::MemberId;
use utoipa::ToSchema;

use super::LinkToken;
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::{Me, SignedIn, welcome};
use crate::wire::{Id, Timestamp};

problems!(MakeProblems: "unauthenticated", "forbidden", "not_found", "proof_needed", "validation");
problems!(OpenProblems: "link_invalid", "validation");

/// A link that works once; shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct ResetLink {
    link: String,
    expires_at: Timestamp,
}

/// What a link leads to.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenedReset {
    name: String,
    email: String,
    /// How many accounts will be disconnected.
    connections: usize,
}

/// What the page of a link sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedeemInput {
    /// From the link.
    token: String,
    #[schema(format = Password)]
    password: String,
}

/// Makes a link by which a member gets in again
///
/// Their sessions end at once. Using the link disconnects their mailboxes.
#[utoipa::path(post, path = "/members/{id}/reset", tag = "members", params(("id" = Id, Path, description = "Member")), responses((status = 201, body = ResetLink), MakeProblems))]
pub(super) async fn make_reset(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MemberId>,
) -> Answer<(StatusCode, Json<ResetLink>)> {
    let made = access::make_reset(&api.ctx, &actor, id).await?;
    let body = ResetLink {
        link: made.link,
        expires_at: made.expires_at.into(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// What a reset link leads to
#[utoipa::path(post, path = "/resets/open", tag = "members", security(()), responses((status = 200, body = OpenedReset), OpenProblems))]
pub(super) async fn open_reset(
    State(api): State<Api>,
    extract::Json(input): extract::Json<LinkToken>,
) -> Answer<Json<OpenedReset>> {
    let opened = access::open_reset(&api.ctx, &input.token).await?;
    Ok(Json(OpenedReset {
        name: opened.name,
        email: opened.email,
        connections: opened.connections,
    }))
}

/// Sets a new password by a reset link, and signs in
///
/// Second factor, passkeys, sign-in accounts and mailboxes of the account are gone then.
#[utoipa::path(post, path = "/resets/redeem", tag = "members", security(()), responses((status = 200, body = Me), OpenProblems))]
pub(super) async fn redeem_reset(
    State(api): State<Api>,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<RedeemInput>,
) -> Answer<Response> {
    let password = input.password.into();
    let signed_in = access::redeem_reset(&api.ctx, &input.token, password, &browser).await?;
    welcome(&api, StatusCode::OK, signed_in)
}
