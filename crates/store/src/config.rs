//! Where the database is.

use std::fmt;
use std::path::PathBuf;

use crate::StoreError;

/// Which database serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbKind {
    /// SQLite, inside the process.
    Sqlite,
    /// PostgreSQL, a server.
    Postgres,
}

/// The address of the database. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// The file of a SQLite database; it is created when missing, its folder is not.
    Sqlite(PathBuf),
    /// A `postgres://` address, possibly with a password.
    Postgres(String),
}

impl StoreUrl {
    /// Reads `DATABASE_URL`: `postgres://…`, `postgresql://…`, `sqlite:PATH`, or a plain path.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if text.contains("://") => return Err(StoreError::BadUrl),
            None => text,
        };
        if path.is_empty() {
            return Err(StoreError::BadUrl);
        }
        Ok(Self::Sqlite(path.into()))
    }

    /// Which database it is.
    pub const fn kind(&self) -> DbKind {
        match self {
            Self::Sqlite(_) => DbKind::Sqlite,
            Self::Postgres(_) => DbKind::Postgres,
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// How to open the store.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where.
    pub url: StoreUrl,
    /// Whether to run missing migrations; otherwise an older database is an error.
    pub migrate: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let pg = StoreUrl::parse("postgres://u:secret@localhost/t").unwrap();
        assert_eq!(pg.kind(), DbKind::Postgres);
        assert!(!format!("{pg:?}").contains("secret"));
        for text in ["a/b.db", "sqlite:a/b.db", "sqlite://a/b.db"] {
            assert_eq!(
                StoreUrl::parse(text).unwrap(),
                StoreUrl::Sqlite("a/b.db".into())
            );
        }
        for text in ["", "sqlite:", "mysql://x/y"] {
            assert!(
                matches!(StoreUrl::parse(text), Err(StoreError::BadUrl)),
                "{text}"
            );
        }
    }
}
