//! Who sees a record.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, SharingView};
use tenon_model::records::{Access, ShareScope};
use tenon_model::{MemberId, RecordId, TeamId};
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(GetProblems: "unauthenticated", "not_found");
problems!(SetProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");

/// Who sees a record beside its owner.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sharing {
    /// `private`, `shared`, `workspace` or `parent`.
    scope: String,
    /// With whom, when it is `shared`.
    #[serde(default)]
    shares: Vec<Share>,
}

/// A member or a team, and what they may do.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Share {
    /// A member (`mem_…`), or null.
    #[serde(default)]
    #[schema(required)]
    member: Option<String>,
    /// A team (`team_…`), or null.
    #[serde(default)]
    #[schema(required)]
    team: Option<String>,
    /// `view` or `edit`.
    access: String,
}

impl From<SharingView> for Sharing {
    fn from(v: SharingView) -> Self {
        let members = v.members.into_iter().map(|(id, access)| Share {
            member: Some(id.to_string()),
            team: None,
            access: access.as_str().to_owned(),
        });
        let teams = v.teams.into_iter().map(|(id, access)| Share {
            member: None,
            team: Some(id.to_string()),
            access: access.as_str().to_owned(),
        });
        Self {
            scope: v.scope.as_str().to_owned(),
            shares: members.chain(teams).collect(),
        }
    }
}

impl Sharing {
    pub(super) fn read(self) -> Result<SharingView, Problem> {
        let scope = ShareScope::parse(&self.scope);
        let mut out = SharingView {
            scope: scope.ok_or_else(|| {
                Problem::invalid("scope", "must be private, shared, workspace or parent")
            })?,
            members: Vec::new(),
            teams: Vec::new(),
        };
        for (i, share) in self.shares.into_iter().enumerate() {
            let invalid = |what: &str, sentence: &str| {
                Problem::invalid(format!("shares[{i}].{what}"), sentence)
            };
            let access = Access::parse(&share.access)
                .ok_or_else(|| invalid("access", "must be view or edit"))?;
            match (share.member, share.team) {
                (Some(id), None) => {
                    let id = id.parse::<MemberId>();
                    out.members
                        .push((id.map_err(|_| invalid("member", "is no member"))?, access));
                }
                (None, Some(id)) => {
                    let id = id.parse::<TeamId>();
                    out.teams
                        .push((id.map_err(|_| invalid("team", "is no team"))?, access));
                }
                _ => return Err(invalid("member", "either a member or a team is needed")),
            }
        }
        Ok(out)
    }
}

/// Who sees a record
#[utoipa::path(get, path = "/records/{id}/sharing", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = Sharing), GetProblems))]
pub(super) async fn get_record_sharing(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<Sharing>> {
    Ok(Json(records::sharing(&api.ctx, &actor, id).await?.into()))
}

/// Shares a record anew
///
/// Only its owner does.
#[utoipa::path(put, path = "/records/{id}/sharing", tag = "records", request_body = Sharing, params(("id" = Id, Path, description = "Record")), responses((status = 200, body = Sharing), SetProblems))]
pub(super) async fn set_record_sharing(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Json(input): extract::Json<Sharing>,
) -> Answer<Json<Sharing>> {
    let wanted = input.read()?;
    Ok(Json(
        records::set_sharing(&api.ctx, &actor, id, wanted)
            .await?
            .into(),
    ))
}
