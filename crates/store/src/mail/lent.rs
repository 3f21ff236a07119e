//! Who reads a conversation beside the mailbox's owner (decision 0064).

use std::collections::HashMap;

use tenon_model::records::JoinCause;
use tenon_model::sabotage::{Saboteur, on};
use tenon_model::{ConnectionId, MemberId, Purpose, RecordId, TeamId, ThreadId, Time};
use tenon_vault::BlindIndex;
use uuid::Uuid;

use super::joined::cause;
use super::threads::{self, ThreadRow};
use crate::StoreError;
use crate::records::{Viewer, push_visible_to};
use crate::sql::{Builder, LIST, Row, sql};
use crate::tx::VISIBLE;

/// Who is given a conversation to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grantee {
    /// A member.
    Member(MemberId),
    /// The members of a team.
    Team(TeamId),
    /// Everybody of the workspace.
    Workspace,
    /// Whoever sees a record that it is joined to.
    Records,
}

/// A conversation that somebody else has shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lent {
    /// It.
    pub thread: ThreadRow,
    /// Whose mailbox it is in.
    pub owner: MemberId,
}

fn lent(row: &Row) -> Result<Lent, StoreError> {
    let mut r = row.reader();
    r.skip(threads::READ);
    Ok(Lent {
        thread: threads::read(row)?,
        owner: r.take()?,
    })
}

aggregate!(
    /// Conversations that are shared one by one. What the owner says of it is read and written in the owner's
    /// requests; what others may read is asked as a job of the workspace, each time.
    Lending,
    lending
);

/// The one predicate of who reads the thread `t` of the connection `c` beside its owner. What a rule has joined
/// since it was shared gives nobody anything: who edits a record would widen by it what others have shared.
fn push_readable(b: &mut Builder, reader: MemberId) {
    b.push(
        "c.status IN ('active', 'paused') AND NOT t.hidden \
         AND EXISTS (SELECT 1 FROM members o WHERE o.id = c.member_id AND o.disabled_at IS NULL) AND c.member_id <> ",
    );
    b.value(reader)
        .push(
            " AND EXISTS (SELECT 1 FROM thread_shares h WHERE h.thread_id = t.id \
             AND (h.grantee_kind = 'workspace' OR h.grantee_id = ",
        )
        .value(reader)
        .push(" OR h.grantee_id IN (SELECT g.team_id FROM team_members g WHERE g.member_id = ")
        .value(reader)
        .push(")");
    if on(Saboteur::LentToAll) {
        b.push(" OR h.grantee_kind <> 'workspace'");
    }
    b.push(
        " OR (h.grantee_kind = 'records' AND EXISTS (SELECT 1 FROM thread_records k JOIN records r ON r.id = k.record_id \
         WHERE k.thread_id = t.id AND k.cause <> 'off' AND (k.cause = 'hand' OR k.at <= h.at) AND r.deleted_at IS NULL AND ",
    );
    push_visible_to(b, Viewer::Member(reader), false);
    // Nobody lends through a record that they do not see: they would neither know of it nor end it.
    b.push(" AND ");
    push_visible_to(b, Viewer::Column("c.member_id"), false);
    b.push("))))");
}

