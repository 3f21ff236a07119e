//! Google: OAuth 2.0 with OpenID Connect, Gmail, and files of Drive.
//!
//! [`Google`] is shared by the whole deployment. [`Google::grants`] is its OAuth side, and
//! [`Google::mail`] opens a mailbox for whoever has its tokens, [`Google::files`] the files.

pub mod address;
mod batch;
mod client;
mod content;
mod drive;
mod errors;
mod fetch;
mod header;
mod identity;
mod lenient_base64;
mod mail;
mod map;
mod mime;
mod oauth;
mod operation;
mod params;
mod probe;
mod push;
mod signing_keys;
mod stream;
mod wire;
mod write;

pub use push::{PushIdentity, PushNotice, PushRefused, is_later, read_push};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use secrecy::SecretString;
use tenon_model::World;
use url::Url;

use crate::ProviderError;
use crate::calls::Calls;
use crate::ports::{AccessTokens, FilesPort, GrantPort, MailPort, MailWritePort, Priority};
use crate::quota::{Quota, QuotaSettings, QuotaSnapshot};
use crate::transport::{Reach, Transport};

pub use probe::{Probe, RedirectUri};

/// Where Google is. The default is Google's own; each address can be set by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleEndpoints {
    /// Consent screen.
    pub auth_url: Url,
    /// Token endpoint.
    pub token_url: Url,
    /// Revocation endpoint (RFC 7009).
    pub revoke_url: Url,
    /// Signing keys of id tokens (RFC 7517).
    pub jwks_url: Url,
    /// `iss` of id tokens.
    pub issuer: String,
    /// Root before `/gmail/v1`.
    pub gmail_url: Url,
    /// Gmail's batch endpoint. Left at Google's own while `gmail_url` is another host, it moves
    /// along with it: a token never goes to a host that its mailbox is not on.
    pub batch_url: Url,
    /// Root before `/upload/gmail/v1`; moves along like `batch_url`.
    pub upload_url: Url,
    /// Root before `/drive/v3`; moves along like `batch_url`.
    pub drive_url: Url,
}

impl Default for GoogleEndpoints {
    fn default() -> Self {
        Self {
            auth_url: known("https://accounts.google.com/o/oauth2/v2/auth"),
            token_url: known("https://oauth2.googleapis.com/token"),
            revoke_url: known("https://oauth2.googleapis.com/revoke"),
            jwks_url: known("https://www.googleapis.com/oauth2/v3/certs"),
            issuer: "https://accounts.google.com".to_owned(),
            gmail_url: known("https://gmail.googleapis.com/"),
            batch_url: known("https://gmail.googleapis.com/batch/gmail/v1"),
            upload_url: known("https://gmail.googleapis.com/"),
            drive_url: known("https://www.googleapis.com/"),
        }
    }
}

impl GoogleEndpoints {
    /// Everything below one address, with Google's own paths: the sandbox, for example.
    pub fn rooted_at(base: &Url) -> Self {
        let below = |path: &str| {
            let mut url = base.clone();
            url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
            url
        };
        Self {
            auth_url: below("/o/oauth2/v2/auth"),
            token_url: below("/token"),
            revoke_url: below("/revoke"),
            jwks_url: below("/oauth2/v3/certs"),
            issuer: base.as_str().trim_end_matches('/').to_owned(),
            gmail_url: below("/"),
            batch_url: below("/batch/gmail/v1"),
            upload_url: below("/"),
            drive_url: below("/"),
        }
    }

    /// Lets the addresses of Gmail move together.
    fn settled(mut self) -> Self {
        let own = Self::default();
        if self.gmail_url.origin() != own.gmail_url.origin() {
            let here = Self::rooted_at(&self.gmail_url);
            if self.batch_url == own.batch_url {
                self.batch_url = here.batch_url;
            }
            if self.upload_url == own.upload_url {
                self.upload_url = here.upload_url;
            }
            if self.drive_url == own.drive_url {
                self.drive_url = here.drive_url;
            }
        }
        self
    }
}

#[expect(
    clippy::expect_used,
    reason = "constants of this file, which a test parses"
)]
fn known(url: &'static str) -> Url {
    Url::parse(url).expect("a valid address")
}

/// The deployment's Google client.
#[derive(Debug, Clone)]
pub struct GoogleConfig {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// Where Google is.
    pub endpoints: GoogleEndpoints,
    /// Limits to plan for.
    pub quota: QuotaSettings,
}

/// One Google client for the whole deployment: transport, signing keys and quota planner are
/// shared by all accounts.
pub struct Google {
    config: GoogleConfig,
    world: World,
    transport: Arc<Transport>,
    quota: Arc<Quota>,
    identity: identity::Identity,
    /// Found out once: this Google has no batch endpoint (an emulator).
    batch_missing: AtomicBool,
    /// Found out once: this Google has no `users.getProfile` (an emulator).
    profile_missing: AtomicBool,
}

