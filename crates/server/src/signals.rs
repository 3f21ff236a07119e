//! Stopping: the first signal asks, the second one insists.

use std::process::exit;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Exit code of a program ended by SIGINT, by the shells' convention (128 + 2).
const INSISTED: i32 = 130;

/// Cancels the token at the first SIGTERM or SIGINT, and ends the process at the second.
pub(crate) fn watch() -> Result<CancellationToken, Failure> {
    let failed = |e: std::io::Error| Failure::new(format!("signals cannot be received: {e}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        for is_first in [true, false] {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            if is_first {
                tracing::info!("stopping; a second signal stops at once");
                stop.cancel();
            } else {
                exit(INSISTED);
            }
        }
    });
    Ok(token)
}
