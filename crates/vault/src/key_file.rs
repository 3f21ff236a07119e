//! The file of a key-encryption key: lines of `VERSION BASE64`. It changes in one piece: whoever
//! reads it sees it as it was or as it is, and a crash leaves one of the two.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenon_model::World;
use zeroize::Zeroizing;

use crate::VaultError;

const HEAD: &str = "# Tenon key-encryption key. Keep a copy apart from the database: without it the data cannot be read.\n";

/// A key file that may be there.
pub(crate) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// For people.
    pub(crate) fn name(&self) -> String {
        format!("file {}", self.path.display())
    }

    pub(crate) fn wrong(&self, reason: &str) -> VaultError {
        VaultError::Kek {
            source_name: self.name(),
            reason: reason.to_owned(),
        }
    }

    pub(crate) fn read(&self) -> Result<Zeroizing<String>, VaultError> {
        fs::read_to_string(&self.path)
            .map(Zeroizing::new)
            .map_err(|e| self.wrong(&format!("cannot be read: {e}")))
    }

    /// Makes it with version 1, where there is none.
    pub(crate) fn create(&self, world: &World) -> Result<(), VaultError> {
        let text = Zeroizing::new(format!("{HEAD}{}", *line(world, 1)));
        let made = || -> std::io::Result<()> {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = owned(OpenOptions::new().create_new(true), &self.path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        made().map_err(|e| self.wrong(&format!("cannot be created: {e}")))
    }

    /// Adds a version after the newest, which `newest` finds in the text; tells which.
    pub(crate) fn add(
        &self,
        world: &World,
        newest: impl FnOnce(&str) -> Result<u32, String>,
    ) -> Result<u32, VaultError> {
        let mut added = 0;
        self.change(|text| {
            added = newest(text)? + 1;
            let joint = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            Ok(Zeroizing::new(format!(
                "{text}{joint}{}",
                *line(world, added)
            )))
        })?;
        Ok(added)
    }

    /// Takes a version away; the others and the comments stay.
    pub(crate) fn remove(&self, version: u32) -> Result<(), VaultError> {
        let names = |line: &str| {
            let number = line.trim().split([' ', ':']).next().unwrap_or_default();
            number.parse() == Ok(version)
        };
        self.change(|text| {
            let mut left = Zeroizing::new(String::with_capacity(text.len()));
            let lines = text.split_inclusive('\n').filter(|line| !names(line));
            lines.for_each(|line| left.push_str(line));
            Ok(left)
        })
    }

    /// Writes aside, then puts that in its place. Who changes it at the same time waits.
    fn change(
        &self,
        to: impl FnOnce(&str) -> Result<Zeroizing<String>, String>,
    ) -> Result<(), VaultError> {
        let failed = |e: std::io::Error| self.wrong(&format!("cannot be changed: {e}"));
        // A link, as orchestrators make them, stays one.
        let path = self.path.canonicalize().map_err(failed)?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let folder = File::open(folder).map_err(failed)?;
        folder.lock().map_err(failed)?;
        let text = self.read()?;
        let text = to(&text).map_err(|reason| self.wrong(&reason))?;
        replace(&path, &text, &folder).map_err(failed)
    }
}

/// One line with a fresh key.
fn line(world: &World, version: u32) -> Zeroizing<String> {
    let secret = Zeroizing::new(world.bytes::<32>());
    let encoded = Zeroizing::new(STANDARD.encode(*secret));
    Zeroizing::new(format!("{version} {}\n", *encoded))
}

fn owned(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn replace(path: &Path, text: &str, folder: &File) -> std::io::Result<()> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".new");
    let aside = PathBuf::from(aside);
    // One that a crash has left is worth nothing: its version was never used.
    match fs::remove_file(&aside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = owned(OpenOptions::new().create_new(true), &aside)?;
    let before = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let made = file.metadata()?;
        if (made.uid(), made.gid()) != (before.uid(), before.gid()) {
            // Whoever runs the server must still be able to read it, whoever runs the command.
            std::os::unix::fs::fchown(&file, Some(before.uid()), Some(before.gid()))?;
        }
    }
    file.set_permissions(before.permissions())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    folder.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn numbers(text: &str) -> Vec<u32> {
        let lines = text.lines().filter(|l| !l.starts_with('#'));
        lines
            .map(|l| l.split(' ').next().unwrap().parse().unwrap())
            .collect()
    }

    fn newest(text: &str) -> Result<u32, String> {
        let newest = numbers(text).into_iter().max();
        newest.ok_or_else(|| "no version".to_owned())
    }

    #[test]
    fn versions_come_and_go_and_the_rest_of_the_file_stays() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let file = KeyFile::new(path.clone());
        file.create(&world).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert!(
            file.create(&world).is_err(),
            "an existing one is never lost"
        );
        let first = file.read().unwrap();
        // As a crash may leave it, and as an operator may have shared it with a group.
        fs::write(folder.path().join("kek.new"), "2 half").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(file.add(&world, newest).unwrap(), 2);
        assert_eq!(mode(&path), 0o640);
        assert!(!folder.path().join("kek.new").exists());
        assert!(file.read().unwrap().starts_with(&**first));
        fs::write(&path, file.read().unwrap().trim_end()).unwrap();
        assert_eq!(file.add(&world, newest).unwrap(), 3);
        assert_eq!(numbers(&file.read().unwrap()), [1, 2, 3]);
        file.remove(1).unwrap();
        assert_eq!(numbers(&file.read().unwrap()), [2, 3]);
        assert!(file.read().unwrap().starts_with(HEAD));
    }

    #[test]
    fn two_who_change_it_at_once_both_succeed_and_a_link_stays_a_link() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("kek"), folder.path().join("link"));
        KeyFile::new(path.clone()).create(&world).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        std::thread::scope(|scope| {
            for path in [&path, &link, &path, &link] {
                let world = &world;
                scope.spawn(move || KeyFile::new(path.clone()).add(world, newest).unwrap());
            }
        });
        let text = KeyFile::new(link.clone()).read().unwrap();
        assert_eq!(numbers(&text), [1, 2, 3, 4, 5]);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
