//! The audit log: chains of sealed entries. What is appended to a transaction gets its number and its seal
//! at commit, last of all, so that a chain has no gaps and no forks and nobody holds it for long.

use std::collections::BTreeMap;

use tenon_model::audit::{
    AuditAction, AuditActor, AuditEntry, AuditTarget, MEMBER, NewAuditEntry, chain_id,
};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{MemberId, Time, WorkspaceId};
use tenon_vault::{ChainKey, GENESIS, Mac};
use uuid::Uuid;

use crate::sql::{Builder, LIST, Row, dialect, sql};
use crate::{StoreError, Tx};

fn workspace_of(chain: Uuid) -> Option<WorkspaceId> {
    (!chain.is_nil()).then_some(WorkspaceId(chain))
}

/// An entry that waits for its transaction's commit.
#[derive(Debug, Clone)]
pub(crate) struct PendingEntry {
    entry: NewAuditEntry,
    key: ChainKey,
}

/// An entry that has just been committed, for the log.
#[derive(Debug)]
pub(crate) struct Written {
    entry: NewAuditEntry,
    seq: u64,
}

impl Written {
    /// Tells the server's log.
    pub(crate) fn tell(&self) {
        let NewAuditEntry {
            workspace,
            action,
            actor,
            target,
            details,
            ..
        } = &self.entry;
        let member = match actor {
            AuditActor::Member(id) => Some(tracing::field::display(id)),
            _ => None,
        };
        let to = match target {
            Some(AuditTarget::Member(id)) => Some(tracing::field::display(id.to_string())),
            Some(other) => AuditTarget::text(other.kind(), other.id()).map(tracing::field::display),
            None => None,
        };
        let workspace = workspace.as_ref().map(tracing::field::display);
        tracing::info!(
            target: "audit", workspace, seq = self.seq, actor = actor.kind(), member, to,
            details = details.as_str(), "{}", action.as_str(),
        );
    }
}

/// A stored entry and its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// The entry.
    pub entry: AuditEntry,
    /// Its seal.
    pub mac: Mac,
}

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Whose chain; `None` for the deployment's.
    pub workspace: Option<WorkspaceId>,
    /// How many entries it has.
    pub count: u64,
    /// The seal of the newest.
    pub head: Mac,
    /// How many entries the last checkpoint covers.
    pub signed_count: u64,
    /// The last checkpoint.
    pub checkpoint: Option<String>,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Those before this number.
    pub before: Option<u64>,
    /// Of one of these actions; of any when empty.
    pub actions: Vec<AuditAction>,
    /// By or about the person behind this pseudonym.
    pub person: Option<Uuid>,
    /// Not earlier.
    pub from: Option<Time>,
    /// Earlier.
    pub to: Option<Time>,
    /// How many at most.
    pub limit: u32,
}

const COLUMNS: &str =
    "seq, at, action, actor_kind, actor, target_kind, target, details, request_id, mac";
const HEAD: &str = "chain_id, count, head, signed_count, checkpoint";

fn read(row: &Row) -> Result<SealedEntry, StoreError> {
    let mut r = row.reader();
    let entry = AuditEntry {
        seq: r.take()?,
        at: r.take()?,
        action: r.take()?,
        actor_kind: r.take()?,
        actor: r.opt()?,
        target_kind: r.opt()?,
        target: r.opt()?,
        details: r.take()?,
        request: r.opt()?,
    };
    let mac = r.take()?;
    Ok(SealedEntry { entry, mac })
}

fn read_head(row: &Row) -> Result<AuditHead, StoreError> {
    let mut r = row.reader();
    Ok(AuditHead {
        workspace: workspace_of(r.take()?),
        count: r.take()?,
        head: r.take()?,
        signed_count: r.take()?,
        checkpoint: r.opt()?,
    })
}

aggregate!(
    /// The audit log. *System: any chain* for functions that name one.
    Audit,
    audit
);

