//! Rules by which conversations join a box: each member's own, for their own mailboxes. They look at mail of the
//! last 90 days when they are given, and at what comes from then on, in a job after the sync.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::mail::{Envelope, normalize_address};
use tenon_model::member::Role;
use tenon_model::records::{Kind, MailSource};
use tenon_model::{ConnectionId, LabelId, MemberId, RecordId, Scope, ThreadId, Time, WorkspaceId};
use tenon_store::{MailRule, MessageRow, RecordRow, Tx};

use super::join::gone_meanwhile;
use super::sharing;
use crate::mail::Reader;
use crate::mail::reading::shown_to_others;
use crate::record_setup::no_viewers;
use crate::records::people_of;
use crate::sync::job_error;
use crate::{Actor, Ctx, Error, Result};

/// How far back a new rule looks.
const BACK_DAYS: u16 = 90;
/// How far back rules look when mail has come, by how old what came is: few steps, so that jobs still go together.
/// What is older than all of them is looked at like a new rule's mail.
const NEW_DAYS: [u16; 2] = [3, 14];
/// Messages of a mailbox that are looked at.
const MESSAGES: u32 = 5_000;
/// Rules of one member, and for one record.
const MOST: u64 = 500;
const MOST_OF_RECORD: usize = 10;

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleView {
    /// By what conversations join.
    pub from: MailSource,
    /// The label, when it is by one.
    pub label: Option<LabelId>,
    /// Of one mailbox; of all of the member's otherwise.
    pub connection: Option<ConnectionId>,
}

/// The member's own rules for a record that they see.
pub async fn rules(ctx: &Ctx, actor: &Actor, record: RecordId) -> Result<Vec<RuleView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    seen(&mut tx, record).await?;
    let rules = tx.mail_rules().of_record(actor.member, record).await?;
    Ok(rules.iter().map(view).collect())
}

fn view(rule: &MailRule) -> RuleView {
    RuleView {
        from: rule.source,
        label: rule.label,
        connection: rule.connection,
    }
}

async fn seen(tx: &mut Tx, record: RecordId) -> Result<RecordRow> {
    let row = tx.records().get(record).await?;
    let row = row.ok_or(Error::NotFound("record"))?;
    if matches!(row.kind, Kind::Note | Kind::Task | Kind::Activity) {
        return Err(Error::field(
            "record",
            "must be a box, a contact or a company",
        ));
    }
    Ok(row)
}

/// Gives the member exactly these rules for a record, and looks at the mail of 90 days. What rules have joined before
/// stays.
pub async fn set_rules(
    ctx: &Ctx,
    actor: &Actor,
    record: RecordId,
    wanted: &[RuleView],
) -> Result<Vec<RuleView>> {
    no_viewers(actor.role)?;
    if wanted.len() > MOST_OF_RECORD {
        return Err(Error::field("items", "must have at most 10 entries"));
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    // Of two at once the second one finds the rules of the first, and replaces them too.
    tx.members().hold(actor.member).await?;
    seen(&mut tx, record).await?;
    let now = ctx.world.now();
    let mut rows: Vec<MailRule> = Vec::new();
    for rule in wanted {
        let mut rule = *rule;
        if let Some(connection) = rule.connection
            && tx.connections().get(connection).await?.is_none()
        {
            return Err(Error::NotFound("connection"));
        }
        match (rule.from, rule.label) {
            (MailSource::Label, None) => return Err(Error::field("label", "is missing")),
            (MailSource::Label, Some(label)) => {
                let label = tx.labels().get(label).await?;
                let label = label.ok_or(Error::NotFound("label"))?;
                if rule.connection.is_some_and(|c| c != label.connection_id) {
                    return Err(Error::field("label", "is of another mailbox"));
                }
                rule.connection = Some(label.connection_id);
            }
            (_, _) => rule.label = None,
        }
        if !rows.iter().any(|row| view(row) == rule) {
            rows.push(MailRule {
                id: ctx.world.id(),
                member: actor.member,
                record,
                connection: rule.connection,
                source: rule.from,
                label: rule.label,
                created_at: now,
            });
        }
    }
    let replaced = tx.mail_rules().replace(actor.member, record, &rows).await;
    replaced.map_err(|e| gone_meanwhile(e, "record"))?;
    if tx.mail_rules().count_of(actor.member).await? > MOST {
        return Err(Error::field(
            "items",
            "would be too many: 500 rules are the most",
        ));
    }
    for connection in tx.connections().list().await? {
        let all = rows.iter().any(|r| r.connection.is_none());
        if all || rows.iter().any(|r| r.connection == Some(connection.id)) {
            let job = JoinMail {
                workspace: actor.workspace,
                connection: connection.id,
                days: BACK_DAYS,
            };
            tenon_jobs::enqueue(&mut tx, &job, now).await?;
        }
    }
    tx.commit().await?;
    Ok(rows.iter().map(view).collect())
}

/// After mail has come: has the rules look at it, where there are any.
pub(crate) async fn join_mail_soon(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    connection: ConnectionId,
    is_snapshot: bool,
    oldest: Time,
) -> Result<()> {
    if tx
        .mail_rules()
        .of_mailbox(member, connection, 1)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    let now = tx.world().now();
    let job = JoinMail {
        workspace,
        connection,
        days: if is_snapshot {
            BACK_DAYS
        } else {
            days_back(now, oldest)
        },
    };
    tenon_jobs::enqueue(tx, &job, now).await?;
    Ok(())
}

/// The fewest days that reach back to what has come. One more than its age: the job runs later.
fn days_back(now: Time, oldest: Time) -> u16 {
    let reaches = |days: &u16| now - Duration::from_hours(24 * u64::from(days - 1)) <= oldest;
    NEW_DAYS.into_iter().find(reaches).unwrap_or(BACK_DAYS)
}

/// Joins the mail of the last days of a mailbox to boxes, by its member's rules.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JoinMail {
    workspace: WorkspaceId,
    connection: ConnectionId,
    days: u16,
}

