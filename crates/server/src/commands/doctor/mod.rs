//! `tenon doctor`: is everything in order? Changes nothing.

mod address;
mod check;
mod database;
mod google;
mod keys;
mod machine;
mod privacy;

use std::process::ExitCode;

use serde_json::json;
use tenon_connectors::google::Google;
use tenon_model::policy::Locale;
use tenon_model::{Scope, World};
use tenon_store::Store;

use crate::cli::Doctor;
use crate::failure::Failure;
use crate::logging;
use crate::settings::{Given, SETTINGS, Settings};
use check::{Check, State};

pub(super) async fn run(given: &Given, flags: &Doctor) -> Result<ExitCode, Failure> {
    if flags.settings {
        list_settings(flags.json);
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load(given)?;
    logging::start("off", false)?;
    if flags.privacy {
        return Ok(promises(&settings, flags).await);
    }
    let checks = if flags.ready {
        vec![address::ready(&settings).await]
    } else {
        look(&settings).await
    };
    let all = checks.iter().all(|c| c.state != State::Fail);
    if flags.json {
        let items: Vec<_> = checks.iter().map(Check::json).collect();
        super::print_json(&json!({ "ok": all, "checks": items }));
    } else {
        for c in &checks {
            super::print(&c.line());
        }
    }
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Looks at the promises of the privacy page.
async fn promises(settings: &Settings, flags: &Doctor) -> ExitCode {
    let locale = Locale::parse(&flags.locale);
    let mut opening = Vec::new();
    let store = database::open(settings, &mut opening).await;
    let checks = privacy::check(settings, store.as_ref()).await;
    if let Some(store) = store {
        store.close().await;
    }
    let all = checks.iter().all(|c| c.state != State::Fail);
    if flags.json {
        let items: Vec<_> = checks.iter().map(Check::json).collect();
        let sentences = privacy::sentences(locale, &checks);
        super::print_json(&json!({ "ok": all, "checks": items, "sentences": sentences }));
    } else {
        for line in privacy::lines(locale, &checks) {
            super::print(&line);
        }
        // What does not open is said first, then what was found.
        let looks = opening.iter().filter(|c| c.state == State::Fail);
        for check in looks.chain(&checks) {
            super::print(&check.line());
        }
    }
    if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Looks at everything, in the order in which one thing needs the other.
async fn look(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![
        machine::settings(),
        machine::folder(&settings.data_dir),
        machine::disk(&settings.data_dir),
        machine::files(),
    ];
    let store = database::open(settings, &mut checks).await;
    keys::check(settings, store.as_ref(), &mut checks).await;
    if let Some(store) = &store {
        database::work(store, &mut checks).await;
    }
    let google = settings
        .google
        .clone()
        .map(|config| Google::new(config, World::system()));
    match google {
        None => checks.push(Check::ok("google", "not set up")),
        Some(Err(error)) => checks.push(Check::fail(
            "google",
            format!("the settings do not hold: {}", error.code),
            "see the table of settings",
        )),
        Some(Ok(google)) => google::check(&google, settings, &mut checks).await,
    }
    if let Some(store) = &store {
        google::grants(store, &mut checks).await;
    }
    checks.push(google::push(settings));
    address::check(settings, &mut checks).await;
    if let Some(store) = store {
        store.close().await;
    }
    checks
}

/// A transaction that looks at everything.
async fn read(store: &Store) -> Result<tenon_store::Tx, tenon_store::StoreError> {
    store.read(&Scope::system()).await
}

fn list_settings(as_json: bool) {
    if as_json {
        let items: Vec<_> = SETTINGS
            .iter()
            .map(|s| json!({ "name": s.name, "key": s.key(), "kind": s.kind_text(), "default": s.default, "default_note": s.default_note, "help": s.help }))
            .collect();
        super::print_json(&json!({ "items": items }));
        return;
    }
    for s in SETTINGS {
        let default = if s.default.is_empty() {
            s.default_note
        } else {
            s.default
        };
        super::print(&format!(
            "{} ({}) = {default}\n    {}: {}",
            s.name,
            s.key(),
            s.kind_text(),
            s.help
        ));
    }
}
