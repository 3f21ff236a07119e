//! Hears what other processes on the same PostgreSQL commit, and wakes who waits for it here.
//!
//! Notifications are only wake-ups: what was committed is read from the tables. So nothing is lost
//! by a line that breaks, as long as everyone is woken once it is back, and a line that dies
//! without a word is found out.

use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{Executor as _, PgPool};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::StoreError;

pub(crate) const EVENTS_CHANNEL: &str = "tenon_events";
pub(crate) const JOBS_CHANNEL: &str = "tenon_jobs";
const PROBE_CHANNEL: &str = "tenon_probe";

/// A line that was silent for so long is asked for a sign of life, which has to come soon.
const SILENCE: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(5);
/// Pauses before the next try of a line that broke: a server that restarts is away for a second or
/// two, and live updates should not wait much longer than it.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Passes on what other processes commit, until the pool is closed.
pub(crate) async fn listen(pool: PgPool, events: watch::Sender<i64>, jobs: watch::Sender<()>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        if let Err(error) = listen_once(&pool, &events, &jobs).await {
            if pool.is_closed() {
                return;
            }
            tracing::warn!(error = %StoreError::from(error), "listening for notifications failed");
        }
        if began.elapsed() > LONGEST_PAUSE * 2 {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn listen_once(
    pool: &PgPool,
    events: &watch::Sender<i64>,
    jobs: &watch::Sender<()>,
) -> Result<(), sqlx::Error> {
    let wake_all = || {
        wake_events(events, 0);
        jobs.send_replace(());
    };
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all([EVENTS_CHANNEL, JOBS_CHANNEL]).await?;
    // Whatever was committed while nobody listened here.
    wake_all();
    loop {
        let Ok(note) = tokio::time::timeout(SILENCE, listener.try_recv()).await else {
            let alive = tokio::time::timeout(ANSWER, listener.execute("SELECT 1")).await;
            alive.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
            continue;
        };
        match note? {
            Some(note) if note.channel() == EVENTS_CHANNEL => {
                wake_events(events, note.payload().parse().unwrap_or(0));
            }
            Some(_) => {
                jobs.send_replace(());
            }
            // The line broke and is back: sqlx has listened again already.
            None => wake_all(),
        }
    }
}

/// Whether what `pool` notifies is heard on `line` within `patience`.
pub(crate) async fn notifications_arrive(
    pool: &PgPool,
    line: &PgPool,
    patience: Duration,
) -> Result<bool, StoreError> {
    let mut listener = PgListener::connect_with(line).await?;
    listener.listen(PROBE_CHANNEL).await?;
    let arrived = async {
        loop {
            sqlx::raw_sql("SELECT pg_notify('tenon_probe', '')")
                .execute(pool)
                .await?;
            let pause = Duration::from_millis(500);
            if tokio::time::timeout(pause, listener.recv()).await.is_ok() {
                return Ok::<(), sqlx::Error>(());
            }
        }
    };
    match tokio::time::timeout(patience, arrived).await {
        Ok(outcome) => Ok(outcome.map(|()| true)?),
        Err(_) => Ok(false),
    }
}

/// Wakes subscribers; the value never goes back.
pub(crate) fn wake_events(events: &watch::Sender<i64>, seq: i64) {
    events.send_modify(|newest| *newest = seq.max(*newest));
}
