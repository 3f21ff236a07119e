//! Members: the people of a workspace, and how they prove who they are.

use tenon_model::member::Role;
use tenon_model::{MemberId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::sql::{Builder, LIST, Row, sql};
use crate::{DbKind, StoreError, Tx};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Sign-in address; stored lower-cased, unique in the deployment.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// Rights.
    pub role: Role,
    /// Argon2 in PHC form; `None` until the person chose a password.
    pub password_hash: Option<String>,
    /// Language tag.
    pub locale: String,
    /// IANA name.
    pub time_zone: String,
    /// TOTP secret (RFC 6238), sealed under the workspace's key.
    pub totp: Option<Sealed>,
    /// When the first code was right; only from then on it is asked for.
    pub totp_confirmed_at: Option<Time>,
    /// The last time step used; a code works once (RFC 6238, 5.2).
    pub totp_last_step: i64,
    /// Since when the account is switched off.
    pub disabled_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// How long a message waits before it goes, for taking it back; 0 to 30.
    pub undo_send_seconds: i64,
    /// When the member works, as JSON of [`tenon_model::hours::WorkingHours`]; the usual hours without.
    pub working_hours: Option<String>,
}

const COLUMNS: &str = "id, workspace_id, email, name, role, password_hash, locale, time_zone, totp, \
                       totp_confirmed_at, totp_last_step, disabled_at, created_at, undo_send_seconds, working_hours";
/// The scope's workspace is `$2`, NULL for the deployment itself.
const SCOPED: &str = "id = $1 AND ($2 IS NULL OR workspace_id = $2)";

fn read(row: &Row) -> Result<Member, StoreError> {
    let mut r = row.reader();
    Ok(Member {
        id: r.take()?,
        workspace_id: r.take()?,
        email: r.take()?,
        name: r.take()?,
        role: Role::parse(&r.take::<String>()?),
        password_hash: r.opt()?,
        locale: r.take()?,
        time_zone: r.take()?,
        totp: r.opt()?,
        totp_confirmed_at: r.opt()?,
        totp_last_step: r.take()?,
        disabled_at: r.opt()?,
        created_at: r.take()?,
        undo_send_seconds: r.take()?,
        working_hours: r.opt()?,
    })
}

aggregate!(
    /// The people. *System: any workspace* for all functions that name one member by id.
    Members,
    members
);

