//! Searches that a member keeps: their words are theirs, sealed under the workspace's key.

use serde::{Deserialize, Serialize};
use tenon_model::{SavedSearchId, Time};
use tenon_store::SavedSearch;
use tenon_vault::Context;

use crate::{Actor, Ctx, Error, Result};

/// More are no list any more.
const MOST: usize = 50;
/// Characters of a name.
const LONGEST_NAME: usize = 200;

/// A kept search.
#[derive(Clone)]
pub struct SavedSearchView {
    /// Id.
    pub id: SavedSearchId,
    /// What the member calls it.
    pub name: String,
    /// What is looked for.
    pub query: String,
    /// When it was kept.
    pub created_at: Time,
}

/// A search to keep.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewSavedSearch {
    /// What the member calls it.
    #[serde(rename = "n")]
    pub name: String,
    /// What is looked for.
    #[serde(rename = "q")]
    pub query: String,
}

fn context(id: SavedSearchId) -> Context<'static> {
    Context::new("saved_searches", "search", id.0)
}

/// The member's searches, oldest first.
pub async fn saved(ctx: &Ctx, actor: &Actor) -> Result<Vec<SavedSearchView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.saved_searches().list().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    drop(tx);
    rows.into_iter()
        .map(|row| {
            let json = key.open(&context(row.id), &row.search)?;
            let search: NewSavedSearch = serde_json::from_slice(&json)
                .map_err(|_| Error::Internal("saved_search_json".into()))?;
            Ok(SavedSearchView {
                id: row.id,
                name: search.name,
                query: search.query,
                created_at: row.created_at,
            })
        })
        .collect()
}

/// Keeps a search.
pub async fn save(ctx: &Ctx, actor: &Actor, mut new: NewSavedSearch) -> Result<SavedSearchView> {
    new.name = new.name.trim().to_owned();
    new.query = new.query.trim().to_owned();
    if new.query.is_empty() || new.query.len() > 2_000 {
        return Err(Error::field("query", "must have 1 to 2,000 characters"));
    }
    if new.name.is_empty() {
        new.name = new.query.chars().take(LONGEST_NAME).collect();
    }
    if new.name.chars().count() > LONGEST_NAME {
        return Err(Error::field("name", "must have at most 200 characters"));
    }
    ctx.keys.warm_workspace(actor.workspace).await?;
    let id: SavedSearchId = ctx.world.id();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if tx.saved_searches().list().await?.len() >= MOST {
        return Err(Error::field(
            "name",
            "50 searches are kept already; remove one first",
        ));
    }
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let json = serde_json::to_vec(&new).map_err(|_| Error::Internal("json".into()))?;
    let row = SavedSearch {
        id,
        workspace_id: actor.workspace,
        member_id: actor.member,
        search: key.seal(&ctx.world, &context(id), &json)?,
        created_at: ctx.world.now(),
    };
    tx.saved_searches().insert(&row).await?;
    tx.commit().await?;
    Ok(SavedSearchView {
        id,
        name: new.name,
        query: new.query,
        created_at: row.created_at,
    })
}

/// Forgets a search.
pub async fn delete_saved(ctx: &Ctx, actor: &Actor, id: SavedSearchId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if !tx.saved_searches().delete(id).await? {
        return Err(Error::NotFound("search"));
    }
    tx.commit().await?;
    Ok(())
}
