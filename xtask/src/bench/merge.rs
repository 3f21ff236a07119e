//! `bench merge`: a mail merge of 10,000 under Google's limits of 2026, as fast as it may: how much of the allowance is
//! used, how much refused, and whether a person waits behind it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::Options;
use crate::launch::{Databases, Quota, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

/// Units a minute and user of a project made since May 2026.
const ALLOWED: f64 = 6_000.0;
/// Making a draft and sending it, by the same table.
const UNITS: f64 = 110.0;
/// Messages in the mailbox: they are there before it begins.
const MAILBOX: u64 = 50;

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let seconds = options.seconds.unwrap_or(180);
    let people = options.sizes(&[10_000])[0];
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut sandbox = Sandbox::start(
            tenon,
            SandboxOptions {
                quota: Quota::Y2026,
                ..SandboxOptions::of(MAILBOX, 1)
            },
        )?;
        let setup = databases.setup(kind, tenon, sandbox.environment())?;
        let server = setup.start()?;
        let mut person = server.sign_in()?;
        let connection = person.connect_with("alice@example.com", &["mail", "sending"])?;
        person.wait_until_live(&connection, Duration::from_mins(3))?;
        let letter = json!({
            "connection_id": connection, "kind": "new", "to": [], "subject": "News for {{ row.name }}",
            "html": "<p>Dear {{ row.name }} of {{ row.city | default(\"nowhere\") }}, here are the news.</p>",
        });
        let letter = person.post_once("/drafts", "letter", &letter)?;
        let merge = person.post("/mail-merges", &json!({"draft_id": letter["id"]}))?;
        let path = format!("/mail-merges/{}", merge["id"].as_str().context("no id")?);
        let mut list = String::from("Name,Mail,City\n");
        for n in 0..people {
            let _ = writeln!(list, "Person {n},p{n}@partner.example,City {}", n % 97);
        }
        let begun = Instant::now();
        let file = format!("/api/v1{path}/recipients/file?name=list.csv");
        let headers = [("content-type", "text/csv"), ("x-tenon-request", "1")];
        let client = person.client();
        let added = client
            .send("POST", &file, &headers, list.as_bytes())?
            .json()?;
        ensure!(added["added"] == people, "not everybody was added: {added}");
        let adding = begun.elapsed().as_secs_f64();
        let pace = json!({"gap_min_seconds": 0, "gap_max_seconds": 0, "daily_cap": 2_000});
        let headers = [
            ("content-type", "application/json"),
            ("x-tenon-request", "1"),
        ];
        let client = person.client();
        client
            .send(
                "PATCH",
                &format!("/api/v1{path}"),
                &headers,
                pace.to_string().as_bytes(),
            )?
            .json()?;
        let begun = Instant::now();
        let mut after = json!(0);
        while !after.is_null() {
            let body = json!({"after": after, "limit": 2_000});
            let checked = person.post(&format!("{path}/check"), &body)?;
            ensure!(checked["problems"] == json!([]), "somebody has a hole");
            after = checked["next"].clone();
        }
        let checking = begun.elapsed().as_secs_f64();
        // What a person opens meanwhile: what they received, and not what goes.
        let threads = person.get(&format!("/threads?connection={connection}&limit=50"))?;
        let mut received = Vec::new();
        for thread in threads["items"].as_array().into_iter().flatten() {
            let id = thread["id"].as_str().context("a thread without an id")?;
            let detail = person.get(&format!("/threads/{id}"))?;
            let newest = &detail["messages"][0];
            if newest["draft"] != true {
                received.extend(newest["id"].as_str().map(str::to_owned));
            }
        }
        ensure!(received.len() > 10, "too few messages to open");
        // The bucket is full at the beginning.
        std::thread::sleep(Duration::from_mins(1));
        sandbox.reset_log()?;
        person.post(&format!("{path}/start"), &json!({}))?;
        let start = Instant::now();
        say(format!("{kind}: {seconds} s of mail merge"));
        let mut waits = Vec::new();
        for message in received.iter().cycle() {
            if start.elapsed() >= Duration::from_secs(seconds) {
                break;
            }
            std::thread::sleep(Duration::from_secs(2));
            let asked = Instant::now();
            person.get(&format!("/threads?connection={connection}&limit=50"))?;
            person.get(&format!("/messages/{message}"))?;
            waits.push(asked.elapsed().as_secs_f64() * 1_000.0);
        }
        let minutes = start.elapsed().as_secs_f64() / 60.0;
        let log = sandbox.log()?;
        let merge = person.get(&path)?;
        let counts = merge["counts"].as_array().context("no counts")?;
        let of = |state: &str| -> u64 {
            let mut of = counts.iter().filter(|c| c["state"] == state);
            of.next().and_then(|c| c["count"].as_u64()).unwrap_or(0)
        };
        let (sent, refused) = (of("sent"), of("refused"));
        server.stop()?;
        let how = "the sandbox's own ledger of units, 2026 table";
        report.at_least(
            &format!("{kind}: share of allowed units used"),
            log.units as f64 / (ALLOWED * minutes),
            0.85,
            "with what the person opens, and new mail; a part is kept for people",
        );
        report.tell(
            &format!("{kind}: share of the messages that the quota allows alone"),
            (sent as f64 * UNITS / (ALLOWED * minutes) * 1_000.0).round() / 1_000.0,
            "110 units a message: a draft made and sent",
        );
        report.exactly(
            &format!("{kind}: calls refused by quota"),
            log.refused,
            0,
            how,
        );
        report.exactly(
            &format!("{kind}: people refused"),
            refused,
            0,
            "the mail merge's own counts",
        );
        report.at_most(
            &format!("{kind}: ms p95 to open a message meanwhile"),
            percentile(&sorted(&waits), 0.95),
            500.0,
            "the list and a message every two seconds",
        );
        report.tell(
            &format!("{kind}: messages a minute"),
            (sent as f64 / minutes).round(),
            "54 are allowed",
        );
        report.tell(
            &format!("{kind}: seconds to take {people} people in"),
            (adding * 10.0).round() / 10.0,
            "read, sealed and stored",
        );
        report.tell(
            &format!("{kind}: seconds to check them all"),
            (checking * 10.0).round() / 10.0,
            "the letter filled in for each",
        );
    }
    Ok(())
}
