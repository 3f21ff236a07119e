//! A statement with its values, and rows read back: one body of SQL for both databases.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Row as _, SqlSafeStr, SqlStr};
use tenon_model::records::{Choice, FieldType, Kind, Layout, Outcome, PipelineKind, StageRules};
use tenon_model::{
    BulkId, ConnectionId, ConsentId, DraftId, FieldId, FileId, IdentityId, ImportId, InvitationId,
    JobId, KeyId, LabelId, MailActionId, MailMergeId, MailRuleId, MemberId, MergeId, MessageId,
    NodeId, PasskeyId, PipelineId, ReceiptId, RecipientId, RecordId, RequestId, SavedSearchId,
    SendId, SessionId, StageId, SuppressionId, TeamId, TemplateId, ThreadId, Time, ViewId,
    WorkspaceId,
};
use tenon_vault::Sealed;
use uuid::Uuid;

use crate::{DbKind, StoreError};

/// Rows in one `VALUES` list. More wins nothing once the hop to the database is shared by this
/// many, and the prepared statement stays small.
pub(crate) const ROWS: usize = 100;
/// Values in one `IN` list.
pub(crate) const LIST: usize = 500;

/// Chooses between two texts where the databases differ. Every use is a dialect fork: keep them few.
macro_rules! dialect {
    ($kind:expr, sqlite: $sqlite:expr, postgres: $postgres:expr $(,)?) => {
        match $kind {
            $crate::DbKind::Sqlite => $sqlite,
            $crate::DbKind::Postgres => $postgres,
        }
    };
}
pub(crate) use dialect;

/// A value to be bound. Each carries its type, for PostgreSQL wants to know that of a NULL too.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Int(Option<i64>),
    Bool(bool),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    /// A list as one value. PostgreSQL only.
    Texts(Vec<String>),
}

macro_rules! values {
    ($($type:ty, $variant:ident, |$v:ident| $plain:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($v: $type) -> Self {
                Self::$variant(Some($plain))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(|$v| $plain))
            }
        }
    )*};
}

values! {
    i64, Int, |v| v;
    Time, Int, |v| v.0;
    String, Text, |v| v;
    &str, Text, |v| v.to_owned();
    Vec<u8>, Bytes, |v| v;
    Sealed, Bytes, |v| v.0;
    &Sealed, Bytes, |v| v.0.clone();
    [u8; 16], Bytes, |v| v.to_vec();
    [u8; 32], Bytes, |v| v.to_vec();
    Uuid, Uuid, |v| v;
    WorkspaceId, Uuid, |v| v.0;
    MemberId, Uuid, |v| v.0;
    SessionId, Uuid, |v| v.0;
    SavedSearchId, Uuid, |v| v.0;
    InvitationId, Uuid, |v| v.0;
    IdentityId, Uuid, |v| v.0;
    PasskeyId, Uuid, |v| v.0;
    ConnectionId, Uuid, |v| v.0;
    ConsentId, Uuid, |v| v.0;
    KeyId, Uuid, |v| v.0;
    ThreadId, Uuid, |v| v.0;
    MessageId, Uuid, |v| v.0;
    LabelId, Uuid, |v| v.0;
    JobId, Uuid, |v| v.0;
    ReceiptId, Uuid, |v| v.0;
    NodeId, Uuid, |v| v.0;
    MailActionId, Uuid, |v| v.0;
    DraftId, Uuid, |v| v.0;
    SendId, Uuid, |v| v.0;
    RequestId, Uuid, |v| v.0;
    RecordId, Uuid, |v| v.0;
    FieldId, Uuid, |v| v.0;
    PipelineId, Uuid, |v| v.0;
    StageId, Uuid, |v| v.0;
    ViewId, Uuid, |v| v.0;
    TemplateId, Uuid, |v| v.0;
    TeamId, Uuid, |v| v.0;
    BulkId, Uuid, |v| v.0;
    MergeId, Uuid, |v| v.0;
    FileId, Uuid, |v| v.0;
    MailRuleId, Uuid, |v| v.0;
    MailMergeId, Uuid, |v| v.0;
    RecipientId, Uuid, |v| v.0;
    SuppressionId, Uuid, |v| v.0;
    ImportId, Uuid, |v| v.0;
    Kind, Text, |v| v.as_str().to_owned();
    FieldType, Text, |v| v.as_str().to_owned();
    PipelineKind, Text, |v| v.as_str().to_owned();
    Outcome, Text, |v| v.as_str().to_owned();
    Layout, Text, |v| v.as_str().to_owned();
    &serde_json::Value, Text, |v| v.to_string();
    &[Choice], Text, |v| json(v);
    &StageRules, Text, |v| json(v);
}

