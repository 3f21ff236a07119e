//! Connections: one grant at a provider, and everything that hangs on it.

use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, KeyId, MemberId, ReceiptId, Time, WorkspaceId, inventory};
use tenon_vault::{BlindIndex, Sealed};

use crate::purges::is_large;
use crate::sql::{Builder, LIST, Reader, Row, Sql, join_words, split_words, sql};
use crate::tx::VISIBLE;
use crate::{StoreError, Tx};

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRow {
    /// Id.
    pub id: ConnectionId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose mailbox it is; mailboxes are private.
    pub member_id: MemberId,
    /// Where.
    pub provider: Provider,
    /// Whether it works.
    pub status: ConnectionStatus,
    /// Why not: a stable code.
    pub status_reason: Option<String>,
    /// Blind index of the provider's subject, under the deployment's key: finds other
    /// connections of the same account (fault A10).
    pub subject_index: BlindIndex,
    /// The provider's subject, sealed.
    pub subject: Sealed,
    /// `AccountProfile` as JSON, sealed.
    pub account: Sealed,
    /// The preset chosen.
    pub profile: Option<String>,
    /// What the person switched on.
    pub features: Vec<Feature>,
    /// What the provider granted.
    pub scopes: Vec<String>,
    /// The key that everything of this connection is sealed with.
    pub key_id: KeyId,
    /// Grows when running work must stop: whoever holds an older number writes nothing more.
    pub fence: i64,
    /// Begin.
    pub created_at: Time,
    /// When the grant was found gone.
    pub revoked_at: Option<Time>,
    /// When what is left will be deleted.
    pub purge_at: Option<Time>,
}

/// A connection whose grant was found gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostGrant {
    /// The connection.
    pub row: ConnectionRow,
    /// When its member last agreed.
    pub granted_at: Time,
}

const COLUMNS: &str = "id, workspace_id, member_id, provider, status, status_reason, subject_index, \
                       subject, account, profile, features, scopes, key_id, fence, created_at, \
                       revoked_at, purge_at";

fn read(row: &Row) -> Result<ConnectionRow, StoreError> {
    read_next(&mut row.reader())
}

fn read_next(r: &mut Reader<'_>) -> Result<ConnectionRow, StoreError> {
    Ok(ConnectionRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        provider: read_provider(&r.take::<String>()?)?,
        status: ConnectionStatus::parse(&r.take::<String>()?),
        status_reason: r.opt()?,
        subject_index: r.take()?,
        subject: r.take()?,
        account: r.take()?,
        profile: r.opt()?,
        features: read_features(&r.take::<String>()?),
        scopes: split_words(&r.take::<String>()?),
        key_id: r.take()?,
        fence: r.take()?,
        created_at: r.take()?,
        revoked_at: r.opt()?,
        purge_at: r.opt()?,
    })
}

/// A provider's word, which this program must know: acting on a guess would be worse than not.
pub(crate) fn read_provider(word: &str) -> Result<Provider, StoreError> {
    Provider::parse(word).ok_or(StoreError::Unreadable {
        column: 0,
        what: "a provider this program knows",
    })
}

/// Features by their words; those of a newer program are left out.
pub(crate) fn read_features(words: &str) -> Vec<Feature> {
    split_words(words)
        .iter()
        .filter_map(|w| Feature::parse(w))
        .collect()
}

fn write_features(features: &[Feature]) -> String {
    join_words(&features.iter().map(|f| f.as_str()).collect::<Vec<_>>())
}

aggregate!(
    /// The connections; in a request a member's own.
    Connections,
    connections
);

