//! Rules by which conversations of a member's mailboxes join boxes.

use tenon_model::records::MailSource;
use tenon_model::{ConnectionId, LabelId, MailRuleId, MemberId, RecordId, Time};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A rule of one member for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailRule {
    /// Id.
    pub id: MailRuleId,
    /// Whose conversations.
    pub member: MemberId,
    /// The record they join.
    pub record: RecordId,
    /// Of this mailbox; `None` is all of the member's.
    pub connection: Option<ConnectionId>,
    /// By what they join.
    pub source: MailSource,
    /// The label, when it is by one.
    pub label: Option<LabelId>,
    /// Since when.
    pub created_at: Time,
}

const COLUMNS: &str = "id, member_id, record_id, mailbox_id, source, label_id, created_at";

fn read(row: &Row) -> Result<MailRule, StoreError> {
    let mut r = row.reader();
    Ok(MailRule {
        id: r.take()?,
        member: r.take()?,
        record: r.take()?,
        connection: r.opt()?,
        source: MailSource::parse(&r.take::<String>()?).ok_or(StoreError::Unreadable {
            column: 4,
            what: "by what mail joins",
        })?,
        label: r.opt()?,
        created_at: r.take()?,
    })
}

aggregate!(
    /// Rules of members.
    MailRules,
    mail_rules
);

impl MailRules<'_> {
    /// The rules of a member for a record, in the order they were given.
    pub async fn of_record(
        &mut self,
        member: MemberId,
        record: RecordId,
    ) -> Result<Vec<MailRule>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_rules WHERE workspace_id = $1 AND member_id = $2 AND record_id = $3 \
             ORDER BY created_at, id"
        ))
        .bind(self.tx.workspace()?)
        .bind(member)
        .bind(record);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// The rules of a member that concern a mailbox, at most `limit`.
    pub async fn of_mailbox(
        &mut self,
        member: MemberId,
        connection: ConnectionId,
        limit: u32,
    ) -> Result<Vec<MailRule>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM mail_rules WHERE workspace_id = $1 AND member_id = $2 \
             AND (mailbox_id IS NULL OR mailbox_id = $3) ORDER BY created_at, id LIMIT $4"
        ))
        .bind(self.tx.workspace()?)
        .bind(member)
        .bind(connection)
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// How many rules a member has.
    pub async fn count_of(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let query =
            sql("SELECT count(*) FROM mail_rules WHERE workspace_id = $1 AND member_id = $2")
                .bind(self.tx.workspace()?)
                .bind(member);
        self.tx.count(query).await
    }

    /// Gives a member exactly these rules for a record.
    pub async fn replace(
        &mut self,
        member: MemberId,
        record: RecordId,
        rules: &[MailRule],
    ) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let delete = sql(
            "DELETE FROM mail_rules WHERE workspace_id = $1 AND member_id = $2 AND record_id = $3",
        )
        .bind(workspace)
        .bind(member)
        .bind(record);
        self.tx.exec(delete).await?;
        let rows = rows(rules, workspace);
        self.tx
            .insert_rows(
                "INSERT INTO mail_rules (id, workspace_id, member_id, record_id, mailbox_id, source, label_id, \
                 created_at) VALUES ",
                rows,
                "",
            )
            .await
    }
}

fn rows(rules: &[MailRule], workspace: tenon_model::WorkspaceId) -> Vec<Vec<crate::sql::Value>> {
    let row = |rule: &MailRule| {
        vec![
            rule.id.into(),
            workspace.into(),
            rule.member.into(),
            rule.record.into(),
            rule.connection.into(),
            rule.source.as_str().into(),
            rule.label.into(),
            rule.created_at.into(),
        ]
    };
    rules.iter().map(row).collect()
}