/// As JSON; what is given has text keys only, so that it cannot fail.
fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

/// A statement and its values.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
    /// Whether the prepared statement is worth keeping.
    pub(crate) keep: bool,
}

/// A statement with `$1`, `$2` … for both databases.
pub(crate) fn sql(text: impl Into<Cow<'static, str>>) -> Sql {
    Sql {
        text: text.into(),
        values: Vec::new(),
        keep: true,
    }
}

impl Sql {
    /// Binds the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(crate) fn into_parts(self) -> (SqlStr, Vec<Value>, bool) {
        let text = match self.text {
            Cow::Borrowed(text) => text.into_sql_str(),
            // Statements are put together in this crate from literals and placeholders only.
            Cow::Owned(text) => AssertSqlSafe(text).into_sql_str(),
        };
        (text, self.values, self.keep)
    }
}

/// Builds a statement with lists of values. SQLite looks up named parameters (`$1` counts as a
/// name) one by one, which makes thousands of them quadratic; so here they are plain `?`.
pub(crate) struct Builder {
    kind: DbKind,
    text: String,
    values: Vec<Value>,
    /// Whether rows were added.
    rows: bool,
}

impl Builder {
    pub(crate) fn new(kind: DbKind, text: &str) -> Self {
        Self {
            kind,
            text: text.to_owned(),
            values: Vec::new(),
            rows: false,
        }
    }

    /// Which database it is for.
    pub(crate) const fn kind(&self) -> DbKind {
        self.kind
    }

    /// Adds text.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a placeholder with its value.
    pub(crate) fn value(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        match self.kind {
            DbKind::Sqlite => self.text.push('?'),
            DbKind::Postgres => {
                // Writing to a String does not fail.
                let _ = write!(self.text, "${}", self.values.len());
            }
        }
        self
    }

    /// Adds `(?, ?, …)`.
    pub(crate) fn list(&mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
        // Filled up with the last one to a power of two: lists of all lengths are few texts, which stay prepared.
        if let Some(last) = values.last().cloned() {
            values.resize(values.len().next_power_of_two(), last);
        } else {
            return self.push("(NULL)"); // an empty IN list is no SQL; NULL equals nothing
        }
        self.tuple(values)
    }

    fn tuple(&mut self, values: Vec<Value>) -> &mut Self {
        let mut before = "(";
        for value in values {
            self.push(before).value(value);
            before = ",";
        }
        self.push(")")
    }

    /// Adds `(a, b), (c, d), …`.
    pub(crate) fn rows(&mut self, rows: impl IntoIterator<Item = Vec<Value>>) -> &mut Self {
        for (i, row) in rows.into_iter().enumerate() {
            if i > 0 {
                self.push(",");
            }
            self.tuple(row);
        }
        self.rows = true;
        self
    }

    /// Adds ` FROM table` with those of its rows that have these keys within a connection; `column`
    /// is unique in a connection.
    pub(crate) fn keyed_rows(
        &mut self,
        table: &str,
        column: &str,
        connection: ConnectionId,
        keys: &[impl AsRef<str>],
    ) -> &mut Self {
        match self.kind {
            DbKind::Sqlite => self
                .push(" FROM ")
                .push(table)
                .where_keyed(table, column, connection, keys),
            // With an IN list PostgreSQL may read the whole mailbox and compare: its statistics
            // know nothing of a mailbox that is just being filled. LIMIT keeps this a lookup for
            // each key whatever they say; at most one row has it anyway.
            DbKind::Postgres => {
                let keys = keys.iter().map(|k| k.as_ref().to_owned()).collect();
                self.push(" FROM unnest(")
                    .value(Value::Texts(keys))
                    .push(") AS k (key) CROSS JOIN LATERAL (SELECT * FROM ")
                    .push(table)
                    .push(" WHERE connection_id = ")
                    .value(connection);
                self.push(" AND ")
                    .push(column)
                    .push(" = k.key LIMIT 1) AS keyed")
            }
        }
    }

    /// Adds ` WHERE …` for the rows that [`keyed_rows`](Self::keyed_rows) would read, in a
    /// statement that changes `table`.
    pub(crate) fn where_keyed(
        &mut self,
        table: &str,
        column: &str,
        connection: ConnectionId,
        keys: &[impl AsRef<str>],
    ) -> &mut Self {
        match self.kind {
            DbKind::Sqlite => {
                self.push(" WHERE connection_id = ").value(connection);
                self.push(" AND ").push(column).push(" IN ");
                self.list(keys.iter().map(AsRef::as_ref))
            }
            DbKind::Postgres => self
                .push(" WHERE id IN (SELECT id")
                .keyed_rows(table, column, connection, keys)
                .push(")"),
        }
    }

