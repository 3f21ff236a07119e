//! A scripted day for the canary proof: mail full of canaries arrives, is listed, opened, downloaded; calls fail;
//! the server is killed twice; the person writes and sends.

use std::fmt::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::writing;
use crate::canary::{Canary, Random, encode};
use crate::launch::{ACCOUNT, Person, Sandbox, Setup};

const PATIENCE: Duration = Duration::from_mins(2);

/// Answers that hold mail and cannot be read: what is said about them must not quote them.
const FAULTS: [&str; 5] = ["N4:cut", "N3:body", "N4:gzip", "N8", "HTTP:500"];

/// Mail with a canary in every place that mail has.
pub(super) struct Mail {
    /// All of them, named by place.
    pub(super) canaries: Vec<Canary>,
    raw: Vec<String>,
}

impl Mail {
    /// As many messages as asked, each with its own canaries.
    pub(super) fn new(count: usize, random: &mut Random) -> Self {
        let mut mail = Self {
            canaries: Vec::new(),
            raw: Vec::new(),
        };
        for number in 0..count {
            let raw = mail.message(number, random);
            mail.raw.push(raw);
        }
        mail
    }

    fn message(&mut self, number: usize, random: &mut Random) -> String {
        let mut canary = |place: &str| -> String {
            let canary = Canary::new(&format!("{place} of message {number}"), random);
            let text = canary.text.clone();
            self.canaries.push(canary);
            text
        };
        let mut raw = String::new();
        let mut line = |text: String| {
            // Writing to a string does not fail.
            let _ = write!(raw, "{text}\r\n");
        };
        line(format!(
            "Message-ID: <{}@mail.example.net>",
            canary("message id")
        ));
        line("Date: Tue, 17 Nov 2026 09:30:00 +0100".into());
        line(format!(
            "From: \"{} Sender\" <{}@sender.example.net>",
            canary("sender name"),
            canary("sender address")
        ));
        line(format!(
            "Reply-To: {}@reply.example.net",
            canary("reply address")
        ));
        line(format!(
            "To: Alice Martin <alice@example.com>, {}@third.example.net",
            canary("recipient address")
        ));
        line(format!("Cc: {} <cc@example.net>", canary("copy name")));
        line(format!("Subject: Offer {}", canary("subject")));
        line(format!("X-Reference: {}", canary("header value")));
        line("MIME-Version: 1.0".into());
        line("Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer".into());
        line("Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner".into());
        line("Content-Type: text/plain; charset=utf-8\r\n".into());
        let words: Vec<String> = (0..4)
            .map(|i| canary(&format!("word {i} of the text")))
            .collect();
        line(format!(
            "Dear Alice,\r\n\r\n{}.\r\n\r\n--inner",
            words.join(" ")
        ));
        line("Content-Type: text/html; charset=utf-8\r\n".into());
        line(format!(
            "<p title=\"{}\">Hello <b>{}</b><img src=\"https://pixel.example.net/{}.png\"></p>\r\n\r\n--inner--\r\n\r\n--outer",
            canary("html attribute"),
            canary("html text"),
            canary("image address")
        ));
        line(format!(
            "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{}.pdf\"\r\nContent-Transfer-Encoding: base64\r\n",
            canary("attachment name")
        ));
        let content = format!(
            "{}{}{}{}{}",
            canary("attachment start"),
            "filler ".repeat(20_000),
            canary("attachment middle"),
            "filler ".repeat(20_000),
            canary("attachment end")
        );
        let coded = encode("base64 +0", &content);
        for chunk in coded.chunks(76) {
            line(String::from_utf8_lossy(chunk).into_owned());
        }
        line("--outer--".into());
        raw
    }

    /// Lets all of it arrive.
    pub(super) fn arrive(&self, sandbox: &mut Sandbox) -> Result<()> {
        for raw in &self.raw {
            sandbox.insert(raw.as_bytes(), &["INBOX", "UNREAD"])?;
        }
        Ok(())
    }

    /// How many messages carry canaries.
    pub(super) fn len(&self) -> usize {
        self.raw.len()
    }
}

/// What the day left: the connection, the person's session, and what the API showed of the canaries.
pub(super) struct After {
    pub(super) connection: String,
    /// Everything the API answered about the canary messages: proof that the canaries did come in.
    pub(super) shown: Vec<u8>,
    /// Sessions that were issued.
    pub(super) sessions: Vec<Canary>,
    /// What the person wrote.
    pub(super) written: Vec<Canary>,
}

