//! What the person does in Tenon.

use std::collections::{BTreeMap, BTreeSet};

use tenon_app::acting::{self, Action, LabelChange, StartAction, Target};
use tenon_app::compose::{self, DraftInput, Kind, Mailbox, StartSend};
use tenon_app::connections;
use tenon_app::mail::{self, ThreadsQuery};
use tenon_app::search::{self, SearchInput};
use tenon_app::{Actor, Ctx, Error, Repeat};
use tenon_model::outbox::Decision;
use tenon_model::{ConnectionId, DraftId, MailActionId, SendId};

/// One thing to do; what is drawn at random is drawn before, so that it can be done once more.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Act {
        action: Action,
        role: &'static str,
        picks: Vec<u64>,
    },
    Undo(MailActionId),
    NewLabel(String),
    Rename(u64, String),
    DropLabel(u64),
    Write {
        key: String,
        subject: String,
    },
    Rewrite(DraftId, String),
    Discard(DraftId),
    Send {
        draft: DraftId,
        key: String,
        undo: u32,
    },
    TakeBack(SendId),
    Decide(SendId),
    Open(u64),
    Search,
    Sync,
    Pause,
    Resume,
    Look,
}

/// What came of a deed.
pub(crate) enum Came {
    /// Nothing to remember.
    Done(String),
    /// An action began.
    Action(MailActionId, String),
    /// A draft was saved.
    Draft(DraftId),
    /// A message is on its way.
    Sending(SendId),
}

/// What the person remembers.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) drafts: Vec<DraftId>,
    /// Messages that were confirmed, of the present connection.
    pub(crate) sends: Vec<(SendId, DraftId)>,
    pub(crate) last_action: Option<MailActionId>,
    pub(crate) count: u64,
    /// The provider's history id when its mailbox was last looked through.
    pub(crate) history: u64,
    /// The ids of sent messages ever seen with a mark.
    pub(crate) seen_sent: BTreeMap<String, BTreeSet<String>>,
}

fn letter(connection: ConnectionId, subject: &str) -> DraftInput {
    DraftInput {
        connection,
        kind: Kind::New,
        message: None,
        from: None,
        to: vec![Mailbox {
            name: String::new(),
            address: "bob@partner.example".into(),
        }],
        cc: vec![],
        bcc: vec![],
        subject: subject.into(),
        html: "<p>Bonjour</p>".into(),
        quoted_html: None,
        attachments: vec![],
    }
}

