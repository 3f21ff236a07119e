//! What a person writes in the canary proof: a label, a template, a message with a file that goes, and one that is taken
//! back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::canary::{Canary, Random};
use crate::http::encode;
use crate::launch::Person;

const PATIENCE: Duration = Duration::from_mins(1);

/// Writes, with a canary in every place that a person fills; `shown` gets what the API answered.
pub(super) fn write(
    person: &mut Person,
    connection: &str,
    random: &mut Random,
    shown: &mut Vec<u8>,
) -> Result<Vec<Canary>> {
    let mut canaries = Vec::new();
    let mut canary = |place: &str| -> String {
        let canary = Canary::new(&format!("{place} of what was written"), random);
        let text = canary.text.clone();
        canaries.push(canary);
        text
    };
    let mut keep = |answer: &Value| shown.extend(answer.to_string().into_bytes());
    let label = json!({"name": canary("label")});
    keep(&person.post(&format!("/connections/{connection}/labels"), &label)?);
    let template = json!({
        "kind": "message",
        "name": canary("template"),
        "folder": canary("folder"),
        "subject": canary("subject of a template"),
        "html": format!("<p>Dear {{{{ contact.first_name }}}}, {}</p>", canary("text of a template")),
        "shared": true,
    });
    keep(&person.post("/templates", &template)?);
    let filled =
        json!({"html": canary("text that is filled in"), "address": "nobody@written.example.net"});
    keep(&person.post("/templates/fill", &filled)?);
    for (number, undo) in [(0, 0), (1, 30)] {
        let file = upload(person, &canary("file name"), &canary("file text"))?;
        keep(&file);
        let draft = json!({
            "connection_id": connection,
            "kind": "new",
            "to": [{
                "name": canary("recipient name"),
                "address": format!("{}@written.example.net", canary("recipient address")),
            }],
            "bcc": [{"name": "", "address": format!("{}@blind.example.net", canary("blind copy"))}],
            "subject": canary("subject"),
            "html": format!("<p>Dear Bob, {}</p>", canary("text")),
            "quoted_html": format!("<blockquote>{}</blockquote>", canary("quoted text")),
            "attachments": [{"id": file["id"]}],
        });
        let draft = person.post_once("/drafts", &format!("written {number}"), &draft)?;
        keep(&draft);
        let id = draft["id"].as_str().context("a draft without an id")?;
        let send = person.post_once(
            &format!("/drafts/{id}/send"),
            &format!("sent {number}"),
            &json!({"undo_seconds": undo}),
        )?;
        let id = send["id"].as_str().context("a message without an id")?;
        if undo > 0 {
            keep(&person.post(&format!("/sends/{id}/cancel"), &json!({}))?);
        }
        keep(&ended(person, id)?);
    }
    mail_merge(person, connection, &mut canary, &mut keep)?;
    Ok(canaries)
}

/// A letter to a list of two, which goes; one of them comes back, and stands in the suppression list then.
fn mail_merge(
    person: &mut Person,
    connection: &str,
    canary: &mut impl FnMut(&str) -> String,
    keep: &mut impl FnMut(&Value),
) -> Result<()> {
    let letter = json!({
        "connection_id": connection,
        "kind": "new",
        "to": [],
        "subject": format!("{} {{{{ row.secret }}}}", canary("subject of a letter")),
        "html": format!("<p>{}</p>", canary("text of a letter")),
    });
    let letter = person.post_once("/drafts", "a letter", &letter)?;
    keep(&letter);
    let merge = person.post("/mail-merges", &json!({"draft_id": letter["id"]}))?;
    keep(&merge);
    let path = format!(
        "/mail-merges/{}",
        merge["id"].as_str().context("a mail merge without an id")?
    );
    let list = format!(
        "Name,Mail,Secret\n{},{}@written.example.net,{}\n{},bounce@{}.example.net,{}\n",
        canary("name in a list"),
        canary("address in a list"),
        canary("cell of a list"),
        canary("name of somebody not reached"),
        canary("address that bounces"),
        canary("cell of somebody not reached"),
    );
    let headers = [("content-type", "text/csv"), ("x-tenon-request", "1")];
    let file = format!("/api/v1{path}/recipients/file?name=list.csv");
    let added = person
        .client()
        .send("POST", &file, &headers, list.as_bytes())?
        .json()
        .context("list")?;
    keep(&added);
    keep(&person.post(&format!("{path}/preview"), &json!({"number": 1}))?);
    keep(&person.get(&format!("{path}/recipients"))?);
    keep(&person.post(&format!("{path}/start"), &json!({}))?);
    let start = Instant::now();
    loop {
        let merge = person.get(&path)?;
        match merge["state"].as_str() {
            Some("done") => break,
            Some("running") => ensure!(start.elapsed() < PATIENCE, "a mail merge does not end"),
            _ => bail!("a mail merge stopped: {}", merge["reason"]),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let start = Instant::now();
    while person.get(&path)?["bounced"] != 1 {
        ensure!(start.elapsed() < PATIENCE, "a bounce is not read");
        std::thread::sleep(Duration::from_millis(100));
    }
    keep(&person.get(&format!("{path}/recipients"))?);
    let entry = json!({
        "address": format!("{}@written.example.net", canary("address on the suppression list")),
        "note": canary("note on the suppression list"),
    });
    keep(&person.post("/suppressions", &entry)?);
    keep(&person.get("/suppressions")?);
    Ok(())
}

fn upload(person: &mut Person, name: &str, text: &str) -> Result<Value> {
    let path = format!("/api/v1/uploads?name={}&inline=false", encode(name));
    let headers = [("content-type", "text/plain"), ("x-tenon-request", "1")];
    let client = person.client();
    client
        .send("POST", &path, &headers, text.as_bytes())?
        .json()
        .context("upload")
}

/// The message once nothing more happens to it.
fn ended(person: &mut Person, id: &str) -> Result<Value> {
    let start = Instant::now();
    loop {
        let send = person.get(&format!("/sends/{id}"))?;
        let state = send["state"].as_str().unwrap_or_default().to_owned();
        match state.as_str() {
            "sent" | "cancelled" => return Ok(send),
            "scheduled" | "sending" => {
                ensure!(start.elapsed() < PATIENCE, "a message stays {state}");
                std::thread::sleep(Duration::from_millis(100));
            }
            _ => bail!("a message ended as {state}: {}", send["reason"]),
        }
    }
}