/// Lives the day; the server is down afterwards.
pub(super) fn live(
    setup: &Setup,
    sandbox: &mut Sandbox,
    mail: &Mail,
    late: &Mail,
    random: &mut Random,
) -> Result<After> {
    let mut sessions = Vec::new();
    let mut session = |person: &mut Person| {
        let cookie = person.client().cookie().unwrap_or_default().to_owned();
        let value = cookie.split_once('=').map_or("", |(_, value)| value);
        sessions.push(Canary::known("session token", value));
    };
    // Morning: connect, and the power goes while mail comes in.
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    session(&mut person);
    let connection = person.connect_with(ACCOUNT, &["mail", "organizing", "sending"])?;
    std::thread::sleep(Duration::from_millis(random.below(400)));
    server.kill()?;
    // Noon: everything is opened; new mail arrives; answers are cut, broken or strange.
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    session(&mut person);
    person.wait_until_live(&connection, PATIENCE)?;
    let mut shown = Vec::new();
    open_all(
        &mut person,
        &connection,
        &mail.canaries,
        mail.len(),
        &mut shown,
    )?;
    for row in FAULTS {
        sandbox.fault(row, "/messages/|/batch", 2)?;
    }
    late.arrive(sandbox)?;
    for _ in 0..4 {
        // Some of these fail by design; what counts is what the failure leaves behind.
        let _ = person.post(&format!("/connections/{connection}/sync"), &json!({}));
        let _ = open_all(&mut person, &connection, &late.canaries, 1, &mut Vec::new());
        std::thread::sleep(Duration::from_millis(150));
    }
    server.kill()?;
    // Evening: all is well again.
    sandbox.clear_faults()?;
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    session(&mut person);
    person.post(&format!("/connections/{connection}/sync"), &json!({}))?;
    for attempt in 0.. {
        let opened = open_all(
            &mut person,
            &connection,
            &late.canaries,
            late.len(),
            &mut shown,
        );
        match opened {
            Ok(()) => break,
            Err(error) if attempt > 150 => {
                let health = person.get(&format!("/connections/{connection}/health"))?;
                return Err(error).with_context(|| format!("late mail; health: {health}"));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(200)),
        }
    }
    let written = writing::write(&mut person, &connection, random, &mut shown)?;
    server.stop()?;
    Ok(After {
        connection,
        shown,
        sessions,
        written,
    })
}

/// Opens every message whose subject carries one of the canaries: head, body, original, attachments.
fn open_all(
    person: &mut Person,
    connection: &str,
    canaries: &[Canary],
    expected: usize,
    shown: &mut Vec<u8>,
) -> Result<()> {
    let mut found = 0;
    for thread in person.all(&format!("/threads?connection={connection}"), 100)? {
        let subject = thread["subject"].as_str().unwrap_or_default();
        if !canaries.iter().any(|c| subject.contains(&c.text)) {
            continue;
        }
        let id = thread["id"].as_str().unwrap_or_default();
        let detail = person.get(&format!("/threads/{id}"))?;
        shown.extend(detail.to_string().into_bytes());
        for message in detail["messages"].as_array().into_iter().flatten() {
            let id = message["id"].as_str().unwrap_or_default();
            let content = person.get(&format!("/messages/{id}"))?;
            shown.extend(content.to_string().into_bytes());
            for path in paths(id, &content) {
                let answer = person.client().get(&path)?;
                ensure!(answer.status == 200, "{path} answers {}", answer.status);
                shown.extend(answer.body);
            }
            found += 1;
        }
    }
    ensure!(
        found >= expected,
        "{found} of {expected} canary messages are there"
    );
    Ok(())
}

fn paths(id: &str, content: &Value) -> Vec<String> {
    let mut paths = vec![format!("/api/v1/messages/{id}/original")];
    if let Some(url) = content["body"]["url"].as_str() {
        paths.push(url.to_owned());
    }
    for attachment in content["attachments"].as_array().into_iter().flatten() {
        if let Some(url) = attachment["url"].as_str() {
            paths.push(url.to_owned());
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canary::Scanner;

    #[test]
    fn every_canary_is_in_its_message() {
        let mail = Mail::new(2, &mut Random::new(5));
        assert_eq!(mail.raw.len(), 2);
        let scanner = Scanner::new(&mail.canaries).unwrap();
        let raw = mail.raw.concat();
        let found: std::collections::BTreeSet<_> = scanner
            .bytes(raw.as_bytes(), "mail")
            .into_iter()
            .map(|hit| hit.canary)
            .collect();
        let missing: Vec<_> = mail
            .canaries
            .iter()
            .filter(|c| !found.contains(&c.name))
            .map(|c| &c.name)
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