impl Audit<'_> {
    /// Adds an entry to the transaction; it gets its number and its seal at commit. `key` is that of the
    /// entry's chain.
    pub fn append(&mut self, entry: NewAuditEntry, key: ChainKey) -> Result<(), StoreError> {
        self.own(entry.workspace)?;
        self.tx.pending_audit.push(PendingEntry { entry, key });
        Ok(())
    }

    /// Refuses a chain that the scope does not reach.
    fn own(&self, workspace: Option<WorkspaceId>) -> Result<(), StoreError> {
        match self.tx.workspace_or_all()? {
            Some(own) if workspace != Some(own) => Err(StoreError::Scope("the chain's workspace")),
            _ => Ok(()),
        }
    }

    /// Entries of the scope's workspace, newest first.
    pub async fn list(&mut self, query: &AuditQuery) -> Result<Vec<SealedEntry>, StoreError> {
        let chain = self.tx.workspace()?.0;
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS)
            .push(" FROM audit_entries WHERE chain_id = ")
            .value(chain);
        if let Some(before) = query.before {
            b.push(" AND seq < ").value(before.cast_signed());
        }
        if !query.actions.is_empty() {
            b.push(" AND action IN ")
                .list(query.actions.iter().map(|a| a.as_str()));
        }
        if let Some(person) = query.person {
            b.push(" AND (actor = ").value(person);
            b.push(" OR (target = ").value(person);
            b.push(" AND target_kind = ").value(MEMBER).push("))");
        }
        if let Some(from) = query.from {
            b.push(" AND at >= ").value(from);
        }
        if let Some(to) = query.to {
            b.push(" AND at < ").value(to);
        }
        b.push(" ORDER BY seq DESC LIMIT ")
            .value(i64::from(query.limit));
        let rows = self.tx.all(b.build(2)).await?;
        rows.iter().map(read).collect()
    }

    /// Entries of a chain after the number `after`, oldest first.
    pub async fn after(
        &mut self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        self.own(workspace)?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM audit_entries WHERE chain_id = $1 AND seq > $2 ORDER BY seq LIMIT $3"
        ))
        .bind(chain_id(workspace))
        .bind(after.cast_signed())
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Chains that have entries, whether or not they have a head, oldest id first. System only.
    pub async fn chains(&mut self) -> Result<Vec<Option<WorkspaceId>>, StoreError> {
        self.tx.system()?;
        // One look-up for each chain: a chain may have millions of entries.
        let (mut chains, mut from) = (Vec::new(), Uuid::nil());
        loop {
            let beyond = if chains.is_empty() { ">=" } else { ">" };
            let next = sql(format!(
                "SELECT chain_id FROM audit_entries WHERE chain_id {beyond} $1 ORDER BY chain_id LIMIT 1"
            ));
            let Some(row) = self.tx.opt(next.bind(from)).await? else {
                return Ok(chains);
            };
            from = row.only()?;
            chains.push(workspace_of(from));
        }
    }

    /// Where a chain ends.
    pub async fn head(
        &mut self,
        workspace: Option<WorkspaceId>,
    ) -> Result<Option<AuditHead>, StoreError> {
        self.own(workspace)?;
        let query = sql(format!(
            "SELECT {HEAD} FROM audit_heads WHERE chain_id = $1"
        ))
        .bind(chain_id(workspace));
        self.tx.opt(query).await?.map(|r| read_head(&r)).transpose()
    }

    /// Where all chains end. System only.
    pub async fn heads(&mut self) -> Result<Vec<AuditHead>, StoreError> {
        self.tx.system()?;
        let query = sql(format!("SELECT {HEAD} FROM audit_heads ORDER BY chain_id"));
        self.tx.all(query).await?.iter().map(read_head).collect()
    }

    /// Notes a checkpoint of the first `count` entries of a chain, unless a later one is noted. System
    /// only.
    pub async fn signed(
        &mut self,
        workspace: Option<WorkspaceId>,
        count: u64,
        checkpoint: &str,
    ) -> Result<(), StoreError> {
        self.tx.system()?;
        let update = sql("UPDATE audit_heads SET signed_count = $2, checkpoint = $3 \
             WHERE chain_id = $1 AND signed_count < $2")
        .bind(chain_id(workspace))
        .bind(count.cast_signed())
        .bind(checkpoint);
        self.tx.exec(update).await.map(drop)
    }

    /// The pseudonym of a member of the scope's workspace, if they have one.
    pub async fn pseudonym(&mut self, member: MemberId) -> Result<Option<Uuid>, StoreError> {
        let query = sql("SELECT pseudonym FROM audit_people WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2)")
        .bind(member)
        .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// The members of the scope's workspace behind these pseudonyms; those that were erased are left out.
    pub async fn people(
        &mut self,
        pseudonyms: &[Uuid],
    ) -> Result<Vec<(Uuid, MemberId)>, StoreError> {
        let workspace = self.tx.workspace()?;
        let mut out = Vec::with_capacity(pseudonyms.len());
        for some in pseudonyms.chunks(LIST) {
            let mut query = Builder::new(
                self.tx.kind(),
                "SELECT pseudonym, member_id FROM audit_people WHERE workspace_id = ",
            );
            query.value(workspace).push(" AND pseudonym IN ");
            query.list(some.iter().copied());
            for row in self.tx.all(query.build(some.len())).await? {
                let mut r = row.reader();
                out.push((r.take()?, r.take()?));
            }
        }
        Ok(out)
    }

    /// From now on nobody can say who the member's entries are of or about. The chain stays whole. Whether
    /// there was something to forget.
    pub async fn forget(&mut self, member: MemberId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM audit_people WHERE member_id = $1 \
             AND ($2 IS NULL OR workspace_id = $2)")
        .bind(member)
        .bind(self.tx.workspace_or_all()?);
        Ok(self.tx.exec(delete).await? == 1)
    }
}

