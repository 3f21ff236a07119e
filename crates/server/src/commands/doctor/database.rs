//! The database: can it be opened, is its schema right, do its servers hear each other.

use std::path::Path;
use std::time::Duration;

use tenon_store::{DatabaseFigure, JobFigure, JobState, Store, StoreError, StoreUrl};

use super::check::{Check, size};
use super::machine::open_to_others;
use crate::settings::Settings;

/// A server that runs takes up a job within seconds.
const OVERDUE: Duration = Duration::from_mins(15);

/// Network file systems, by statfs(2): SQLite's locks and shared memory do not hold there.
const NETWORK: [(u64, &str); 4] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB2"),
];

/// Opens the database without changing it, if it is there.
pub(super) async fn open(settings: &Settings, checks: &mut Vec<Check>) -> Option<Store> {
    const NAME: &str = "database";
    if let StoreUrl::Sqlite(path) = &settings.database {
        // An empty place is not filled by a look.
        if !path.exists() {
            checks.push(Check::ok(
                NAME,
                format!(
                    "{} does not exist yet; tenon serve makes it",
                    path.display()
                ),
            ));
            return None;
        }
        if let Some(check) = file(path) {
            checks.push(check);
        }
    }
    let store = match crate::wiring::open_store(settings, false).await {
        Ok(store) => store,
        Err(failure) => {
            let text = failure.to_string();
            let (text, next) = split(&text);
            checks.push(Check::fail(NAME, text, next));
            return None;
        }
    };
    let found = async {
        let mut tx = super::read(&store).await?;
        tx.figures().database().await
    };
    match found.await {
        Ok(figure) => checks.push(schema(&figure)),
        Err(error) => checks.push(trouble(&error)),
    }
    if matches!(settings.database, StoreUrl::Postgres(_)) {
        checks.push(notifications(&store).await);
        let walls = async {
            let mut tx = super::read(&store).await?;
            tx.figures().passes_walls().await
        };
        checks.push(match walls.await {
            Ok(passes) => row_security(passes),
            Err(error) => trouble(&error),
        });
    }
    Some(store)
}

/// Sentences of the store name the trouble, then what to do.
fn split(text: &str) -> (&str, &str) {
    let at = ["; ", ": run ", ": check ", ": restore ", ": set "]
        .iter()
        .filter_map(|mark| {
            text.rfind(mark)
                .map(|at| (at, mark.find(' ').unwrap_or(0) + 1))
        })
        .max();
    match at {
        Some((at, skip)) => (&text[..at], &text[at + skip..]),
        None => (text, "see the troubleshooting page"),
    }
}

fn trouble(error: &StoreError) -> Check {
    let text = error.to_string();
    let (text, next) = split(&text);
    Check::fail("database", text, next)
}

fn schema(figure: &DatabaseFigure) -> Check {
    Check::ok(
        "database",
        format!(
            "{} answers, schema version {} of {}, {}",
            figure.program,
            figure.schema,
            figure.known,
            size(figure.bytes)
        ),
    )
}

/// Whether PostgreSQL keeps the workspaces apart as well.
fn row_security(passes: bool) -> Check {
    const NAME: &str = "row level security";
    if passes {
        return Check::warn(
            NAME,
            "does not hold for this user, who is a superuser or has BYPASSRLS: only the program keeps \
             the workspaces apart, not the database as well",
            "let a user without those rights own the database: see the page on PostgreSQL",
        );
    }
    Check::ok(NAME, "keeps the workspaces apart in the database as well")
}

/// What can be wrong with the file itself.
fn file(path: &Path) -> Option<Check> {
    const NAME: &str = "database file";
    let shown = path.display();
    if let Some(kind) = rustix::fs::statfs(path)
        .ok()
        .and_then(|found| network(found.f_type as u64))
    {
        return Some(Check::fail(
            NAME,
            format!("{shown} is on {kind}: SQLite's locks do not hold on a network"),
            "move the data folder to a local disk, or use PostgreSQL",
        ));
    }
    let mode = open_to_others(path)?;
    Some(Check::warn(
        NAME,
        format!("others of this machine may read {shown} (mode {mode:o})"),
        format!("chmod 600 {shown}"),
    ))
}

