//! What is sealed of a mail merge and of its people, under the key of the mailbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tenon_model::{MailMergeId, RecipientId};
use tenon_store::{MailMergeRow, RecipientRow, Tx};
use tenon_vault::{Context, DataKey, Sealed};

use crate::connections::view::visible;
use crate::{Ctx, Error, Result};

/// What is sealed of a mail merge.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) name: String,
    #[serde(default)]
    pub(super) columns: Vec<Column>,
}

/// A column of a list: what its variable is called, and what stands at its top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// `city` of `row.city`.
    pub key: String,
    /// As in the file.
    pub title: String,
}

/// What is sealed of somebody.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Details {
    #[serde(default)]
    pub(super) name: String,
    pub(super) address: String,
    /// What the list says, until the message has gone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) row: BTreeMap<String, String>,
    /// Variables that had no value when it was their turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<String>,
}

/// The key of the mailbox.
pub(super) async fn key(ctx: &Ctx, tx: &mut Tx, row: &MailMergeRow) -> Result<Arc<DataKey>> {
    let connection = visible(tx, row.connection_id).await?;
    ctx.keys.get(tx, connection.key_id).await
}

pub(super) fn seal_content(
    ctx: &Ctx,
    key: &DataKey,
    id: MailMergeId,
    content: &Content,
) -> Result<Sealed> {
    let json = serde_json::to_vec(content).map_err(|_| Error::Internal("merge_json".into()))?;
    Ok(key.seal(
        &ctx.world,
        &Context::new("mail_merges", "content", id.0),
        &json,
    )?)
}

pub(super) fn open_content(key: &DataKey, row: &MailMergeRow) -> Result<Content> {
    let context = Context::new("mail_merges", "content", row.id.0);
    let json = key.open(&context, &row.content)?;
    serde_json::from_slice(&json).map_err(|_| Error::Internal("merge_json".into()))
}

pub(super) fn seal_details(
    ctx: &Ctx,
    key: &DataKey,
    id: RecipientId,
    details: &Details,
) -> Result<Sealed> {
    let json = serde_json::to_vec(details).map_err(|_| Error::Internal("merge_json".into()))?;
    let context = Context::new("mail_merge_recipients", "details", id.0);
    Ok(key.seal(&ctx.world, &context, &json)?)
}

pub(super) fn open_details(key: &DataKey, row: &RecipientRow) -> Result<Details> {
    let context = Context::new("mail_merge_recipients", "details", row.id.0);
    let json = key.open(&context, &row.details)?;
    serde_json::from_slice(&json).map_err(|_| Error::Internal("merge_json".into()))
}