impl Tx {
    /// Writes what was appended, right before the commit. Pseudonyms come first and in order, then the
    /// heads of the chains in order: all of it after every other lock, so nobody waits in a circle.
    pub(crate) async fn write_audit(&mut self) -> Result<Vec<Written>, StoreError> {
        let mut pending = std::mem::take(&mut self.pending_audit);
        if sabotage::on(Saboteur::EntryUntold) {
            pending.retain(|p| p.entry.action != AuditAction::RoleChanged);
        }
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.pseudonyms_of(&pending).await?;
        let mut chains: BTreeMap<Uuid, Vec<PendingEntry>> = BTreeMap::new();
        for one in pending {
            chains
                .entry(chain_id(one.entry.workspace))
                .or_default()
                .push(one);
        }
        let mut written = Vec::new();
        for (chain, entries) in chains {
            self.extend_chain(chain, entries, &people, &mut written)
                .await?;
        }
        Ok(written)
    }

    async fn extend_chain(
        &mut self,
        chain: Uuid,
        entries: Vec<PendingEntry>,
        people: &BTreeMap<MemberId, Uuid>,
        written: &mut Vec<Written>,
    ) -> Result<(), StoreError> {
        let (mut count, mut head) = self.hold_head(chain).await?;
        let at = self.world().now();
        let mut rows = Vec::with_capacity(entries.len());
        let mut bytes = Vec::new();
        for PendingEntry { entry, key } in entries {
            count += 1;
            let row = numbered(&entry, count, at, people);
            bytes.clear();
            row.write_bytes(&mut bytes);
            head = key.link(&head, &bytes);
            rows.push(vec![
                chain.into(),
                row.seq.cast_signed().into(),
                row.at.into(),
                row.action.into(),
                row.actor_kind.into(),
                row.actor.into(),
                row.target_kind.into(),
                row.target.into(),
                row.details.into(),
                row.request.into(),
                head.into(),
            ]);
            written.push(Written { entry, seq: count });
        }
        self.insert_rows(
            "INSERT INTO audit_entries (chain_id, seq, at, action, actor_kind, actor, target_kind, target, \
             details, request_id, mac) VALUES ",
            rows,
            "",
        )
        .await?;
        let update = sql("UPDATE audit_heads SET count = $2, head = $3 WHERE chain_id = $1")
            .bind(chain)
            .bind(count.cast_signed())
            .bind(head);
        self.exec(update).await.map(drop)
    }

