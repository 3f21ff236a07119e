//! Command line of a sandbox on its own: flags that `tenon sandbox` and the example share.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tenon_model::Clock;

use crate::config::{Account, QuotaProfile, SandboxConfig, SandboxError};
use crate::{Fault, Sandbox, TransitFake};

/// Flags of a sandbox.
#[derive(Debug, Clone, clap::Args)]
pub struct SandboxArgs {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 8085)]
    pub port: u16,
    /// Everything generated follows from it
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Messages in each generated mailbox
    #[arg(long, default_value_t = 10_000)]
    pub messages: u64,
    /// JSON file with faults to play: [{"row": "G5", "path": "...", "after_calls": 0, "times": 1}]
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// An account, "ADDRESS" or "Name <ADDRESS>"; may be repeated (default: Alice and Bob)
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    /// Id of the OAuth client
    #[arg(long, default_value = "tenon-demo")]
    pub client_id: String,
    /// Secret of the OAuth client
    #[arg(long, default_value = "tenon-demo-secret")]
    pub client_secret: String,
    /// An allowed redirect address, compared exactly; may be repeated (default: any on loopback)
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub redirect_uris: Vec<String>,
    /// Google's limits
    #[arg(long, value_enum, default_value_t = QuotaProfile::Off)]
    pub quota: QuotaProfile,
    /// Answer the consent page at once, everything granted
    #[arg(long)]
    pub auto_consent: bool,
    /// Also plays the transit engine of HashiCorp Vault on this port of 127.0.0.1
    #[arg(long, value_name = "PORT")]
    pub vault_port: Option<u16>,
    /// Milliseconds waited before each answer
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
}

impl SandboxArgs {
    /// The configuration these flags mean.
    pub fn config(&self, clock: Arc<dyn Clock>) -> SandboxConfig {
        let mut config = SandboxConfig::new(clock);
        config.seed = self.seed;
        config.messages = self.messages;
        if !self.accounts.is_empty() {
            config.accounts = self.accounts.iter().map(|text| account(text)).collect();
        }
        config.client_id.clone_from(&self.client_id);
        config.client_secret.clone_from(&self.client_secret);
        config.redirect_uris.clone_from(&self.redirect_uris);
        config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        config.quota = self.quota;
        config.auto_consent = self.auto_consent;
        config.latency = Duration::from_millis(self.latency_ms);
        config
    }

    /// Starts the transit engine when it is asked for, with a key of the name `tenon`.
    pub async fn start_vault(&self) -> Result<Option<TransitFake>, SandboxError> {
        let Some(port) = self.vault_port else {
            return Ok(None);
        };
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let vault = TransitFake::start(listen, Self::VAULT_TOKEN)
            .await
            .map_err(|e| SandboxError::Listen(listen, e))?;
        vault.create("tenon");
        Ok(Some(vault))
    }

    /// The token that this transit engine lets in.
    pub const VAULT_TOKEN: &'static str = "tenon-demo-token";

    /// Starts the sandbox with its faults in place.
    pub async fn start(&self, clock: Arc<dyn Clock>) -> Result<Sandbox, SandboxError> {
        let faults = match &self.faults {
            None => Vec::new(),
            Some(path) => {
                let text = tokio::fs::read_to_string(path)
                    .await
                    .map_err(|e| SandboxError::Faults(format!("{}: {e}", path.display())))?;
                Fault::parse_list(&text)?
            }
        };
        let sandbox = Sandbox::start(self.config(clock)).await?;
        for fault in faults {
            sandbox.control().faults().try_push(fault)?;
        }
        Ok(sandbox)
    }
}

/// `ADDRESS` or `Name <ADDRESS>`; without a name, one is made of the address.
fn account(text: &str) -> Account {
    if let Some((name, rest)) = text.split_once('<') {
        return Account::new(rest.trim_end().trim_end_matches('>').trim(), name.trim());
    }
    let local = text.split('@').next().unwrap_or(text);
    let words: Vec<String> = local
        .split(['.', '-', '_'])
        .filter(|w| !w.is_empty())
        .map(|w| {
            let mut letters = w.chars();
            letters
                .next()
                .map(|c| c.to_uppercase().chain(letters).collect())
                .unwrap_or_default()
        })
        .collect();
    Account::new(text.trim(), &words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_both_ways() {
        let a = account("Zoé Noël <zoe@x.example>");
        assert_eq!(
            (a.name.as_str(), a.email.as_str()),
            ("Zoé Noël", "zoe@x.example")
        );
        assert_eq!(account("carol.van-dijk@x.example").name, "Carol Van Dijk");
    }
}
