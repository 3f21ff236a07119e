//! What a part of this tool needs on the machine, and how to get it.

mod debian;
mod node;
mod python;

use std::path::{Path, PathBuf};

use anyhow::Result;

pub use debian::{chromium, debian_packages, postgres_bin};
pub use node::{Node, install_packages, node};
pub use python::{python, python_tool};

/// Remembers in a file beside an installation what was asked for, so that asking again costs nothing.
struct Stamp {
    path: PathBuf,
    wanted: String,
}

impl Stamp {
    fn new(path: &Path, wanted: impl Into<String>) -> Self {
        Self {
            path: path.to_path_buf(),
            wanted: wanted.into(),
        }
    }

    fn fresh(&self) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|found| found == self.wanted)
    }

    fn write(&self) -> Result<()> {
        std::fs::write(&self.path, &self.wanted)?;
        Ok(())
    }
}
