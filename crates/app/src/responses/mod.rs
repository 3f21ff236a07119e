//! What comes back of messages that went to many (requirement S4): answers, automatic ones, mail that was not delivered.
//! After mail has come in, a job looks at what may belong to such a message, reads it from the mailbox, notes what it
//! means, and keeps nothing of it.

#[cfg(test)]
mod corpus;
mod read;
mod report;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tenon_connectors::ports::{MailPort, Priority};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::delivery::{Failure, Response, SuppressionCause};
use tenon_model::mail::normalize_address;
use tenon_model::{ConnectionId, Scope, ThreadId, Time, WorkspaceId};
use tenon_store::{ConnectionRow, DeliveryRow, MessageRow, ResponseRow, Trace, Tx};

use crate::acting::usable;
use crate::mail::Reader;
use crate::sync::job_error;
use crate::{Ctx, Result};

use read::{Said, is_mail_system, is_report, read};

/// How long an answer is waited for.
const OPEN: Duration = Duration::from_hours(24 * 90);
/// How far back is looked when mail has come, by how old what came is: few steps, so that jobs still go together.
const BACK: [Duration; 3] = [
    Duration::from_hours(2),
    Duration::from_hours(24),
    Duration::from_hours(24 * 14),
];
/// Messages of a mailbox that are looked at.
const MESSAGES: u32 = 5_000;
/// Bytes of a message that are read: what matters stands before its files.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Clocks differ: an answer may seem to come a little before its question.
const SLACK: Duration = Duration::from_mins(5);

/// After mail has come: has it looked at, where messages to many have gone from the mailbox.
pub(crate) async fn read_responses_soon(
    tx: &mut Tx,
    workspace: WorkspaceId,
    connection: ConnectionId,
    oldest: Time,
) -> Result<()> {
    let now = tx.world().now();
    let sent = tx.deliveries().oldest_since(connection, now - OPEN).await?;
    let Some(sent) = sent else {
        return Ok(());
    };
    let age = now.since(oldest.max(sent));
    // One more than its age: the job runs later.
    let hours = BACK
        .into_iter()
        .find(|back| age * 2 <= *back)
        .unwrap_or(OPEN)
        .as_secs()
        / 3_600;
    let job = ReadResponses {
        workspace,
        connection,
        hours,
    };
    tenon_jobs::enqueue(tx, &job, now).await?;
    Ok(())
}

/// Looks at what came into a mailbox in the last hours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReadResponses {
    workspace: WorkspaceId,
    connection: ConnectionId,
    hours: u64,
}

#[async_trait]
impl Job for ReadResponses {
    const KIND: &'static str = "read_responses";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("responses:{}:{}", self.connection, self.hours))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.look(ctx).await.map_err(job_error)
    }
}

/// A message that may be an answer.
struct Candidate {
    message: MessageRow,
    /// The delivery that its sender or its conversation points at.
    of: Option<DeliveryRow>,
}

/// What one of them means for a delivery.
struct Meaning {
    kind: Response,
    failure: Option<Failure>,
    /// Whether it brings along what only that message had.
    proven: bool,
    at: Time,
}

