//! `tenon sandbox` as a child, and its control plane under `/__sandbox/`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Service;
use crate::http::{Client, encode};
use crate::postgres::free_port;
use crate::workspace::TempDir;

/// Whose mailbox the benches and proofs use.
pub const ACCOUNT: &str = "alice@example.com";

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
}

/// A running sandbox.
pub struct Sandbox {
    _service: Service,
    url: String,
    control: Client,
    _dir: TempDir,
}

impl Sandbox {
    /// Starts it and waits until it answers.
    pub fn start(tenon: &Path, options: SandboxOptions) -> Result<Self> {
        let dir = TempDir::new("sandbox")?;
        let port = free_port()?;
        let mut command = Command::new(tenon);
        command
            .current_dir(dir.path())
            .args(["sandbox", "--auto-consent"])
            .args(["--port", &port.to_string()])
            .args(["--messages", &options.messages.to_string()])
            .args(["--seed", &options.seed.to_string()])
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
            _dir: dir,
        })
    }

    /// Its base address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The settings that make a server believe this is Google.
    pub fn environment(&self) -> Vec<(String, String)> {
        google_environment(&self.url, &self.url, "tenon-demo", "tenon-demo-secret")
    }

    /// All messages of the mailbox: id, thread id, labels.
    pub fn messages(&mut self) -> Result<Vec<(String, String, Vec<String>)>> {
        let path = format!("/__sandbox/messages?account={}", encode(ACCOUNT));
        let answer = self.control.get_json(&path)?;
        let items = answer
            .as_array()
            .or_else(|| answer["messages"].as_array())
            .context("the sandbox lists no messages")?;
        Ok(items
            .iter()
            .map(|item| {
                let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
                let labels = item["labels"].as_array().or(item["labelIds"].as_array());
                let labels = labels.map_or(Vec::new(), |list| {
                    list.iter()
                        .filter_map(|l| l.as_str().map(str::to_owned))
                        .collect()
                });
                let thread = if item["thread_id"].is_string() {
                    text("thread_id")
                } else {
                    text("threadId")
                };
                (text("id"), thread, labels)
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
        let raw = String::from_utf8_lossy(raw);
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

    /// Some calls fail from now on, and the error quotes this text.
    pub fn quote_in_errors(&mut self, text: &str) -> Result<()> {
        let body = json!({"row": "N", "path": "/gmail/", "text": text});
        self.control("faults", &body).map(drop)
    }

    /// No faults any more.
    pub fn clear_faults(&mut self) -> Result<()> {
        self.control("faults/clear", &json!({})).map(drop)
    }

    /// Every token string given out so far.
    pub fn tokens_issued(&mut self) -> Result<Vec<String>> {
        let answer = self.ask("tokens")?;
        let list = answer.as_array().or(answer["tokens"].as_array());
        Ok(list
            .context("the sandbox lists no tokens")?
            .iter()
            .filter_map(|token| token.as_str().map(str::to_owned))
            .collect())
    }

    /// Forgets the calls so far.
    pub fn reset_log(&mut self) -> Result<()> {
        self.control("requests/reset", &json!({})).map(drop)
    }

    /// The calls so far, summed.
    pub fn log(&mut self) -> Result<Log> {
        let answer = self.ask("requests")?;
        let list = answer.as_array().or(answer["requests"].as_array());
        Ok(Log::of(list.context("the sandbox keeps no log")?))
    }

    /// An access token that is valid now.
    pub fn live_token(&mut self) -> Result<String> {
        let tokens = self.tokens_issued()?;
        let token = tokens.iter().rev().find(|t| t.starts_with("ya29."));
        token.cloned().context("no access token was issued")
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
    /// Calls of the mail API, parts of batches each by itself.
    pub calls: u64,
    /// Units they cost.
    pub units: u64,
    /// Calls refused for quota (429, or 403 by a rate limit).
    pub refused: u64,
    /// Units of messages opened in full.
    opens: u64,
}

impl Log {
    fn of(list: &[Value]) -> Self {
        let mut log = Self::default();
        for call in list {
            let path = call["path"].as_str().unwrap_or_default();
            if !path.contains("/gmail/v1/users") {
                continue;
            }
            log.calls += 1;
            let units = call["units"].as_u64().unwrap_or(0);
            match call["status"].as_u64() {
                Some(403 | 429) => log.refused += 1,
                _ => log.units += units,
            }
            if path.contains("format=full") {
                log.opens += units;
            }
        }
        log
    }

    /// What the backfill alone cost.
    pub fn units_without_opens(&self, opens: u64) -> u64 {
        // Where the log has no queries, an open is one messages.get of 20 units.
        let opened = if self.opens > 0 {
            self.opens
        } else {
            opens * 20
        };
        self.units.saturating_sub(opened)
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
        let list = json!([
            {"path": "/token", "status": 200, "units": 0},
            {"path": "/gmail/v1/users/me/messages/1?format=metadata", "status": 200, "units": 20},
            {"path": "/gmail/v1/users/me/messages/1?format=full", "status": 200, "units": 20},
            {"path": "/gmail/v1/users/me/threads/1", "status": 429, "units": 40},
        ]);
        let log = Log::of(list.as_array().unwrap());
        assert_eq!((log.calls, log.units, log.refused), (3, 40, 1));
        assert_eq!(log.units_without_opens(1), 20);
    }
}
