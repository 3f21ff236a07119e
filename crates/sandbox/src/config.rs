//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tenon_model::{Clock, SystemClock};

/// A person with a Google account in the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The address, which is also the mailbox.
    pub email: String,
    /// The person's full name.
    pub name: String,
    /// The stable subject identifier (`sub` of the id token): digits, as Google's are.
    pub sub: String,
}

impl Account {
    /// An account whose subject follows from the address.
    pub fn new(email: &str, name: &str) -> Self {
        let hash = crate::generate::rng::hash_text(0x7375_6265_6374, &email.to_ascii_lowercase());
        Self {
            email: email.to_owned(),
            name: name.to_owned(),
            sub: format!("1{hash:020}"),
        }
    }

    /// The first word of the name.
    pub fn given_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.email)
    }

    /// What follows the first word of the name; empty when there is nothing.
    pub fn family_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, family)| family)
    }
}

/// Which of Google's per-user limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum QuotaProfile {
    /// None.
    #[default]
    Off,
    /// Projects new since May 2026: 6,000 units a minute and user, `messages.get` 20.
    #[value(name = "2026")]
    Y2026,
    /// Older projects: 15,000 units a minute and user, `messages.get` 5.
    Legacy,
}

/// What a sandbox is started with.
#[derive(Clone)]
pub struct SandboxConfig {
    /// Everything generated follows from it.
    pub seed: u64,
    /// Messages in each generated mailbox.
    pub messages: u64,
    /// The people; the first is who `auto_consent` takes without a `login_hint`.
    pub accounts: Vec<Account>,
    /// The OAuth client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Allowed redirect addresses, compared exactly; none = any address on loopback.
    pub redirect_uris: Vec<String>,
    /// Where to listen; port 0 takes a free one. Only loopback is accepted.
    pub listen: SocketAddr,
    /// Quota in force.
    pub quota: QuotaProfile,
    /// The clock that tokens, quotas, history and `newer_than:` go by.
    pub clock: Arc<dyn Clock>,
    /// Answer the consent page at once with 302, everything granted.
    pub auto_consent: bool,
    /// Waited before each answer (once for a batch).
    pub latency: Duration,
}

impl SandboxConfig {
    /// The defaults by this clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            seed: 1,
            messages: 10_000,
            accounts: vec![
                Account::new("alice@example.com", "Alice Martin"),
                Account::new("bob@example.com", "Bob Keller"),
            ],
            client_id: "tenon-demo".to_owned(),
            client_secret: "tenon-demo-secret".to_owned(),
            redirect_uris: Vec::new(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            quota: QuotaProfile::Off,
            clock,
            auto_consent: false,
            latency: Duration::ZERO,
        }
    }
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock::default()))
    }
}

impl std::fmt::Debug for SandboxConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxConfig")
            .field("seed", &self.seed)
            .field("messages", &self.messages)
            .field("accounts", &self.accounts.len())
            .field("listen", &self.listen)
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The address is not on loopback.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address cannot be taken.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// Two accounts with one address, none at all, or a word that is no address.
    #[error("accounts: {0}")]
    Accounts(String),
    /// More messages than ids fit.
    #[error("at most {0} messages a mailbox")]
    TooMany(u64),
    /// The signing key of the id tokens could not be made.
    #[error("no signing key: {0}")]
    Key(String),
    /// A push subscription that cannot be.
    #[error("push: {0}")]
    Push(String),
    /// A file of faults cannot be read.
    #[error("faults: {0}")]
    Faults(String),
}