impl Connections<'_> {
    /// Adds a connection.
    pub async fn insert(&mut self, row: &ConnectionRow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id
            || self
                .tx
                .private_to()?
                .is_some_and(|own| own != row.member_id)
        {
            return Err(StoreError::Scope("the connection's workspace and member"));
        }
        let insert = sql(format!(
            "INSERT INTO connections ({COLUMNS}) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.provider.as_str())
        .bind(row.status.as_str())
        .bind(row.status_reason.clone())
        .bind(row.subject_index)
        .bind(&row.subject)
        .bind(&row.account)
        .bind(row.profile.clone())
        .bind(write_features(&row.features))
        .bind(join_words(&row.scopes))
        .bind(row.key_id)
        .bind(row.fence)
        .bind(row.created_at)
        .bind(row.revoked_at)
        .bind(row.purge_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A visible connection.
    pub async fn get(&mut self, id: ConnectionId) -> Result<Option<ConnectionRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM connections c WHERE {VISIBLE} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The visible connections, oldest first.
    pub async fn list(&mut self) -> Result<Vec<ConnectionRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM connections c WHERE {VISIBLE} ORDER BY created_at, id"
        ));
        let query = self.tx.bind_visible(query)?;
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// How many connections a member has. System only: for who is about to take an account over.
    pub async fn count_of(
        &mut self,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query =
            sql("SELECT count(*) FROM connections WHERE workspace_id = $1 AND member_id = $2")
                .bind(workspace)
                .bind(member);
        self.tx.count(query).await
    }

    /// Pauses the visible connections of a member that are active, for `reason`; running work finds its
    /// fence moved. Which.
    pub async fn pause_of(
        &mut self,
        member: MemberId,
        reason: &str,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let update = sql(format!(
            "UPDATE connections AS c SET status = 'paused', status_reason = $4, fence = fence + 1 \
             WHERE {VISIBLE} AND member_id = $3 AND status = 'active' RETURNING id"
        ));
        let update = self.tx.bind_visible(update)?.bind(member).bind(reason);
        self.tx.all(update).await?.iter().map(Row::only).collect()
    }

    /// Ends that pause, and no other; the member's connections that are active from now on.
    pub async fn resume_of(
        &mut self,
        member: MemberId,
        reason: &str,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        let update = sql(format!(
            "UPDATE connections AS c SET status = 'active', status_reason = NULL \
             WHERE {VISIBLE} AND member_id = $3 \
             AND (status = 'active' OR (status = 'paused' AND status_reason = $4)) RETURNING id"
        ));
        let update = self.tx.bind_visible(update)?.bind(member).bind(reason);
        self.tx.all(update).await?.iter().map(Row::only).collect()
    }

    /// Connections of all workspaces whose grace period has ended. System only.
    pub async fn list_due_for_purge(
        &mut self,
        now: Time,
    ) -> Result<Vec<ConnectionRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM connections WHERE purge_at IS NOT NULL AND purge_at <= $1 ORDER BY purge_at"
        ))
        .bind(now);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Connections of all workspaces to the account with this blind index: whether a grant is
    /// shared (fault A10) is a question across tenants. System only.
    pub async fn by_subject_index(
        &mut self,
        provider: Provider,
        index: BlindIndex,
    ) -> Result<Vec<ConnectionRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM connections WHERE provider = $1 AND subject_index = $2 ORDER BY created_at, id"
        ))
        .bind(provider.as_str())
        .bind(index);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Ids and workspaces of the active connections of all workspaces. System only: for
    /// schedulers.
    pub async fn ids_active(&mut self) -> Result<Vec<(ConnectionId, WorkspaceId)>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT id, workspace_id FROM connections WHERE status = $1 ORDER BY id")
            .bind(ConnectionStatus::Active.as_str());
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// Which of these connections, of whatever workspace, are still there. System only: other
    /// processes' disconnects are to be noticed.
    pub async fn existing(
        &mut self,
        ids: &[ConnectionId],
    ) -> Result<Vec<ConnectionId>, StoreError> {
        self.tx.system()?;
        let mut out = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LIST) {
            let mut query = Builder::new(self.tx.kind(), "SELECT id FROM connections WHERE id IN ");
            query.list(ids.iter().copied());
            for row in self.tx.all(query.build(ids.len())).await? {
                out.push(row.only()?);
            }
        }
        Ok(out)
    }

    /// Connections of all workspaces whose access token ended before `before`: nobody has used
    /// their grant since (fault A4). The longest unused first. System only.
    pub async fn list_idle(
        &mut self,
        before: Time,
        limit: u32,
    ) -> Result<Vec<ConnectionRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM connections WHERE status <> 'revoked' AND id IN \
             (SELECT connection_id FROM tokens WHERE refresh IS NOT NULL AND access_expires_at < $1 \
             ORDER BY access_expires_at LIMIT $2)"
        ))
        .bind(before)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Grants of all workspaces that were found gone since `since`, in the order they were, and how
    /// many connections still hold theirs: many losses at once are not the members' doing (fault
    /// A2). System only.
    pub async fn lost_grants(
        &mut self,
        provider: Provider,
        since: Time,
    ) -> Result<(Vec<LostGrant>, u64), StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS}, (SELECT max(k.given_at) FROM consents k WHERE k.connection_id = c.id) \
             FROM connections c WHERE c.status = 'revoked' AND c.provider = $1 AND c.revoked_at >= $2 \
             ORDER BY c.revoked_at"
        ))
        .bind(provider.as_str())
        .bind(since);
        let mut lost = Vec::new();
        for row in self.tx.all(query).await? {
            let mut r = row.reader();
            let row = read_next(&mut r)?;
            let granted_at = r.opt()?.unwrap_or(row.created_at);
            lost.push(LostGrant { row, granted_at });
        }
        let query = sql(
            "SELECT count(*) FROM connections WHERE status IN ('active', 'paused') AND provider = $1",
        )
        .bind(provider.as_str());
        Ok((lost, self.tx.count(query).await?))
    }

    /// Stores what was chosen and what was granted.
    pub async fn update_grant(
        &mut self,
        id: ConnectionId,
        features: &[Feature],
        scopes: &[String],
        profile: Option<&str>,
    ) -> Result<(), StoreError> {
        let update = self
            .update("features = $4, scopes = $5, profile = $6", id)?
            .bind(write_features(features))
            .bind(join_words(scopes))
            .bind(profile);
        self.touched(update).await
    }

    /// Stores whether the connection works, and since when it does not.
    pub async fn set_status(
        &mut self,
        id: ConnectionId,
        status: ConnectionStatus,
        reason: Option<&str>,
        revoked_at: Option<Time>,
        purge_at: Option<Time>,
    ) -> Result<(), StoreError> {
        let update = self
            .update(
                "status = $4, status_reason = $5, revoked_at = $6, purge_at = $7",
                id,
            )?
            .bind(status.as_str())
            .bind(reason)
            .bind(revoked_at)
            .bind(purge_at);
        self.touched(update).await
    }

    /// Stores what the provider says of the account.
    pub async fn set_account(
        &mut self,
        id: ConnectionId,
        account: Sealed,
    ) -> Result<(), StoreError> {
        let update = self.update("account = $4", id)?.bind(account);
        self.touched(update).await
    }

    /// Stops running work of this connection: it finds the fence moved and writes nothing more.
    /// The new fence.
    pub async fn bump_fence(&mut self, id: ConnectionId) -> Result<i64, StoreError> {
        let mut update = self.update("fence = fence + 1", id)?;
        update.text = format!("{} RETURNING fence", update.text).into();
        match self.tx.opt(update).await? {
            Some(row) => row.only(),
            None => Err(StoreError::NotFound("connection")),
        }
    }

    /// The fence of a visible connection.
    pub async fn fence(&mut self, id: ConnectionId) -> Result<Option<i64>, StoreError> {
        let query = sql(format!(
            "SELECT fence FROM connections c WHERE {VISIBLE} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// How many rows each table holds of this connection.
    pub async fn counts(
        &mut self,
        id: ConnectionId,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        if !self.tx.sees(id).await? {
            return Err(StoreError::NotFound("connection"));
        }
        let mut counts = Vec::new();
        for table in tables_of_a_connection() {
            let query = sql(format!(
                "SELECT count(*) FROM {table} WHERE {} = $1",
                key(table)
            ))
            .bind(id);
            counts.push((table, self.tx.count(query).await?));
        }
        Ok(counts)
    }

    /// Deletes this connection with its key, its unfinished jobs and its rows in every table that the
    /// inventory keeps until the disconnect; the counts. Rows of the large tables, which nothing
    /// reaches any more, are noted for [`crate::Purges`]. Consents and receipts stay. Work that runs
    /// elsewhere is waited for or finds the connection gone.
    pub async fn delete(
        &mut self,
        id: ConnectionId,
        receipt: Option<ReceiptId>,
    ) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.tx.hold(id).await?;
        let note = sql(
            "INSERT INTO purges (id, workspace_id, receipt_id, began_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(self.tx.workspace()?)
        .bind(receipt)
        .bind(self.tx.world().now());
        self.tx.exec(note).await?;
        let unfinished =
            sql("DELETE FROM jobs WHERE connection_id = $1 AND state NOT IN ('done', 'failed')")
                .bind(id);
        self.tx.exec(unfinished).await?;
        let mut counts = Vec::new();
        for table in tables_of_a_connection().filter(|t| !is_large(t)) {
            let delete = sql(format!("DELETE FROM {table} WHERE {} = $1", key(table))).bind(id);
            counts.push((table, self.tx.exec(delete).await?));
        }
        self.tx.forget(id);
        Ok(counts)
    }

    fn update(&self, set: &str, id: ConnectionId) -> Result<Sql, StoreError> {
        let update = sql(format!(
            "UPDATE connections AS c SET {set} WHERE {VISIBLE} AND id = $3"
        ));
        Ok(self.tx.bind_visible(update)?.bind(id))
    }

    async fn touched(&mut self, update: Sql) -> Result<(), StoreError> {
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("connection")),
            _ => Ok(()),
        }
    }
}

/// The tables that are emptied of a connection when it ends; the connection's own comes last,
/// because others refer to it.
fn tables_of_a_connection() -> impl Iterator<Item = &'static str> {
    inventory::tables_of_a_connection()
        .into_iter()
        .chain(["connections"])
}

fn key(table: &str) -> &'static str {
    if table == "connections" {
        "id"
    } else {
        "connection_id"
    }
}

impl Tx {
    /// The ids of the visible connections.
    pub(crate) async fn visible_connections(&mut self) -> Result<Vec<ConnectionId>, StoreError> {
        let query = sql(format!(
            "SELECT id FROM connections c WHERE {VISIBLE} ORDER BY id"
        ));
        let query = self.bind_visible(query)?;
        self.all(query).await?.iter().map(Row::only).collect()
    }
}
