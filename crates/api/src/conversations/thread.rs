//! `/threads/{id}/records` and `/threads/{id}/boxes/{record}`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use tenon_app::conversations::{self, BoxView, PersonView, ThreadRecords};
use tenon_model::{RecordId, ThreadId};
use utoipa::ToSchema;

use super::sharing::ThreadSharing;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::records::LinkedRecord;
use crate::session::SignedIn;
use crate::wire::{Colleague, Id, Timestamp};

problems!(GetProblems: "unauthenticated", "not_found");
problems!(JoinProblems: "unauthenticated", "forbidden", "not_found", "validation", "record_deleted");
problems!(PartProblems: "unauthenticated", "forbidden", "not_found");

/// Somebody in a conversation, other than its mailbox's owner.
#[derive(Serialize, ToSchema)]
struct ThreadPerson {
    address: String,
    /// May be empty.
    name: String,
    #[schema(required)]
    contact: Option<LinkedRecord>,
    /// The contact's, or the one whose domain it is.
    #[schema(required)]
    company: Option<LinkedRecord>,
    /// Whose sign-in address it is.
    #[schema(required)]
    member: Option<Colleague>,
}

/// A stage, for its name.
#[derive(Serialize, ToSchema)]
struct StageRef {
    id: Id,
    name: String,
    color: u8,
}

/// A pipeline, for its name.
#[derive(Serialize, ToSchema)]
struct PipelineRef {
    id: Id,
    name: String,
}

/// A record that a conversation is joined to.
#[derive(Serialize, ToSchema)]
struct ThreadBox {
    record: LinkedRecord,
    #[schema(required)]
    stage: Option<StageRef>,
    #[schema(required)]
    pipeline: Option<PipelineRef>,
    /// Who joined it.
    by: Id,
    /// `hand` or `rule`.
    cause: &'static str,
    at: Timestamp,
}

/// What a conversation has to do with records.
#[derive(Serialize, ToSchema)]
pub(super) struct ThreadRecordsAnswer {
    people: Vec<ThreadPerson>,
    /// Of what the member sees.
    boxes: Vec<ThreadBox>,
    /// With whom it is shared; null when it is somebody else's.
    #[schema(required)]
    sharing: Option<ThreadSharing>,
}

impl From<PersonView> for ThreadPerson {
    fn from(v: PersonView) -> Self {
        Self {
            address: v.address,
            name: v.name,
            contact: v.known.contact.map(Into::into),
            company: v.known.company.map(Into::into),
            member: v.known.member.map(Into::into),
        }
    }
}

impl From<BoxView> for ThreadBox {
    fn from(v: BoxView) -> Self {
        Self {
            record: v.record.into(),
            stage: v.stage.map(|(id, name, color)| StageRef {
                id: id.into(),
                name,
                color,
            }),
            pipeline: v.pipeline.map(|(id, name)| PipelineRef {
                id: id.into(),
                name,
            }),
            by: v.by.into(),
            cause: v.cause.as_str(),
            at: v.at.into(),
        }
    }
}

impl From<ThreadRecords> for ThreadRecordsAnswer {
    fn from(v: ThreadRecords) -> Self {
        Self {
            people: v.people.into_iter().map(Into::into).collect(),
            boxes: v.boxes.into_iter().map(Into::into).collect(),
            sharing: v.sharing.map(Into::into),
        }
    }
}

/// People and records of a conversation
#[utoipa::path(get, path = "/threads/{id}/records", tag = "mail", params(("id" = Id, Path, description = "Thread")), responses((status = 200, body = ThreadRecordsAnswer), GetProblems))]
pub(super) async fn get_thread_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ThreadId>,
) -> Answer<Json<ThreadRecordsAnswer>> {
    let found = conversations::of_thread(&api.ctx, &actor, id).await?;
    Ok(Json(found.into()))
}

fn record(text: &str) -> Result<RecordId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Joins a conversation to a record
///
/// Of one's own mailbox, to a box, a contact or a company. Who sees the record does not see the conversation by that.
#[utoipa::path(put, path = "/threads/{id}/boxes/{record}", tag = "mail", params(("id" = Id, Path, description = "Thread"), ("record" = Id, Path, description = "Record")), responses((status = 204, description = "Done"), JoinProblems))]
pub(super) async fn join_thread(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ThreadId>,
    extract::Second(text): extract::Second,
) -> Answer<StatusCode> {
    conversations::join(&api.ctx, &actor, id, record(&text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a conversation out of a record
///
/// No rule joins it again.
#[utoipa::path(delete, path = "/threads/{id}/boxes/{record}", tag = "mail", params(("id" = Id, Path, description = "Thread"), ("record" = Id, Path, description = "Record")), responses((status = 204, description = "Done"), PartProblems))]
pub(super) async fn part_thread(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ThreadId>,
    extract::Second(text): extract::Second,
) -> Answer<StatusCode> {
    conversations::part(&api.ctx, &actor, id, record(&text)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
