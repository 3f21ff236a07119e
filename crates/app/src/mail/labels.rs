//! Labels with their counts.

use std::collections::HashMap;

use tenon_model::{ConnectionId, LabelId};

use crate::connections::view::visible;
use crate::sync::open_label;
use crate::{Actor, Ctx, Result};

/// A label.
#[derive(Debug, Clone)]
pub struct LabelView {
    /// Id.
    pub id: LabelId,
    /// The provider's id.
    pub provider_id: String,
    /// Name, nested by `/`.
    pub name: String,
    /// Whether the provider made it.
    pub system: bool,
    /// What a system label is for.
    pub role: Option<&'static str>,
    /// Background and text colour.
    pub color: Option<(String, String)>,
    /// Threads that bear it.
    pub threads: u64,
    /// Threads of these with unread messages.
    pub unread: u64,
}

fn role(provider_id: &str) -> Option<&'static str> {
    Some(match provider_id {
        "INBOX" => "inbox",
        "SENT" => "sent",
        "DRAFT" => "drafts",
        "SPAM" => "spam",
        "TRASH" => "trash",
        "STARRED" => "starred",
        "IMPORTANT" => "important",
        "UNREAD" => "unread",
        id if id.starts_with("CATEGORY_") => "category",
        _ => return None,
    })
}

/// The labels of a mailbox.
pub async fn labels(ctx: &Ctx, actor: &Actor, connection: ConnectionId) -> Result<Vec<LabelView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, connection).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let counts: HashMap<String, (u64, u64)> = tx
        .labels()
        .counts(connection)
        .await?
        .into_iter()
        .map(|c| (c.provider_id, (c.threads, c.unread)))
        .collect();
    let mut out = Vec::new();
    for label in tx.labels().list(connection).await? {
        let (threads, unread) = counts.get(&label.provider_id).copied().unwrap_or_default();
        out.push(LabelView {
            id: label.id,
            name: open_label(&key, &label)?,
            role: if label.system {
                role(&label.provider_id)
            } else {
                None
            },
            color: label
                .color
                .as_deref()
                .and_then(|c| c.split_once(' '))
                .map(|(b, t)| (b.to_owned(), t.to_owned())),
            provider_id: label.provider_id,
            system: label.system,
            threads,
            unread,
        });
    }
    Ok(out)
}
