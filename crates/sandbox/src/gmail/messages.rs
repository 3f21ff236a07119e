//! `users.messages` and the profile.

use super::query::Query;
use super::render::{self, Format};
use super::{Context, Result, find, page_token, parse_id, read_page_token, strings};
use crate::faults::Twist;
use crate::mailbox::labels::{self, LabelIndex};
use crate::mailbox::{Mailbox, Slot, Stored};
use crate::wire::call::Answer;
use crate::wire::errors::ApiError;

/// `users.getProfile`.
#[expect(clippy::unnecessary_wraps, reason = "all methods have one signature")]
pub(super) fn profile(cx: &Context<'_>) -> Result<Answer> {
    let mailbox = cx.mailbox();
    let (messages, threads) = mailbox.totals();
    Ok(Answer::object(&cx.mask, |o| {
        o.string("emailAddress", &mailbox.email);
        o.number("messagesTotal", messages as u64);
        o.number("threadsTotal", threads as u64);
        o.long("historyId", mailbox.history.current());
    }))
}

/// What a listing lets through.
pub(super) struct Filter {
    passing: Vec<bool>,
    query: Option<Query>,
}

impl Filter {
    /// Reads `q`, `labelIds` and `includeSpamTrash`.
    pub(super) fn read(
        cx: &Context<'_>,
        mailbox: &Mailbox,
        forced: Option<LabelIndex>,
    ) -> Result<Self> {
        let text = cx.call.param("q").filter(|q| !q.trim().is_empty());
        if text.is_some() && cx.access.gmail.metadata_only() {
            return Err(ApiError::metadata_scope("does not support 'q' parameter"));
        }
        let query = text.map(|q| Query::parse(q, &mailbox.labels, cx.now().as_secs()));
        let ids = cx.call.params("labelIds");
        let mut wanted = mailbox.label_places(ids.iter().map(AsRef::as_ref))?;
        wanted.extend(forced);
        let hidden = [labels::TRASH, labels::SPAM];
        let open = cx.call.flag("includeSpamTrash")?
            || wanted.iter().any(|l| hidden.contains(l))
            || query.as_ref().is_some_and(|q| q.anywhere);
        let passing = mailbox.labels.passing(|set| {
            wanted.iter().all(|l| set.contains(l))
                && (open || !set.iter().any(|l| hidden.contains(l)))
        });
        Ok(Self { passing, query })
    }

    pub(super) fn passes(&self, mailbox: &Mailbox, stored: &Stored) -> bool {
        self.passing
            .get(stored.set as usize)
            .copied()
            .unwrap_or(false)
            && self
                .query
                .as_ref()
                .is_none_or(|q| q.matches(mailbox, stored))
    }

    /// How many there may be: exact for labels, Google's well-known 201 for a search that goes on.
    pub(super) fn estimate(&self, mailbox: &Mailbox, found: usize, more: bool) -> u64 {
        match (&self.query, more) {
            (_, false) => found as u64,
            (Some(_), true) => 201,
            (None, true) => mailbox
                .newest_first(None)
                .filter(|(_, m)| self.passing[m.set as usize])
                .count() as u64,
        }
    }

    /// Slots of a page, newest first, and where the next one starts.
    pub(super) fn page(
        &self,
        mailbox: &Mailbox,
        before: Option<(i64, u64)>,
        max: usize,
    ) -> (Vec<Slot>, Option<(i64, u64)>) {
        if before.is_none()
            && let Some(id) = self.query.as_ref().and_then(Query::only_message_id)
        {
            let found = mailbox.by_message_id(id).into_iter();
            let seen = found.filter(|s| {
                mailbox
                    .get(*s)
                    .is_some_and(|m| self.passing[m.set as usize])
            });
            return (seen.take(max).collect(), None);
        }
        let mut slots = Vec::with_capacity(max.min(512));
        let mut last = None;
        for (slot, stored) in mailbox.newest_first(before) {
            if self.passes(mailbox, stored) {
                if slots.len() == max {
                    return (slots, last);
                }
                slots.push(slot);
                last = Some((stored.date, stored.id));
            }
        }
        (slots, None)
    }
}

/// `users.messages.list`.
pub(super) fn list(cx: &Context<'_>) -> Result<Answer> {
    let max = cx.page_size()?;
    let before = read_page_token(cx.call)?;
    let mailbox = cx.mailbox();
    let filter = Filter::read(cx, &mailbox, None)?;
    let (slots, next) = filter.page(&mailbox, before, max);
    Ok(Answer::object(&cx.mask, |o| {
        if !slots.is_empty() {
            o.list("messages", |list| {
                for stored in slots.iter().filter_map(|s| mailbox.get(*s)) {
                    list.object(|m| {
                        m.id("id", stored.id);
                        m.id("threadId", stored.thread);
                    });
                }
            });
        }
        if let Some(place) = next {
            o.plain("nextPageToken", &page_token(place));
        }
        if o.wants("resultSizeEstimate") {
            o.number(
                "resultSizeEstimate",
                filter.estimate(&mailbox, slots.len(), next.is_some() || before.is_some()),
            );
        }
    }))
}

