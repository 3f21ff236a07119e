//! `/saved-searches`: the member's own.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::search::{self, NewSavedSearch, SavedSearchView};
use tenon_model::SavedSearchId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(SaveProblems: "unauthenticated", "validation", "malformed");
problems!(DeleteProblems: "unauthenticated", "not_found");

/// A kept search.
#[derive(Serialize, ToSchema)]
pub(super) struct SavedSearch {
    id: Id,
    name: String,
    query: String,
    created_at: Timestamp,
}

impl From<SavedSearchView> for SavedSearch {
    fn from(v: SavedSearchView) -> Self {
        Self {
            id: v.id.into(),
            name: v.name,
            query: v.query,
            created_at: v.created_at.into(),
        }
    }
}

/// A search to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SaveSearch {
    /// The query itself when left out.
    #[serde(default)]
    name: String,
    query: String,
}

/// One's own kept searches
#[utoipa::path(get, path = "/saved-searches", tag = "mail", responses((status = 200, body = List<SavedSearch>), ListProblems))]
pub(super) async fn list_saved_searches(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<SavedSearch>>> {
    Ok(List::of(search::saved(&api.ctx, &actor).await?))
}

/// Keeps a search
#[utoipa::path(post, path = "/saved-searches", tag = "mail", request_body = SaveSearch, responses((status = 201, body = SavedSearch), SaveProblems))]
pub(super) async fn save_search(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<SaveSearch>,
) -> Answer<(StatusCode, Json<SavedSearch>)> {
    let new = NewSavedSearch {
        name: input.name,
        query: input.query,
    };
    let view = search::save(&api.ctx, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Forgets a kept search
#[utoipa::path(delete, path = "/saved-searches/{id}", tag = "mail", params(("id" = Id, Path, description = "Search")), responses((status = 204), DeleteProblems))]
pub(super) async fn delete_saved_search(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SavedSearchId>,
) -> Answer<StatusCode> {
    search::delete_saved(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
