//! `/connections/{id}/labels`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::mail::{self, LabelView};
use tenon_model::ConnectionId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List};

problems!(Problems: "unauthenticated", "not_found");

/// A label with its counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct Label {
    id: Id,
    provider_id: String,
    /// Nested by `/`.
    name: String,
    r#type: LabelType,
    /// What a system label is for.
    #[schema(required)]
    role: Option<LabelRole>,
    #[schema(required)]
    color: Option<LabelColor>,
    /// Threads that bear it.
    threads: u64,
    /// Threads of these with unread messages.
    unread: u64,
}

/// Who made a label.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LabelType {
    System,
    User,
}

/// What a system label is for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LabelRole {
    Inbox,
    Sent,
    Drafts,
    Spam,
    Trash,
    Starred,
    Important,
    Unread,
    Category,
}

impl LabelRole {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "inbox" => Self::Inbox,
            "sent" => Self::Sent,
            "drafts" => Self::Drafts,
            "spam" => Self::Spam,
            "trash" => Self::Trash,
            "starred" => Self::Starred,
            "important" => Self::Important,
            "unread" => Self::Unread,
            "category" => Self::Category,
            _ => return None,
        })
    }
}

/// Colours as `#rrggbb`.
#[derive(Serialize, ToSchema)]
struct LabelColor {
    background: String,
    text: String,
}

impl From<LabelView> for Label {
    fn from(v: LabelView) -> Self {
        Self {
            id: v.id.into(),
            provider_id: v.provider_id,
            name: v.name,
            r#type: if v.system {
                LabelType::System
            } else {
                LabelType::User
            },
            role: v.role.and_then(LabelRole::read),
            color: v
                .color
                .map(|(background, text)| LabelColor { background, text }),
            threads: v.threads,
            unread: v.unread,
        }
    }
}

/// Labels of a mailbox
#[utoipa::path(get, path = "/connections/{id}/labels", tag = "mail", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = List<Label>), Problems))]
pub(super) async fn list_labels(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<List<Label>>> {
    Ok(List::of(mail::labels(&api.ctx, &actor, id).await?))
}