impl ReadResponses {
    async fn look(&self, ctx: &Ctx) -> Result<()> {
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(());
        };
        if usable(&row, tenon_model::feature::Feature::Mail).is_err() {
            return Ok(()); // with the next mail that comes
        }
        let since = ctx.world.now() - Duration::from_secs(self.hours * 3_600);
        let candidates = self.candidates(ctx, &mut tx, since).await?;
        drop(tx);
        if candidates.is_empty() {
            return Ok(());
        }
        let port = ctx.mail_port(&row, Priority::Background).await?;
        // One that cannot be read holds up none of the others.
        let mut failed = Ok(());
        for candidate in candidates {
            match said(port.as_ref(), &candidate.message.provider_id).await {
                Ok(said) => self.note(ctx, &row, &candidate, said).await?,
                Err(e) => failed = Err(e),
            }
        }
        failed
    }

    /// What came in and may be about a message that went to somebody: it is from their address, it is in the same
    /// conversation, or a mail system wrote it. The oldest first.
    async fn candidates(&self, ctx: &Ctx, tx: &mut Tx, since: Time) -> Result<Vec<Candidate>> {
        let reader = Reader::open(ctx, tx, self.connection).await?;
        let mut messages = tx
            .mail_people()
            .newest_messages(self.connection, since, MESSAGES)
            .await?;
        messages.retain(|m| !m.labels.iter().any(|l| l == "SENT" || l == "DRAFT"));
        let ids: Vec<_> = messages.iter().map(|m| m.id).collect();
        let known: HashSet<_> = tx.deliveries().looked_at(&ids).await?.into_iter().collect();
        messages.retain(|m| !known.contains(&m.id));
        messages.reverse();
        let mut threads: HashMap<ThreadId, String> = HashMap::new();
        let mut out = Vec::new();
        for message in messages {
            let envelope = reader.envelope(&message)?;
            let from = envelope.from.first().map(|a| normalize_address(&a.address));
            let from = from.unwrap_or_default();
            if reader.own().contains(&from) {
                continue;
            }
            let before = message.received_at + SLACK;
            let index = reader.key().blind_index("address", &from);
            let mut deliveries = tx.deliveries();
            let mut of = deliveries
                .by_trace(self.connection, Trace::Address(&index), before)
                .await?;
            if of.is_none() {
                let thread = if let Some(thread) = threads.get(&message.thread_id) {
                    thread.clone()
                } else {
                    let row = tx.threads().get(message.thread_id).await?;
                    let id = row.map(|t| t.provider_thread_id).unwrap_or_default();
                    threads.insert(message.thread_id, id.clone());
                    id
                };
                let trace = Trace::Thread(&thread);
                of = tx
                    .deliveries()
                    .by_trace(self.connection, trace, before)
                    .await?;
            }
            if of.is_some() || is_mail_system(&from) {
                out.push(Candidate { message, of });
            }
        }
        Ok(out)
    }

    /// Notes what a message means, once.
    async fn note(
        &self,
        ctx: &Ctx,
        row: &ConnectionRow,
        candidate: &Candidate,
        said: Option<Said>,
    ) -> Result<()> {
        let message = &candidate.message;
        let before = message.received_at + SLACK;
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        let key = ctx.keys.get(&mut tx, row.key_id).await?;
        let said = said.unwrap_or(Said {
            kind: Response::Other,
            report: report::Report::default(),
        });
        // Its own mark says it best; then whom a report names; then the conversation or the sender.
        let mut found = match said.report.draft {
            Some(draft) => {
                tx.deliveries()
                    .by_trace(self.connection, Trace::Draft(draft), before)
                    .await?
            }
            None => None,
        };
        // Nobody but those who have the message knows its mark; a report without it anybody may have written.
        let proven = found.is_some();
        let mut failure = None;
        for person in &said.report.people {
            let index = key.blind_index("address", &person.address);
            let of = tx
                .deliveries()
                .by_trace(self.connection, Trace::Address(&index), before)
                .await?;
            let is_it = match (&found, &of) {
                (Some(found), Some(of)) => {
                    found.id == of.id || found.address_index == of.address_index
                }
                (None, Some(_)) => true,
                // Mail that was sent on fails at another address than the one that we wrote to.
                (Some(_), None) => said.report.people.len() == 1,
                (None, None) => false,
            };
            if is_it {
                failure = person.failure;
                found = found.or(of);
                break;
            }
        }
        let is_report = matches!(
            said.kind,
            Response::Bounce | Response::Delay | Response::Complaint
        );
        let found = found.or_else(|| candidate.of.clone().filter(|_| !is_report));
        let mut kind = said.kind;
        if found.is_none() {
            kind = Response::Other;
        } else if kind == Response::Bounce && failure.is_none() {
            kind = Response::Delay;
        }
        let response = ResponseRow {
            message_id: message.id,
            delivery_id: found.as_ref().map(|d| d.id),
            kind,
            at: message.received_at,
        };
        let first = tx
            .deliveries()
            .look(row.workspace_id, row.member_id, row.id, response)
            .await?;
        if let Some(of) = found.filter(|_| first) {
            let meaning = Meaning {
                kind,
                failure,
                proven,
                at: message.received_at,
            };
            self.means(ctx, &mut tx, &of, meaning).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What follows from it. Only a report that is proven has somebody written to again, or no more.
    async fn means(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        of: &DeliveryRow,
        meaning: Meaning,
    ) -> Result<()> {
        let Meaning {
            kind,
            failure,
            proven,
            at,
        } = meaning;
        if kind == Response::Bounce && failure == Some(Failure::DailyLimit) && proven {
            return crate::mail_merge::not_sent(ctx, tx, of).await;
        }
        if !tx.deliveries().came_back(of.id, kind, failure, at).await? {
            return Ok(());
        }
        let cause = match (kind, failure) {
            (Response::Bounce, Some(f)) if f.is_for_good() => Some(SuppressionCause::Bounced),
            (Response::Complaint, _) => Some(SuppressionCause::Complained),
            _ => None,
        };
        if let Some(cause) = cause.filter(|_| proven)
            && let Some(address) = crate::mail_merge::address_of(ctx, tx, of).await?
        {
            crate::suppressions::suppress(ctx, tx, self.workspace, &address, cause).await?;
        }
        crate::mail_merge::news(tx, of.member_id, of.merge_id).await
    }
}

/// What a message says; `None` when it is gone. Of answers the headers tell it; the text is read of what a mail system
/// wrote only.
async fn said(port: &dyn MailPort, id: &str) -> Result<Option<Said>> {
    let headers = match port.headers(id).await {
        Ok(headers) => headers,
        Err(e) if e.code == "not_found" => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    if !is_report(&headers) {
        return Ok(Some(read(&headers)));
    }
    let mut stream = match port.original(id).await {
        Ok(stream) => stream,
        Err(e) if e.code == "not_found" => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let mut raw = Vec::new();
    while let Some(chunk) = stream.next().await {
        raw.extend_from_slice(&chunk?);
        if raw.len() > MOST_BYTES {
            break;
        }
    }
    Ok(Some(read(&raw)))
}
