//! A browser's ear: `/api/v1/events` read in a thread, which comes back with the last id when the stream ends.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::http::address;

/// What a browser waits before it opens a stream again.
const PAUSE: Duration = Duration::from_millis(200);
/// Two pings missed: the line is dead.
const SILENCE: Duration = Duration::from_mins(1);

/// One event, as the stream and the table of events both tell it: the ids of the stream are sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// When it was committed, in microseconds of its day.
    pub at: u64,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
}

/// One event, and when it was heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Which.
    pub event: Told,
    /// From the commit, by the clock of the node that made it, to the ear, in milliseconds.
    pub after_ms: f64,
}

/// An open ear; dropping it closes it.
pub struct Stream {
    heard: Receiver<Heard>,
    all: Vec<Heard>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    over: AtomicBool,
    opened: AtomicU64,
    line: Mutex<Option<TcpStream>>,
}

impl Stream {
    /// Listens at a server with a session's cookie.
    pub fn open(url: &str, cookie: &str) -> Result<Self> {
        let (sender, heard) = channel();
        let shared = Arc::new(Shared::default());
        let (address, cookie, mine) = (address(url)?, cookie.to_owned(), Arc::clone(&shared));
        std::thread::spawn(move || {
            let mut last = None;
            while !mine.over.load(Ordering::SeqCst) {
                // A stream that breaks is taken up again where it was, as a browser does.
                let _ = listen(address, &cookie, &mut last, &sender, &mine);
                std::thread::sleep(PAUSE);
            }
        });
        let stream = Self {
            heard,
            all: Vec::new(),
            shared,
        };
        stream.wait_until_opened(1)?;
        Ok(stream)
    }

    fn wait_until_opened(&self, times: u64) -> Result<()> {
        for _ in 0..500 {
            if self.opened() >= times {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the stream of events does not open");
    }

    /// How often it was opened.
    pub fn opened(&self) -> u64 {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// Everything heard so far.
    pub fn all(&mut self) -> &[Heard] {
        self.all.extend(self.heard.try_iter());
        &self.all
    }

    /// Waits until an event was heard.
    pub fn wait_for(&mut self, event: &Told, limit: Duration) -> bool {
        let start = std::time::Instant::now();
        while start.elapsed() < limit {
            if self.all().iter().any(|h| h.event == *event) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        let line = self
            .shared
            .line
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = line.as_ref() {
            let _ = line.shutdown(std::net::Shutdown::Both);
        }
    }
}

fn listen(
    address: std::net::SocketAddr,
    cookie: &str,
    last: &mut Option<String>,
    heard: &Sender<Heard>,
    shared: &Shared,
) -> Result<()> {
    let mut line = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    line.set_nodelay(true)?;
    line.set_read_timeout(Some(SILENCE))?;
    // Without `connection: close` the line stays open after the stream has ended, and its end would
    // only be known by reading the sizes of the chunks.
    let resume = last
        .as_ref()
        .map_or_else(String::new, |l| format!("last-event-id: {l}\r\n"));
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nconnection: close\r\ncookie: {cookie}\r\n{resume}\r\n"
    );
    line.write_all(request.as_bytes())?;
    *shared.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(line.try_clone()?);
    let mut lines = BufReader::new(line).lines();
    let status = lines.next().context("closed")??;
    if !status.contains(" 200") {
        bail!("{status}");
    }
    let (mut id, mut kind, mut open) = (None, String::new(), false);
    // Sizes of chunks and blank lines are no fields: they are passed over.
    for line in lines {
        let line = line?;
        if let Some(mark) = line.strip_prefix("id: ") {
            id = Some(mark.to_owned());
        } else if let Some(event) = line.strip_prefix("event: ") {
            event.clone_into(&mut kind);
            if event == "ping" {
                id = None;
                // The first one opens the stream.
                shared.opened.fetch_add(u64::from(!open), Ordering::SeqCst);
                open = true;
            }
        } else if let (Some(data), Some(mark)) = (line.strip_prefix("data: "), id.take()) {
            *last = Some(mark);
            let value: Value = serde_json::from_str(data)?;
            let at = value["at"]
                .as_str()
                .and_then(time_of_day)
                .context("an event without time")?;
            #[expect(
                clippy::disallowed_methods,
                reason = "how long an event was on its way is measured by the real clock"
            )]
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
            // Nobody waits for an event for a day.
            let after = (now.as_secs_f64() - at).rem_euclid(86_400.0);
            let event = Heard {
                event: Told {
                    at: (at * 1e6).round() as u64,
                    kind: kind.clone(),
                    subject: value["id"].as_str().unwrap_or_default().to_owned(),
                },
                after_ms: after * 1000.0,
            };
            if heard.send(event).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Seconds since midnight (UTC) of `2026-11-22T10:00:00.123456Z`.
fn time_of_day(text: &str) -> Option<f64> {
    let (_, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = time.splitn(3, ':').map(|p| p.parse::<f64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    Some(hour * 3600.0 + minute * 60.0 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_seconds() {
        assert_eq!(time_of_day("1970-01-01T00:00:00Z"), Some(0.0));
        assert_eq!(time_of_day("2026-11-22T05:23:44.5Z"), Some(19_424.5));
        assert_eq!(time_of_day("nonsense"), None);
    }
}