/// Does it.
pub(crate) async fn perform(
    ctx: &Ctx,
    actor: &Actor,
    id: ConnectionId,
    deed: Deed,
) -> Result<Came, Error> {
    let done = |text: String| Ok(Came::Done(text));
    match deed {
        Deed::Act {
            action,
            role,
            picks,
        } => act(ctx, actor, id, action, role, &picks).await,
        Deed::Undo(of) => {
            let view = acting::undo(ctx, actor, of).await?;
            done(format!("{} {}/{}", view.state, view.done, view.total))
        }
        Deed::NewLabel(name) => {
            let made = acting::create_label(ctx, actor, id, &name, None).await?;
            done(made.provider_id)
        }
        Deed::Rename(pick, name) => match own_label(ctx, actor, id, pick).await? {
            None => done("no label".into()),
            Some(label) => {
                let change = LabelChange {
                    name: Some(name),
                    color: None,
                };
                let changed = acting::update_label(ctx, actor, label.id, change).await?;
                done(format!("{} {}", changed.provider_id, changed.name))
            }
        },
        Deed::DropLabel(pick) => match own_label(ctx, actor, id, pick).await? {
            None => done("no label".into()),
            Some(label) => {
                acting::delete_label(ctx, actor, label.id).await?;
                done(label.provider_id)
            }
        },
        Deed::Write { key, subject } => {
            let repeat = Repeat::new(actor.member, "draft", &key, &key)?;
            let draft = compose::create_draft(ctx, actor, letter(id, &subject), repeat).await?;
            Ok(Came::Draft(draft.id))
        }
        Deed::Rewrite(draft, subject) => {
            compose::update_draft(ctx, actor, draft, letter(id, &subject), None).await?;
            done("saved".into())
        }
        Deed::Discard(draft) => {
            compose::discard(ctx, actor, draft).await?;
            done("discarded".into())
        }
        Deed::Send { draft, key, undo } => {
            let start = StartSend {
                at: None,
                undo_seconds: Some(undo),
                if_match: None,
            };
            let repeat = Repeat::new(actor.member, "send", &key, &key)?;
            let view = compose::send(ctx, actor, draft, start, repeat).await?;
            Ok(Came::Sending(view.id))
        }
        Deed::TakeBack(send) => done(compose::cancel_send(ctx, actor, send).await?.state.into()),
        Deed::Decide(send) => {
            let view = compose::send_by_id(ctx, actor, send).await?;
            let wanted = [Decision::Check, Decision::KeepDraft, Decision::Sent];
            match wanted.into_iter().find(|d| view.decisions.contains(d)) {
                None => done(view.state.into()),
                Some(decision) => {
                    let view = compose::resolve(ctx, actor, send, decision).await?;
                    done(format!("{decision:?}: {}", view.state))
                }
            }
        }
        Deed::Open(pick) => {
            let threads = list(ctx, actor, id, "").await?;
            let Some(thread) = nth(&threads, pick) else {
                return done("nothing to open".into());
            };
            let detail = mail::thread(ctx, actor, thread.id).await?;
            let Some(message) = detail.messages.first() else {
                return done("empty".into());
            };
            let opened = mail::open(ctx, actor, message.id).await?;
            done(format!("{} files", opened.attachments.len()))
        }
        Deed::Search => {
            let input = SearchInput {
                query: "is:unread".into(),
                connection: Some(id),
                limit: 10,
                after: None,
            };
            let found = search::search(ctx, actor, input).await?;
            done(format!("{} found", found.items.len()))
        }
        Deed::Sync => {
            connections::sync_now(ctx, actor, id).await?;
            done("asked".into())
        }
        Deed::Pause => {
            connections::pause(ctx, actor, id).await?;
            done("paused".into())
        }
        Deed::Resume => {
            connections::resume(ctx, actor, id).await?;
            done("goes on".into())
        }
        Deed::Look => {
            let list = list(ctx, actor, id, "").await?;
            let labels = mail::labels(ctx, actor, id).await?;
            connections::health(ctx, actor, id).await?;
            done(format!("{} threads, {} labels", list.len(), labels.len()))
        }
    }
}

async fn act(
    ctx: &Ctx,
    actor: &Actor,
    id: ConnectionId,
    action: Action,
    role: &'static str,
    picks: &[u64],
) -> Result<Came, Error> {
    let threads = list(ctx, actor, id, role).await?;
    let chosen: BTreeSet<_> = picks
        .iter()
        .filter_map(|n| nth(&threads, *n))
        .map(|t| t.id)
        .collect();
    if chosen.is_empty() {
        return Ok(Came::Done("nothing there".into()));
    }
    let label = match action {
        Action::AddLabel | Action::RemoveLabel => {
            own_label(ctx, actor, id, picks.first().copied().unwrap_or(0))
                .await?
                .map(|l| l.id)
        }
        _ => None,
    };
    if action.wants_label() && label.is_none() {
        return Ok(Came::Done("no label".into()));
    }
    let start = StartAction {
        action,
        target: Target::Threads(chosen.into_iter().collect()),
        label,
        from: None,
    };
    let view = acting::start(ctx, actor, start, None).await?;
    let text = format!(
        "{} {}/{} gone {} failed {}",
        view.state, view.done, view.total, view.gone, view.failed
    );
    Ok(Came::Action(view.id, text))
}

fn nth<T>(list: &[T], pick: u64) -> Option<&T> {
    list.get(pick.checked_rem(list.len() as u64)? as usize)
}

async fn list(
    ctx: &Ctx,
    actor: &Actor,
    id: ConnectionId,
    role: &str,
) -> Result<Vec<mail::ThreadView>, Error> {
    let label = if role.is_empty() {
        None
    } else {
        let labels = mail::labels(ctx, actor, id).await?;
        labels.iter().find(|l| l.role == Some(role)).map(|l| l.id)
    };
    let query = ThreadsQuery {
        connection: Some(id),
        label,
        limit: 50,
        ..ThreadsQuery::default()
    };
    Ok(mail::threads(ctx, actor, query).await?.items)
}

async fn own_label(
    ctx: &Ctx,
    actor: &Actor,
    id: ConnectionId,
    pick: u64,
) -> Result<Option<mail::LabelView>, Error> {
    let mut labels = mail::labels(ctx, actor, id).await?;
    labels.retain(|l| !l.system);
    labels.sort_by(|a, b| a.provider_id.cmp(&b.provider_id));
    Ok(nth(&labels, pick).cloned())
}