    /// The statement; `count` is how many rows or list items it holds. Of rows only full batches and single ones come
    /// again with the same text, so only they are kept prepared.
    pub(crate) fn build(self, count: usize) -> Sql {
        Sql {
            text: Cow::Owned(self.text),
            values: self.values,
            keep: !self.rows || count <= 1 || count == ROWS,
        }
    }
}

/// `values` for SQLite.
pub(crate) fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut out = SqliteArguments::default();
    out.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(v) => out.add(v),
            Value::Bool(v) => out.add(v),
            Value::Text(v) => out.add(checked(v)?),
            Value::Bytes(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
            Value::Texts(_) => Err("SQLite has no lists as values".into()),
        }
        .map_err(|e| StoreError::Database(sqlx::Error::Encode(e)))?;
    }
    Ok(out)
}

/// `values` for PostgreSQL.
pub(crate) fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut out = PgArguments::default();
    out.reserve(values.len(), values.len() * 16);
    for value in values {
        match value {
            Value::Int(v) => out.add(v),
            Value::Bool(v) => out.add(v),
            Value::Text(v) => out.add(checked(v)?),
            Value::Bytes(v) => out.add(v),
            Value::Uuid(v) => out.add(v),
            Value::Texts(v) => {
                if v.iter().any(|t| t.contains('\0')) {
                    return Err(StoreError::InvalidText);
                }
                out.add(v)
            }
        }
        .map_err(|e| StoreError::Database(sqlx::Error::Encode(e)))?;
    }
    Ok(out)
}

/// PostgreSQL stores no NUL in a text; so neither does SQLite here.
fn checked(text: Option<String>) -> Result<Option<String>, StoreError> {
    match text {
        Some(t) if t.contains('\0') => Err(StoreError::InvalidText),
        other => Ok(other),
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// Reads the columns from left to right.
    pub(crate) const fn reader(&self) -> Reader<'_> {
        Reader { row: self, next: 0 }
    }

    /// The only column.
    pub(crate) fn only<T: Column>(&self) -> Result<T, StoreError> {
        self.reader().take()
    }
}

/// Reads a row from left to right.
pub(crate) struct Reader<'r> {
    row: &'r Row,
    next: usize,
}

impl Reader<'_> {
    /// Goes on `count` columns further.
    pub(crate) const fn skip(&mut self, count: usize) {
        self.next += count;
    }

    /// The next column, which is never NULL.
    pub(crate) fn take<T: Column>(&mut self) -> Result<T, StoreError> {
        let column = self.next;
        self.opt()?.ok_or(StoreError::Unreadable {
            column,
            what: "a value that is never NULL",
        })
    }

    /// The next column, which may be NULL.
    pub(crate) fn opt<T: Column>(&mut self) -> Result<Option<T>, StoreError> {
        let column = self.next;
        self.next += 1;
        match T::Base::read(self.row, column)? {
            None => Ok(None),
            Some(base) => T::from_base(base).map(Some).ok_or(StoreError::Unreadable {
                column,
                what: std::any::type_name::<T>(),
            }),
        }
    }
}

/// The five types that both databases store.
pub(crate) trait Base: Sized {
    fn read(row: &Row, column: usize) -> Result<Option<Self>, StoreError>;
}

macro_rules! bases {
    ($($type:ty),*) => {$(
        impl Base for $type {
            fn read(row: &Row, column: usize) -> Result<Option<Self>, StoreError> {
                Ok(match row {
                    Row::Sqlite(row) => row.try_get_unchecked(column)?,
                    Row::Postgres(row) => row.try_get(column)?,
                })
            }
        }
        impl Column for $type {
            type Base = $type;
            fn from_base(base: $type) -> Option<Self> {
                Some(base)
            }
        }
    )*};
}

bases!(i64, bool, String, Vec<u8>, Uuid);

/// A type that a column can be read as.
pub(crate) trait Column: Sized {
    type Base: Base;
    /// `None` when the stored value is none of ours.
    fn from_base(base: Self::Base) -> Option<Self>;
}

macro_rules! columns {
    ($($type:ty, $base:ty, |$v:ident| $value:expr;)*) => {$(
        impl Column for $type {
            type Base = $base;
            fn from_base($v: $base) -> Option<Self> {
                $value
            }
        }
    )*};
}

