//! Records of every kind (decision 0060): rows, who sees them, and what they are found by.

mod bulks;
mod changes;
mod filter;
mod find;
mod list;
mod merges;
mod shares;
mod touch;
mod words;
mod write;

use tenon_model::records::{Access, Kind, ShareScope, Values};
use tenon_model::sabotage::{Saboteur, on};
use tenon_model::{MemberId, PipelineId, RecordId, StageId, Time};

use crate::StoreError;
use crate::sql::{Builder, Row, dialect, sql};

pub use bulks::Bulk;
pub use changes::{ChangeRow, Touch};
pub use find::SoughtWord;
pub use list::{PlaceKey, RecordPlace, RecordQuery, StageSum};
pub use merges::Merge;
pub use shares::Share;
pub use write::RecordWrite;

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// Id.
    pub id: RecordId,
    /// Kind.
    pub kind: Kind,
    /// What it is called in lists.
    pub title: String,
    /// Values by field.
    pub values: Values,
    /// Counts its changes.
    pub version: i64,
    /// Who is responsible.
    pub owner: Option<MemberId>,
    /// Where a box stands.
    pub pipeline: Option<PipelineId>,
    /// Where a box stands.
    pub stage: Option<StageId>,
    /// Its place in the stage.
    pub position: Option<i64>,
    /// Who sees it beside its owner.
    pub sharing: ShareScope,
    /// The record whose sharing holds, when that is [`ShareScope::Parent`].
    pub parent: Option<RecordId>,
    /// When it was made.
    pub created_at: Time,
    /// By whom.
    pub created_by: Option<MemberId>,
    /// When it last changed.
    pub updated_at: Time,
    /// Since when it is in the bin.
    pub deleted_at: Option<Time>,
    /// What the scope's member may do; a job may do everything.
    pub access: Access,
}

const COLUMNS: &str = "r.id, r.kind, r.title, r.body, r.version, r.owner_id, r.pipeline_id, r.stage_id, r.position, \
                       r.sharing, r.parent_id, r.created_at, r.created_by, r.updated_at, r.deleted_at, ";

/// How many columns [`read`] reads.
const READ: usize = 16;

fn read(row: &Row) -> Result<RecordRow, StoreError> {
    let mut r = row.reader();
    Ok(RecordRow {
        id: r.take()?,
        kind: word(&r.take::<String>()?, Kind::parse)?,
        title: r.take()?,
        values: json(&r.take::<String>()?)?,
        version: r.take()?,
        owner: r.opt()?,
        pipeline: r.opt()?,
        stage: r.opt()?,
        position: r.opt()?,
        sharing: word(&r.take::<String>()?, ShareScope::parse)?,
        parent: r.opt()?,
        created_at: r.take()?,
        created_by: r.opt()?,
        updated_at: r.take()?,
        deleted_at: r.opt()?,
        access: word(&r.take::<String>()?, Access::parse)?,
    })
}

/// A stored word of ours.
fn word<T>(text: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(text).ok_or(StoreError::Unreadable {
        column: 0,
        what: std::any::type_name::<T>(),
    })
}

/// Stored JSON of ours.
fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable {
        column: 0,
        what: "JSON of a record",
    })
}

aggregate!(
    /// Records. In a request those that its member sees, in a job all of the workspace.
    Records,
    records
);

/// Whose sight a record is measured by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Viewer {
    /// A member's.
    Member(MemberId),
    /// That of the member in a column of the statement.
    Column(&'static str),
}

impl Viewer {
    fn push<'b>(self, b: &'b mut Builder, before: &str) -> &'b mut Builder {
        b.push(before);
        match self {
            Self::Member(id) => b.value(id),
            Self::Column(name) => b.push(name),
        }
    }
}

/// Whether the member owns the record `alias`: who is responsible, else who made it.
fn push_own(b: &mut Builder, alias: &str, member: Viewer) {
    let own = format!("COALESCE({alias}.owner_id, {alias}.created_by) = ");
    member.push(b, &own);
}

/// Whether the record `alias` is shared with the member, or a team of theirs, at least for `editing`.
fn push_shared(b: &mut Builder, alias: &str, member: Viewer, editing: bool) {
    let edit = if editing {
        "s.access = 'edit' AND "
    } else {
        ""
    };
    let direct = format!(
        "EXISTS (SELECT 1 FROM record_shares s WHERE s.record_id = {alias}.id AND {edit}(s.grantee_id = "
    );
    member.push(b, &direct);
    let team = " OR s.grantee_id IN (SELECT x.team_id FROM team_members x WHERE x.member_id = ";
    member.push(b, team).push(")");
    if on(Saboteur::TeamsOpen) {
        b.push(" OR s.grantee_kind = 'team'");
    }
    b.push("))");
}

/// What holds for the record `alias` by itself.
fn push_itself(b: &mut Builder, alias: &str, member: Viewer, editing: bool) {
    b.push(&format!("({alias}.sharing = 'workspace' OR "));
    push_own(b, alias, member);
    b.push(" OR ");
    push_shared(b, alias, member, editing);
    b.push(")");
}

/// The one predicate of who sees, or with `editing` may change, the record `r`. Nothing of a record is read
/// past it. `None` is a job, which sees all.
pub(crate) fn push_visible(b: &mut Builder, member: Option<MemberId>, editing: bool) {
    let Some(member) = member else {
        b.push("(1 = 1)");
        return;
    };
    push_visible_to(b, Viewer::Member(member), editing);
}

