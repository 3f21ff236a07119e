//! Independent judges: the schema-checking proxy of Google's discovery documents, and npm's @emulators/google.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Service, sandbox::google_environment};
use crate::http::Client;
use crate::needs::Node;
use crate::postgres::free_port;
use crate::workspace::{self, TempDir};

/// The proxy that checks each exchange against Google's published schemas.
pub struct Proxy {
    _service: Service,
    url: String,
    report: PathBuf,
    _dir: TempDir,
}

impl Proxy {
    /// Starts it in front of `to`.
    pub fn start(python: &Path, to: &str) -> Result<Self> {
        let dir = TempDir::new("proxy")?;
        let port = free_port()?;
        let report = dir.path().join("report.jsonl");
        let mut command = Command::new(python);
        command
            .arg(workspace::root().join("tools/google/checking_proxy.py"))
            .args(["--listen", &port.to_string(), "--to", to, "--report"])
            .arg(&report)
            .env("PYTHONUNBUFFERED", "1");
        let mut service = Service::start("checking proxy", &mut command, &dir.path().join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        service
            .wait_for(
                &url,
                "/.well-known/openid-configuration",
                Duration::from_secs(30),
            )
            .context("the checking proxy does not start")?;
        // The question whether it is up is not part of what is judged.
        std::fs::write(&report, "")?;
        Ok(Self {
            _service: service,
            url,
            report,
            _dir: dir,
        })
    }

    /// Where clients go.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Exchanges judged so far, and the findings of one side ("request" is ours, "response" the fake's).
    pub fn findings(&self, side: &str) -> Result<(u64, Vec<String>)> {
        let text = std::fs::read_to_string(&self.report)?;
        findings(&text, side)
    }
}

fn findings(report: &str, side: &str) -> Result<(u64, Vec<String>)> {
    let (mut exchanges, mut found) = (0, Vec::new());
    for line in report.lines().filter(|l| !l.trim().is_empty()) {
        let entry: Value =
            serde_json::from_str(line).context("the proxy's report is not JSON lines")?;
        exchanges += 1;
        for finding in entry[side].as_array().into_iter().flatten() {
            let finding = finding.as_str().unwrap_or_default();
            found.push(format!("{} {finding}", entry["id"].as_str().unwrap_or("?")));
        }
    }
    Ok((exchanges, found))
}

/// npm @emulators/google: a Google somebody else wrote.
pub struct Emulator {
    _service: Service,
    url: String,
    control: Client,
    _dir: TempDir,
}

impl Emulator {
    /// Starts it with one account and our callback address.
    pub fn start(node: &Node, callback: &str) -> Result<Self> {
        let dir = TempDir::new("emulator")?;
        let port = free_port()?;
        let mut command = node
            .run()
            .arg(workspace::root().join("tools/emulator/start.mjs"))
            .env("PORT", port.to_string())
            .env("REDIRECT_URI", callback)
            .dir(workspace::root().join("tools/emulator"))
            .into_command();
        let mut service = Service::start("google emulator", &mut command, &dir.path().join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        service
            .wait_for(&url, "/__control/log", Duration::from_secs(30))
            .context("the emulator does not start")?;
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

    /// Settings of a server that signs in here and speaks Gmail through `api`.
    pub fn environment(&self, api: &str) -> Vec<(String, String)> {
        let mut all = google_environment(api, &self.url, "tenon-emulator", "tenon-emulator-secret");
        for (name, value) in &mut all {
            // The emulator has these two at other paths than Google.
            match name.as_str() {
                "TENON_GOOGLE_TOKEN_URL" => *value = format!("{}/oauth2/token", self.url),
                "TENON_GOOGLE_REVOKE_URL" => *value = format!("{}/oauth2/revoke", self.url),
                _ => {}
            }
        }
        all
    }

    /// POSTs to its control plane.
    pub fn control(&mut self, what: &str, body: &Value) -> Result<Value> {
        self.control.post_json(&format!("/__control/{what}"), body)
    }
}

/// npm oidc-provider: an OpenID Connect server somebody else wrote.
pub struct Issuer {
    _service: Service,
    url: String,
    _dir: TempDir,
}

impl Issuer {
    /// Starts it with one client, whose callback address is ours.
    pub fn start(node: &Node, callback: &str) -> Result<Self> {
        let dir = TempDir::new("oidc")?;
        let port = free_port()?;
        let mut command = node
            .run()
            .arg(workspace::root().join("tools/oidc/start.mjs"))
            .env("PORT", port.to_string())
            .env("REDIRECT_URI", callback)
            .dir(workspace::root().join("tools/oidc"))
            .into_command();
        let mut service = Service::start("oidc-provider", &mut command, &dir.path().join("log"))?;
        let url = format!("http://127.0.0.1:{port}");
        service
            .wait_for(
                &url,
                "/.well-known/openid-configuration",
                Duration::from_secs(30),
            )
            .context("oidc-provider does not start")?;
        Ok(Self {
            _service: service,
            url,
            _dir: dir,
        })
    }

    /// Settings of a server at which people sign in here, under the name `acme`.
    pub fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("TENON_OIDC_ACME_ISSUER", &self.url),
            ("TENON_OIDC_ACME_CLIENT_ID", "tenon"),
            ("TENON_OIDC_ACME_CLIENT_SECRET", "a client secret & more"),
            ("TENON_OIDC_ACME_LABEL", "Acme"),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_by_side() {
        let report = r#"{"id":"gmail.users.messages.list","request":["query x: no such parameter"],"response":[]}
            {"id":"gmail.users.getProfile","request":[],"response":["body.y: null"]}
"#;
        let (exchanges, ours) = findings(report, "request").unwrap();
        assert_eq!(exchanges, 2);
        assert_eq!(
            ours,
            ["gmail.users.messages.list query x: no such parameter"]
        );
        assert_eq!(findings(report, "response").unwrap().1.len(), 1);
        assert!(findings("not json", "request").is_err());
        assert_eq!(findings("", "request").unwrap().0, 0);
    }
}