#[async_trait]
impl Job for JoinMail {
    const KIND: &'static str = "join_mail";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        Some(format!("join:{}:{}", self.connection, self.days))
    }

    fn connection(&self) -> Option<ConnectionId> {
        Some(self.connection)
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.join(ctx).await.map_err(job_error)
    }
}

/// A rule, ready to be compared with messages.
struct Matcher {
    record: RecordId,
    addresses: HashSet<String>,
    /// With the `@`.
    domain: Option<String>,
    label: Option<String>,
}

impl Matcher {
    fn holds(&self, message: &MessageRow, addresses: &[String]) -> bool {
        self.label
            .as_ref()
            .is_some_and(|l| message.labels.contains(l))
            || addresses.iter().any(|a| {
                self.addresses.contains(a)
                    || self
                        .domain
                        .as_ref()
                        .is_some_and(|d| a.ends_with(d.as_str()))
            })
    }
}

impl JoinMail {
    async fn join(&self, ctx: &Ctx) -> Result<()> {
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(());
        };
        let member = tx.members().get(row.member_id).await?;
        drop(tx);
        // Who may join nothing by hand joins nothing by a rule.
        if member.is_none_or(|m| m.role == Role::Viewer || m.disabled_at.is_some()) {
            return Ok(());
        }
        // As the member: a rule joins to nothing that they do not see.
        let scope = Scope::member(self.workspace, row.member_id);
        let mut tx = ctx.store.read(&scope).await?;
        let rules = tx
            .mail_rules()
            .of_mailbox(row.member_id, self.connection, MOST as u32)
            .await?;
        let mut matchers = Vec::new();
        for rule in &rules {
            matchers.extend(matcher(&mut tx, rule).await?);
        }
        if matchers.is_empty() {
            return Ok(());
        }
        let reader = Reader::open(ctx, &mut tx, self.connection).await?;
        let span = Duration::from_hours(24 * u64::from(self.days));
        let since = ctx.world.now() - span;
        let messages = tx
            .mail_people()
            .newest_messages(self.connection, since, MESSAGES)
            .await?;
        drop(tx);
        let mut pairs: BTreeSet<(ThreadId, RecordId)> = BTreeSet::new();
        for message in messages.iter().filter(|m| shown_to_others(m)) {
            let addresses = addresses(&reader.envelope(message)?);
            let holding = matchers.iter().filter(|m| m.holds(message, &addresses));
            pairs.extend(holding.map(|m| (message.thread_id, m.record)));
        }
        let pairs: Vec<_> = pairs.into_iter().collect();
        for part in pairs.chunks(500) {
            let mut tx = ctx.store.begin(&scope).await?;
            let mut part = part.to_vec();
            // What went away meanwhile is not joined.
            let mut there = Vec::new();
            for (thread, record) in part.drain(..) {
                let record_there = tx.records().get(record).await?.is_some();
                if record_there && tx.threads().get(thread).await?.is_some() {
                    there.push((thread, record));
                }
            }
            let now = ctx.world.now();
            let joined = tx
                .joins()
                .join_by_rule(self.connection, &there, now)
                .await?;
            let threads: BTreeSet<ThreadId> = joined.iter().map(|(thread, _)| *thread).collect();
            for thread in threads {
                sharing::tell(&mut tx, row.member_id, thread, &[]).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

fn addresses(e: &Envelope) -> Vec<String> {
    let all = e.from.iter().chain(&e.to).chain(&e.cc);
    all.map(|a| normalize_address(&a.address)).collect()
}

/// What a rule compares with; `None` when the record is gone or has nothing to compare with.
async fn matcher(tx: &mut Tx, rule: &MailRule) -> Result<Option<Matcher>> {
    let Some(row) = tx.records().get(rule.record).await? else {
        return Ok(None);
    };
    if row.deleted_at.is_some() {
        return Ok(None);
    }
    let mut out = Matcher {
        record: row.id,
        addresses: HashSet::new(),
        domain: None,
        label: None,
    };
    match rule.source {
        MailSource::Contacts => out.addresses = people_of(tx, &row).await?.into_iter().collect(),
        MailSource::Domain => {
            let company = row.values.get("company").and_then(|v| v.as_str());
            let company = match company.and_then(|t| t.parse().ok()) {
                Some(id) => tx.records().get(id).await?,
                None => Some(row),
            };
            let company = company.filter(|c| c.kind == Kind::Company && c.deleted_at.is_none());
            let domain =
                company.and_then(|c| Some(c.values.get("domain")?.as_str()?.to_lowercase()));
            out.domain = domain.filter(|d| !d.is_empty()).map(|d| format!("@{d}"));
        }
        MailSource::Label => {
            let Some(id) = rule.label else {
                return Ok(None);
            };
            out.label = tx.labels().get(id).await?.map(|l| l.provider_id);
        }
    }
    let compares = !out.addresses.is_empty() || out.domain.is_some() || out.label.is_some();
    Ok(Some(out).filter(|_| compares))
}
