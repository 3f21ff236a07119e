//! `tenon sandbox`: only the sandbox, for developers of integrations.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde_json::json;
use tenon_model::World;
use tenon_sandbox::SandboxConfig;

use super::serve::shown;
use crate::cli::Sandbox;
use crate::failure::Failure;
use crate::signals;

pub(super) async fn run(flags: Sandbox) -> Result<(), Failure> {
    let stop = signals::watch()?;
    let mut config = SandboxConfig::new(World::system().clock());
    config.seed = flags.seed;
    config.messages = flags.messages;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, flags.port));
    config.quota = flags.quota;
    config.client_id = flags.client_id;
    config.client_secret = flags.client_secret;
    config.auto_consent = flags.auto_consent;
    config.latency = Duration::from_millis(flags.latency_ms);
    let (id, secret) = (config.client_id.clone(), config.client_secret.clone());
    let accounts: Vec<String> = config.accounts.iter().map(|a| a.email.clone()).collect();
    let sandbox = tenon_sandbox::Sandbox::start(config).await.map_err(|e| Failure::new(format!("the sandbox does not start: {e}")))?;
    if let Some(path) = &flags.faults {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::file("file of faults", path, &e))?;
        sandbox
            .control()
            .faults()
            .load_json(&text)
            .map_err(|e| Failure::usage(format!("the file of faults {} does not hold: {e}", path.display())))?;
    }
    let base = sandbox.base_url();
    let base = shown(&base);
    let settings = [
        ("TENON_GOOGLE_CLIENT_ID", id),
        ("TENON_GOOGLE_CLIENT_SECRET", secret),
        ("TENON_GOOGLE_AUTH_URL", format!("{base}/o/oauth2/v2/auth")),
        ("TENON_GOOGLE_TOKEN_URL", format!("{base}/token")),
        ("TENON_GOOGLE_REVOKE_URL", format!("{base}/revoke")),
        ("TENON_GOOGLE_JWKS_URL", format!("{base}/oauth2/v3/certs")),
        ("TENON_GOOGLE_ISSUER", base.to_owned()),
        ("TENON_GOOGLE_GMAIL_URL", base.to_owned()),
    ];
    if flags.json {
        let environment: serde_json::Map<String, serde_json::Value> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        super::print_json(&json!({ "base_url": base, "accounts": accounts, "environment": environment }));
    } else {
        super::print(&format!("The sandbox listens on {base} with the accounts {}", accounts.join(", ")));
        super::print("Point a server to it with:");
        for (name, value) in &settings {
            super::print(&format!("export {name}={value}"));
        }
    }
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(())
}
