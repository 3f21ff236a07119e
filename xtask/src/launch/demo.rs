//! `tenon demo` as a child, for browser scripts.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Service, last_lines};
use crate::command::Run;
use crate::needs::{Node, chromium};
use crate::postgres::free_port;
use crate::workspace::TempDir;

/// A running demo with its sign-in.
pub struct Demo {
    service: Service,
    url: String,
    email: String,
    password: String,
    _dir: TempDir,
}

impl Demo {
    /// Starts it in a temporary folder and waits until it says how to sign in.
    pub fn start(tenon: &Path, arguments: &[&str]) -> Result<Self> {
        let dir = TempDir::new("demo")?;
        let url = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(tenon);
        command
            .current_dir(crate::workspace::root())
            .env("TMPDIR", dir.path())
            .args(["demo", "--listen", &url])
            .args(arguments);
        let mut service = Service::start("tenon demo", &mut command, &dir.path().join("log"))?;
        let url = format!("http://{url}");
        service
            .wait_for(&url, "/readyz", Duration::from_mins(1))
            .context("tenon demo does not start")?;
        let start = Instant::now();
        loop {
            let text = service.text();
            if let (Some(email), Some(password)) =
                (value_of(&text, "E-mail:"), value_of(&text, "Password:"))
            {
                return Ok(Self {
                    service,
                    url,
                    email,
                    password,
                    _dir: dir,
                });
            }
            if start.elapsed() > Duration::from_secs(20) {
                bail!(
                    "tenon demo does not say how to sign in: {}",
                    last_lines(&text)
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A browser script of ours against this demo: first argument is its address.
    pub fn script(&self, node: &Node, path: &str) -> Run {
        browser_script(node, path, &self.url, &self.email, &self.password)
    }

    /// The demo's own output, for when a script fails.
    pub fn output(&self) -> String {
        last_lines(&self.service.text())
    }
}

/// A Playwright script with the sign-in it needs.
pub fn browser_script(node: &Node, path: &str, url: &str, email: &str, password: &str) -> Run {
    let run = node
        .run()
        .arg(crate::workspace::root().join(path))
        .arg(url)
        .env("TENON_E2E_EMAIL", email)
        .env("TENON_E2E_PASSWORD", password);
    match chromium() {
        Some(path) => run.env("CHROMIUM", path),
        None => run,
    }
}

fn value_of(text: &str, key: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.trim_start().strip_prefix(key))?;
    let value = line.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_in_is_read_from_the_output() {
        let text = "Tenon is at http://127.0.0.1:1\n  E-mail: a@example.org\n  Password: x y z\n";
        assert_eq!(value_of(text, "E-mail:").as_deref(), Some("a@example.org"));
        assert_eq!(value_of(text, "Password:").as_deref(), Some("x y z"));
        assert_eq!(value_of("Password:\n", "Password:"), None);
    }
}
