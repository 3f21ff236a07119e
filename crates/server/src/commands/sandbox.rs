//! `tenon sandbox`: only the sandbox, for developers of integrations.

use serde_json::json;
use tenon_model::World;
use tenon_sandbox::{SandboxArgs, SandboxError};

use super::serve::shown;
use crate::cli::Sandbox;
use crate::failure::Failure;
use crate::signals;

pub(super) async fn run(flags: Sandbox) -> Result<(), Failure> {
    let stop = signals::watch()?;
    let clock = World::system().clock();
    let config = flags.args.config(clock.clone());
    let accounts: Vec<&str> = config.accounts.iter().map(|a| a.email.as_str()).collect();
    let failed = |e: SandboxError| match e {
        SandboxError::Faults(_) | SandboxError::Accounts(_) | SandboxError::TooMany(_) => {
            Failure::usage(e.to_string())
        }
        _ => Failure::new(format!("the sandbox does not start: {e}")),
    };
    let vault = flags.args.start_vault().await.map_err(failed)?;
    let sandbox = flags.args.start(clock).await.map_err(failed)?;
    let base = sandbox.base_url();
    let base = shown(&base);
    let mut settings = vec![
        ("TENON_GOOGLE_CLIENT_ID", config.client_id.clone()),
        ("TENON_GOOGLE_CLIENT_SECRET", config.client_secret.clone()),
        ("TENON_GOOGLE_AUTH_URL", format!("{base}/o/oauth2/v2/auth")),
        ("TENON_GOOGLE_TOKEN_URL", format!("{base}/token")),
        ("TENON_GOOGLE_REVOKE_URL", format!("{base}/revoke")),
        ("TENON_GOOGLE_JWKS_URL", format!("{base}/oauth2/v3/certs")),
        ("TENON_GOOGLE_ISSUER", sandbox.issuer()),
        ("TENON_GOOGLE_GMAIL_URL", base.to_owned()),
    ];
    if let Some(vault) = &vault {
        settings.push(("TENON_VAULT_ADDR", vault.url().to_string()));
        settings.push(("TENON_VAULT_TOKEN", SandboxArgs::VAULT_TOKEN.to_owned()));
        settings.push(("TENON_KEK", "vault:transit/tenon".to_owned()));
    }
    if flags.json {
        let environment: serde_json::Map<String, serde_json::Value> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        super::print_json(
            &json!({ "base_url": base, "accounts": accounts, "environment": environment }),
        );
    } else {
        super::print(&format!(
            "The sandbox listens on {base} with the accounts {}",
            accounts.join(", ")
        ));
        super::print("Point a server to it with:");
        for (name, value) in &settings {
            super::print(&format!("export {name}={value}"));
        }
    }
    stop.cancelled().await;
    sandbox.stop().await;
    Ok(())
}