    /// Where the chain ends, held until the end of the transaction.
    async fn hold_head(&mut self, chain: Uuid) -> Result<(u64, Mac), StoreError> {
        let lock = dialect!(self.kind(), sqlite: "", postgres: " FOR NO KEY UPDATE");
        let query = format!("SELECT count, head FROM audit_heads WHERE chain_id = $1{lock}");
        for _ in 0..2 {
            if let Some(row) = self.opt(sql(query.clone()).bind(chain)).await? {
                let mut r = row.reader();
                return Ok((r.take()?, r.take()?));
            }
            // The first entry of a chain. Of two at once one inserts, the other waits for its commit.
            let insert = sql(
                "INSERT INTO audit_heads (chain_id, count, head, signed_count) VALUES ($1, 0, $2, 0) \
                 ON CONFLICT (chain_id) DO NOTHING",
            )
            .bind(chain)
            .bind(GENESIS);
            self.exec(insert).await?;
        }
        Err(StoreError::NotFound("audit head"))
    }

    /// The pseudonyms of all members in these entries; whoever has none gets one.
    async fn pseudonyms_of(
        &mut self,
        entries: &[PendingEntry],
    ) -> Result<BTreeMap<MemberId, Uuid>, StoreError> {
        let mut people: BTreeMap<MemberId, Option<WorkspaceId>> = BTreeMap::new();
        for PendingEntry { entry, .. } in entries {
            if let AuditActor::Member(id) = entry.actor {
                people.insert(id, entry.workspace);
            }
            if let Some(AuditTarget::Member(id)) = entry.target {
                people.insert(id, entry.workspace);
            }
        }
        let mut out = BTreeMap::new();
        for (member, workspace) in people {
            let workspace = workspace.ok_or(StoreError::Scope("a workspace"))?;
            out.insert(member, self.pseudonym_for(member, workspace).await?);
        }
        Ok(out)
    }

    async fn pseudonym_for(
        &mut self,
        member: MemberId,
        workspace: WorkspaceId,
    ) -> Result<Uuid, StoreError> {
        if let Some(known) = self.audit().pseudonym(member).await? {
            return Ok(known);
        }
        let insert = sql(
            "INSERT INTO audit_people (member_id, workspace_id, pseudonym) VALUES ($1, $2, $3) \
             ON CONFLICT (member_id) DO NOTHING",
        )
        .bind(member)
        .bind(workspace)
        .bind(Uuid::from_bytes(self.world().bytes()));
        self.exec(insert).await?;
        let known = self.audit().pseudonym(member).await?;
        known.ok_or(StoreError::NotFound("member"))
    }
}

fn numbered(
    entry: &NewAuditEntry,
    seq: u64,
    at: Time,
    people: &BTreeMap<MemberId, Uuid>,
) -> AuditEntry {
    let actor = match entry.actor {
        AuditActor::Member(id) => people.get(&id).copied(),
        _ => None,
    };
    let target = entry.target.and_then(|target| match target {
        AuditTarget::Member(id) => people.get(&id).copied(),
        thing => Some(thing.id()),
    });
    AuditEntry {
        seq,
        at,
        action: entry.action.as_str().to_owned(),
        actor_kind: entry.actor.kind().to_owned(),
        actor,
        target_kind: entry.target.map(|t| t.kind().to_owned()),
        target,
        details: entry.details.as_str().to_owned(),
        request: entry.request,
    }
}
