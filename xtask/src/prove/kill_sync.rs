//! `prove kill-sync`: kill -9 at random moments of the first sync; afterwards none is missing and none is twice.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::{Options, compare};
use crate::launch::{Databases, Sandbox, SandboxOptions, Setup};
use crate::report::{Report, say};

/// Long enough for a first sync of this size after a kill: a lease of the dead process may have to run out.
const PATIENCE: Duration = Duration::from_mins(3);

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let tenon = options.tenon()?;
    let runs = options.runs(20);
    // The short form uses a small mailbox, the long one a mailbox of several hundred pages.
    let messages = if runs < 5 { 3_000 } else { 6_000 };
    let mut random = options.random();
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut sandbox = Sandbox::start(&tenon, SandboxOptions::of(messages, options.seed))?;
        let whole = undisturbed(&databases.setup(kind, &tenon, sandbox.environment())?)?;
        say(format!(
            "{kind}: {messages} messages in {:.1} s undisturbed",
            whole.as_secs_f64()
        ));
        let (mut inside, mut attempts, mut wrong) = (0, 0, 0);
        let mut moments = Vec::new();
        while inside < runs {
            attempts += 1;
            if attempts > runs * 4 {
                bail!("{kind}: only {inside} of {attempts} kills fell into the first sync");
            }
            let setup = databases.setup(kind, &tenon, sandbox.environment())?;
            let mut connection = None;
            let kills = 1 + random.below(3);
            for _ in 0..kills {
                let moment = whole.mul_f64(random.share());
                if kill_at(&setup, &mut connection, moment)? {
                    inside += 1;
                    moments.push(moment.as_millis());
                }
            }
            let connection = connection.unwrap_or_default();
            let server = setup.start()?;
            let mut person = server.sign_in()?;
            person.wait_until_live(&connection, PATIENCE)?;
            let found = compare::stored_and_shown(
                &setup,
                &databases,
                &mut sandbox,
                &mut person,
                &connection,
            )?;
            if !found.none() {
                wrong += 1;
                say(format!("{kind}: {}", found.shown()));
            }
            server.stop()?;
        }
        moments.sort_unstable();
        say(format!(
            "{kind}: killed {moments:?} ms after the start of a sync"
        ));
        let how = "SIGKILL of the server, restart on the same data, rows and API compared with the sandbox's listing";
        report.at_least(
            &format!("{kind}: kills inside the first sync"),
            inside as f64,
            runs as f64,
            "the mailbox was not live yet at the restart",
        );
        report.exactly(
            &format!("{kind}: mailboxes that differ from the provider's"),
            wrong,
            0,
            how,
        );
        report.tell(
            &format!("{kind}: messages a mailbox"),
            messages,
            "generated",
        );
    }
    Ok(())
}

/// How long a first sync takes when nothing happens.
fn undisturbed(setup: &Setup) -> Result<Duration> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let connection = person.connect()?;
    // From where `kill_at` counts too.
    let start = Instant::now();
    person.wait_until_live(&connection, PATIENCE)?;
    let took = start.elapsed();
    server.stop()?;
    Ok(took)
}

/// Starts, connects when that has not happened yet, and kills after this long. Tells whether the sync was not over.
fn kill_at(setup: &Setup, connection: &mut Option<String>, moment: Duration) -> Result<bool> {
    let server = setup.start()?;
    let mut person = server.sign_in()?;
    let id = match connection {
        Some(id) => id.clone(),
        None => person.connect()?,
    };
    *connection = Some(id.clone());
    std::thread::sleep(moment);
    let state = person.mailbox(&id)?["state"].clone();
    server.kill()?;
    Ok(state == "first_sync" || state == "waiting")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canary::Random;

    #[test]
    fn moments_repeat() {
        let moments = |seed| {
            let mut random = Random::new(seed);
            (0..5)
                .map(|_| Duration::from_secs(2).mul_f64(random.share()))
                .collect::<Vec<_>>()
        };
        assert_eq!(moments(3), moments(3));
        assert!(moments(3).iter().all(|m| *m < Duration::from_secs(2)));
    }
}
