//! Drafts as a person works on them: opened from the mailbox, whoever began them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tenon_connectors::Reaction;
use tenon_connectors::ports::{DraftRef, MailWritePort, Priority, RawDraft};
use tenon_model::connection::AccountProfile;
use tenon_model::event::EventKind;
use tenon_model::feature::Feature;
use tenon_model::mail::normalize_address;
use tenon_model::{
    ConnectionId, DraftId, MailMergeId, MemberId, MessageId, Scope, SendId, ThreadId, Time,
    UploadId, WorkspaceId,
};
use tenon_store::{ConnectionRow, DraftRow, StoreError, Tx};

use super::address::{Checked, check_address};
use super::input::{Kind, Mailbox};
use super::mime::File;
use super::read::{Read, read};
use super::uploads::{UploadView, view as file_view};
use crate::acting::{usable, writer};
use crate::connections::view::{account, visible};
use crate::sync::SyncMailbox;
use crate::{Actor, Ctx, Error, Result};

const SOON: Duration = Duration::from_secs(5);

/// A draft.
#[derive(Clone)]
pub struct DraftView {
    /// Id.
    pub id: DraftId,
    /// In which mailbox.
    pub connection: ConnectionId,
    /// What it is.
    pub kind: Kind,
    /// The message it answers or forwards.
    pub message: Option<MessageId>,
    /// Its thread, once it is stored here.
    pub thread: Option<ThreadId>,
    /// From which address.
    pub from: Mailbox,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// `Bcc`.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// What was written.
    pub html: String,
    /// The mail it quotes.
    pub quoted_html: Option<String>,
    /// Its files.
    pub files: Vec<UploadView>,
    /// When it was last saved.
    pub saved_at: Time,
    /// Changes with every change, here or elsewhere.
    pub etag: String,
    /// The message it is on its way as: it cannot be changed then.
    pub send: Option<SendId>,
    /// The mail merge, not ended, of which it is the letter.
    pub mail_merge: Option<MailMergeId>,
}

/// A mailbox that is written in.
pub(super) struct Desk {
    pub(super) row: ConnectionRow,
    pub(super) account: AccountProfile,
    pub(super) port: Arc<dyn MailWritePort>,
}

impl Desk {
    pub(super) async fn open(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<Self> {
        Self::open_for(ctx, actor, id, Priority::Interactive).await
    }

    /// For a job, or for the person who waits for it.
    pub(super) async fn open_for(
        ctx: &Ctx,
        actor: &Actor,
        id: ConnectionId,
        priority: Priority,
    ) -> Result<Self> {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let row = visible(&mut tx, id).await?;
        usable(&row, Feature::Sending)?;
        let account = account(ctx, &mut tx, &row).await?;
        drop(tx);
        let port = writer(ctx, &row, priority).await?;
        Ok(Self { row, account, port })
    }

    /// One of the mailbox's own addresses: nobody writes under another.
    pub(super) fn from(&self, wanted: Option<&str>) -> Result<Checked> {
        let aliases = &self.account.aliases;
        let found = match wanted {
            Some(address) => {
                let address = normalize_address(address);
                let alias = aliases
                    .iter()
                    .find(|a| normalize_address(&a.address) == address);
                if alias.is_none() && normalize_address(&self.account.address) != address {
                    return Err(Error::field(
                        "from",
                        "is not one of the addresses of this mailbox",
                    ));
                }
                alias
            }
            None => aliases.iter().find(|a| a.is_default).or(aliases.first()),
        };
        let (name, address) = found.map_or((&self.account.name, &self.account.address), |a| {
            let name = if a.name.is_empty() {
                &self.account.name
            } else {
                &a.name
            };
            (name, &a.address)
        });
        Ok(Checked {
            name: name.chars().filter(|c| !c.is_control()).collect(),
            address: check_address(address).map_err(|e| Error::field("from", e))?,
        })
    }
}

/// The row of a draft that is there.
pub(super) async fn own(tx: &mut Tx, id: DraftId) -> Result<DraftRow> {
    let row = tx.drafts().get(id).await?.ok_or(Error::NotFound("draft"))?;
    if row.state == "gone" {
        return Err(Error::DraftGone);
    }
    Ok(row)
}

/// A draft that may be changed now.
pub(super) async fn changeable(ctx: &Ctx, actor: &Actor, id: DraftId) -> Result<DraftRow> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    not_sending(&mut tx, id).await?;
    Ok(row)
}