/// `users.messages.get`.
pub(super) fn get(cx: &Context<'_>) -> Result<Answer> {
    let format = Format::read(cx.call, cx.access.gmail.metadata_only(), true)?;
    let mailbox = cx.mailbox();
    let stored = mailbox
        .get(find(&mailbox, cx.id)?)
        .ok_or_else(ApiError::not_found)?;
    if let Some(Twist::HideNew(age)) = cx.twist {
        // the id's upper bits are the receiving time (fault G6)
        let received = tenon_model::Time::from_millis((stored.id >> 20) as i64);
        if cx.now().since(received) < *age {
            return Err(ApiError::not_found());
        }
    }
    Ok(Answer::object(&cx.mask, |o| {
        render::message(o, &mailbox, stored, &format);
    }))
}

/// `users.messages.attachments.get`.
pub(super) fn attachment(cx: &Context<'_>) -> Result<Answer> {
    let mailbox = cx.mailbox();
    let stored = mailbox
        .get(find(&mailbox, cx.id)?)
        .ok_or_else(ApiError::not_found)?;
    let bytes = mailbox.bytes(stored);
    drop(mailbox);
    let id = crate::wire::text::unescape_path(cx.part);
    let content = render::attachment(&bytes, &id)
        .ok_or_else(|| ApiError::invalid("Invalid attachment token"))?;
    Ok(Answer::object(&cx.mask, |o| {
        o.number("size", content.len() as u64);
        o.plain("data", &crate::wire::text::base64url(&content));
    }))
}

/// Label changes of a request body, as places.
pub(super) fn changes(
    mailbox: &Mailbox,
    body: &serde_json::Map<String, serde_json::Value>,
) -> Result<(Vec<LabelIndex>, Vec<LabelIndex>)> {
    let (add, remove) = (
        strings(body, "addLabelIds")?,
        strings(body, "removeLabelIds")?,
    );
    if add.len() > 100 || remove.len() > 100 {
        return Err(ApiError::invalid("Too many labels in one request."));
    }
    let (add, remove) = (mailbox.label_places(add)?, mailbox.label_places(remove)?);
    for label in add.iter().chain(&remove) {
        if [labels::SENT, labels::DRAFT].contains(label) {
            let name = mailbox.labels.get(*label).map_or("", |l| l.id.as_str());
            return Err(ApiError::invalid(&format!("Invalid label: {name}")));
        }
    }
    if let Some(both) = add.iter().find(|l| remove.contains(l)) {
        let name = mailbox.labels.get(*both).map_or("", |l| l.id.as_str());
        return Err(ApiError::invalid(&format!(
            "Cannot both add and remove the same label: {name}"
        )));
    }
    Ok((add, remove))
}

/// `users.messages.modify`.
pub(super) fn modify(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&[
        "addLabelIds",
        "removeLabelIds",
        "addClassificationLabels",
        "removeClassificationLabelIds",
    ])?;
    let mut mailbox = cx.mailbox();
    let slot = find(&mailbox, cx.id)?;
    let (add, remove) = changes(&mailbox, &body)?;
    mailbox.relabel(slot, &add, &remove, cx.now());
    let stored = mailbox.get(slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        render::short(o, &mailbox, stored);
    }))
}

fn listed(
    cx: &Context<'_>,
    body: &serde_json::Map<String, serde_json::Value>,
) -> Result<Vec<Slot>> {
    let ids = strings(body, "ids")?;
    if ids.is_empty() {
        return Err(ApiError::invalid("No message ids specified."));
    }
    if ids.len() > 1000 {
        return Err(ApiError::invalid(
            "Too many ids: at most 1000 may be specified.",
        ));
    }
    let ids: Vec<u64> = ids.into_iter().map(parse_id).collect::<Result<_>>()?;
    let mailbox = cx.mailbox();
    Ok(ids.into_iter().filter_map(|id| mailbox.find(id)).collect())
}

/// `users.messages.batchModify`; ids that are gone are passed over, as Google promises nothing about them.
pub(super) fn batch_modify(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&[
        "ids",
        "addLabelIds",
        "removeLabelIds",
        "addClassificationLabels",
        "removeClassificationLabelIds",
    ])?;
    let slots = listed(cx, &body)?;
    let mut mailbox = cx.mailbox();
    let (add, remove) = changes(&mailbox, &body)?;
    for slot in slots {
        mailbox.relabel(slot, &add, &remove, cx.now());
    }
    Ok(Answer::empty())
}

/// `users.messages.batchDelete`.
pub(super) fn batch_delete(cx: &Context<'_>) -> Result<Answer> {
    let body = cx.call.json(&["ids"])?;
    let slots = listed(cx, &body)?;
    let mut mailbox = cx.mailbox();
    for slot in slots {
        mailbox.delete(slot, cx.now());
    }
    Ok(Answer::empty())
}

/// Labels that change when something goes to the bin or comes back.
pub(super) const fn binned(into: bool) -> (&'static [LabelIndex], &'static [LabelIndex]) {
    if into {
        (&[labels::TRASH], &[labels::INBOX])
    } else {
        (&[], &[labels::TRASH])
    }
}

/// `users.messages.trash` and `untrash`.
pub(super) fn trash(cx: &Context<'_>, into: bool) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    let slot = find(&mailbox, cx.id)?;
    let (add, remove) = binned(into);
    mailbox.relabel(slot, add, remove, cx.now());
    let stored = mailbox.get(slot).ok_or_else(ApiError::not_found)?;
    Ok(Answer::object(&cx.mask, |o| {
        render::short(o, &mailbox, stored);
    }))
}

/// `users.messages.delete`.
pub(super) fn delete(cx: &Context<'_>) -> Result<Answer> {
    let mut mailbox = cx.mailbox();
    let slot = find(&mailbox, cx.id)?;
    mailbox.delete(slot, cx.now());
    Ok(Answer::empty())
}
