//! Where things are in the repository, and temporary folders that go away again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use crate::children;

/// The root of the checkout, which is the parent of this crate's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target folder: build results, the Python environment and caches of this tool.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The compiled `tenon` of a profile.
pub fn tenon(release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    target().join(profile).join("tenon")
}

/// A folder below the system's temporary one, removed when dropped or when this tool is interrupted.
pub struct TempDir {
    path: PathBuf,
}

impl TempDir {
    /// Makes a new, empty folder that only this user can enter.
    pub fn new(purpose: &str) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        static NEXT: AtomicU32 = AtomicU32::new(0);
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let name = format!("tenon-{purpose}-{}-{number}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => {
                    children::remember_folder(&path);
                    return Ok(Self { path });
                }
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => {
                    return Err(e).with_context(|| format!("cannot create {}", path.display()));
                }
            }
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A file that vanishes meanwhile is what we want; what cannot be removed is left to the system's cleaner.
        let _ = fs::remove_dir_all(&self.path);
        children::forget_folder(&self.path);
    }
}

/// Every file below a folder, sorted, without following links.
pub fn files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        let entries =
            fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_is_private_and_goes_away() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::new("self-test").unwrap();
        let path = dir.path().to_path_buf();
        fs::create_dir(path.join("a")).unwrap();
        fs::write(path.join("a/b"), "x").unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert_eq!(files(&path).unwrap(), vec![path.join("a/b")]);
        drop(dir);
        assert!(!path.exists());
    }
}
