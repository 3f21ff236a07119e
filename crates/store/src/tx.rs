//! Transactions: the only way to rows, each with the scope it acts in.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Postgres, Sqlite, Transaction};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, MemberId, Purpose, Scope, WorkspaceId, World};

use crate::audit::PendingEntry;
use crate::events::PendingEvent;
use crate::listen::wake_events;
use crate::sql::{Row, Sql, dialect, postgres_arguments, sql, sqlite_arguments};
use crate::store::{Inner, notify_events, notify_jobs};
use crate::{DbKind, StoreError};

pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    /// Given back for a while, see [`Tx::resting`].
    Resting(DbKind),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves no trace.
pub struct Tx {
    conn: Conn,
    reads_only: bool,
    scope: Scope,
    inner: Arc<Inner>,
    world: World,
    /// Written at commit, so that their order is the order of commits.
    pub(crate) pending_events: Vec<PendingEvent>,
    /// The same of the audit log.
    pub(crate) pending_audit: Vec<PendingEntry>,
    pub(crate) enqueued: bool,
    failed: bool,
    seen: Vec<ConnectionId>,
    held: Vec<ConnectionId>,
    /// Every statement that ran, for looking at its plan.
    #[cfg(test)]
    pub(crate) ran: Vec<Sql>,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Tx {
    pub(crate) const fn new(conn: Conn, scope: Scope, inner: Arc<Inner>, world: World) -> Self {
        Self {
            conn,
            reads_only: false,
            scope,
            inner,
            world,
            pending_events: Vec::new(),
            pending_audit: Vec::new(),
            enqueued: false,
            failed: false,
            seen: Vec::new(),
            held: Vec::new(),
            #[cfg(test)]
            ran: Vec::new(),
        }
    }

    /// The scope given at the beginning.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Where the times and ids of what is written come from.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Which database serves.
    pub const fn kind(&self) -> DbKind {
        match self.conn {
            Conn::Sqlite(_) => DbKind::Sqlite,
            Conn::Postgres(_) => DbKind::Postgres,
            Conn::Resting(kind) => kind,
        }
    }

    pub(crate) const fn reading(mut self) -> Self {
        self.reads_only = true;
        self
    }

    /// Whether this transaction only reads.
    pub const fn reads_only(&self) -> bool {
        self.reads_only
    }

    /// Waits for `work` with nothing of the database held, then goes on with a state of the
    /// database that may be newer. Only for transactions that read; one that writes must have
    /// waited before it began, and is [`StoreError::Failed`].
    pub async fn resting<T>(&mut self, work: impl Future<Output = T>) -> Result<T, StoreError> {
        if !self.reads_only {
            self.failed = true;
            return Err(StoreError::Failed);
        }
        self.seen.clear();
        let resting = Conn::Resting(self.kind());
        drop(std::mem::replace(&mut self.conn, resting));
        let done = work.await;
        self.conn = self.inner.begin_reading(&self.scope).await?;
        Ok(done)
    }

    /// Makes everything durable and visible at once, then wakes those who wait for events and
    /// jobs. After a failed statement nothing is saved (PostgreSQL could not, SQLite may not).
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if self.failed {
            return Err(StoreError::Failed);
        }
        let audited = self.write_audit().await?;
        let newest = self.write_events().await?;
        if self.kind() == DbKind::Postgres {
            if let Some(seq) = newest {
                self.exec(notify_events(seq)).await?;
            }
            if self.enqueued {
                self.exec(notify_jobs()).await?;
            }
        }
        let watch = self.inner.watch.get().filter(|_| !self.reads_only);
        if let Some(watch) = watch {
            watch.before().await;
        }
        match self.conn {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
            Conn::Resting(_) => {}
        }
        if let Some(watch) = watch {
            watch.after().await;
        }
        for entry in audited {
            entry.tell();
        }
        if let Some(seq) = newest {
            wake_events(&self.inner.events, seq);
        }
        if self.enqueued {
            self.inner.jobs.send_replace(());
        }
        Ok(())
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn exec(&mut self, sql: Sql) -> Result<u64, StoreError> {
        let result = self.try_exec(sql).await;
        self.failed |= result.is_err();
        result
    }

    async fn try_exec(&mut self, sql: Sql) -> Result<u64, StoreError> {
        #[cfg(test)]
        self.ran.push(sql.clone());
        let (text, values, keep) = without_walls(sql).into_parts();
        Ok(match &mut self.conn {
            Conn::Sqlite(tx) => sqlx::query_with(text, sqlite_arguments(values)?)
                .persistent(keep)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Conn::Postgres(tx) => sqlx::query_with(text, postgres_arguments(values)?)
                .persistent(keep && !self.inner.pooled)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Conn::Resting(_) => return Err(StoreError::Failed),
        })
    }

    /// Runs a statement; all its rows.
    pub(crate) async fn all(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        let result = self.try_all(sql).await;
        self.failed |= result.is_err();
        result
    }

    async fn try_all(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        #[cfg(test)]
        self.ran.push(sql.clone());
        let (text, values, keep) = without_walls(sql).into_parts();
        Ok(match &mut self.conn {
            Conn::Sqlite(tx) => sqlx::query_with(text, sqlite_arguments(values)?)
                .persistent(keep)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Conn::Postgres(tx) => sqlx::query_with(text, postgres_arguments(values)?)
                .persistent(keep && !self.inner.pooled)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
            Conn::Resting(_) => return Err(StoreError::Failed),
        })
    }

    /// Runs a statement that has at most one row.
    pub(crate) async fn opt(&mut self, sql: Sql) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql).await?.pop())
    }

    /// Runs a statement that counts.
    pub(crate) async fn count(&mut self, sql: Sql) -> Result<u64, StoreError> {
        match self.opt(sql).await? {
            Some(row) => row.only(),
            None => Ok(0),
        }
    }

    /// Runs a script of the migrations.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.conn {
            Conn::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ())?,
            Conn::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(|_| ())?,
            Conn::Resting(_) => return Err(StoreError::Failed),
        }
        Ok(())
    }

    /// The workspace of the scope; without one nothing of a tenant is reached.
    pub(crate) fn workspace(&self) -> Result<WorkspaceId, StoreError> {
        self.scope.workspace.ok_or(StoreError::Scope("a workspace"))
    }

    /// The workspace to filter by: `None` (all) only for the deployment itself. Used by functions
    /// whose documentation says *System: any workspace*.
    pub(crate) fn workspace_or_all(&self) -> Result<Option<WorkspaceId>, StoreError> {
        match (self.scope.workspace, self.scope.purpose) {
            (None, Purpose::Request | Purpose::Job) => Err(StoreError::Scope("a workspace")),
            (workspace, _) => Ok(workspace),
        }
    }

    /// Refuses all but the deployment itself.
    pub(crate) fn system(&self) -> Result<(), StoreError> {
        if self.scope.purpose == Purpose::System {
            Ok(())
        } else {
            Err(StoreError::Scope("purpose System"))
        }
    }

    /// The member whose private rows are the only ones seen: the one who asks, in a request.
    pub(crate) fn private_to(&self) -> Result<Option<MemberId>, StoreError> {
        if sabotage::on(Saboteur::MemberWall) {
            return Ok(None);
        }
        match (self.scope.purpose, self.scope.member) {
            (Purpose::Request, None) => Err(StoreError::Scope("a member")),
            (Purpose::Request, member) => Ok(member),
            (Purpose::Job | Purpose::System, _) => Ok(None),
        }
    }

    /// Binds the two values of [`VISIBLE`].
    pub(crate) fn bind_visible(&self, sql: Sql) -> Result<Sql, StoreError> {
        Ok(sql.bind(self.workspace()?).bind(self.private_to()?))
    }

    /// Whether `connection` exists and is visible in this scope.
    pub(crate) async fn sees(&mut self, connection: ConnectionId) -> Result<bool, StoreError> {
        if self.seen.contains(&connection) {
            return Ok(true);
        }
        let query = sql(format!(
            "SELECT id FROM connections c WHERE {VISIBLE} AND id = $3"
        ));
        let query = self.bind_visible(query)?.bind(connection);
        let found = self.opt(query).await?.is_some();
        if found {
            self.seen.push(connection);
        }
        Ok(found)
    }

    /// Must come before the first write to rows of `connection`: the connection has to exist and
    /// be visible, and is held until the end of the transaction, so that a disconnect running
    /// elsewhere waits for us or we find it gone, and two writers of one mailbox take turns.
    /// SQLite needs no lock: it has one writer.
    pub(crate) async fn hold(&mut self, connection: ConnectionId) -> Result<(), StoreError> {
        if self.held.contains(&connection) {
            return Ok(());
        }
        let lock = dialect!(self.kind(), sqlite: "", postgres: " FOR NO KEY UPDATE");
        let query = sql(format!(
            "SELECT id FROM connections c WHERE {VISIBLE} AND id = $3{lock}"
        ));
        let query = self.bind_visible(query)?.bind(connection);
        if self.opt(query).await?.is_none() {
            return Err(StoreError::NotFound("connection"));
        }
        self.held.push(connection);
        self.seen.push(connection);
        Ok(())
    }

    /// What was cached of `connection` no longer holds.
    pub(crate) fn forget(&mut self, connection: ConnectionId) {
        self.seen.retain(|c| *c != connection);
        self.held.retain(|c| *c != connection);
    }
}