/// Refuses a draft that is on its way out.
pub(super) async fn not_sending(tx: &mut Tx, id: DraftId) -> Result<()> {
    match tx.sends().of_draft(id).await? {
        Some(_) => Err(Error::DraftSending),
        None => Ok(()),
    }
}

/// The provider no longer has it.
pub(super) async fn gone(ctx: &Ctx, scope: &Scope, row: &DraftRow) -> Result<()> {
    let mut tx = ctx.store.begin(scope).await?;
    tx.drafts().gone(row.id).await?;
    announce(ctx, &mut tx, row).await?;
    tx.commit().await?;
    Ok(())
}

/// Tells pages, and has the mailbox looked at: the draft's message has changed.
pub(super) async fn announce(ctx: &Ctx, tx: &mut Tx, row: &DraftRow) -> Result<()> {
    let (member, workspace) = (row.member_id, row.workspace_id);
    announce_in(ctx, tx, member, workspace, row.connection_id).await
}

/// The same for drafts of a mailbox that need not have rows.
pub(super) async fn announce_in(
    ctx: &Ctx,
    tx: &mut Tx,
    member: MemberId,
    workspace: WorkspaceId,
    connection: ConnectionId,
) -> Result<()> {
    tx.events()
        .append(
            EventKind::DraftsChanged,
            Some(member),
            connection.to_string(),
        )
        .await?;
    let sync = SyncMailbox {
        workspace,
        connection,
    };
    tenon_jobs::enqueue(tx, &sync, ctx.world.now()).await?;
    Ok(())
}

pub(super) fn etag(at: &DraftRef) -> String {
    format!("\"{}\"", at.message_id)
}

/// Reads the draft from the provider.
pub(super) async fn fetch(
    ctx: &Ctx,
    actor: &Actor,
    desk: &Desk,
    row: &DraftRow,
) -> Result<(RawDraft, Read)> {
    let Some(provider_id) = &row.provider_id else {
        return Err(Error::OutcomeUnknown(SOON));
    };
    match desk.port.raw_draft(provider_id).await {
        Ok(raw) => {
            let read = read(&raw.bytes, provider_id)?;
            Ok((raw, read))
        }
        Err(e) if e.reaction == Reaction::Skip => {
            gone(ctx, &actor.scope(), row).await?;
            Err(Error::DraftGone)
        }
        Err(e) => Err(e.into()),
    }
}

pub(super) async fn view(
    ctx: &Ctx,
    actor: &Actor,
    row: &DraftRow,
    at: &DraftRef,
    read: Read,
    fallback: Checked,
) -> Result<DraftView> {
    if !read.editable {
        return Err(Error::DraftNotEditable); // an empty text would be saved over it
    }
    let now = ctx.world.monotonic();
    for file in &read.files {
        ctx.uploads.remember(actor.member, file, now);
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let thread = tx
        .threads()
        .by_provider_id(row.connection_id, &at.thread_id)
        .await?;
    let sending = tx.sends().of_draft(row.id).await?;
    let merge = tx.mail_merges().of_draft(row.id).await?;
    Ok(DraftView {
        id: row.id,
        connection: row.connection_id,
        kind: Kind::parse(&row.kind),
        message: row.source,
        thread,
        from: read.from.unwrap_or(Mailbox {
            name: fallback.name,
            address: fallback.address,
        }),
        to: read.to,
        cc: read.cc,
        bcc: read.bcc,
        subject: read.subject,
        html: read.html,
        quoted_html: read.quoted_html,
        files: read.files.iter().map(file_view).collect(),
        saved_at: row.saved_at.unwrap_or(row.created_at),
        etag: etag(at),
        send: sending.map(|s| s.id),
        mail_merge: merge.map(|m| m.id),
    })
}

/// A draft as it is at the provider.
pub async fn draft(ctx: &Ctx, actor: &Actor, id: DraftId) -> Result<DraftView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    drop(tx);
    let desk = Desk::open(ctx, actor, row.connection_id).await?;
    let (raw, read) = fetch(ctx, actor, &desk, &row).await?;
    if row.provider_message_id.as_deref() != Some(&raw.at.message_id) {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        tx.drafts().moved(id, &raw.at.message_id).await?;
        tx.commit().await?;
    }
    view(ctx, actor, &row, &raw.at, read, desk.from(None)?).await
}