columns! {
    Time, i64, |v| Some(Self(v));
    u64, i64, |v| Self::try_from(v).ok();
    Sealed, Vec<u8>, |v| Some(Self(v));
    [u8; 16], Vec<u8>, |v| v.try_into().ok();
    [u8; 32], Vec<u8>, |v| v.try_into().ok();
    WorkspaceId, Uuid, |v| Some(Self(v));
    MemberId, Uuid, |v| Some(Self(v));
    SessionId, Uuid, |v| Some(Self(v));
    SavedSearchId, Uuid, |v| Some(Self(v));
    InvitationId, Uuid, |v| Some(Self(v));
    IdentityId, Uuid, |v| Some(Self(v));
    PasskeyId, Uuid, |v| Some(Self(v));
    ConnectionId, Uuid, |v| Some(Self(v));
    ConsentId, Uuid, |v| Some(Self(v));
    KeyId, Uuid, |v| Some(Self(v));
    ThreadId, Uuid, |v| Some(Self(v));
    MessageId, Uuid, |v| Some(Self(v));
    LabelId, Uuid, |v| Some(Self(v));
    JobId, Uuid, |v| Some(Self(v));
    ReceiptId, Uuid, |v| Some(Self(v));
    NodeId, Uuid, |v| Some(Self(v));
    MailActionId, Uuid, |v| Some(Self(v));
    DraftId, Uuid, |v| Some(Self(v));
    SendId, Uuid, |v| Some(Self(v));
    RequestId, Uuid, |v| Some(Self(v));
    ImportId, Uuid, |v| Some(Self(v));
    RecordId, Uuid, |v| Some(Self(v));
    FieldId, Uuid, |v| Some(Self(v));
    PipelineId, Uuid, |v| Some(Self(v));
    StageId, Uuid, |v| Some(Self(v));
    ViewId, Uuid, |v| Some(Self(v));
    TemplateId, Uuid, |v| Some(Self(v));
    TeamId, Uuid, |v| Some(Self(v));
    BulkId, Uuid, |v| Some(Self(v));
    MergeId, Uuid, |v| Some(Self(v));
    FileId, Uuid, |v| Some(Self(v));
    MailRuleId, Uuid, |v| Some(Self(v));
    MailMergeId, Uuid, |v| Some(Self(v));
    RecipientId, Uuid, |v| Some(Self(v));
    SuppressionId, Uuid, |v| Some(Self(v));
    Kind, String, |v| Self::parse(&v);
    FieldType, String, |v| Self::parse(&v);
    PipelineKind, String, |v| Self::parse(&v);
    Outcome, String, |v| Self::parse(&v);
    Layout, String, |v| Self::parse(&v);
    u8, i64, |v| Self::try_from(v).ok();
    serde_json::Value, String, |v| serde_json::from_str(&v).ok();
    Vec<Choice>, String, |v| serde_json::from_str(&v).ok();
    StageRules, String, |v| serde_json::from_str(&v).ok();
}

/// Labels and similar word lists inside one text column; the separator (U+001F) occurs in none.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Words as one text.
pub(crate) fn join_words<T: AsRef<str>>(words: &[T]) -> String {
    let mut out = String::new();
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            out.push(SEPARATOR);
        }
        out.push_str(word.as_ref());
    }
    out
}

/// The words of one text.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(SEPARATOR).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_numbered_for_postgres_and_plain_for_sqlite() {
        let make = |kind| {
            let mut b = Builder::new(kind, "DELETE FROM t WHERE a = ");
            b.value(1_i64).push(" AND b IN ").list(["x", "y"]);
            b.build(2).text.into_owned()
        };
        assert_eq!(
            make(DbKind::Sqlite),
            "DELETE FROM t WHERE a = ? AND b IN (?,?)"
        );
        assert_eq!(
            make(DbKind::Postgres),
            "DELETE FROM t WHERE a = $1 AND b IN ($2,$3)"
        );
    }

    #[test]
    fn an_empty_list_equals_nothing() {
        let mut b = Builder::new(DbKind::Sqlite, "x IN ");
        b.list(Vec::<i64>::new());
        assert_eq!(b.build(0).text, "x IN (NULL)");
    }

    #[test]
    fn nul_is_refused() {
        assert!(matches!(
            sqlite_arguments(vec![Value::from("a\0b")]),
            Err(StoreError::InvalidText)
        ));
    }

    #[test]
    fn words_survive() {
        assert_eq!(
            split_words(&join_words(&["INBOX", "Label_1"])),
            ["INBOX", "Label_1"]
        );
        assert!(split_words("").is_empty());
    }
}
