//! One search: asked of every mailbox at once, answered as one list of conversations.

use std::collections::{BTreeMap, HashMap, HashSet};

use tenon_connectors::ports::{ListPage, MessageRef, Priority, Wanted};
use tenon_model::connection::{ConnectionStatus, FeatureState, feature_state};
use tenon_model::feature::Feature;
use tenon_model::mail::RemoteMessage;
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, LabelId, ThreadId, Time};
use tenon_store::{ConnectionRow, MessageRow, ThreadRow, Tx};

use super::names::{Resolved, only_address, resolve};
use super::page::Mark;
use crate::connections::view::visible;
use crate::mail::{AddressView, Reader, ThreadView};
use crate::{Actor, Ctx, Error, Result};

/// Longer queries than Gmail's own box takes.
const LONGEST: usize = 2_000;
/// Messages of a list row that are looked at.
const HEADS: u32 = 5;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct SearchInput {
    /// In the provider's language; names may stand for addresses.
    pub query: String,
    /// In one mailbox; in all of one's own when left out.
    pub connection: Option<ConnectionId>,
    /// How many messages of each mailbox a page looks at, 1 to 50.
    pub limit: u32,
    /// From the last page's `next`.
    pub after: Option<String>,
}

/// A conversation that was found.
#[derive(Clone)]
pub struct FoundView {
    /// Whose mailbox.
    pub connection: ConnectionId,
    /// Its id, when all that was found of it is stored; else it is fetched when it is opened.
    pub thread: Option<ThreadId>,
    /// The provider's id, to open it by.
    pub provider_thread_id: String,
    /// Subject.
    pub subject: String,
    /// Who wrote.
    pub participants: Vec<AddressView>,
    /// Newest message that is known.
    pub last_at: Time,
    /// Messages that are known.
    pub message_count: u64,
    /// Unread ones of these.
    pub unread_count: u64,
    /// Whether one is starred.
    pub starred: bool,
    /// Whether one has attachments.
    pub has_attachments: bool,
    /// Labels that are known.
    pub labels: Vec<LabelId>,
}

/// A mailbox that gave no answer.
#[derive(Debug, Clone)]
pub struct Unanswered {
    /// Which.
    pub connection: ConnectionId,
    /// Why, as a code.
    pub reason: String,
    /// The same in plain words.
    pub reason_text: &'static str,
}

/// What was found.
#[derive(Clone)]
pub struct Searched {
    /// Conversations, newest first.
    pub items: Vec<FoundView>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Names that were understood as addresses.
    pub resolved: Vec<Resolved>,
    /// Mailboxes whose provider could not be asked; of these only the index of addresses was.
    pub unanswered: Vec<Unanswered>,
}

