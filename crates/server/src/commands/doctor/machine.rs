//! The machine: settings in the environment, data folder, disk, limits.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, StatVfs, access, statvfs};

use super::check::{Check, size};
use crate::settings::unknown_variables;
use crate::{harden, wiring};

/// Below these a database that grows will stop soon, or at any moment.
const LITTLE_ROOM: u64 = 1 << 30;
const NO_ROOM: u64 = 100 << 20;

/// A variable that is nearly a setting is a mistake; one that is nothing like it belongs to someone
/// else, such as an orchestrator that names its services in the environment.
pub(super) fn settings() -> Check {
    let (near, far): (Vec<_>, Vec<_>) = unknown_variables()
        .into_iter()
        .partition(|(_, near)| near.is_some());
    let misspelt: Vec<String> = near
        .into_iter()
        .filter_map(|(name, near)| {
            near.map(|near| format!("{name} is no setting; did you mean {near}?"))
        })
        .collect();
    let foreign: Vec<String> = far.into_iter().map(|(name, _)| name).collect();
    match (misspelt.is_empty(), foreign.is_empty()) {
        (false, _) => Check::fail(
            "settings",
            misspelt.join("; "),
            "rename it, or unset it if it belongs to another program",
        ),
        (true, false) => Check::ok(
            "settings",
            format!("can be read; not looked at: {}", foreign.join(", ")),
        ),
        (true, true) => Check::ok("settings", "can be read"),
    }
}

/// The folder, or what is there of the way to it.
fn existing(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|p| p.exists());
    match there {
        Some(found) if !found.as_os_str().is_empty() => found.to_owned(),
        _ => PathBuf::from("."),
    }
}

pub(super) fn folder(path: &Path) -> Check {
    const NAME: &str = "data folder";
    if !path.exists() {
        let above = existing(path);
        return match access(&above, Access::WRITE_OK | Access::EXEC_OK) {
            Ok(()) => Check::ok(
                NAME,
                format!(
                    "{} does not exist yet; tenon serve makes it",
                    path.display()
                ),
            ),
            Err(error) => Check::fail(
                NAME,
                format!(
                    "{} does not exist and cannot be made: {} {error}",
                    path.display(),
                    above.display()
                ),
                "make it and give it to the user that runs tenon, or set TENON_DATA_DIR",
            ),
        };
    }
    if let Err(failure) = wiring::prepare_data_dir(path) {
        let text = failure.to_string();
        let (text, next) = text.split_once("; ").unwrap_or((&text, ""));
        return Check::fail(NAME, text, next);
    }
    let shown = path.display();
    match open_to_others(path) {
        Some(mode) => Check::warn(
            NAME,
            format!(
                "{shown} can be written, but others of this machine may look inside (mode {mode:o})"
            ),
            format!("chmod 700 {shown}"),
        ),
        None => Check::ok(NAME, format!("{shown} can be written")),
    }
}

/// The mode of a file or folder that is not its owner's alone.
pub(super) fn open_to_others(path: &Path) -> Option<u32> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

pub(super) fn disk(path: &Path) -> Check {
    match statvfs(existing(path)) {
        Ok(found) => room(&found),
        Err(error) => Check::warn(
            "disk",
            format!("cannot be asked for its free space: {error}"),
            "look at it with df",
        ),
    }
}

fn room(found: &StatVfs) -> Check {
    const NAME: &str = "disk";
    const NEXT: &str = "free some space, or move the data folder to a larger disk";
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let text = format!("{} free", size(free));
    // File systems without a fixed number of inodes say 0.
    let no_names = found.f_files > 0 && found.f_favail < 1_000;
    if free < NO_ROOM || no_names {
        let why = if no_names { ", no inodes" } else { "" };
        Check::fail(NAME, format!("{text}{why}"), NEXT)
    } else if free < LITTLE_ROOM {
        Check::warn(NAME, text, NEXT)
    } else {
        Check::ok(NAME, text)
    }
}

/// `tenon serve` raises its limit as far as it may; so the hard one counts.
pub(super) fn files() -> Check {
    let next = format!(
        "raise it: LimitNOFILE={} in the systemd unit, --ulimit of a container, ulimit -Hn of a shell",
        harden::FILES * 16
    );
    match harden::most_files() {
        Some(most) if most < harden::FILES => Check::warn(
            "open files",
            format!("at most {most}: a busy server needs {}", harden::FILES),
            next,
        ),
        Some(most) => Check::ok("open files", format!("at most {most}")),
        None => Check::ok("open files", "no limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn room_is_judged_in_bytes_and_in_names() {
        let with = |bytes: u64, names: u64| {
            let mut vfs = statvfs("/").unwrap();
            vfs.f_frsize = 1;
            vfs.f_bavail = bytes;
            vfs.f_files = 1_000_000;
            vfs.f_favail = names;
            room(&vfs).state
        };
        assert_eq!(with(2 << 30, 50_000), State::Ok);
        assert_eq!(with(500 << 20, 50_000), State::Warn);
        assert_eq!(with(50 << 20, 50_000), State::Fail);
        assert_eq!(with(2 << 30, 10), State::Fail);
    }

    #[test]
    fn the_way_to_a_missing_folder() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(existing(&place.path().join("a/b")), place.path());
        assert_eq!(existing(Path::new("no-such-folder")), Path::new("."));
    }
}
