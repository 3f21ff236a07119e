//! The log: lines on stderr, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Tenon's own crates, and the lines of the audit log.
const OWN: [&str; 11] = [
    "audit",
    "tenon",
    "tenon_api",
    "tenon_app",
    "tenon_connectors",
    "tenon_jobs",
    "tenon_model",
    "tenon_sandbox",
    "tenon_store",
    "tenon_testkit",
    "tenon_vault",
];

/// The HTML parser speaks of the mail it parses, a line for each of its faults: eight hundred for one mail.
const SILENT: &str = "html5ever=off,markup5ever=off";

/// A level alone is that of Tenon's own crates: what libraries say below a warning may quote what
/// they work on, an HTML parser the mail it parses (policy check L1). Who names modules gets them.
fn directives(filter: &str) -> String {
    if filter.contains(['=', ',']) {
        return format!("{filter},{SILENT}");
    }
    let own: Vec<String> = OWN.iter().map(|name| format!("{name}={filter}")).collect();
    let rest = if ["error", "off"].contains(&filter) {
        filter
    } else {
        "warn"
    };
    format!("{rest},{},{SILENT}", own.join(","))
}

/// Starts the log.
pub(crate) fn start(filter: &str, json: bool) -> Result<(), Failure> {
    let filter: EnvFilter = directives(filter)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l1_a_level_alone_keeps_libraries_quiet() {
        let debug = directives("debug");
        assert!(
            debug.starts_with("warn,audit=debug,tenon=debug,"),
            "{debug}"
        );
        assert!(debug.contains("tenon_app=debug") && debug.parse::<EnvFilter>().is_ok());
        assert!(directives("off").starts_with("off,"));
        let chosen = directives("warn,hyper=trace,html5ever=trace");
        assert!(chosen.starts_with("warn,hyper=trace,"), "{chosen}");
        assert!(
            chosen.ends_with("html5ever=off,markup5ever=off"),
            "{chosen}"
        );
        assert!(chosen.parse::<EnvFilter>().is_ok());
    }
}
