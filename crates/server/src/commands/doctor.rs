//! `tenon doctor`: is everything in order? Changes nothing.

use std::process::ExitCode;

use secrecy::SecretString;
use serde_json::json;
use tenon_app::Ctx;
use tenon_connectors::google::Google;

use crate::cli::Doctor;
use crate::failure::Failure;
use crate::settings::{Given, SETTINGS, Settings, unknown_variables};
use crate::{logging, wiring};

/// A clock that is off by more makes codes of authenticator apps and id tokens fail.
const SKEW_SECONDS: u64 = 30;

/// What one look found.
struct Check {
    name: &'static str,
    ok: bool,
    text: String,
}

impl Check {
    fn new(name: &'static str, outcome: Result<String, String>) -> Self {
        let ok = outcome.is_ok();
        let (Ok(text) | Err(text)) = outcome;
        Self { name, ok, text }
    }
}

pub(super) async fn run(given: &Given, flags: &Doctor) -> Result<ExitCode, Failure> {
    if flags.settings {
        list_settings(flags.json);
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load(given)?;
    logging::start("error", false)?;
    let mut checks = vec![settings_check()];
    let folder = wiring::prepare_data_dir(&settings.data_dir);
    checks.push(Check::new(
        "data folder",
        folder
            .map(|()| format!("{} can be written", settings.data_dir.display()))
            .map_err(|e| e.to_string()),
    ));
    let ctx = database_and_keys(&settings, &mut checks).await;
    google_checks(ctx.as_ref().and_then(|c| c.google.as_deref()), &mut checks).await;
    if let Some(ctx) = ctx {
        ctx.store.close().await;
    }
    let all = checks.iter().all(|c| c.ok);
    if flags.json {
        let items: Vec<_> = checks
            .iter()
            .map(|c| json!({ "name": c.name, "ok": c.ok, "text": c.text }))
            .collect();
        super::print_json(&json!({ "ok": all, "checks": items }));
    } else {
        for c in &checks {
            super::print(&format!(
                "{}  {:<12} {}",
                if c.ok { "ok  " } else { "FAIL" },
                c.name,
                c.text
            ));
        }
    }
    Ok(if all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
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

/// A variable that is nearly a setting is a mistake; one that is nothing like it belongs to someone
/// else, such as an orchestrator that names its services in the environment.
fn settings_check() -> Check {
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
    let outcome = match (misspelt.is_empty(), foreign.is_empty()) {
        (false, _) => Err(misspelt.join("; ")),
        (true, false) => Ok(format!(
            "can be read; not looked at: {}",
            foreign.join(", ")
        )),
        (true, true) => Ok("can be read".to_owned()),
    };
    Check::new("settings", outcome)
}

async fn database_and_keys(settings: &Settings, checks: &mut Vec<Check>) -> Option<Ctx> {
    // An empty place is not filled by a look.
    if let tenon_store::StoreUrl::Sqlite(path) = &settings.database
        && !path.exists()
    {
        let text = format!(
            "{} does not exist yet; tenon serve makes it",
            path.display()
        );
        checks.push(Check::new("database", Ok(text)));
        return None;
    }
    let store = match wiring::open_store(settings, false).await {
        Ok(store) => store,
        Err(failure) => {
            checks.push(Check::new("database", Err(failure.to_string())));
            return None;
        }
    };
    let kind = format!("{:?} answers, its schema is up to date", store.kind());
    checks.push(Check::new("database", Ok(kind)));
    let public_url = settings
        .public_url
        .clone()
        .unwrap_or_else(|| wiring::address_url(settings.listen));
    let opened = wiring::open_ctx(settings, store, wiring::app_config(settings, public_url)).await;
    match opened {
        Ok(ctx) => {
            checks.push(Check::new(
                "keys",
                Ok("the key-encryption key opens the data keys".to_owned()),
            ));
            Some(ctx)
        }
        Err(failure) => {
            checks.push(Check::new("keys", Err(failure.to_string())));
            None
        }
    }
}

/// Asks Google's token endpoint to renew a token that cannot exist. Where everything is right it
/// refuses the token (`invalid_grant`); a wrong client it refuses by its own code.
async fn google_checks(google: Option<&Google>, checks: &mut Vec<Check>) {
    let Some(google) = google else {
        checks.push(Check::new("google", Ok("not set up".to_owned())));
        return;
    };
    let outcome = match google
        .grants()
        .refresh(&SecretString::from("tenon-doctor"))
        .await
    {
        Ok(_) => Err("the token endpoint renewed a token that does not exist".to_owned()),
        Err(e) if e.code == "invalid_grant" => Ok("answers and accepts the client".to_owned()),
        Err(e) if e.code == "invalid_client" || e.code == "unauthorized_client" => Err(
            "refuses the client: check TENON_GOOGLE_CLIENT_ID and TENON_GOOGLE_CLIENT_SECRET"
                .to_owned(),
        ),
        Err(e) => Err(format!("cannot be asked: {e}")),
    };
    checks.push(Check::new("google", outcome));
    if let Some(skew) = google.clock_skew() {
        let text = format!("differs from Google's by {skew} s");
        let is_near = skew.unsigned_abs() <= SKEW_SECONDS;
        checks.push(Check::new(
            "clock",
            if is_near {
                Ok(text)
            } else {
                Err(format!("{text}: set this machine's clock"))
            },
        ));
    }
}