fn network(kind: u64) -> Option<&'static str> {
    let found = NETWORK
        .iter()
        .find(|(magic, _)| *magic == kind & 0xffff_ffff);
    found.map(|(_, name)| *name)
}

/// Several servers on one database tell each other what changed.
async fn notifications(store: &Store) -> Check {
    const NAME: &str = "notifications";
    match store.notifications_arrive(Duration::from_secs(3)).await {
        Ok(true) => Check::ok(NAME, "reach the servers that listen"),
        Ok(false) => Check::fail(
            NAME,
            "do not arrive: a pooler in transaction mode swallows them",
            "set TENON_DATABASE_LISTEN_URL to an address of the PostgreSQL server itself",
        ),
        Err(error) => Check::fail(
            NAME,
            format!("cannot be listened to: {error}"),
            "check TENON_DATABASE_LISTEN_URL",
        ),
    }
}

/// Whether somebody does the work.
pub(super) async fn work(store: &Store, checks: &mut Vec<Check>) {
    let jobs = async {
        let mut tx = super::read(store).await?;
        tx.figures().jobs().await
    };
    match jobs.await {
        Ok(jobs) => checks.push(jobs_check(&jobs, tenon_model::World::system().now())),
        Err(error) => checks.push(trouble(&error)),
    }
}

fn jobs_check(jobs: &[JobFigure], now: tenon_model::Time) -> Check {
    const NAME: &str = "jobs";
    let of = |state: JobState| jobs.iter().filter(move |j| j.state == state);
    let count = |state| of(state).map(|j| j.count).sum::<u64>();
    let (waiting, parked) = (count(JobState::Queued), count(JobState::Parked));
    let late = of(JobState::Queued)
        .filter_map(|j| j.oldest)
        .map(|at| now.since(at))
        .max()
        .filter(|late| *late > OVERDUE);
    if let Some(late) = late {
        return Check::warn(
            NAME,
            format!("{waiting} wait, one for {} minutes", late.as_secs() / 60),
            "is tenon serve running?",
        );
    }
    if parked > 0 {
        return Check::warn(
            NAME,
            format!("{parked} wait for a person"),
            "their reasons are on the health pages of the mailboxes",
        );
    }
    Check::ok(
        NAME,
        format!("{waiting} wait for their time, none too long"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn sentences_are_split_into_finding_and_remedy() {
        for (sentence, finding, remedy) in [
            (
                StoreError::OlderDatabase { found: 1, known: 2 }.to_string(),
                "the database has schema version 1, this program needs 2",
                "run `tenon migrate`",
            ),
            (
                StoreError::Damaged.to_string(),
                "the database file is damaged or not a database",
                "restore a backup",
            ),
            (
                "nothing known".to_owned(),
                "nothing known",
                "see the troubleshooting page",
            ),
        ] {
            assert_eq!(split(&sentence), (finding, remedy));
        }
    }

    #[test]
    fn network_disks_are_known_by_their_numbers() {
        assert_eq!(network(0x6969), Some("NFS"));
        assert_eq!(network(0xffff_ffff_ff53_4d42), Some("CIFS"));
        assert_eq!(network(0xef53), None);
    }

    #[test]
    fn a_user_whom_no_policy_concerns_is_told() {
        assert_eq!(row_security(false).state, State::Ok);
        let check = row_security(true);
        assert_eq!(check.state, State::Warn);
    }

    #[test]
    fn work_that_nobody_does_is_told() {
        let now = tenon_model::World::system().now();
        let job = |state, oldest| JobFigure {
            kind: "sync".to_owned(),
            state,
            count: 2,
            oldest,
        };
        let state = |jobs: &[JobFigure]| jobs_check(jobs, now).state;
        assert_eq!(state(&[]), State::Ok);
        let soon = now + Duration::from_mins(1);
        assert_eq!(state(&[job(JobState::Queued, Some(soon))]), State::Ok);
        let long_ago = now - Duration::from_hours(1);
        assert_eq!(state(&[job(JobState::Queued, Some(long_ago))]), State::Warn);
        assert_eq!(state(&[job(JobState::Parked, Some(now))]), State::Warn);
    }
}
