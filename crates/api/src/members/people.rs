//! `/members`: everybody in the workspace.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::access;
use tenon_model::MemberId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::{RoleWord, SignedIn};
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "proof_needed", "validation");

/// A member as the others see them.
#[derive(Serialize, ToSchema)]
pub(super) struct Person {
    id: Id,
    name: String,
    email: String,
    role: RoleWord,
    /// Whether the account is switched off.
    disabled: bool,
    created_at: Timestamp,
    /// Whether it is the one who asks.
    own: bool,
    /// Whether the one who asks may change it.
    managed: bool,
    /// Whether it is guarded by more than a password; null for who may not know.
    #[schema(required)]
    guarded: Option<bool>,
}

impl From<access::PersonView> for Person {
    fn from(view: access::PersonView) -> Self {
        Self {
            id: view.id.into(),
            name: view.name,
            email: view.email,
            role: view.role.into(),
            disabled: view.disabled,
            created_at: view.created_at.into(),
            own: view.own,
            managed: view.managed,
            guarded: view.guarded,
        }
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberInput {
    #[serde(default)]
    role: Option<RoleWord>,
    #[serde(default)]
    disabled: Option<bool>,
}

/// Everybody in the workspace
#[utoipa::path(get, path = "/members", tag = "members", responses((status = 200, body = List<Person>), ListProblems))]
pub(super) async fn list_members(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Person>>> {
    Ok(List::of(access::people(&api.ctx, &actor).await?))
}

/// Changes a member's role, or switches the account off or on
///
/// Their sessions end at once.
#[utoipa::path(patch, path = "/members/{id}", tag = "members", params(("id" = Id, Path, description = "Member")), responses((status = 200, body = Person), ChangeProblems))]
pub(super) async fn change_member(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MemberId>,
    extract::Json(input): extract::Json<MemberInput>,
) -> Answer<Json<Person>> {
    let change = access::ChangeMember {
        role: input.role.map(Into::into),
        disabled: input.disabled,
    };
    let person = access::change_member(&api.ctx, &actor, id, change).await?;
    Ok(Json(person.into()))
}
