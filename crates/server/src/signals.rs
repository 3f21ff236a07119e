//! Stopping: the first signal asks, the second one insists.

use std::path::{Path, PathBuf};
use std::process::exit;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Exit code of a program ended by SIGINT, by the shells' convention (128 + 2).
const INSISTED: i32 = 130;

/// Cancels the token at the first SIGTERM or SIGINT, and ends the process at the second.
pub(crate) fn watch() -> Result<CancellationToken, Failure> {
    Ok(start(false)?.stop)
}

/// The same, and SIGHUP too: a demo ends with the terminal that it runs in. `nohup` is heeded.
pub(crate) fn watch_demo() -> Result<Watch, Failure> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    start(!ignores_hangup(&status))
}

/// A limit of file sizes (`ulimit -f`) would end the process without a word; so it becomes an error
/// of the one write that meets it.
pub(crate) fn survive_file_limit() {
    /// SIGXFSZ, the same number on Linux, macOS and the BSDs.
    const TOO_LARGE: i32 = 25;
    if let Err(error) = signal(SignalKind::from_raw(TOO_LARGE)) {
        tracing::debug!(%error, "a limit of file sizes would end the process");
    }
}

/// What a second signal does away with before it ends the process.
pub(crate) struct Watch {
    pub(crate) stop: CancellationToken,
    folder: Arc<Mutex<Option<PathBuf>>>,
}

impl Watch {
    /// Also a stop in a hurry leaves nothing of this folder.
    pub(crate) fn remove_when_cut_off(&self, folder: &Path) {
        let mut kept = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(folder.to_owned());
    }
}

fn start(hangup: bool) -> Result<Watch, Failure> {
    let failed = |e: std::io::Error| Failure::new(format!("signals cannot be received: {e}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hangup = if hangup {
        Some(signal(SignalKind::hangup()).map_err(failed)?)
    } else {
        None
    };
    let watch = Watch {
        stop: CancellationToken::new(),
        folder: Arc::default(),
    };
    let (stop, folder) = (watch.stop.clone(), watch.folder.clone());
    tokio::spawn(async move {
        for is_first in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = received(hangup.as_mut()) => {}
            }
            if is_first {
                tracing::info!("stopping; a second signal stops at once");
                stop.cancel();
            } else {
                let folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(folder) = &*folder {
                    remove(folder);
                }
                exit(INSISTED);
            }
        }
    });
    Ok(watch)
}

async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Other threads may still be writing, so a folder may fill again while it is emptied.
fn remove(folder: &Path) {
    for _ in 0..20 {
        if std::fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            return;
        }
    }
}

/// Whether this process was started to ignore SIGHUP: the first bit of `SigIgn` in
/// `/proc/self/status` (proc(5)).
fn ignores_hangup(status: &str) -> bool {
    let mask = status.lines().find_map(|l| l.strip_prefix("SigIgn:"));
    mask.and_then(|m| u64::from_str_radix(m.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nohup_is_seen() {
        assert!(ignores_hangup("Name:\tx\nSigIgn:\t0000000000001001\n"));
        assert!(!ignores_hangup("SigIgn:\t0000000000001000\n"));
        assert!(!ignores_hangup(""));
    }
}