/// Looks for mail.
pub async fn search(ctx: &Ctx, actor: &Actor, input: SearchInput) -> Result<Searched> {
    let text = input.query.trim();
    if text.is_empty() || text.len() > LONGEST || text.contains('\0') {
        return Err(Error::field("query", "must have 1 to 2,000 characters"));
    }
    let mark = input.after.as_deref().map(Mark::decode).transpose()?;
    if mark.as_ref().is_some_and(|m| m.query.len() > 2 * LONGEST) {
        return Err(Error::field("after", "is not a page of a search"));
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = match input.connection {
        Some(id) => vec![visible(&mut tx, id).await?],
        None => tx.connections().list().await?,
    };
    let (query, resolved) = match &mark {
        Some(mark) => (mark.query.clone(), Vec::new()),
        None => resolve(ctx, &mut tx, &rows, text).await?,
    };
    drop(tx);
    let first = mark.is_none();
    let pages: Option<HashMap<ConnectionId, String>> = mark.map(|m| m.pages.into_iter().collect());
    let asked = rows
        .iter()
        .filter(|row| pages.as_ref().is_none_or(|p| p.contains_key(&row.id)))
        .map(|row| {
            let page = pages.as_ref().and_then(|p| p.get(&row.id));
            let (query, limit) = (&query, input.limit.clamp(1, 50));
            async move {
                (
                    row,
                    ask(ctx, row, query, page.map(String::as_str), limit).await,
                )
            }
        });
    let mut out = Searched {
        items: Vec::new(),
        next: None,
        resolved,
        unanswered: Vec::new(),
    };
    let mut next = Vec::new();
    for (row, answer) in futures::future::join_all(asked).await {
        match answer {
            Ok(answer) => {
                next.extend(answer.next.clone().map(|token| (row.id, token)));
                match show(ctx, actor, row, answer).await {
                    Ok(items) => out.items.extend(items),
                    Err(Error::NotFound(_)) => {} // disconnected meanwhile
                    Err(error) => return Err(error),
                }
            }
            Err(error) => {
                // It is asked for the same page again with the next one of the others.
                let page = pages.as_ref().and_then(|p| p.get(&row.id));
                next.extend(page.map(|token| (row.id, token.clone())));
                if let Some(reason) = not_asked(&error) {
                    out.unanswered.push(Unanswered {
                        connection: row.id,
                        reason: reason.to_owned(),
                        reason_text: reason_text(reason, actor.locale),
                    });
                }
                // The index of addresses knows something even so.
                if let (true, Some(address)) = (first, only_address(text)) {
                    out.items
                        .extend(by_address(ctx, actor, row, &address).await?);
                }
            }
        }
    }
    out.items
        .sort_by_key(|found| std::cmp::Reverse(found.last_at));
    out.next = Mark { query, pages: next }.encode();
    Ok(out)
}

/// The word for a mailbox that could not be asked; `None` for one that has no mail at all.
fn not_asked(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::NotFound(_) => return None,
        Error::Paused => "paused",
        Error::NeedsReauthorization => "scope_missing",
        Error::Quota(_) => "quota",
        _ => "provider_unavailable",
    })
}

struct Answer {
    refs: Vec<MessageRef>,
    next: Option<String>,
    /// Messages that are not stored.
    fetched: Vec<RemoteMessage>,
}

/// Asks one mailbox's provider, and fetches what is not stored.
async fn ask(
    ctx: &Ctx,
    row: &ConnectionRow,
    query: &str,
    page: Option<&str>,
    limit: u32,
) -> Result<Answer> {
    if !row.features.contains(&Feature::Mail) {
        return Err(Error::NotFound("mailbox"));
    }
    if row.status == ConnectionStatus::Paused {
        return Err(Error::Paused);
    }
    if feature_state(Feature::Mail, &row.features, &row.scopes, row.status) != FeatureState::On {
        return Err(Error::NeedsReauthorization);
    }
    let port = ctx.mail_port(row, Priority::Interactive).await?;
    let ListPage { refs, next } = port.search(query, page, limit).await?;
    let ids: Vec<String> = refs.iter().map(|r| r.provider_id.clone()).collect();
    let mut tx = ctx
        .store
        .read(&tenon_model::Scope::job(row.workspace_id))
        .await?;
    let known = tx.messages().known(row.id, &ids).await?;
    drop(tx);
    let wanted: Vec<Wanted> = ids
        .into_iter()
        .filter(|id| !known.contains_key(id))
        .map(Wanted::Message)
        .collect();
    let mut fetched = Vec::new();
    if !wanted.is_empty() {
        // One that is gone or unreadable is left out; the others are found all the same.
        for item in port.fetch(wanted).await? {
            fetched.extend(item.result.into_iter().flatten().flatten());
        }
    }
    Ok(Answer {
        refs,
        next,
        fetched,
    })
}