/// A file of a draft.
pub async fn draft_attachment(
    ctx: &Ctx,
    actor: &Actor,
    id: DraftId,
    file: UploadId,
) -> Result<(UploadView, Bytes)> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = own(&mut tx, id).await?;
    drop(tx);
    let now = ctx.world.monotonic();
    if let Some(found) = ctx.uploads.get(actor.member, file, now) {
        return Ok((file_view(&found), found.bytes));
    }
    let desk = Desk::open(ctx, actor, row.connection_id).await?;
    let (_, read) = fetch(ctx, actor, &desk, &row).await?;
    let is_it = |f: &File| f.id == file;
    let found = read
        .files
        .into_iter()
        .find(is_it)
        .ok_or(Error::AttachmentGone)?;
    Ok((file_view(&found), found.bytes))
}

/// The row of a draft that was made here, but whose answer was lost: the draft names it.
async fn made_here(
    tx: &mut Tx,
    connection: ConnectionId,
    mark: Option<&str>,
) -> Result<Option<DraftRow>> {
    let Some(id) = mark.and_then(|mark| mark.parse().ok()) else {
        return Ok(None);
    };
    let row = tx.drafts().get(id).await?;
    Ok(row.filter(|row| row.connection_id == connection && row.state == "creating"))
}

/// The draft that holds a message of the mailbox, whoever began it.
pub async fn open_draft(ctx: &Ctx, actor: &Actor, message: MessageId) -> Result<DraftView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let facts = tx
        .messages()
        .get(message)
        .await?
        .ok_or(Error::NotFound("message"))?;
    if !facts.labels.iter().any(|l| l == "DRAFT") {
        return Err(Error::NotFound("draft"));
    }
    let connection = facts.connection_id;
    let known = tx
        .drafts()
        .by_message(connection, &facts.provider_id)
        .await?;
    drop(tx);
    if let Some(known) = known {
        return draft(ctx, actor, known.id).await;
    }
    let desk = Desk::open(ctx, actor, connection).await?;
    let listed = desk.port.drafts(500).await?;
    let at = listed
        .into_iter()
        .find(|d| d.message_id == facts.provider_id)
        .ok_or(Error::DraftGone)?;
    let raw = desk.port.raw_draft(&at.draft_id).await?;
    let read = read(&raw.bytes, &at.draft_id)?;
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let made_here = made_here(&mut tx, connection, read.mark.as_deref()).await?;
    let known = tx.drafts().by_provider_id(connection, &at.draft_id).await?;
    let row = match (known, made_here) {
        (Some(row), _) => {
            tx.drafts().moved(row.id, &raw.at.message_id).await?;
            row
        }
        (None, Some(mut row)) => {
            tx.drafts()
                .saved(row.id, &at.draft_id, &raw.at.message_id, now)
                .await?;
            row.provider_id = Some(at.draft_id.clone());
            row
        }
        (None, None) => {
            let kind = if read.answers.to.is_some() {
                Kind::Reply
            } else {
                Kind::New
            };
            let row = DraftRow {
                id: ctx.world.id(),
                workspace_id: actor.workspace,
                member_id: actor.member,
                connection_id: connection,
                provider_id: Some(at.draft_id.clone()),
                provider_message_id: Some(raw.at.message_id.clone()),
                kind: kind.as_str().to_owned(),
                source: None,
                state: "open".to_owned(),
                repeat_key: None,
                request_hash: None,
                created_at: now,
                saved_at: Some(facts.received_at),
                look_at: None,
            };
            match tx.drafts().insert(&row).await {
                // Opened twice at the same moment: the other one has made its row.
                Err(StoreError::Duplicate) => {
                    drop(tx);
                    return opened(ctx, actor, connection, &at.draft_id).await;
                }
                other => other?,
            }
            row
        }
    };
    tx.commit().await?;
    view(ctx, actor, &row, &raw.at, read, desk.from(None)?).await
}

/// A draft that is known by the provider's id.
async fn opened(
    ctx: &Ctx,
    actor: &Actor,
    connection: ConnectionId,
    provider_id: &str,
) -> Result<DraftView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx.drafts().by_provider_id(connection, provider_id).await?;
    drop(tx);
    draft(ctx, actor, row.ok_or(Error::DraftGone)?.id).await
}
