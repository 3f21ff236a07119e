//! The graveyard: ids of destroyed data keys, in a file outside the database and its backups.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::PathBuf;

use tenon_model::KeyId;

use crate::VaultError;

/// An append-only file with one key id a line; each burial starts a line of its own, so that a torn
/// one before it does no harm.
#[derive(Debug, Clone)]
pub struct Graveyard {
    path: PathBuf,
}

impl Graveyard {
    /// The graveyard at `path`; the file appears with the first burial.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn error(&self, e: &std::io::Error) -> VaultError {
        VaultError::Graveyard {
            path: self.path.display().to_string(),
            reason: e.to_string(),
        }
    }

    /// Records that a key is being destroyed, durably, *before* its row goes: a crash between the
    /// two is mended at the next start, the other order would leave a backup readable.
    pub fn bury(&self, id: KeyId) -> Result<(), VaultError> {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(|e| self.error(&e))?;
        file.write_all(format!("\n{id}\n").as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| self.error(&e))
    }

    /// All keys that must not exist any more. A half-written last line (crash) is left out: its
    /// burial was not finished, so its destruction had not begun.
    pub fn buried(&self) -> Result<HashSet<KeyId>, VaultError> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text
                .lines()
                .filter_map(|line| line.trim().parse().ok())
                .collect()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
            Err(e) => Err(self.error(&e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tenon_model::World;

    use super::*;

    #[test]
    fn buried_keys_are_remembered_and_torn_lines_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let graveyard = Graveyard::new(folder.path().join("graveyard"));
        assert!(graveyard.buried().unwrap().is_empty());
        let id: KeyId = World::system().id();
        graveyard.bury(id).unwrap();
        std::fs::OpenOptions::new()
            .append(true)
            .open(folder.path().join("graveyard"))
            .unwrap()
            .write_all(b"key_01h4")
            .unwrap();
        assert_eq!(graveyard.buried().unwrap(), HashSet::from([id]));
        let next: KeyId = World::system().id();
        graveyard.bury(next).unwrap();
        assert_eq!(graveyard.buried().unwrap(), HashSet::from([id, next]));
    }
}