/// The same for one member, also one who stands in a column.
pub(crate) fn push_visible_to(b: &mut Builder, member: Viewer, editing: bool) {
    b.push("(");
    push_itself(b, "r", member, editing);
    b.push(
        " OR (r.sharing = 'parent' AND EXISTS (SELECT 1 FROM records p WHERE p.id = r.parent_id AND ",
    );
    push_itself(b, "p", member, editing);
    if on(Saboteur::ParentOpen) {
        b.push(" OR p.sharing = 'private'");
    }
    b.push(")))");
}

/// What the member may do with the record `r`, as a column.
fn push_access(b: &mut Builder, member: Option<MemberId>) {
    let Some(member) = member else {
        b.push("'owner'");
        return;
    };
    b.push("CASE WHEN ");
    push_own(b, "r", Viewer::Member(member));
    b.push(" THEN 'owner' WHEN ");
    push_visible(b, Some(member), true);
    b.push(" THEN 'edit' ELSE 'view' END");
}

impl Records<'_> {
    /// `SELECT … FROM records r WHERE` those of the scope `AND `.
    fn select(&self) -> Result<Builder, StoreError> {
        let member = self.tx.private_to()?;
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS);
        push_access(&mut b, member);
        b.push(" FROM records r WHERE r.workspace_id = ")
            .value(self.tx.workspace()?)
            .push(" AND ");
        push_visible(&mut b, member, false);
        b.push(" AND ");
        Ok(b)
    }

    /// A record, in the bin too.
    pub async fn get(&mut self, id: RecordId) -> Result<Option<RecordRow>, StoreError> {
        let mut b = self.select()?;
        b.push("r.id = ").value(id);
        let row = self.tx.opt(b.build(1)).await?;
        row.map(|r| read(&r)).transpose()
    }

    /// A record, in the bin too, that nobody else changes until the end of the transaction.
    pub async fn hold(&mut self, id: RecordId) -> Result<Option<RecordRow>, StoreError> {
        let mut b = self.select()?;
        b.push("r.id = ").value(id);
        b.push(dialect!(self.tx.kind(), sqlite: "", postgres: " FOR NO KEY UPDATE OF r"));
        let row = self.tx.opt(b.build(1)).await?;
        row.map(|r| read(&r)).transpose()
    }

    /// Those of the records that are seen, in the bin too, in no order.
    pub async fn get_many(&mut self, ids: &[RecordId]) -> Result<Vec<RecordRow>, StoreError> {
        let mut out = Vec::with_capacity(ids.len());
        for ids in ids.chunks(crate::sql::LIST) {
            let mut b = self.select()?;
            b.push("r.id IN ").list(ids.iter().copied());
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// Those of the records that are there at all, whoever sees them: for leaving out links to what was
    /// removed for good. Nothing of them may be told.
    pub async fn existing(&mut self, ids: &[RecordId]) -> Result<Vec<RecordId>, StoreError> {
        let mut out = Vec::with_capacity(ids.len());
        for ids in ids.chunks(crate::sql::LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT id FROM records WHERE workspace_id = ",
            );
            b.value(self.tx.workspace()?)
                .push(" AND id IN ")
                .list(ids.iter().copied());
            for row in self.tx.all(b.build(ids.len())).await? {
                out.push(row.only()?);
            }
        }
        Ok(out)
    }

    /// A record of this member's request, by the key of the request that made it.
    pub async fn by_repeat_key(
        &mut self,
        key: [u8; 32],
    ) -> Result<Option<(RecordId, [u8; 32])>, StoreError> {
        let query =
            sql("SELECT id, request_hash FROM records WHERE workspace_id = $1 AND repeat_key = $2")
                .bind(self.tx.workspace()?)
                .bind(key);
        let row = self.tx.opt(query).await?;
        row.map(|row| {
            let mut r = row.reader();
            Ok((r.take()?, r.take()?))
        })
        .transpose()
    }

    /// The members who see a record, for telling them that it changed: `None` is everybody.
    pub async fn audience(&mut self, row: &RecordRow) -> Result<Option<Vec<MemberId>>, StoreError> {
        if on(Saboteur::AudienceOpen) {
            return Ok(None);
        }
        let workspace = self.tx.workspace()?;
        let mut ids = vec![(row.id, row.sharing, row.owner.or(row.created_by))];
        if let (ShareScope::Parent, Some(parent)) = (row.sharing, row.parent) {
            let query = sql("SELECT sharing, COALESCE(owner_id, created_by) FROM records WHERE workspace_id = $1 AND id = $2")
                .bind(workspace)
                .bind(parent);
            if let Some(found) = self.tx.opt(query).await? {
                let mut r = found.reader();
                let sharing = word(&r.take::<String>()?, ShareScope::parse)?;
                ids.push((parent, sharing, r.opt()?));
            }
        }
        if ids
            .iter()
            .any(|(_, sharing, _)| *sharing == ShareScope::Workspace)
        {
            return Ok(None);
        }
        let mut members: Vec<MemberId> = ids.iter().filter_map(|(_, _, owner)| *owner).collect();
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT m.id FROM members m WHERE m.workspace_id = ",
        );
        b.value(workspace)
            .push(" AND EXISTS (SELECT 1 FROM record_shares s WHERE s.record_id IN ")
            .list(ids.iter().map(|(id, ..)| *id))
            .push(
                " AND (s.grantee_id = m.id OR s.grantee_id IN \
                 (SELECT t.team_id FROM team_members t WHERE t.member_id = m.id)))",
            );
        for row in self.tx.all(b.build(ids.len())).await? {
            members.push(row.only()?);
        }
        members.sort_unstable();
        members.dedup();
        Ok(Some(members))
    }
}
