//! `tenon sandbox` as a child, and its control plane under `/__sandbox/`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Service;
use crate::canary;
use crate::http::{Client, encode};
use crate::postgres::free_port;
use crate::workspace::TempDir;

/// Whose mailbox the benches and proofs use.
pub const ACCOUNT: &str = "alice@example.com";
/// The other account of the sandbox.
pub const OTHER_ACCOUNT: &str = "bob@example.com";

/// Google's quotas, as `--quota` names them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// None: to measure our own cost.
    Off,
    /// 6,000 units a minute.
    Y2026,
}

/// What the sandbox is started with.
#[derive(Clone, Copy)]
pub struct SandboxOptions {
    /// Messages per mailbox.
    pub messages: u64,
    /// Everything generated follows from it.
    pub seed: u64,
    /// Quota in force.
    pub quota: Quota,
    /// Everything asked for is granted at once, without a consent page.
    pub auto_consent: bool,
    /// So many accounts, called as [`SandboxOptions::account`] says; 0 for the usual two.
    pub accounts: u32,
    /// Milliseconds before each answer.
    pub latency: u64,
    /// Whether a transit engine of HashiCorp Vault is played too.
    pub vault: bool,
}

impl SandboxOptions {
    /// Mailboxes of this size, without quota, that consent by themselves.
    pub fn of(messages: u64, seed: u64) -> Self {
        Self {
            messages,
            seed,
            quota: Quota::Off,
            auto_consent: true,
            accounts: 0,
            latency: 0,
            vault: false,
        }
    }

    /// The address of one of many accounts.
    pub fn account(number: u32) -> String {
        format!("person-{number}@example.com")
    }
}

/// A running sandbox.
pub struct Sandbox {
    _service: Service,
    url: String,
    control: Client,
    quota: Quota,
    vault: Option<u16>,
    _dir: TempDir,
}

impl Sandbox {
    /// Starts it and waits until it answers.
    pub fn start(tenon: &Path, options: SandboxOptions) -> Result<Self> {
        let dir = TempDir::new("sandbox")?;
        let port = free_port()?;
        let vault = options.vault.then(free_port).transpose()?;
        let mut command = Command::new(tenon);
        command
            .current_dir(dir.path())
            .arg("sandbox")
            .args(options.auto_consent.then_some("--auto-consent"))
            .args(
                (0..options.accounts)
                    .flat_map(|n| ["--account".to_owned(), SandboxOptions::account(n)]),
            )
            .args(["--port", &port.to_string()])
            .args(vault.map(|port| format!("--vault-port={port}")))
            .args(["--messages", &options.messages.to_string()])
            .args(["--seed", &options.seed.to_string()])
            .args(["--latency-ms", &options.latency.to_string()])
            .args([
                "--quota",
                match options.quota {
                    Quota::Off => "off",
                    Quota::Y2026 => "2026",
                },
            ]);
        let mut service = Service::start("tenon sandbox", &mut command, &dir.path().join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        service
            .wait_for(
                &url,
                "/.well-known/openid-configuration",
                Duration::from_mins(1),
            )
            .context("tenon sandbox does not start")?;
        Ok(Self {
            _service: service,
            control: Client::new(&url)?,
            url,
            quota: options.quota,
            vault,
            _dir: dir,
        })
    }

    /// Its base address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The settings that make a server believe this is Google.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut all = google_environment(&self.url, &self.url, "tenon-demo", "tenon-demo-secret");
        // The planner of the server has to know the limits in force, or their absence.
        let quota = match self.quota {
            Quota::Off => "off",
            Quota::Y2026 => "2026",
        };
        all.push(("TENON_GOOGLE_QUOTA".to_owned(), quota.to_owned()));
        all.push(("TENON_POLL_SECONDS".to_owned(), "5".to_owned()));
        // All of the mailbox is compared.
        all.push(("TENON_MAIL_DAYS".to_owned(), "0".to_owned()));
        if let Some(port) = self.vault {
            let address = format!("http://127.0.0.1:{port}");
            all.push(("TENON_VAULT_ADDR".to_owned(), address));
            all.push((
                "TENON_VAULT_TOKEN".to_owned(),
                "tenon-demo-token".to_owned(),
            ));
        }
        all
    }

