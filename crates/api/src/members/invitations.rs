//! `/invitations`: who may join.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use tenon_model::InvitationId;
use utoipa::ToSchema;

use super::LinkToken;
use crate::Api;
use crate::edge::Visitor;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::{Me, RoleWord, SignedIn, welcome};
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated", "forbidden");
problems!(InviteProblems: "unauthenticated", "forbidden", "proof_needed", "validation");
problems!(WithdrawProblems: "unauthenticated", "forbidden", "not_found", "proof_needed");
problems!(OpenProblems: "link_invalid", "validation");

/// An open invitation.
#[derive(Serialize, ToSchema)]
pub(super) struct Invitation {
    id: Id,
    email: String,
    role: RoleWord,
    /// Name of the member who invited.
    invited_by: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<access::InvitationView> for Invitation {
    fn from(view: access::InvitationView) -> Self {
        Self {
            id: view.id.into(),
            email: view.email,
            role: view.role.into(),
            invited_by: view.invited_by,
            created_at: view.created_at.into(),
            expires_at: view.expires_at.into(),
        }
    }
}

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InviteInput {
    email: String,
    role: RoleWord,
}

/// A new invitation with its link, which works once and is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewInvitation {
    invitation: Invitation,
    link: String,
}

/// What a link leads to.
#[derive(Serialize, ToSchema)]
pub(super) struct OpenedInvitation {
    workspace_name: String,
    email: String,
    role: RoleWord,
    expires_at: Timestamp,
}

/// What the page of an invitation sends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptInput {
    /// From the link.
    token: String,
    name: String,
    #[schema(format = Password)]
    password: String,
    /// `en` or `fr`.
    locale: String,
    /// IANA name.
    time_zone: String,
}

/// The open invitations
#[utoipa::path(get, path = "/invitations", tag = "members", responses((status = 200, body = List<Invitation>), ListProblems))]
pub(super) async fn list_invitations(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Invitation>>> {
    Ok(List::of(access::invitations(&api.ctx, &actor).await?))
}

/// Invites somebody
///
/// An earlier invitation of the same address becomes void.
#[utoipa::path(post, path = "/invitations", tag = "members", responses((status = 201, body = NewInvitation), InviteProblems))]
pub(super) async fn invite(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<InviteInput>,
) -> Answer<(StatusCode, Json<NewInvitation>)> {
    let made = access::invite(&api.ctx, &actor, &input.email, input.role.into()).await?;
    let body = NewInvitation {
        invitation: made.invitation.into(),
        link: made.link,
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Takes an invitation back
#[utoipa::path(delete, path = "/invitations/{id}", tag = "members", params(("id" = Id, Path, description = "Invitation")), responses((status = 204), WithdrawProblems))]
pub(super) async fn withdraw_invitation(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<InvitationId>,
) -> Answer<StatusCode> {
    access::withdraw_invitation(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an invitation's link leads to
#[utoipa::path(post, path = "/invitations/open", tag = "members", security(()), responses((status = 200, body = OpenedInvitation), OpenProblems))]
pub(super) async fn open_invitation(
    State(api): State<Api>,
    extract::Json(input): extract::Json<LinkToken>,
) -> Answer<Json<OpenedInvitation>> {
    let opened = access::open_invitation(&api.ctx, &input.token).await?;
    Ok(Json(OpenedInvitation {
        workspace_name: opened.workspace_name,
        email: opened.email,
        role: opened.role.into(),
        expires_at: opened.expires_at.into(),
    }))
}

/// Accepts an invitation with a password, and signs in
#[utoipa::path(post, path = "/invitations/accept", tag = "members", security(()), responses((status = 201, body = Me), OpenProblems))]
pub(super) async fn accept_invitation(
    State(api): State<Api>,
    Visitor(browser): Visitor,
    extract::Json(input): extract::Json<AcceptInput>,
) -> Answer<Response> {
    let accept = access::Accept {
        token: input.token,
        name: input.name,
        password: input.password.into(),
        locale: input.locale,
        time_zone: input.time_zone,
        browser,
    };
    let signed_in = access::accept_invitation(&api.ctx, accept).await?;
    welcome(&api, StatusCode::CREATED, signed_in)
}
