//! A letter to many: a draft whose text has variables, from which a message is written to each. What is written lies in
//! the mailbox as a draft of its own before it goes, like everything that the outbox sends.

use std::time::Duration;

use bytes::Bytes;
use tenon_connectors::ports::{DraftRef, Priority, WriteError};
use tenon_model::mail::{Address, normalize_address};
use tenon_model::outbox::Event;
use tenon_model::policy::Locale;
use tenon_model::template::{Filled, Template};
use tenon_model::{DraftId, RecipientId, SendId};
use tenon_store::{DraftRow, Tx};

use super::HEADER;
use super::address::{Checked, check_address};
use super::drafts::{Desk, etag, fetch, own};
use super::input::{Content, Kind};
use super::mime::{Answers, Parts, build};
use super::outbox::{Envelope, enqueue, message, refusal};
use super::read::Read;
use super::sweep::FIRST_LOOK;
use super::turn::Turn;
use crate::mail::html::outgoing;
use crate::{Actor, Ctx, Error, Repeat, Result};

/// Characters of a name in a header.
const NAME: usize = 200;

/// To whom a message is written.
#[derive(Clone)]
pub(crate) struct Addressee(Checked);

impl Addressee {
    /// Somebody with this address, if mail can go to it. The name is made fit for a header.
    pub(crate) fn new(name: &str, address: &str) -> std::result::Result<Self, &'static str> {
        let plain: String = name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        Ok(Self(Checked {
            name: words.join(" ").chars().take(NAME).collect(),
            address: check_address(address)?,
        }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    /// The form by which addresses are compared.
    pub(crate) fn normal(&self) -> String {
        normalize_address(&self.0.address)
    }
}

/// A letter, as it is in the mailbox now.
pub(crate) struct Letter {
    desk: Desk,
    from: Checked,
    read: Read,
    etag: String,
}

impl Letter {
    /// Reads it from the mailbox; a job leaves people the provider's quota.
    pub(crate) async fn open(
        ctx: &Ctx,
        actor: &Actor,
        id: DraftId,
        priority: Priority,
    ) -> Result<Self> {
        let mut tx = ctx.store.read(&actor.scope()).await?;
        let row = own(&mut tx, id).await?;
        drop(tx);
        let desk = Desk::open_for(ctx, actor, row.connection_id, priority).await?;
        let (raw, read) = fetch(ctx, actor, &desk, &row).await?;
        if !read.editable {
            return Err(Error::DraftNotEditable);
        }
        let from = read.from.as_ref().map(|m| m.address.as_str());
        let from = desk.from(from)?;
        ctx.keys.warm(&actor.scope(), desk.row.key_id).await?;
        Ok(Self {
            from,
            etag: etag(&raw.at),
            desk,
            read,
        })
    }

    /// Another one when it was changed.
    pub(crate) fn etag(&self) -> &str {
        &self.etag
    }

    /// Whether it names somebody itself, who would get it as often as there are people in the list.
    pub(crate) fn names_somebody(&self) -> bool {
        let Read { to, cc, bcc, .. } = &self.read;
        !(to.is_empty() && cc.is_empty() && bcc.is_empty())
    }

    /// What is filled in, the mail it quotes among it.
    pub(crate) fn template(&self) -> Template {
        let quoted = self.read.quoted_html.as_deref().unwrap_or_default();
        Template {
            subject: self.read.subject.clone(),
            html: format!("{}{quoted}", self.read.html),
        }
    }

    /// The one who writes.
    pub(crate) fn sender(&self) -> Addressee {
        Addressee(self.from.clone())
    }

    /// Names of its files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        let files = self.read.files.iter().filter(|f| !f.inline);
        files.map(|f| f.name.as_str())
    }

    /// What was filled in, as it may go: a value can make an address of a link that must not be one.
    pub(crate) fn cleaned(filled: Filled) -> Result<Filled> {
        let html = outgoing::clean(&filled.html);
        let html = html.ok_or_else(|| Error::field("html", "is too long or too deeply nested"))?;
        Ok(Filled { html, ..filled })
    }

    /// A message with its way out as people see it, under what was written.
    pub(crate) fn with_way_out(mut filled: Filled, locale: Locale, page: &str) -> Filled {
        let (before, link) = match locale {
            Locale::En => ("If you do not want such messages any more:", "unsubscribe"),
            Locale::Fr => (
                "Si vous ne souhaitez plus recevoir de tels messages :",
                "se désinscrire",
            ),
        };
        let line = format!(
            "<p style=\"color:#6b6b6b;font-size:12px\">{before} <a href=\"{page}\">{link}</a></p>"
        );
        filled.html += &line;
        filled
    }

    fn bytes(
        &self,
        ctx: &Ctx,
        id: DraftId,
        to: &Addressee,
        filled: &Filled,
        unsubscribe: Option<&str>,
    ) -> Result<Bytes> {
        let content = Content {
            to: vec![to.0.clone()],
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: filled.subject.clone(),
            html: filled.html.clone(),
            quoted_html: None,
        };
        build(&Parts {
            id,
            from: &self.from,
            content: &content,
            answers: &Answers::default(),
            files: &self.read.files,
            at: ctx.world.now(),
            unsubscribe,
        })
    }

    /// Puts the message to somebody into the mailbox as the draft `id`. With the same id it can be done again after a
    /// lost answer or a crash: one that is there already is written over. `unsubscribe` is the page of its way out.
    pub(crate) async fn write(
        &self,
        ctx: &Ctx,
        actor: &Actor,
        id: DraftId,
        to: &Addressee,
        filled: Filled,
        unsubscribe: Option<&str>,
    ) -> Result<Written> {
        let mut filled = Self::cleaned(filled)?;
        if let Some(page) = unsubscribe {
            filled = Self::with_way_out(filled, actor.locale, page);
        }
        let bytes = self.bytes(ctx, id, to, &filled, unsubscribe)?;
        let now = ctx.world.now();
        let row = DraftRow {
            id,
            workspace_id: actor.workspace,
            member_id: actor.member,
            connection_id: self.desk.row.id,
            provider_id: None,
            provider_message_id: None,
            kind: Kind::New.as_str().to_owned(),
            source: None,
            state: "creating".to_owned(),
            repeat_key: None,
            request_hash: None,
            created_at: now,
            saved_at: None,
            look_at: Some(now + FIRST_LOOK),
        };
        let (turn, made) = if let Some(turn) = Turn::first(ctx, &actor.scope(), &row).await? {
            let made = self.desk.port.create_draft(bytes, None).await;
            (turn, made)
        } else {
            let turn = Turn::take(ctx, &actor.scope(), id).await?;
            let made = self.write_again(id, bytes).await;
            (turn, made)
        };
        match made {
            Ok(at) => Ok(Written::There(Box::new(Post {
                draft: row,
                at,
                turn,
                to: to.clone(),
                subject: filled.subject,
            }))),
            Err(WriteError::Unknown(_)) => {
                turn.end().await;
                Ok(Written::Unknown)
            }
            Err(WriteError::Refused(e)) => {
                turn.end().await;
                Ok(match refusal(&e) {
                    (Event::RefusedForNow, _, wait) => Written::Later(wait),
                    (_, reason, _) => Written::Refused(reason),
                })
            }
        }
    }

    /// The answer to the first try was lost: it may be there.
    async fn write_again(
        &self,
        id: DraftId,
        bytes: Bytes,
    ) -> std::result::Result<DraftRef, WriteError> {
        let port = &self.desk.port;
        let found = port.drafts_with_header(HEADER, &id.to_string(), 1).await;
        match found.map_err(WriteError::Refused)?.first() {
            Some(at) => port.update_draft(&at.draft_id, bytes, None).await,
            None => port.create_draft(bytes, None).await,
        }
    }

    /// Discards the draft of a message that will not go; one that is not there is what is wanted.
    pub(crate) async fn take_away(ctx: &Ctx, actor: &Actor, id: DraftId) -> Result<()> {
        match super::discard(ctx, actor, id).await {
            Ok(()) | Err(Error::NotFound(_) | Error::DraftGone) => Ok(()),
            Err(e) => Err(e),
        }
    }
}

/// How writing a message to somebody ended.
pub(crate) enum Written {
    /// Its draft is in the mailbox.
    There(Box<Post>),
    /// The provider does not take it: a stable code.
    Refused(String),
    /// The provider does not take it now.
    Later(Duration),
    /// The answer was lost.
    Unknown,
}

/// A message whose draft is in the mailbox.
pub(crate) struct Post {
    draft: DraftRow,
    at: DraftRef,
    turn: Turn,
    to: Addressee,
    subject: String,
}

impl Post {
    /// Puts it into the outbox, to go at once.
    pub(crate) async fn hand_over(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        letter: &Letter,
        id: SendId,
        recipient: Option<RecipientId>,
        repeat: Option<Repeat>,
    ) -> Result<()> {
        let now = ctx.world.now();
        let (draft, at) = (&self.draft, &self.at);
        tx.drafts()
            .saved(draft.id, &at.draft_id, &at.message_id, now)
            .await?;
        // Of a first turn there can be no other copy.
        if self.turn.number() == 1 {
            tx.drafts().single(draft.id, 1).await?;
        }
        let envelope = Envelope {
            to: vec![Address {
                name: self.to.name().to_owned(),
                address: self.to.address().to_owned(),
            }],
            subject: self.subject.clone(),
            ..Envelope::default()
        };
        let sealed = envelope.seal(ctx, tx, letter.desk.row.key_id, id).await?;
        let mut row = message(id, draft, at.draft_id.clone(), sealed, now);
        row.recipient_id = recipient;
        row.repeat_key = repeat.map(|r| r.key);
        row.request_hash = repeat.map(|r| r.request);
        tx.sends().insert(&row).await?;
        enqueue(tx, &row).await
    }

    /// Others may change the draft again.
    pub(crate) async fn end(self) {
        self.turn.end().await;
    }
}