impl Members<'_> {
    /// Adds a member; [`StoreError::Duplicate`] when the address is taken.
    pub async fn insert(&mut self, row: &Member) -> Result<(), StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| own != row.workspace_id)
        {
            return Err(StoreError::Scope("the member's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO members ({COLUMNS}) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(normalize(&row.email))
        .bind(row.name.as_str())
        .bind(row.role.as_str())
        .bind(row.password_hash.clone())
        .bind(row.locale.as_str())
        .bind(row.time_zone.as_str())
        .bind(row.totp.as_ref())
        .bind(row.totp_confirmed_at)
        .bind(row.totp_last_step)
        .bind(row.disabled_at)
        .bind(row.created_at)
        .bind(row.undo_send_seconds)
        .bind(row.working_hours.clone());
        self.tx.exec(insert).await.map(drop)
    }

    /// A member by id.
    pub async fn get(&mut self, id: MemberId) -> Result<Option<Member>, StoreError> {
        let query = sql(format!("SELECT {COLUMNS} FROM members WHERE {SCOPED}"))
            .bind(id)
            .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// A member by id, held until the end of the transaction: what begins or adds access and what ends
    /// it take turns, so that whoever comes second finds what the first has done. SQLite has one writer
    /// anyway; a transaction that only reads adds nothing and holds nothing.
    pub async fn hold(&mut self, id: MemberId) -> Result<Option<Member>, StoreError> {
        let lock = match self.tx.kind() {
            DbKind::Postgres if !self.tx.reads_only() => " FOR NO KEY UPDATE",
            DbKind::Postgres | DbKind::Sqlite => "",
        };
        let query = sql(format!(
            "SELECT {COLUMNS} FROM members WHERE {SCOPED}{lock}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// A member by address, in any letter case. System only: sign-in comes before any tenant.
    pub async fn by_email(&mut self, email: &str) -> Result<Option<Member>, StoreError> {
        self.tx.system()?;
        let query =
            sql(format!("SELECT {COLUMNS} FROM members WHERE email = $1")).bind(normalize(email));
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Those members of the workspace who have one of these addresses, normalized.
    pub async fn by_emails(&mut self, emails: &[String]) -> Result<Vec<Member>, StoreError> {
        let mut out = Vec::new();
        for part in emails.chunks(LIST) {
            let mut b = Builder::new(self.tx.kind(), "SELECT ");
            b.push(COLUMNS)
                .push(" FROM members WHERE email IN ")
                .list(part.iter().map(String::as_str))
                .push(" AND workspace_id = ")
                .value(self.tx.workspace()?);
            for row in self.tx.all(b.build(part.len())).await? {
                out.push(read(&row)?);
            }
        }
        Ok(out)
    }

    /// All members of the workspace, oldest first.
    pub async fn list(&mut self) -> Result<Vec<Member>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM members WHERE workspace_id = $1 ORDER BY created_at, id"
        ))
        .bind(self.tx.workspace()?);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// All members of the deployment, oldest first. System only: the operator's commands.
    pub async fn list_everywhere(&mut self) -> Result<Vec<Member>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM members ORDER BY created_at, id"
        ));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Sets how long the member's messages wait before they go.
    pub async fn set_undo_send(&mut self, id: MemberId, seconds: i64) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET undo_send_seconds = $3 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(seconds);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("member")),
            _ => Ok(()),
        }
    }

    /// Sets when the member works.
    pub async fn set_working_hours(&mut self, id: MemberId, json: &str) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET working_hours = $3 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(json);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("member")),
            _ => Ok(()),
        }
    }

    /// Changes what a person sees of themselves.
    pub async fn set_profile(
        &mut self,
        id: MemberId,
        name: &str,
        locale: &str,
        time_zone: &str,
    ) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET name = $3, locale = $4, time_zone = $5 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(name)
        .bind(locale)
        .bind(time_zone);
        touched(self.tx, update).await
    }

    /// Stores a new password hash.
    pub async fn set_password_hash(&mut self, id: MemberId, hash: &str) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET password_hash = $3 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(hash);
        touched(self.tx, update).await
    }

    /// Changes the rights of a member.
    pub async fn set_role(&mut self, id: MemberId, role: Role) -> Result<(), StoreError> {
        let update = sql(format!("UPDATE members SET role = $3 WHERE {SCOPED}"))
            .bind(id)
            .bind(self.tx.workspace_or_all()?)
            .bind(role.as_str());
        touched(self.tx, update).await
    }

    /// Stores a TOTP secret, not yet confirmed, or takes it away.
    pub async fn set_totp(&mut self, id: MemberId, totp: Option<Sealed>) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET totp = $3, totp_confirmed_at = NULL, totp_last_step = 0 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(totp);
        touched(self.tx, update).await
    }

    /// From now on codes are asked for.
    pub async fn confirm_totp(&mut self, id: MemberId, at: Time) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET totp_confirmed_at = $3 WHERE {SCOPED} AND totp IS NOT NULL"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(at);
        touched(self.tx, update).await
    }

    /// Uses up the time step of a right code. `false` when it, or a later one, was used before:
    /// then the code must be refused.
    pub async fn advance_totp_step(&mut self, id: MemberId, step: i64) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE members SET totp_last_step = $3 WHERE {SCOPED} AND totp_last_step < $3"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(step);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Replaces all recovery codes by those with these hashes; an empty list removes them.
    pub async fn replace_recovery_codes(
        &mut self,
        id: MemberId,
        hashes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.get(id).await?.ok_or(StoreError::NotFound("member"))?;
        self.tx
            .exec(sql("DELETE FROM recovery_codes WHERE member_id = $1").bind(id))
            .await?;
        for hash in hashes {
            let insert = sql("INSERT INTO recovery_codes (member_id, code_hash) VALUES ($1, $2)")
                .bind(id)
                .bind(*hash);
            self.tx.exec(insert).await?;
        }
        Ok(())
    }

    /// Uses up a recovery code; `false` when there is none with this hash.
    pub async fn consume_recovery_code(
        &mut self,
        id: MemberId,
        hash: [u8; 32],
    ) -> Result<bool, StoreError> {
        let delete = sql(
            "DELETE FROM recovery_codes WHERE member_id = $1 AND code_hash = $3 AND EXISTS \
             (SELECT 1 FROM members m WHERE m.id = $1 AND ($2 IS NULL OR m.workspace_id = $2))",
        )
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(hash);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// How many recovery codes are left.
    pub async fn count_recovery_codes(&mut self, id: MemberId) -> Result<u64, StoreError> {
        let query = sql(
            "SELECT count(*) FROM recovery_codes c JOIN members m ON m.id = c.member_id \
             WHERE c.member_id = $1 AND ($2 IS NULL OR m.workspace_id = $2)",
        )
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        self.tx.count(query).await
    }

    /// Switches an account off, or on again. Its sessions are the caller's to delete.
    pub async fn set_disabled(
        &mut self,
        id: MemberId,
        since: Option<Time>,
    ) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET disabled_at = $3 WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?)
        .bind(since);
        touched(self.tx, update).await
    }

    /// Takes the password away: the account is entered by other ways only.
    pub async fn clear_password(&mut self, id: MemberId) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE members SET password_hash = NULL WHERE {SCOPED}"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        touched(self.tx, update).await
    }
}

async fn touched(tx: &mut Tx, update: crate::sql::Sql) -> Result<(), StoreError> {
    match tx.exec(update).await? {
        0 => Err(StoreError::NotFound("member")),
        _ => Ok(()),
    }
}

fn normalize(email: &str) -> String {
    email.trim().to_lowercase()
}
