//! Making, renaming, colouring and deleting labels. The provider's list is the truth: after each
//! change it is read again.

use std::time::Duration;

use tenon_connectors::Reaction;
use tenon_connectors::ports::{MailWritePort, Priority, WriteError};
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, LabelId};
use tenon_store::{ConnectionRow, LabelRow};

use super::gate::{usable, writer};
use super::palette::COLORS;
use crate::connections::view::visible;
use crate::mail::{LabelView, labels};
use crate::sync::{open_label, store_labels, take_off, take_off_vanished};
use crate::{Actor, Ctx, Error, Result};

/// Gmail's own names, in any letter case.
const TAKEN: &[&str] = &[
    "inbox",
    "sent",
    "drafts",
    "draft",
    "spam",
    "trash",
    "starred",
    "important",
    "unread",
    "chat",
    "chats",
    "scheduled",
    "snoozed",
    "all mail",
    "bin",
    "archive",
    "muted",
];
const LONGEST: usize = 225;
const SOON: Duration = Duration::from_secs(5);

/// What changes on a label; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct LabelChange {
    /// Name, nested by `/`.
    pub name: Option<String>,
    /// Background and text; `Some(None)` takes the colour away.
    pub color: Option<Option<(String, String)>>,
}

fn check_name(name: &str, field: &str) -> Result<String> {
    let name = name.trim();
    let problem = if name.is_empty() || name.split('/').any(|level| level.trim().is_empty()) {
        "must have at least one character at each level"
    } else if name.chars().count() > LONGEST {
        "must have at most 225 characters"
    } else if name.chars().any(char::is_control) {
        "must be plain text"
    } else if TAKEN.contains(&name.to_lowercase().as_str()) {
        "is a name of the provider's own"
    } else {
        return Ok(name.to_owned());
    };
    Err(Error::field(field, problem))
}

fn check_color(color: Option<&(String, String)>) -> Result<()> {
    match color {
        Some((background, text))
            if !COLORS.contains(&background.as_str()) || !COLORS.contains(&text.as_str()) =>
        {
            Err(Error::field(
                "color",
                "must be two colours that the provider offers for labels",
            ))
        }
        _ => Ok(()),
    }
}

fn pair(color: Option<&(String, String)>) -> Option<(&str, &str)> {
    color.map(|(b, t)| (b.as_str(), t.as_str()))
}

fn refused(e: WriteError) -> Error {
    match e {
        WriteError::Refused(e) if e.code == "label_exists" => Error::LabelExists,
        WriteError::Refused(e) if e.code == "not_found" => Error::NotFound("label"),
        WriteError::Refused(e) if e.reaction == Reaction::Skip => Error::ProviderRefused,
        WriteError::Refused(e) => e.into(),
        WriteError::Unknown(_) => Error::OutcomeUnknown(SOON),
    }
}

/// Makes a label.
pub async fn create_label(
    ctx: &Ctx,
    actor: &Actor,
    connection: ConnectionId,
    name: &str,
    color: Option<(String, String)>,
) -> Result<LabelView> {
    let name = check_name(name, "name")?;
    check_color(color.as_ref())?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, connection).await?;
    drop(tx);
    usable(&row, Feature::Organizing)?;
    let port = writer(ctx, &row, Priority::Interactive).await?;
    let made = port.create_label(&name, pair(color.as_ref())).await;
    // When the answer is lost, the list tells whether the label was made.
    let doubt = matches!(made, Err(WriteError::Unknown(_)));
    if !doubt {
        made.map_err(refused)?;
    }
    refresh(ctx, actor, &row).await?;
    let all = labels(ctx, actor, connection).await?;
    match all.into_iter().find(|l| !l.system && l.name == name) {
        Some(label) => Ok(label),
        None => Err(Error::OutcomeUnknown(SOON)),
    }
}

/// Renames or colours a label. The labels below it are renamed with it.
pub async fn update_label(
    ctx: &Ctx,
    actor: &Actor,
    id: LabelId,
    change: LabelChange,
) -> Result<LabelView> {
    let name = change
        .name
        .as_deref()
        .map(|n| check_name(n, "name"))
        .transpose()?;
    check_color(change.color.as_ref().and_then(Option::as_ref))?;
    let (row, label, port) = open(ctx, actor, id).await?;
    if name.is_some() || change.color.is_some() {
        let color = change.color.as_ref().map(|c| pair(c.as_ref()));
        rename(
            ctx,
            actor,
            &row,
            &label,
            port.as_ref(),
            name.as_deref(),
            color,
        )
        .await?;
    }
    let all = labels(ctx, actor, row.id).await?;
    all.into_iter()
        .find(|l| l.id == id)
        .ok_or(Error::NotFound("label"))
}

