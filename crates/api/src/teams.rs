//! `/teams`: members who are named together when a record is shared.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::teams::{self, ChangeTeam, NewTeam, TeamView};
use tenon_model::{MemberId, TeamId};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(MakeProblems: "unauthenticated", "forbidden", "validation", "malformed");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");
problems!(RemoveProblems: "unauthenticated", "forbidden", "not_found");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_teams, make_team))
        .routes(routes!(change_team, remove_team))
}

/// A team.
#[derive(Serialize, ToSchema)]
struct Team {
    id: Id,
    name: String,
    members: Vec<Id>,
    created_at: Timestamp,
}

impl From<TeamView> for Team {
    fn from(t: TeamView) -> Self {
        Self {
            id: t.id.into(),
            name: t.name,
            members: t.members.into_iter().map(Into::into).collect(),
            created_at: t.created_at.into(),
        }
    }
}

/// A team to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamInput {
    name: String,
    #[serde(default)]
    members: Vec<String>,
}

/// What changes of a team; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TeamChangeInput {
    #[serde(default)]
    name: Option<String>,
    /// Everybody who is in it from now on.
    #[serde(default)]
    members: Option<Vec<String>>,
}

fn members(ids: &[String]) -> Answer<Vec<MemberId>> {
    let read = |id: &String| {
        id.parse()
            .map_err(|_| Problem::invalid("members", "must be members of this workspace"))
    };
    ids.iter().map(read).collect()
}

/// The teams
#[utoipa::path(get, path = "/teams", tag = "records", responses((status = 200, body = List<Team>), ListProblems))]
async fn list_teams(State(api): State<Api>, SignedIn(actor): SignedIn) -> Answer<Json<List<Team>>> {
    Ok(List::of(teams::teams(&api.ctx, &actor).await?))
}

/// Makes a team
///
/// By owners and administrators.
#[utoipa::path(post, path = "/teams", tag = "records", request_body = TeamInput, responses((status = 201, body = Team), MakeProblems))]
async fn make_team(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<TeamInput>,
) -> Answer<(StatusCode, Json<Team>)> {
    let new = NewTeam {
        members: members(&input.members)?,
        name: input.name,
    };
    let team = teams::make_team(&api.ctx, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(team.into())))
}

/// Changes a team
///
/// By owners and administrators. Whoever comes into it sees what is shared with it from then on; whoever
/// leaves sees it no longer.
#[utoipa::path(patch, path = "/teams/{id}", tag = "records", params(("id" = Id, Path, description = "Team")), request_body = TeamChangeInput, responses((status = 200, body = Team), ChangeProblems))]
async fn change_team(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<TeamId>,
    extract::Json(input): extract::Json<TeamChangeInput>,
) -> Answer<Json<Team>> {
    let change = ChangeTeam {
        members: input.members.as_deref().map(members).transpose()?,
        name: input.name,
    };
    Ok(Json(
        teams::change_team(&api.ctx, &actor, id, change)
            .await?
            .into(),
    ))
}

/// Removes a team
///
/// By owners and administrators. What was shared with it is shared with it no longer.
#[utoipa::path(delete, path = "/teams/{id}", tag = "records", params(("id" = Id, Path, description = "Team")), responses((status = 204), RemoveProblems))]
async fn remove_team(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<TeamId>,
) -> Answer<StatusCode> {
    teams::remove_team(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
