//! Teams: members who are named together when a record is shared.

use tenon_model::{MemberId, TeamId, Time};

use crate::StoreError;
use crate::sql::{Builder, ROWS, Value, sql};

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// What people read.
    pub name: String,
    /// Who is in it, in order of their ids.
    pub members: Vec<MemberId>,
    /// When it was made.
    pub created_at: Time,
}

aggregate!(
    /// The workspace's teams.
    Teams,
    teams
);

impl Teams<'_> {
    /// All teams, oldest first, with their members.
    pub async fn list(&mut self) -> Result<Vec<Team>, StoreError> {
        self.read(None).await
    }

    /// A team by id.
    pub async fn get(&mut self, id: TeamId) -> Result<Option<Team>, StoreError> {
        Ok(self.read(Some(id)).await?.pop())
    }

    async fn read(&mut self, id: Option<TeamId>) -> Result<Vec<Team>, StoreError> {
        let query = sql(
            "SELECT t.id, t.name, t.created_at, m.member_id FROM teams t \
             LEFT JOIN team_members m ON m.team_id = t.id \
             WHERE t.workspace_id = $1 AND ($2 IS NULL OR t.id = $2) \
             ORDER BY t.created_at, t.id, m.member_id",
        )
        .bind(self.tx.workspace()?)
        .bind(id);
        let mut out: Vec<Team> = Vec::new();
        for row in self.tx.all(query).await? {
            let mut r = row.reader();
            let id: TeamId = r.take()?;
            let (name, created_at) = (r.take()?, r.take()?);
            if out.last().is_none_or(|t| t.id != id) {
                let members = Vec::new();
                out.push(Team {
                    id,
                    name,
                    members,
                    created_at,
                });
            }
            if let (Some(team), Some(member)) = (out.last_mut(), r.opt()?) {
                team.members.push(member);
            }
        }
        Ok(out)
    }

    /// The teams that a member is in.
    pub async fn of_member(&mut self, member: MemberId) -> Result<Vec<TeamId>, StoreError> {
        let query = sql(
            "SELECT team_id FROM team_members WHERE workspace_id = $1 AND member_id = $2 ORDER BY team_id",
        )
        .bind(self.tx.workspace()?)
        .bind(member);
        let rows = self.tx.all(query).await?;
        rows.iter().map(crate::sql::Row::only).collect()
    }

    /// Adds a team with its members.
    pub async fn insert(&mut self, team: &Team) -> Result<(), StoreError> {
        let insert =
            sql("INSERT INTO teams (id, workspace_id, name, created_at) VALUES ($1, $2, $3, $4)")
                .bind(team.id)
                .bind(self.tx.workspace()?)
                .bind(team.name.as_str())
                .bind(team.created_at);
        self.tx.exec(insert).await?;
        self.add(team).await
    }

    async fn add(&mut self, team: &Team) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        for part in team.members.chunks(ROWS) {
            let row = |m: &MemberId| vec![Value::from(team.id), (*m).into(), workspace.into()];
            let mut b = Builder::new(
                self.tx.kind(),
                "INSERT INTO team_members (team_id, member_id, workspace_id) VALUES ",
            );
            b.rows(part.iter().map(row));
            self.tx.exec(b.build(part.len())).await?;
        }
        Ok(())
    }

    /// Keeps name and members.
    pub async fn save(&mut self, team: &Team) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let update = sql("UPDATE teams SET name = $3 WHERE workspace_id = $1 AND id = $2")
            .bind(workspace)
            .bind(team.id)
            .bind(team.name.as_str());
        if self.tx.exec(update).await? == 0 {
            return Err(StoreError::NotFound("team"));
        }
        let clear = sql("DELETE FROM team_members WHERE workspace_id = $1 AND team_id = $2")
            .bind(workspace)
            .bind(team.id);
        self.tx.exec(clear).await?;
        self.add(team).await
    }

    /// Removes a team, and what was shared with it is shared with it no longer; whether it was there.
    pub async fn delete(&mut self, id: TeamId) -> Result<bool, StoreError> {
        let workspace = self.tx.workspace()?;
        let delete = sql("DELETE FROM teams WHERE workspace_id = $1 AND id = $2")
            .bind(workspace)
            .bind(id);
        if self.tx.exec(delete).await? == 0 {
            return Ok(false);
        }
        let unshare = sql("DELETE FROM record_shares WHERE workspace_id = $1 AND grantee_id = $2")
            .bind(workspace)
            .bind(id);
        self.tx.exec(unshare).await?;
        Ok(true)
    }
}
