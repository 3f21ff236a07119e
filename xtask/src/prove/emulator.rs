//! `prove emulator`: the same slice against npm @emulators/google behind the schema-checking proxy; only
//! environment variables differ.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Options;
use crate::launch::{Databases, Emulator, Person, Proxy};
use crate::needs::{install_packages, node, python};
use crate::report::{Report, say};

const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let node = node()?;
    install_packages(&node, "tools/emulator")?;
    let python = python("tools/google/requirements.txt")?;
    let tenon = options.tenon()?;
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut setup = databases.setup(kind, &tenon, Vec::new())?;
        let callback = format!("{}/oauth/callback/google", setup.url());
        let mut emulator = Emulator::start(&node, &callback)?;
        let proxy = Proxy::start(&python, emulator.url())?;
        for (name, value) in emulator.environment(proxy.url()) {
            setup.set(&name, &value);
        }
        let server = setup.start()?;
        let mut person = server.sign_in()?;
        let steps = slice(&mut person, &mut emulator)?;
        let (exchanges, ours) = proxy.findings("request")?;
        for finding in ours.iter().take(10) {
            say(format!("request: {finding}"));
        }
        let (_, theirs) = proxy.findings("response")?;
        report.exactly(
            &format!("{kind}: findings under request"),
            ours.len() as u64,
            0,
            "each call judged by Google's discovery documents",
        );
        report.at_least(
            &format!("{kind}: exchanges judged"),
            exchanges as f64,
            10.0,
            "through tools/google/checking_proxy.py",
        );
        report.at_least(
            &format!("{kind}: steps of the slice done"),
            steps as f64,
            8.0,
            "connect, sync, list, open, attachment, arrival, pause, disconnect",
        );
        report.tell(
            &format!("{kind}: findings under response"),
            theirs.len() as u64,
            "the emulator's own deviations",
        );
        server.stop()?;
    }
    Ok(())
}

/// The slice through the API; gives the number of steps done.
fn slice(person: &mut Person, emulator: &mut Emulator) -> Result<u64> {
    let connection = person.connect().context("connecting")?;
    person.wait_until_live(&connection, PATIENCE)?;
    let threads = person.all(&format!("/threads?connection={connection}"), 50)?;
    ensure!(!threads.is_empty(), "no thread came in");
    let (mut opened, mut attachments) = (0, 0);
    for thread in &threads {
        let id = thread["id"].as_str().unwrap_or_default();
        let detail = person.get(&format!("/threads/{id}"))?;
        for message in detail["messages"].as_array().into_iter().flatten() {
            let id = message["id"].as_str().unwrap_or_default();
            let content = person.get(&format!("/messages/{id}"))?;
            open_body(person, &content)?;
            attachments += download(person, &content)?;
            opened += 1;
        }
    }
    ensure!(opened > 0, "no message was opened");
    ensure!(attachments > 0, "no attachment was downloaded");
    emulator.control("deliver", &json!({"subject": "Arrived later"}))?;
    person.post(&format!("/connections/{connection}/sync"), &json!({}))?;
    wait_for_thread(person, &connection, threads.len() + 1)?;
    let paused = person.post(&format!("/connections/{connection}/pause"), &json!({}))?;
    ensure!(paused["status"] == "paused", "pausing did not pause");
    person.post(&format!("/connections/{connection}/resume"), &json!({}))?;
    let receipt = person.disconnect(&connection)?;
    ensure!(
        receipt["key_destroyed"] == true,
        "the key was not destroyed"
    );
    ensure!(
        receipt["grant"] == "revoked",
        "the grant ended as {}",
        receipt["grant"]
    );
    ensure!(
        person.get("/connections")?["items"] == json!([]),
        "the connection is still listed"
    );
    Ok(8)
}

fn open_body(person: &mut Person, content: &Value) -> Result<()> {
    let Some(url) = content["body"]["url"].as_str() else {
        return Ok(());
    };
    let answer = person.client().get(url)?;
    let problem = &content["body"]["problem"];
    ensure!(
        answer.status == 200 || !problem.is_null(),
        "a body answers {}",
        answer.status
    );
    Ok(())
}

fn download(person: &mut Person, content: &Value) -> Result<u64> {
    let mut done = 0;
    for attachment in content["attachments"].as_array().into_iter().flatten() {
        let url = attachment["url"].as_str().unwrap_or_default().to_owned();
        let answer = person.client().get(&url)?;
        ensure!(
            answer.status == 200 && !answer.body.is_empty(),
            "an attachment answers {}",
            answer.status
        );
        done += 1;
    }
    Ok(done)
}

fn wait_for_thread(person: &mut Person, connection: &str, count: usize) -> Result<()> {
    for _ in 0..600 {
        let threads = person.all(&format!("/threads?connection={connection}"), 50)?;
        if threads.len() >= count {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("a message that arrived later does not come in")
}
