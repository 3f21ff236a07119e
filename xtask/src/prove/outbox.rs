//! `prove outbox`: kill -9 at random moments while messages are written and sent; none arrives twice, and each that
//! did not arrive says so.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::Options;
use crate::canary::Random;
use crate::launch::{
    ACCOUNT, Databases, OTHER_ACCOUNT, Person, Sandbox, SandboxOptions, Server, Setup,
};
use crate::report::{Report, say};

/// The sandbox thinks this long before each answer, so that kills find calls under way.
const LATENCY: u64 = 400;
/// Writers at the same time, as several windows of one person.
const WRITERS: usize = 3;
/// After a lost answer two minutes are waited, then the draft is looked for and sent again; ten minutes when more was
/// sent meanwhile than a look goes through, and then a person is asked.
const PATIENCE: Duration = Duration::from_mins(12);
/// Kills fall this long after the server is ready.
const SPAN: Duration = Duration::from_secs(3);
const HEADER: &str = "X-Tenon-Send";

/// A deployment whose messages are on their way.
struct Field {
    kind: &'static str,
    setup: Setup,
    sandbox: Sandbox,
    server: Server,
    /// Draft and send of each message that was handed over.
    handed: Vec<(String, String)>,
    kills: u64,
}

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let kills = options.runs(20);
    let mut random = options.random();
    let mut databases = Databases::default();
    let mut fields = Vec::new();
    for kind in options.databases() {
        let sandbox = SandboxOptions {
            latency: LATENCY,
            ..SandboxOptions::of(30, options.seed)
        };
        let sandbox = Sandbox::start(&tenon, sandbox)?;
        let setup = databases.setup(kind, &tenon, sandbox.environment())?;
        fields.push(shoot(kind, setup, sandbox, kills, &mut random)?);
    }
    // The doubts of all of them are waited for together.
    for field in &mut fields {
        judge(field, &databases, report)?;
    }
    for field in fields {
        field.server.stop()?;
    }
    Ok(())
}

/// Writes and sends without a pause, and kills the server as often as wanted.
fn shoot(
    kind: &'static str,
    setup: Setup,
    sandbox: Sandbox,
    kills: u64,
    random: &mut Random,
) -> Result<Field> {
    let mut server = setup.start()?;
    let mut person = server.sign_in()?;
    let features = ["mail", "organizing", "sending"];
    let connection = person.connect_with(ACCOUNT, &features)?;
    person.wait_until_live(&connection, PATIENCE)?;
    let over = AtomicBool::new(false);
    let (handed, server) = std::thread::scope(|scope| -> Result<_> {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (connection, over) = (connection.as_str(), &over);
                let signed_in = server.sign_in();
                scope.spawn(move || write(signed_in?, connection, writer, over))
            })
            .collect();
        let killed = (|| -> Result<Server> {
            for _ in 0..kills {
                std::thread::sleep(SPAN.mul_f64(random.share()));
                server.kill()?;
                server = setup.start()?;
            }
            Ok(server)
        })();
        over.store(true, Ordering::Relaxed);
        let mut handed = Vec::new();
        for writer in writers {
            match writer.join() {
                Ok(list) => handed.extend(list?),
                Err(_) => bail!("a writer ended"),
            }
        }
        Ok((handed, killed?))
    })?;
    say(format!(
        "{kind}: {} messages handed over, {kills} kills",
        handed.len()
    ));
    Ok(Field {
        kind,
        setup,
        sandbox,
        server,
        handed,
        kills,
    })
}

/// One message after the other, each under keys of its own, asked for again until the server has said yes, as the
/// browser does.
fn write(
    mut person: Person,
    connection: &str,
    writer: usize,
    over: &AtomicBool,
) -> Result<Vec<(String, String)>> {
    let mut handed = Vec::new();
    for n in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let name = format!("{writer}-{n}");
        let draft = json!({
            "connection_id": connection, "kind": "new", "message_id": null, "from": null,
            "to": [{"name": "Bob", "address": OTHER_ACCOUNT}], "cc": [], "bcc": [],
            "subject": format!("Message {name}"), "html": "<p>Hello</p>", "quoted_html": null,
            "attachments": [],
        });
        let draft = persist(&mut person, "/drafts", &format!("d-{name}"), &draft)?;
        let id = text(&draft, "id")?;
        let send = persist(
            &mut person,
            &format!("/drafts/{id}/send"),
            &format!("s-{name}"),
            &json!({"undo_seconds": 0}),
        )?;
        handed.push((id, text(&send, "id")?));
    }
    Ok(handed)
}