/// Conversations of an answer: stored ones as lists show them, others from what was fetched.
async fn show(
    ctx: &Ctx,
    actor: &Actor,
    row: &ConnectionRow,
    answer: Answer,
) -> Result<Vec<FoundView>> {
    let mut order: Vec<String> = Vec::new();
    let mut seen = HashSet::new();
    for r in &answer.refs {
        if seen.insert(&r.thread_id) {
            order.push(r.thread_id.clone());
        }
    }
    let mut fetched: BTreeMap<&str, Vec<&RemoteMessage>> = BTreeMap::new();
    for message in &answer.fetched {
        fetched.entry(&message.thread_id).or_default().push(message);
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let reader = Reader::open(ctx, &mut tx, row.id).await?;
    let stored = tx.threads().by_provider_ids(row.id, &order).await?;
    let mut stored = list_rows(&mut tx, &reader, stored).await?;
    let mut out = Vec::new();
    for id in order {
        let whole = !fetched.contains_key(id.as_str());
        match (stored.remove(&id), fetched.get(id.as_str())) {
            (Some(view), _) => out.push(of_stored(view, id, whole)),
            (None, Some(messages)) => out.extend(of_fetched(row.id, &reader, id, messages)),
            (None, None) => {} // gone, or unreadable
        }
    }
    Ok(out)
}

/// Stored conversations as lists show them, by the provider's id.
async fn list_rows(
    tx: &mut Tx,
    reader: &Reader,
    threads: Vec<ThreadRow>,
) -> Result<HashMap<String, ThreadView>> {
    let ids: Vec<ThreadId> = threads.iter().map(|t| t.id).collect();
    let mut heads: HashMap<ThreadId, Vec<MessageRow>> = HashMap::new();
    for (thread, message) in tx.threads().heads(&ids, HEADS).await? {
        heads.entry(thread).or_default().push(message);
    }
    threads
        .into_iter()
        .map(|row| {
            let view = reader.thread(&row, heads.entry(row.id).or_default())?;
            Ok((row.provider_thread_id, view))
        })
        .collect()
}

fn of_stored(view: ThreadView, provider_thread_id: String, whole: bool) -> FoundView {
    FoundView {
        connection: view.connection,
        thread: whole.then_some(view.id),
        provider_thread_id,
        subject: view.subject,
        participants: view.participants,
        last_at: view.last_at,
        message_count: view.message_count,
        unread_count: view.unread_count,
        starred: view.starred,
        has_attachments: view.has_attachments,
        labels: view.labels,
    }
}

fn of_fetched(
    connection: ConnectionId,
    reader: &Reader,
    provider_thread_id: String,
    messages: &[&RemoteMessage],
) -> Option<FoundView> {
    let mut messages = messages.to_vec();
    messages.sort_by_key(|m| m.received_at);
    let has = |message: &RemoteMessage, label: &str| message.labels.iter().any(|l| l == label);
    let mut participants: Vec<AddressView> = Vec::new();
    for address in messages.iter().flat_map(|m| &m.envelope.from) {
        let view = reader.address(address);
        if !participants
            .iter()
            .any(|p| p.address.eq_ignore_ascii_case(&view.address))
        {
            participants.push(view);
        }
    }
    let labels: Vec<String> = messages.iter().flat_map(|m| m.labels.clone()).collect();
    let mut labels = reader.labels(&labels);
    labels.sort_unstable();
    labels.dedup();
    Some(FoundView {
        connection,
        thread: None,
        provider_thread_id,
        subject: messages.first()?.envelope.subject.clone(),
        last_at: messages.last()?.received_at,
        participants,
        message_count: messages.len() as u64,
        unread_count: messages
            .iter()
            .filter(|m| has(m, tenon_store::mail::UNREAD))
            .count() as u64,
        starred: messages.iter().any(|m| has(m, tenon_store::mail::STARRED)),
        has_attachments: messages.iter().any(|m| m.has_attachments),
        labels,
    })
}

/// What the index of addresses knows of an address.
async fn by_address(
    ctx: &Ctx,
    actor: &Actor,
    row: &ConnectionRow,
    address: &str,
) -> Result<Vec<FoundView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let reader = Reader::open(ctx, &mut tx, row.id).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    let index = key.blind_index("address", address);
    let threads = tx
        .threads()
        .with_address(&[(row.id, index)], None, 50)
        .await?;
    let views = list_rows(&mut tx, &reader, threads).await?;
    Ok(views
        .into_iter()
        .map(|(id, view)| of_stored(view, id, true))
        .collect())
}