impl Lending<'_> {
    /// With whom a conversation of a visible mailbox is shared; teams that are no more left out.
    pub async fn grantees(&mut self, thread: ThreadId) -> Result<Vec<Grantee>, StoreError> {
        let query = sql(format!(
            "SELECT h.grantee_kind, h.grantee_id FROM thread_shares h WHERE h.thread_id = $3 \
             AND (h.grantee_kind <> 'team' OR EXISTS (SELECT 1 FROM teams g WHERE g.id = h.grantee_id)) \
             AND h.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) \
             ORDER BY h.grantee_kind, h.grantee_id"
        ));
        let query = self.tx.bind_visible(query)?.bind(thread);
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                let kind: String = r.take()?;
                let id: Uuid = r.take()?;
                Ok(match kind.as_str() {
                    "member" => Grantee::Member(MemberId(id)),
                    "team" => Grantee::Team(TeamId(id)),
                    "workspace" => Grantee::Workspace,
                    _ => Grantee::Records,
                })
            })
            .collect()
    }

    /// Shares a conversation of a visible mailbox with exactly these.
    pub async fn share(
        &mut self,
        connection: ConnectionId,
        thread: ThreadId,
        with: &[Grantee],
        at: Time,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let workspace = self.tx.workspace()?;
        let delete = sql("DELETE FROM thread_shares WHERE thread_id = $1 AND connection_id = $2")
            .bind(thread)
            .bind(connection);
        if !on(Saboteur::LendingStays) {
            self.tx.exec(delete).await?;
        }
        let rows = with.iter().map(|grantee| {
            let (kind, id) = match grantee {
                Grantee::Member(id) => ("member", id.0),
                Grantee::Team(id) => ("team", id.0),
                Grantee::Workspace => ("workspace", workspace.0),
                Grantee::Records => ("records", thread.0),
            };
            vec![
                thread.into(),
                id.into(),
                kind.into(),
                connection.into(),
                at.into(),
            ]
        });
        let rows = rows.collect();
        self.tx
            .insert_rows(
                "INSERT INTO thread_shares (thread_id, grantee_id, grantee_kind, connection_id, at) VALUES ",
                rows,
                " ON CONFLICT (thread_id, grantee_id) DO NOTHING",
            )
            .await
    }

    /// `SELECT` conversations with their owners and `more` `FROM` these tables and `WHERE` they are the
    /// reader's to read. Only for jobs: a request sees nothing of others' mailboxes.
    fn readable(
        &self,
        reader: MemberId,
        more: &str,
        from: &str,
        until: Option<Time>,
    ) -> Result<Builder, StoreError> {
        let columns = format!("{}, c.member_id{more}", threads::COLUMNS);
        self.lent_to(reader, &columns, from, until)
    }

    /// The same of any columns.
    fn lent_to(
        &self,
        reader: MemberId,
        columns: &str,
        from: &str,
        until: Option<Time>,
    ) -> Result<Builder, StoreError> {
        if self.tx.scope().purpose == Purpose::Request {
            return Err(StoreError::Scope("purpose Job"));
        }
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(columns)
            .push(" FROM ")
            .push(from)
            .push(" CROSS JOIN connections c WHERE c.id = t.connection_id AND c.workspace_id = ")
            .value(self.tx.workspace()?)
            .push(" AND t.last_at <= ")
            .value(until.unwrap_or(Time(i64::MAX)))
            .push(" AND ");
        push_readable(&mut b, reader);
        b.push(" AND ");
        Ok(b)
    }

    /// Which of these conversations of others a member reads, in no order.
    pub async fn read_by(
        &mut self,
        reader: MemberId,
        ids: &[ThreadId],
    ) -> Result<Vec<Lent>, StoreError> {
        let mut out = Vec::new();
        for ids in ids.chunks(LIST) {
            let mut b = self.readable(reader, "", "threads t", None)?;
            b.push("t.id IN ").list(ids.iter().copied());
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(lent(&row)?);
            }
        }
        Ok(out)
    }

    /// Mailboxes of others that share anything at all, with whomever.
    pub async fn mailboxes(&mut self, reader: MemberId) -> Result<Vec<ConnectionId>, StoreError> {
        let query = sql(
            "SELECT c.id FROM connections c WHERE c.workspace_id = $1 AND c.member_id <> $2 AND c.status IN ('active', 'paused') \
             AND EXISTS (SELECT 1 FROM thread_shares h WHERE h.connection_id = c.id) ORDER BY c.id",
        )
        .bind(self.tx.workspace()?)
        .bind(reader);
        self.tx.all(query).await?.iter().map(Row::only).collect()
    }

    /// Conversations of others in a mailbox with any of these addresses, by their blind indexes there, newest
    /// first, each once.
    pub async fn with_addresses(
        &mut self,
        reader: MemberId,
        connection: ConnectionId,
        indexes: &[BlindIndex],
        until: Option<Time>,
        limit: u32,
    ) -> Result<Vec<Lent>, StoreError> {
        let mut out = Vec::new();
        for part in indexes.chunks(LIST) {
            let mut b = self.readable(reader, "", "threads t", until)?;
            b.push("t.id IN (SELECT a.thread_id FROM thread_addresses a WHERE a.connection_id = ")
                .value(connection)
                .push(" AND a.address_index IN ")
                .list(part.iter().copied())
                .push(") ORDER BY t.last_at DESC, t.id DESC LIMIT ")
                .value(i64::from(limit));
            for row in self.tx.all(b.build(part.len())).await? {
                out.push(lent(&row)?);
            }
        }
        Ok(out)
    }

    /// When the newest conversation of others in a mailbox was last heard of with each of these addresses.
    pub async fn last_heard(
        &mut self,
        reader: MemberId,
        connection: ConnectionId,
        indexes: &[BlindIndex],
    ) -> Result<HashMap<BlindIndex, Time>, StoreError> {
        let mut out = HashMap::new();
        for part in indexes.chunks(LIST) {
            let from = "thread_addresses a CROSS JOIN threads t";
            let columns = "a.address_index, max(t.last_at)";
            let mut b = self.lent_to(reader, columns, from, None)?;
            b.push("a.connection_id = ")
                .value(connection)
                .push(" AND a.address_index IN ")
                .list(part.iter().copied())
                .push(" AND t.id = a.thread_id GROUP BY a.address_index");
            for row in self.tx.all(b.build(part.len())).await? {
                let mut r = row.reader();
                out.insert(r.take()?, r.take()?);
            }
        }
        Ok(out)
    }

    /// Conversations of others that are joined to a record, which the reader must see; newest first.
    pub async fn of_record(
        &mut self,
        reader: MemberId,
        record: RecordId,
        until: Option<Time>,
        limit: u32,
    ) -> Result<Vec<(Lent, JoinCause)>, StoreError> {
        let from = "thread_records j CROSS JOIN threads t";
        let mut b = self.readable(reader, ", j.cause", from, until)?;
        b.push("j.record_id = ").value(record).push(
            " AND j.cause <> 'off' AND t.id = j.thread_id ORDER BY t.last_at DESC, t.id DESC LIMIT ",
        );
        b.value(i64::from(limit));
        let rows = self.tx.all(b.build(1)).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                r.skip(threads::READ + 1);
                Ok((lent(row)?, cause(&r.take::<String>()?)?))
            })
            .collect()
    }

    /// When the newest conversation of others was last heard of that is joined to each of these records, which
    /// the reader must see.
    pub async fn newest(
        &mut self,
        reader: MemberId,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, Time>, StoreError> {
        let mut out: HashMap<RecordId, Time> = HashMap::new();
        for ids in records.chunks(LIST) {
            let from = "thread_records j CROSS JOIN threads t";
            let mut b = self.readable(reader, ", j.record_id", from, None)?;
            b.push("j.record_id IN ")
                .list(ids.iter().copied())
                .push(" AND j.cause <> 'off' AND t.id = j.thread_id");
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut r = row.reader();
                r.skip(threads::READ + 1);
                let (record, at) = (r.take()?, lent(&row)?.thread.last_at);
                let newest = out.entry(record).or_insert(at);
                *newest = at.max(*newest);
            }
        }
        Ok(out)
    }
}