#[expect(
    clippy::option_option,
    reason = "left as it is, taken away, or another"
)]
async fn rename(
    ctx: &Ctx,
    actor: &Actor,
    row: &ConnectionRow,
    label: &LabelRow,
    port: &dyn MailWritePort,
    name: Option<&str>,
    color: Option<Option<(&str, &str)>>,
) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let old = open_label(&key, label)?;
    let mut below = Vec::new();
    if let Some(new) = name.filter(|n| *n != old) {
        for child in tx.labels().list(row.id).await? {
            let child_name = open_label(&key, &child)?;
            if let Some(rest) = child_name.strip_prefix(&format!("{old}/"))
                && !child.system
            {
                let new = check_name(&format!("{new}/{rest}"), "name")?;
                below.push((child.provider_id, new));
            }
        }
    }
    drop(tx);
    let mut outcome = port.update_label(&label.provider_id, name, color).await;
    for (id, name) in below {
        if outcome.is_err() {
            break;
        }
        outcome = port.update_label(&id, Some(&name), None).await;
    }
    // Whatever came of it, the list shows how it stands.
    let refreshed = refresh(ctx, actor, row).await;
    outcome.map_err(refused)?;
    refreshed
}

/// Deletes a label; its messages stay.
pub async fn delete_label(ctx: &Ctx, actor: &Actor, id: LabelId) -> Result<()> {
    let (row, label, port) = open(ctx, actor, id).await?;
    match port.delete_label(&label.provider_id).await {
        // Gone already is what was wanted.
        Err(WriteError::Refused(e)) if e.code == "not_found" => {}
        other => other.map_err(refused)?,
    }
    take_off(ctx, &actor.scope(), &row, &label.provider_id).await?;
    refresh(ctx, actor, &row).await
}

/// A label of the member's own that may be changed, with its mailbox.
async fn open(
    ctx: &Ctx,
    actor: &Actor,
    id: LabelId,
) -> Result<(ConnectionRow, LabelRow, std::sync::Arc<dyn MailWritePort>)> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let label = tx.labels().get(id).await?.ok_or(Error::NotFound("label"))?;
    let row = visible(&mut tx, label.connection_id).await?;
    drop(tx);
    if label.system {
        return Err(Error::LabelIsSystem);
    }
    usable(&row, Feature::Organizing)?;
    let port = writer(ctx, &row, Priority::Interactive).await?;
    Ok((row, label, port))
}

/// Reads the labels again and stores them.
async fn refresh(ctx: &Ctx, actor: &Actor, row: &ConnectionRow) -> Result<()> {
    let port = ctx.mail_port(row, Priority::Interactive).await?;
    let listed = port.labels().await?;
    take_off_vanished(ctx, &actor.scope(), row, &listed).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    store_labels(ctx, &mut tx, row, &listed).await?;
    for kind in [EventKind::LabelsChanged, EventKind::ThreadsChanged] {
        tx.events()
            .append(kind, Some(row.member_id), row.id.to_string())
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_before_the_provider_is_asked() {
        for (name, wanted) in [
            ("Clients", Some("Clients")),
            ("  Clients / Acme ", Some("Clients / Acme")),
            ("Été 2026", Some("Été 2026")),
            ("", None),
            ("/", None),
            ("a//b", None),
            ("a\r\nX: y", None),
            ("INBOX", None),
            ("Sent", None),
            (&"é".repeat(225), Some(&*"é".repeat(225))),
            (&"é".repeat(226), None),
        ] {
            assert_eq!(check_name(name, "name").ok().as_deref(), wanted, "{name:?}");
        }
    }

    #[test]
    fn only_the_providers_colours_are_taken() {
        let color = |b: &str, t: &str| check_color(Some(&(b.into(), t.into()))).is_ok();
        assert!(color("#16a765", "#ffffff"));
        assert!(!color("#123456", "#ffffff"));
        assert!(!color("#16a765", "red"));
        assert!(check_color(None).is_ok());
    }
}
