//! What can go wrong with the database, each with a sentence for the operator.

use sqlx::error::ErrorKind;

/// An error of the store. Messages name tables and constraints at most, never values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database was made by a newer Tenon.
    #[error(
        "the database has schema version {found}, but this program knows only up to {known}: \
         run the newer program, or restore a backup made before the upgrade"
    )]
    NewerDatabase {
        /// Version in the database.
        found: i64,
        /// Newest version of this program.
        known: i64,
    },
    /// The database waits for migrations, and this start was told not to run them.
    #[error(
        "the database has schema version {found}, this program needs {known}: run `tenon migrate`"
    )]
    OlderDatabase {
        /// Version in the database.
        found: i64,
        /// Version needed.
        known: i64,
    },
    /// No room is left.
    #[error("the disk or tablespace of the database is full: free some space; nothing was lost")]
    Full,
    /// The database or its folder cannot be written.
    #[error("the database cannot be written: check owner and permissions of its folder and files")]
    ReadOnly,
    /// The SQLite file cannot be opened.
    #[error(
        "the database file cannot be opened: does its folder exist, and may this user write there?"
    )]
    CannotOpen,
    /// The file is not a database, or is damaged.
    #[error("the database file is damaged or not a database: restore a backup")]
    Damaged,
    /// The database server does not answer.
    #[error(
        "the database server cannot be reached: check DATABASE_URL and that the server runs ({0})"
    )]
    Unreachable(String),
    /// The database server refuses us.
    #[error("the database server refuses user, password or database of DATABASE_URL ({0})")]
    Refused(String),
    /// A pooler in transaction mode stands between, and nobody said so.
    #[error(
        "DATABASE_URL leads through a pooler in transaction mode (PgBouncer): set TENON_DATABASE_LISTEN_URL to an \
         address of the PostgreSQL server itself"
    )]
    Pooled,
    /// The address of the database makes no sense.
    #[error(
        "DATABASE_URL is not an address of a database: expected postgres://… or a path of a SQLite file"
    )]
    BadUrl,
    /// Another program holds the SQLite file.
    #[error("the database file is locked by another program: is a second Tenon running on it?")]
    Locked,
    /// All connections were in use for too long.
    #[error(
        "no database connection became free in time: the database is overloaded or away, or a transaction hangs"
    )]
    Busy,
    /// Two transactions got in each other's way; the same work may be tried again.
    #[error("two transactions met; try again")]
    Conflict,
    /// A statement of the transaction failed before, so it cannot be committed.
    #[error("a statement of this transaction failed, so nothing of it was saved")]
    Failed,
    /// A unique value exists already.
    #[error("a row with this key exists already")]
    Duplicate,
    /// A row refers to another that is not there, or still is referred to.
    #[error("a row refers to one that does not exist")]
    Dangling,
    /// The thing to be changed is not there, or not visible in this scope.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The scope of the transaction does not allow this function.
    #[error("this needs a scope with {0}")]
    Scope(&'static str),
    /// A text that no database stores the same way.
    #[error("a text holds a NUL character")]
    InvalidText,
    /// A stored value cannot be read back.
    #[error("column {column} of a row holds a value that cannot be read: {what}")]
    Unreadable {
        /// Position in the statement, from 0.
        column: usize,
        /// What was expected.
        what: &'static str,
    },
    /// Anything else.
    #[error("the database refused a statement: {0}")]
    Database(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same work may succeed when tried again a little later.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Full | Self::Unreachable(_) | Self::Locked | Self::Busy | Self::Conflict
        )
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(db) => {
                let code = db.code().unwrap_or_default();
                if db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    from_sqlite(code.parse().unwrap_or(0))
                } else {
                    from_postgres(&code, db.message())
                }
                .or(match db.kind() {
                    ErrorKind::UniqueViolation => Some(Self::Duplicate),
                    ErrorKind::ForeignKeyViolation => Some(Self::Dangling),
                    _ => None,
                })
                .unwrap_or(Self::Database(error))
            }
            sqlx::Error::Io(io) => match io.kind() {
                std::io::ErrorKind::StorageFull => Self::Full,
                std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
                kind => Self::Unreachable(kind.to_string()),
            },
            sqlx::Error::Tls(_) => Self::Unreachable("TLS failed".to_owned()),
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unreachable("the connection is closed".to_owned())
            }
            sqlx::Error::Configuration(_) => Self::BadUrl,
            _ => Self::Database(error),
        }
    }
}

/// By result code, <https://sqlite.org/rescode.html>; the low byte is the primary code.
const fn from_sqlite(code: i32) -> Option<StoreError> {
    Some(match code & 0xff {
        5 | 6 => StoreError::Locked,    // SQLITE_BUSY, SQLITE_LOCKED
        8 => StoreError::ReadOnly,      // SQLITE_READONLY
        11 | 26 => StoreError::Damaged, // SQLITE_CORRUPT, SQLITE_NOTADB
        13 => StoreError::Full,         // SQLITE_FULL
        14 => StoreError::CannotOpen,   // SQLITE_CANTOPEN
        _ => return None,
    })
}

/// By SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn from_postgres(code: &str, message: &str) -> Option<StoreError> {
    Some(match code {
        "40001" | "40P01" => StoreError::Conflict,
        "53100" => StoreError::Full,
        "53300" => StoreError::Busy,
        "25006" => StoreError::ReadOnly,
        "55P03" => StoreError::Locked,
        "28000" | "28P01" | "3D000" | "42501" => StoreError::Refused(message.to_owned()),
        // A statement prepared by name is there twice, or not at all.
        "42P05" | "26000" => StoreError::Pooled,
        "08P01" if message.contains("unsupported startup parameter") => StoreError::Pooled,
        "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => {
            StoreError::Unreachable("the server is going up or down".to_owned())
        }
        _ if code.starts_with("08") => StoreError::Unreachable("the connection broke".to_owned()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_their_own_sentences() {
        assert!(matches!(from_sqlite(13), Some(StoreError::Full)));
        assert!(matches!(from_sqlite(1032), Some(StoreError::ReadOnly))); // SQLITE_READONLY_DBMOVED
        assert!(matches!(from_sqlite(261), Some(StoreError::Locked))); // SQLITE_BUSY_RECOVERY
        assert!(from_sqlite(1).is_none());
        assert!(matches!(
            from_postgres("40P01", ""),
            Some(StoreError::Conflict)
        ));
        assert!(matches!(
            from_postgres("08006", ""),
            Some(StoreError::Unreachable(_))
        ));
        assert!(from_postgres("42601", "").is_none());
        for (code, message) in [
            ("42P05", "prepared statement \"sqlx_s_1\" already exists"),
            ("26000", "prepared statement \"sqlx_s_1\" does not exist"),
            ("08P01", "unsupported startup parameter: extra_float_digits"),
        ] {
            assert!(matches!(
                from_postgres(code, message),
                Some(StoreError::Pooled)
            ));
        }
    }

    #[test]
    fn only_passing_troubles_are_tried_again() {
        assert!(StoreError::Conflict.is_transient());
        assert!(!StoreError::Duplicate.is_transient());
    }
}