    /// All messages of the mailbox: id, thread id, labels.
    pub fn messages(&mut self) -> Result<Vec<(String, String, Vec<String>)>> {
        self.messages_of(ACCOUNT)
    }

    /// The same of another account.
    pub fn messages_of(&mut self, account: &str) -> Result<Vec<(String, String, Vec<String>)>> {
        let answer = self.ask(&format!("messages?account={}", encode(account)))?;
        let messages = answer["messages"].as_array();
        let messages = messages.context("the sandbox lists no messages")?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(messages
            .iter()
            .map(|item| {
                let labels = item["labelIds"].as_array().into_iter().flatten();
                (
                    text(&item["id"]),
                    text(&item["threadId"]),
                    labels.map(text).collect(),
                )
            })
            .collect())
    }

    /// Value of a header field and labels of every message that has it.
    pub fn headers(&mut self, account: &str, name: &str) -> Result<Vec<(String, Vec<String>)>> {
        let what = format!("messages?account={}&header={name}", encode(account));
        let answer = self.ask(&what)?;
        let messages = answer["messages"].as_array();
        let messages = messages.context("the sandbox lists no messages")?;
        Ok(messages
            .iter()
            .filter_map(|item| {
                let labels = item["labelIds"].as_array().into_iter().flatten();
                let labels = labels.filter_map(|l| l.as_str().map(str::to_owned));
                Some((item["header"].as_str()?.to_owned(), labels.collect()))
            })
            .collect())
    }

    /// POSTs to the control plane.
    pub fn control(&mut self, what: &str, body: &Value) -> Result<Value> {
        let answer = self.control.post(&format!("/__sandbox/{what}"), body)?;
        if answer.body.is_empty() && answer.status < 300 {
            return Ok(Value::Null);
        }
        answer
            .json()
            .with_context(|| format!("sandbox control {what}"))
    }

    /// GETs from the control plane.
    pub fn ask(&mut self, what: &str) -> Result<Value> {
        self.control.get_json(&format!("/__sandbox/{what}"))
    }

    /// Puts a message in, as bytes, with these labels.
    pub fn insert(&mut self, raw: &[u8], labels: &[&str]) -> Result<String> {
        let raw = canary::encode("base64 +0", &String::from_utf8_lossy(raw));
        let raw = String::from_utf8_lossy(&raw);
        let body = json!({"account": ACCOUNT, "raw": raw, "labels": labels});
        let answer = self.control("insert", &body)?;
        Ok(answer["id"].as_str().unwrap_or_default().to_owned())
    }

    /// New mail arrives, of the generated kind.
    pub fn deliver(&mut self, count: u64) -> Result<()> {
        self.control("deliver", &json!({"account": ACCOUNT, "count": count}))
            .map(drop)
    }

    /// A message is deleted for good.
    pub fn delete(&mut self, id: &str) -> Result<()> {
        self.control("delete", &json!({"account": ACCOUNT, "id": id}))
            .map(drop)
    }

    /// Labels of a message change.
    pub fn relabel(&mut self, id: &str, add: &[&str], remove: &[&str]) -> Result<()> {
        let body = json!({"account": ACCOUNT, "id": id, "add": add, "remove": remove});
        self.control("labels", &body).map(drop)
    }

    /// Calls fail in this way from now on: a row of the table of provider faults, as often as given.
    pub fn fault(&mut self, row: &str, path: &str, times: u32) -> Result<()> {
        let body = json!({"row": row, "path": path, "times": times});
        self.control("faults", &body).map(drop)
    }

    /// No faults any more.
    pub fn clear_faults(&mut self) -> Result<()> {
        self.remove("faults")
    }

