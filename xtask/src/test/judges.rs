//! Independent judges of what is built: Google's own client, another Google, a browser, the proofs in short.

use std::path::Path;

use anyhow::Result;

use super::counted_script;
use crate::build;
use crate::command::Run;
use crate::counts::Counts;
use crate::launch::{
    Database, Demo, Issuer, OWNER, Sandbox, SandboxOptions, Setup, browser_script,
};
use crate::needs::{Node, install_packages, python};
use crate::prove;
use crate::workspace;

/// google-api-python-client drives the sandbox; Google's schemas judge both sides of every exchange.
pub(super) fn google() -> Result<Counts> {
    let tenon = build::tenon(false)?;
    let python = python("tools/google/requirements.txt")?;
    // The consent page itself is part of what is probed.
    let sandbox = Sandbox::start(
        &tenon,
        SandboxOptions {
            auto_consent: false,
            ..SandboxOptions::of(500, 1)
        },
    )?;
    let probe = Run::new(&python).arg("tools/google/probe.py");
    counted_script(probe.arg(sandbox.url()))
}

/// The whole slice on @emulators/google.
pub(super) fn emulator() -> Result<Counts> {
    prove::short("emulator")
}

/// Published mail in both fake Googles, and the tests of what judges it.
pub(super) fn corpora() -> Result<Counts> {
    let tests = Run::new("python3")
        .args(["-m", "unittest"])
        .dir(workspace::root().join("tools/corpora"))
        .quiet()
        .run()?;
    Ok(Counts::one(tests.ok) + prove::short("corpora")?)
}

/// The whole slice in Chromium.
pub(super) fn browser() -> Result<Counts> {
    let node = build::web_packages()?;
    let tenon = build::tenon(false)?;
    let mut total = Counts::default();
    for locale in ["en", "fr"] {
        // The second one needs a mailbox that is there at once and whole.
        let small = ["--messages", "300", "--quota", "0"];
        for (script, given) in [
            ("web/e2e/main-job.mjs", &[][..]),
            ("web/e2e/search.mjs", &small),
        ] {
            let demo = Demo::start(&tenon, given)?;
            let counts = counted_script(demo.script(&node, script).args(["--locale", locale]))?;
            if counts.failed > 0 {
                println!("{}", demo.output());
            }
            total = total + counts;
        }
    }
    Ok(total + acting(&tenon, &node)?)
}

/// Acting on mail, writing and sending; a day with customers: by keyboard and mouse, and by touch on a phone. Each on
/// a demo of its own, because it leaves mailbox and records changed.
fn acting(tenon: &Path, node: &Node) -> Result<Counts> {
    let mut total = Counts::default();
    for arguments in [
        &["--locale", "en"][..],
        &["--locale", "fr", "--dark"],
        &["--locale", "en", "--phone"],
    ] {
        for script in ["web/e2e/acting.mjs", "web/e2e/customers.mjs"] {
            let demo = Demo::start(tenon, &["--messages", "300", "--quota", "0"])?;
            let script = demo.script(node, script);
            let counts = counted_script(script.args(arguments.iter().copied()))?;
            if counts.failed > 0 {
                println!("{}", demo.output());
            }
            total = total + counts;
        }
    }
    Ok(total + walks(tenon, node)?)
}

/// Sending later, files in and out, mail that meets customers, pictures: one after the other on one demo, each in another dress.
fn walks(tenon: &Path, node: &Node) -> Result<Counts> {
    let demo = Demo::start(tenon, &["--messages", "300", "--quota", "0"])?;
    let mut total = Counts::default();
    for (script, arguments) in [
        // The first one connects the mailbox, and needs one to send from.
        ("web/e2e/scheduling.mjs", &["--locale", "en"][..]),
        ("web/e2e/templates.mjs", &["--locale", "fr", "--dark"]),
        ("web/e2e/mail-merge.mjs", &["--locale", "en"]),
        ("web/e2e/reports.mjs", &["--locale", "en"]),
        (
            "web/e2e/meeting.mjs",
            &["--locale", "fr", "--dark", "--phone"],
        ),
        ("web/e2e/exchange.mjs", &["--locale", "en", "--dark"]),
        ("web/e2e/files.mjs", &["--locale", "fr", "--phone"]),
    ] {
        let script = demo.script(node, script);
        total = total + counted_script(script.args(arguments.iter().copied()))?;
    }
    if total.failed > 0 {
        println!("{}", demo.output());
    }
    Ok(total)
}

/// Ways in, in Chromium with its virtual authenticator, at npm oidc-provider.
pub(super) fn signin() -> Result<Counts> {
    let node = build::web_packages()?;
    let tenon = build::tenon(false)?;
    install_packages(&node, "tools/oidc")?;
    let mut total = Counts::default();
    for locale in ["en", "fr"] {
        let mut setup = Setup::new(&tenon, Database::Sqlite, Vec::new())?;
        // Passkeys are bound to a name, and this is the only one that browsers take on loopback.
        let url = setup.url().replace("127.0.0.1", "localhost");
        let issuer = Issuer::start(&node, &format!("{url}/oauth/callback/acme"))?;
        setup.set("TENON_PUBLIC_URL", &url);
        for (name, value) in issuer.environment() {
            setup.set(name, value);
        }
        let server = setup.start()?;
        let script = browser_script(&node, "web/e2e/sign-in.mjs", &url, OWNER.0, OWNER.1);
        total = total + counted_script(script.args(["--locale", locale]))?;
        server.stop()?;
    }
    Ok(total)
}

/// The proofs whose short forms are part of the tests.
pub const PROOFS: [&str; 11] = [
    "kill-sync",
    "resync",
    "canary",
    "outbox",
    "two-nodes",
    "rotation",
    "hostile-mail",
    "isolation",
    "sharing",
    "saboteurs",
    "simulate",
];

pub(super) fn proofs() -> Result<Counts> {
    let mut total = Counts::default();
    for name in PROOFS {
        total = total + prove::short(name)?;
    }
    Ok(total)
}