/// What the saboteurs of T1 and T2 do to a statement: its conditions on the workspace, and on the
/// member who sees a mailbox or an event, hold for everybody.
fn without_walls(mut sql: Sql) -> Sql {
    if sabotage::on(Saboteur::FirstWall) {
        sql.text = without_workspace(&sql.text).into();
    }
    if sabotage::on(Saboteur::EventsToAll) && sql.text.contains("FROM events") {
        let condition = "workspace_id = $1 AND ($2 IS NULL OR member_id IS NULL OR member_id = $2)";
        let nothing = "($1 IS NULL OR $1 IS NOT NULL) AND ($2 IS NULL OR $2 IS NOT NULL)";
        sql.text = sql.text.replace(condition, nothing).into();
    }
    sql
}

/// A statement whose conditions on the workspace hold for every workspace.
fn without_workspace(text: &str) -> String {
    const CONDITION: &str = "workspace_id = $";
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(CONDITION) {
        let (before, after) = (&rest[..at], &rest[at + CONDITION.len()..]);
        // With the alias of its table, and the whole number of its value.
        let alias = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let (number, after) = after.split_at(digits);
        out.push_str(before.trim_end_matches(alias));
        for piece in ["($", number, " IS NULL OR $", number, " IS NOT NULL)"] {
            out.push_str(piece);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The one predicate of who sees a connection `c`, and with it everything of its mailbox:
/// `$1` is the workspace, `$2` the member in a request, NULL in a job.
pub(crate) const VISIBLE: &str = "c.workspace_id = $1 AND ($2 IS NULL OR c.member_id = $2)";

/// The database's own clock in microseconds: what leases go by, for several processes share
/// it.
pub(crate) const fn clock(kind: DbKind) -> &'static str {
    dialect!(kind,
        sqlite: "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
        postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)")
}

/// The length of a lease in the unit of [`clock`].
pub(crate) fn micros(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::without_workspace;

    #[test]
    fn the_first_wall_goes_with_its_alias_and_its_whole_number() {
        assert_eq!(
            without_workspace("WHERE r.workspace_id = $12 AND (workspace_id = $1) OR m.id = $1"),
            "WHERE ($12 IS NULL OR $12 IS NOT NULL) AND (($1 IS NULL OR $1 IS NOT NULL)) OR m.id = $1"
        );
    }
}
