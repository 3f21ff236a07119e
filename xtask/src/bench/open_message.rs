//! `bench open-message`: what Tenon adds to the provider's own time when a person opens a message of 100 KB.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Options;
use crate::http::Client;
use crate::launch::{Databases, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::Report;

const ROUNDS: usize = 200;

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut sandbox = Sandbox::start(tenon, SandboxOptions::of(200, 1))?;
        let mut provider_ids = Vec::new();
        for number in 0..20 {
            provider_ids.push(sandbox.insert(message(number).as_bytes(), &["INBOX"])?);
        }
        let setup = databases.setup(kind, tenon, sandbox.environment())?;
        let server = setup.start()?;
        let mut person = server.sign_in()?;
        let connection = person.connect()?;
        person.wait_until_live(&connection, Duration::from_mins(2))?;
        let mut ids = Vec::new();
        for thread in person.all(&format!("/threads?connection={connection}"), 100)? {
            let subject = thread["subject"].as_str().unwrap_or_default();
            if subject.starts_with("Large message") {
                let id = thread["id"].as_str().unwrap_or_default().to_owned();
                let detail = person.get(&format!("/threads/{id}"))?;
                let id = detail["messages"][0]["id"].as_str();
                ids.push(id.context("a thread without messages")?.to_owned());
            }
        }
        ensure!(
            ids.len() == 20,
            "{} of 20 large messages came in",
            ids.len()
        );
        let token = sandbox.live_token()?;
        let mut provider = Client::new(sandbox.url())?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Interleaved, so that both see the same machine.
            let id = &provider_ids[round % provider_ids.len()];
            let path = format!("/gmail/v1/users/me/messages/{id}?format=full");
            let bearer = format!("Bearer {token}");
            let start = Instant::now();
            let answer = provider.send("GET", &path, &[("authorization", &bearer)], &[])?;
            theirs.push(start.elapsed().as_secs_f64() * 1_000.0);
            ensure!(
                answer.status == 200 && answer.body.len() > 100_000,
                "the provider's answer"
            );
            let id = &ids[round % ids.len()];
            let start = Instant::now();
            let content = person.get(&format!("/messages/{id}"))?;
            let url = content["body"]["url"]
                .as_str()
                .context("no body")?
                .to_owned();
            let body = person.client().get(&url)?;
            ours.push(start.elapsed().as_secs_f64() * 1_000.0);
            ensure!(body.status == 200 && body.body.len() > 50_000, "the body");
        }
        server.stop()?;
        let (ours, theirs) = (sorted(&ours), sorted(&theirs));
        let how = "head and body through the API, against messages.get format=full at the provider; 100 KB of HTML, interleaved";
        report.tell(
            &format!("{kind}: provider p50 ms"),
            round(percentile(&theirs, 0.5)),
            how,
        );
        report.tell(
            &format!("{kind}: Tenon p50 ms"),
            round(percentile(&ours, 0.5)),
            how,
        );
        report.at_most(
            &format!("{kind}: ms added at p95"),
            percentile(&ours, 0.95) - percentile(&theirs, 0.95),
            15.0,
            how,
        );
    }
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// An HTML message of about 100 KB.
fn message(number: usize) -> String {
    let row = "<tr><td style=\"padding:4px\">Position</td><td><a href=\"https://example.net/a\">Details of the offer</a></td><td>1.234,00</td></tr>\r\n";
    format!(
        "Message-ID: <large-{number}@example.net>\r\nDate: Tue, 17 Nov 2026 09:30:00 +0100\r\nFrom: Sales <sales@example.net>\r\nTo: alice@example.com\r\nSubject: Large message {number}\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><table>{}</table></body></html>\r\n",
        row.repeat(100_000 / row.len() + 1)
    )
}