/// Asks again for as long as a server that is killed and started may not answer.
fn persist(person: &mut Person, path: &str, key: &str, body: &Value) -> Result<Value> {
    let start = Instant::now();
    loop {
        match person.post_once(path, key, body) {
            Ok(answer) => return Ok(answer),
            Err(error) if start.elapsed() > Duration::from_mins(1) => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

fn text(value: &Value, name: &str) -> Result<String> {
    let found = value[name].as_str().context("an answer without an id")?;
    Ok(found.to_owned())
}

/// Waits until nothing moves any more, and counts what the recipient got.
fn judge(field: &mut Field, databases: &Databases, report: &mut Report) -> Result<()> {
    let kind = field.kind;
    let mut person = field.server.sign_in()?;
    let start = Instant::now();
    let states = loop {
        let mut states = BTreeMap::new();
        for send in person.all("/sends", 100)? {
            states.insert(text(&send, "id")?, send);
        }
        let moving = |send: &Value| {
            let state = send["state"].as_str().unwrap_or_default();
            matches!(state, "scheduled" | "sending")
        };
        if !states.values().any(moving) || start.elapsed() > PATIENCE {
            break states;
        }
        std::thread::sleep(Duration::from_secs(1));
    };
    let received = copies(&mut field.sandbox, OTHER_ACCOUNT, "INBOX")?;
    let filed = copies(&mut field.sandbox, ACCOUNT, "SENT")?;
    ensure!(received == filed, "sent and received differ");
    let (mut doubled, mut lost, mut untrue, mut unfinished) = (0, 0, 0, 0);
    let mut ends: BTreeMap<String, u64> = BTreeMap::new();
    for (draft, send) in &field.handed {
        let count = received.get(draft).copied().unwrap_or(0);
        let row = states.get(send);
        let state = row.and_then(|r| r["state"].as_str()).unwrap_or("missing");
        *ends.entry(state.to_owned()).or_default() += 1;
        doubled += u64::from(count > 1);
        match state {
            "sent" => untrue += u64::from(count == 0),
            "refused" => untrue += u64::from(count > 0),
            // A person is asked, and told what is known.
            "doubtful" => {
                let told = row.and_then(|r| r["known"].as_array());
                untrue += u64::from(told.is_none_or(Vec::is_empty));
            }
            "scheduled" | "sending" => unfinished += 1,
            _ => lost += 1,
        }
    }
    let handed: u64 = field.handed.len() as u64;
    let unknown: u64 = received
        .keys()
        .filter(|draft| !field.handed.iter().any(|(d, _)| d == *draft))
        .count() as u64;
    let in_doubt = field
        .setup
        .query(databases, &["known"], "FROM sends")?
        .iter()
        .filter(|row| row.iter().any(|known| known.contains("answer_lost")))
        .count();
    let killed = format!(
        "{} x SIGKILL at random while {WRITERS} writers send",
        field.kills
    );
    report.exactly(
        &format!("{kind}: messages that arrived twice"),
        doubled,
        0,
        &killed,
    );
    report.exactly(
        &format!("{kind}: messages lost without a word"),
        lost,
        0,
        &killed,
    );
    report.exactly(
        &format!("{kind}: outcomes told wrongly"),
        untrue,
        0,
        "states of the API compared with the recipient's mailbox",
    );
    report.exactly(
        &format!("{kind}: messages that nobody sent"),
        unknown,
        0,
        "our header in the recipient's mailbox",
    );
    report.exactly(
        &format!("{kind}: messages still on their way"),
        unfinished,
        0,
        "after twelve minutes at most",
    );
    report.at_least(
        &format!("{kind}: messages whose answer was lost"),
        in_doubt as f64,
        1.0,
        "kills that fell between asking the provider and storing its answer",
    );
    report.tell(
        &format!("{kind}: messages handed over"),
        handed,
        "accepted with 202",
    );
    for (state, count) in ends {
        report.tell(&format!("{kind}: of them {state}"), count, "GET /sends");
    }
    Ok(())
}

/// How many messages with a label bear our header, by its value.
fn copies(sandbox: &mut Sandbox, account: &str, label: &str) -> Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    for (mark, labels) in sandbox.headers(account, HEADER)? {
        if labels.iter().any(|l| l == label) {
            *found.entry(mark).or_default() += 1;
        }
    }
    Ok(found)
}
