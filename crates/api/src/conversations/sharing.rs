//! `/threads/{id}/sharing`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::conversations::{self, ThreadScope};
use tenon_model::ThreadId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, words};

problems!(Problems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");

words! {
    /// Who reads a conversation beside its owner: nobody, those who are named, everybody.
    ThreadSharingScope = ["private", "shared", "workspace"];
}

/// With whom a conversation is shared.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreadSharing {
    #[schema(value_type = ThreadSharingScope)]
    scope: String,
    /// With whom, when it is `shared`.
    #[serde(default)]
    shares: Vec<ThreadShare>,
    /// Whether those read it who see a record that it is joined to. Not with `private`.
    #[serde(default)]
    records: bool,
}

/// A member or a team.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThreadShare {
    /// A member (`mem_…`), or null.
    #[serde(default)]
    #[schema(required)]
    member: Option<String>,
    /// A team (`team_…`), or null.
    #[serde(default)]
    #[schema(required)]
    team: Option<String>,
}

impl From<conversations::ThreadSharing> for ThreadSharing {
    fn from(v: conversations::ThreadSharing) -> Self {
        let members = v.members.iter().map(|id| ThreadShare {
            member: Some(id.to_string()),
            team: None,
        });
        let teams = v.teams.iter().map(|id| ThreadShare {
            member: None,
            team: Some(id.to_string()),
        });
        Self {
            scope: v.scope.as_str().to_owned(),
            shares: members.chain(teams).collect(),
            records: v.records,
        }
    }
}

impl ThreadSharing {
    fn read(self) -> Result<conversations::ThreadSharing, Problem> {
        let scope = ThreadScope::parse(&self.scope)
            .ok_or_else(|| Problem::invalid("scope", "must be private, shared or workspace"))?;
        let mut out = conversations::ThreadSharing {
            scope,
            members: Vec::new(),
            teams: Vec::new(),
            records: self.records,
        };
        for (i, share) in self.shares.into_iter().enumerate() {
            let invalid = |what: &str, sentence: &str| {
                Problem::invalid(format!("shares[{i}].{what}"), sentence)
            };
            match (share.member, share.team) {
                (Some(id), None) => {
                    let id = id.parse();
                    out.members
                        .push(id.map_err(|_| invalid("member", "is no member"))?);
                }
                (None, Some(id)) => {
                    let id = id.parse();
                    out.teams
                        .push(id.map_err(|_| invalid("team", "is no team"))?);
                }
                _ => return Err(invalid("member", "either a member or a team is needed")),
            }
        }
        Ok(out)
    }
}

/// Shares a conversation anew
///
/// Of one's own mailbox. Others read it and what comes to it later, without drafts, blind copies and what is in the
/// bin; what is fetched for them is fetched through the owner's account. `private` ends it at once. It is told in the
/// audit log.
#[utoipa::path(put, path = "/threads/{id}/sharing", tag = "mail", request_body = ThreadSharing, params(("id" = Id, Path, description = "Thread")), responses((status = 200, body = ThreadSharing), Problems))]
pub(super) async fn set_thread_sharing(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ThreadId>,
    extract::Json(input): extract::Json<ThreadSharing>,
) -> Answer<Json<ThreadSharing>> {
    let wanted = input.read()?;
    let after = conversations::set_sharing(&api.ctx, &actor, id, wanted).await?;
    Ok(Json(after.into()))
}
