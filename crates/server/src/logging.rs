//! The log: lines on stderr, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Starts the log.
pub(crate) fn start(filter: &str, json: bool) -> Result<(), Failure> {
    let filter: EnvFilter = filter
        .parse()
        .map_err(|_| Failure::usage("the setting TENON_LOG must be a level such as info, or levels per module such as info,tenon_app=debug"))?;
    let base = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        base.json().init();
    } else {
        base.with_ansi(std::io::stderr().is_terminal()).init();
    }
    // A panic's message may hold what the program was working on; its place never does.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(())
}
