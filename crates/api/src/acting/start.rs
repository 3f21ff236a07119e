//! `POST /mail/actions`: doing something to mail.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::acting::{self, Action, StartAction, Target};
use utoipa::ToSchema;

use super::actions::MailAction;
use crate::Api;
use crate::extract::{self, IdempotencyKey, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;

problems!(Problems: "unauthenticated", "not_found", "validation", "idempotency_key_reused", "feature_off", "needs_reauthorization", "paused");

/// Threads or messages that one request may name; more are chosen by what they match.
const MOST_IDS: usize = 1_000;

/// What to do, and to what: exactly one of `threads`, `messages` and `matching`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailActionInput {
    action: MailActionKind,
    /// 1 to 1,000 threads of one connection.
    #[serde(default)]
    threads: Option<Vec<String>>,
    /// 1 to 1,000 messages of one connection.
    #[serde(default)]
    messages: Option<Vec<String>>,
    /// Everything that a list shows at this moment.
    #[serde(default)]
    matching: Option<Matching>,
    /// The label of `add_label`, `remove_label` and `move`.
    #[serde(default)]
    label: Option<String>,
    /// What `move` takes off; the inbox when left out.
    #[serde(default)]
    from: Option<String>,
    /// Must be true for `delete_forever`: it cannot be undone.
    #[serde(default)]
    confirm: bool,
}

/// Everything that a list shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Matching {
    connection: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    unread: bool,
}

/// What can be done to mail.
#[derive(Deserialize, Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum MailActionKind {
    MarkRead,
    MarkUnread,
    Star,
    Unstar,
    Important,
    NotImportant,
    Archive,
    MoveToInbox,
    AddLabel,
    RemoveLabel,
    Move,
    Spam,
    NotSpam,
    Trash,
    Restore,
    DeleteForever,
}

impl From<MailActionKind> for Action {
    fn from(kind: MailActionKind) -> Self {
        match kind {
            MailActionKind::MarkRead => Self::MarkRead,
            MailActionKind::MarkUnread => Self::MarkUnread,
            MailActionKind::Star => Self::Star,
            MailActionKind::Unstar => Self::Unstar,
            MailActionKind::Important => Self::Important,
            MailActionKind::NotImportant => Self::NotImportant,
            MailActionKind::Archive => Self::Archive,
            MailActionKind::MoveToInbox => Self::MoveToInbox,
            MailActionKind::AddLabel => Self::AddLabel,
            MailActionKind::RemoveLabel => Self::RemoveLabel,
            MailActionKind::Move => Self::Move,
            MailActionKind::Spam => Self::Spam,
            MailActionKind::NotSpam => Self::NotSpam,
            MailActionKind::Trash => Self::Trash,
            MailActionKind::Restore => Self::Restore,
            MailActionKind::DeleteForever => Self::DeleteForever,
        }
    }
}

impl MailActionInput {
    fn read(self) -> Answer<StartAction> {
        let action = Action::from(self.action);
        if action == Action::DeleteForever && !self.confirm {
            return Err(Problem::invalid(
                "confirm",
                "must be true: this cannot be undone",
            ));
        }
        let target = match (self.threads, self.messages, self.matching) {
            (Some(ids), None, None) => Target::Threads(ids_of(&ids, "threads", "thread")?),
            (None, Some(ids), None) => Target::Messages(ids_of(&ids, "messages", "message")?),
            (None, None, Some(matching)) => Target::Matching {
                connection: named_id(&matching.connection, "connection")?,
                label: matching
                    .label
                    .map(|id| named_id(&id, "label"))
                    .transpose()?,
                unread: matching.unread,
            },
            _ => {
                return Err(Problem::invalid(
                    "threads",
                    "give exactly one of threads, messages and matching",
                ));
            }
        };
        Ok(StartAction {
            action,
            target,
            label: self.label.map(|id| named_id(&id, "label")).transpose()?,
            from: self.from.map(|id| named_id(&id, "label")).transpose()?,
        })
    }
}

fn ids_of<T: std::str::FromStr>(
    ids: &[String],
    field: &'static str,
    what: &'static str,
) -> Answer<Vec<T>> {
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(Problem::invalid(field, "must be 1 to 1,000"));
    }
    ids.iter().map(|id| named_id(id, what)).collect()
}

/// Does something to mail
///
/// A small action is finished when this answers (200); a large one goes on (202), and
/// `mail_action_changed` tells how far it is. What lists show changes only with the provider's answer.
#[utoipa::path(
    post, path = "/mail/actions", tag = "mail",
    params(("Idempotency-Key" = Option<String>, Header, description = "Names this request; its second coming does nothing new")),
    responses((status = 200, body = MailAction, description = "It has ended"), (status = 202, body = MailAction, description = "It goes on"), Problems)
)]
pub(super) async fn start_mail_action(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<MailActionInput>,
) -> Answer<(StatusCode, Json<MailAction>)> {
    let input = input.read()?;
    let repeat = key.of(&actor, "mail_action", &input)?;
    let view = acting::start(&api.ctx, &actor, input, repeat).await?;
    Ok(super::actions::answer(view))
}
