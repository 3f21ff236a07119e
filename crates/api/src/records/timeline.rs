//! The timeline of a record.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::records::{self, Moment, MomentOf};
use tenon_model::RecordId;
use utoipa::ToSchema;

use super::Record;
use super::history::{PageInput, RecordChange};
use crate::Api;
use crate::extract::{self, Query};
use crate::mail::Thread;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Colleague, Id, Page, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "validation");

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct TimelineMoment {
    at: Timestamp,
    /// `note`, `task`, `activity`, `change` or `mail`.
    r#type: &'static str,
    /// A note, a task or an activity about it.
    #[schema(required)]
    record: Option<Record>,
    /// A change of the record itself.
    #[schema(required)]
    change: Option<RecordChange>,
    /// A conversation with its people, or one that is joined to it.
    #[schema(required)]
    thread: Option<Thread>,
    /// Whose conversation it is, when a colleague shares it.
    #[schema(required)]
    shared_by: Option<Colleague>,
    /// Why the conversation is here: `address`, `hand` or `rule`.
    #[schema(required)]
    joined: Option<&'static str>,
}

impl From<Moment> for TimelineMoment {
    fn from(m: Moment) -> Self {
        let mut out = Self {
            at: m.at.into(),
            r#type: "change",
            record: None,
            change: None,
            thread: None,
            shared_by: None,
            joined: None,
        };
        match m.of {
            MomentOf::Record(view) => {
                out.r#type = view.kind.as_str();
                out.record = Some((*view).into());
            }
            MomentOf::Change(view) => out.change = Some(view.into()),
            MomentOf::Mail(view) => {
                out.r#type = "mail";
                out.thread = Some(view.thread.into());
                out.shared_by = view.shared_by.map(Into::into);
                out.joined = Some(view.by.as_str());
            }
        }
        out
    }
}

/// What happened with a record and its people, newest first
///
/// Mail is that of the asking member's own mailboxes, and what colleagues share with them.
#[utoipa::path(get, path = "/records/{id}/timeline", tag = "records", params(("id" = Id, Path, description = "Record"), PageInput), responses((status = 200, body = Page<TimelineMoment>), Problems))]
pub(super) async fn get_record_timeline(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    Query(page): Query<PageInput>,
) -> Answer<Json<Page<TimelineMoment>>> {
    let found = records::timeline(&api.ctx, &actor, id, page.limit, page.after.as_deref()).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
    }))
}