    fn remove(&mut self, what: &str) -> Result<()> {
        let path = format!("/__sandbox/{what}");
        self.control
            .send("DELETE", &path, &[], &[])?
            .json()
            .map(drop)
    }

    /// Every token string given out so far.
    pub fn tokens_issued(&mut self) -> Result<Vec<String>> {
        let answer = self.ask("tokens")?;
        let list = answer["tokens"].as_array();
        Ok(list
            .context("the sandbox lists no tokens")?
            .iter()
            .filter_map(|token| token.as_str().map(str::to_owned))
            .collect())
    }

    /// Forgets the calls so far.
    pub fn reset_log(&mut self) -> Result<()> {
        self.remove("requests")
    }

    /// The calls so far, summed.
    pub fn log(&mut self) -> Result<Log> {
        Ok(Log::of(&self.ask("requests")?))
    }

    /// An access token of the account under test.
    pub fn live_token(&mut self) -> Result<String> {
        let scopes = ["https://www.googleapis.com/auth/gmail.readonly"];
        let answer = self.control("grant", &json!({"account": ACCOUNT, "scopes": scopes}))?;
        let token = answer["access_token"].as_str();
        Ok(token.context("no access token was granted")?.to_owned())
    }

    /// Every history id given out so far answers 404 from now on.
    pub fn expire_history(&mut self) -> Result<()> {
        self.control("expire-history", &json!({"account": ACCOUNT}))
            .map(drop)
    }
}

/// Sums over the sandbox's log of calls.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Calls, parts of batches each by itself.
    pub calls: u64,
    /// Units they cost.
    pub units: u64,
    /// Calls refused (403 or 429).
    pub refused: u64,
    /// Units of messages opened in full.
    opened: u64,
}

impl Log {
    fn of(answer: &Value) -> Self {
        let total = |key: &str| answer["totals"][key].as_u64().unwrap_or(0);
        let calls = answer["requests"].as_array().into_iter().flatten();
        let opens = calls.filter(|call| {
            let path = call["path"].as_str().unwrap_or_default();
            path.contains("format=full")
        });
        Self {
            calls: total("calls"),
            units: total("units"),
            refused: total("refused"),
            opened: opens.filter_map(|call| call["units"].as_u64()).sum(),
        }
    }

    /// What the backfill alone cost: all units but those of opened messages.
    pub fn backfill(&self) -> u64 {
        self.units.saturating_sub(self.opened)
    }
}

/// Variables for a server whose Google is served at `api`, with sign-in at `auth`.
pub fn google_environment(
    api: &str,
    auth: &str,
    client: &str,
    secret: &str,
) -> Vec<(String, String)> {
    [
        ("CLIENT_ID", client.to_owned()),
        ("CLIENT_SECRET", secret.to_owned()),
        ("AUTH_URL", format!("{auth}/o/oauth2/v2/auth")),
        ("TOKEN_URL", format!("{auth}/token")),
        ("REVOKE_URL", format!("{auth}/revoke")),
        ("JWKS_URL", format!("{auth}/oauth2/v3/certs")),
        ("ISSUER", auth.to_owned()),
        ("GMAIL_URL", api.to_owned()),
        ("BATCH_URL", format!("{api}/batch/gmail/v1")),
        ("UPLOAD_URL", api.to_owned()),
    ]
    .map(|(name, value)| (format!("TENON_GOOGLE_{name}"), value))
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_summed() {
        let log = Log::of(&json!({
            "totals": {"calls": 4, "units": 60, "refused": 1},
            "requests": [
                {"path": "/gmail/v1/users/me/messages/1?format=metadata", "units": 20},
                {"path": "/gmail/v1/users/me/messages/1?format=full", "units": 20},
            ],
        }));
        assert_eq!((log.calls, log.units, log.refused), (4, 60, 1));
        assert_eq!(log.backfill(), 40);
    }
}