impl Google {
    /// Builds it; refuses `http://` addresses off loopback.
    pub fn new(config: GoogleConfig, world: World) -> Result<Arc<Self>, ProviderError> {
        let endpoints = config.endpoints.settled();
        let configured = [
            &endpoints.auth_url,
            &endpoints.token_url,
            &endpoints.revoke_url,
            &endpoints.jwks_url,
            &endpoints.gmail_url,
            &endpoints.batch_url,
            &endpoints.upload_url,
            &endpoints.drive_url,
        ];
        let reach = Reach {
            configured: configured.into_iter().cloned().collect(),
            public: false,
        };
        Ok(Arc::new(Self {
            transport: Transport::new(&reach, world.clone())?,
            quota: Quota::new(config.quota.clone(), world.clone()),
            identity: identity::Identity::default(),
            config: GoogleConfig {
                endpoints,
                ..config
            },
            world,
            batch_missing: AtomicBool::new(false),
            profile_missing: AtomicBool::new(false),
        }))
    }

    /// The OAuth side.
    pub fn grants(&self) -> &dyn GrantPort {
        self
    }

    /// A mailbox. All ports with one `account_key` share one bucket of units, whatever workspaces
    /// they serve: Google counts by account.
    pub fn mail(
        self: &Arc<Self>,
        account_key: [u8; 16],
        tokens: Arc<dyn AccessTokens>,
        priority: Priority,
    ) -> Arc<dyn MailPort> {
        let account = self.quota.account(account_key);
        Arc::new(client::Mailbox {
            google: self.clone(),
            account,
            tokens,
            priority,
        })
    }

    /// The same mailbox, for changing it.
    pub fn mail_writer(
        self: &Arc<Self>,
        account_key: [u8; 16],
        tokens: Arc<dyn AccessTokens>,
        priority: Priority,
    ) -> Arc<dyn MailWritePort> {
        let account = self.quota.account(account_key);
        Arc::new(client::Mailbox {
            google: self.clone(),
            account,
            tokens,
            priority,
        })
    }

    /// The files of an account. They have a budget of their own: what Drive refuses for its rate does not hold up mail.
    pub fn files(
        self: &Arc<Self>,
        account_key: [u8; 16],
        tokens: Arc<dyn AccessTokens>,
        priority: Priority,
    ) -> Arc<dyn FilesPort> {
        Arc::new(drive::Files(client::Mailbox {
            google: self.clone(),
            account: self.quota.account(of_drive(account_key)),
            tokens,
            priority,
        }))
    }

    /// What the health page shows of an account.
    pub fn quota_snapshot(&self, account_key: [u8; 16]) -> QuotaSnapshot {
        self.quota.snapshot(account_key)
    }

    /// Seconds that Google's clock is ahead of ours, once an answer has told (fault A22).
    pub fn clock_skew(&self) -> Option<i64> {
        self.transport.clock_skew()
    }

    /// How the calls to Google went, for the operator.
    pub fn calls(&self) -> &Calls {
        self.transport.calls()
    }

    /// Forgets an account's bucket, after its last connection has ended.
    pub fn forget(&self, account_key: [u8; 16]) {
        self.quota.forget(account_key);
        self.quota.forget(of_drive(account_key));
    }
}

/// The key of an account's budget at Drive.
fn of_drive(account_key: [u8; 16]) -> [u8; 16] {
    account_key.map(|byte| !byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gmails_addresses_move_together() {
        let own = GoogleEndpoints::default();
        assert_eq!(own.clone().settled(), own);
        let gmail_url: Url = "http://127.0.0.1:4801".parse().unwrap();
        let moved = GoogleEndpoints { gmail_url, ..own }.settled();
        assert_eq!(
            moved.batch_url.as_str(),
            "http://127.0.0.1:4801/batch/gmail/v1"
        );
        assert_eq!(moved.upload_url.as_str(), "http://127.0.0.1:4801/");
        assert_eq!(moved.drive_url.as_str(), "http://127.0.0.1:4801/");
        assert_eq!(
            moved.token_url.as_str(),
            "https://oauth2.googleapis.com/token"
        );
    }

    #[test]
    fn addresses_in_clear_are_for_loopback_only() {
        let at = |base: &str| {
            let config = GoogleConfig {
                client_id: "c".into(),
                client_secret: "s".to_owned().into(),
                endpoints: GoogleEndpoints::rooted_at(&base.parse().unwrap()),
                quota: QuotaSettings::default(),
            };
            Google::new(config, World::simulated(1).0)
                .err()
                .map(|e| e.code)
        };
        assert_eq!(at("http://127.0.0.1:1"), None);
        assert_eq!(at("http://localhost:1/x"), None);
        assert_eq!(at("https://google.example"), None);
        assert_eq!(
            at("http://google.example").as_deref(),
            Some("address_not_secure")
        );
        assert_eq!(at("http://10.0.0.1").as_deref(), Some("address_not_secure"));
    }
}
