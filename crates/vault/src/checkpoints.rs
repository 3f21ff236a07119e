//! Files of checkpoints: what an audit log was at a moment, kept outside the database.

use std::io::Write as _;
use std::path::PathBuf;

use crate::{Checkpoint, VaultError};

/// An append-only file with one checkpoint a line.
#[derive(Debug, Clone)]
pub struct CheckpointFile {
    path: PathBuf,
}

/// A line of such a file.
#[derive(Debug, Clone)]
pub struct CheckpointLine {
    /// Its number, from 1.
    pub number: usize,
    /// The checkpoint; `None` when the line is none.
    pub checkpoint: Option<Checkpoint>,
}

impl CheckpointFile {
    /// The file at `path`; it appears with the first checkpoint.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn error(&self, e: &std::io::Error) -> VaultError {
        VaultError::Checkpoints {
            path: self.path.display().to_string(),
            reason: e.to_string(),
        }
    }

    /// Adds checkpoints, durably. They begin a line of their own, so that a torn one before does no harm.
    pub fn append(&self, checkpoints: &[Checkpoint]) -> Result<(), VaultError> {
        let mut options = std::fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut text = String::from("\n");
        for checkpoint in checkpoints {
            text.push_str(&checkpoint.to_string());
            text.push('\n');
        }
        let mut file = options.open(&self.path).map_err(|e| self.error(&e))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|e| self.error(&e))
    }

    /// Its lines that are not empty; `None` when there is no file.
    pub fn read(&self) -> Result<Option<Vec<CheckpointLine>>, VaultError> {
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(self.error(&e)),
        };
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        Ok(Some(
            lines
                .map(|(n, line)| CheckpointLine {
                    number: n + 1,
                    checkpoint: line.parse().ok(),
                })
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use tenon_model::World;

    use super::*;
    use crate::DataKey;

    #[test]
    fn checkpoints_are_kept_and_a_torn_line_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit-checkpoints");
        let file = CheckpointFile::new(path.clone());
        assert!(file.read().unwrap().is_none());
        let (world, _) = World::simulated(1);
        let key = DataKey::generate(&world).checkpoint_key().unwrap();
        let at = |count| key.sign(None, count, [1; 32], world.now());
        file.append(&[at(1), at(2)]).unwrap();
        std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .unwrap()
            .write_all(b"tenon-audit-1 depl\xff")
            .unwrap();
        file.append(&[at(3)]).unwrap();
        let lines = file.read().unwrap().unwrap();
        let read: Vec<_> = lines.iter().map(|l| l.checkpoint.clone()).collect();
        assert_eq!(read, [Some(at(1)), Some(at(2)), None, Some(at(3))]);
        assert_eq!(lines[2].number, 4);
    }
}
