//! How long people wait for an answer.

use super::{Span, percentile};
use crate::{ThreadId, Time};

/// What counts of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// Its conversation.
    pub thread: ThreadId,
    /// When the provider received it.
    pub at: Time,
    /// Whether the mailbox sent it.
    pub sent: bool,
}

/// The waits that began in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// The span.
    pub span: Span,
    /// Waits that began in it: the first message after the last answer, or of the conversation.
    pub received: u64,
    /// Of them answered, whenever that was.
    pub answered: u64,
    /// Half of the answered ones waited at most so long, in seconds.
    pub median_seconds: Option<i64>,
    /// Nine of ten did.
    pub p90_seconds: Option<i64>,
}

/// The waits in each span, and in all of them together, of messages in order of conversation and time.
pub fn answers(letters: &[Letter], spans: &[Span]) -> (Vec<Answers>, Answers) {
    let mut waits: Vec<(Time, Option<i64>)> = Vec::new();
    for thread in letters.chunk_by(|a, b| a.thread == b.thread) {
        let mut since = None;
        for letter in thread {
            if !letter.sent {
                since.get_or_insert(letter.at);
            } else if let Some(began) = since.take() {
                waits.push((began, Some((letter.at.0 - began.0) / 1_000_000)));
            }
        }
        waits.extend(since.map(|began| (began, None)));
    }
    let whole = Span {
        start: spans.first().map_or(Time(0), |s| s.start),
        end: spans.last().map_or(Time(0), |s| s.end),
    };
    let buckets = spans.iter().map(|span| of(&waits, *span)).collect();
    (buckets, of(&waits, whole))
}

fn of(waits: &[(Time, Option<i64>)], span: Span) -> Answers {
    let inside = waits.iter().filter(|(began, _)| span.holds(*began));
    let mut times: Vec<i64> = inside.clone().filter_map(|(_, time)| *time).collect();
    times.sort_unstable();
    Answers {
        span,
        received: inside.count() as u64,
        answered: times.len() as u64,
        median_seconds: percentile(&times, 50),
        p90_seconds: percentile(&times, 90),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(of: &[(u128, i64, bool)]) -> Vec<Letter> {
        of.iter()
            .map(|(thread, at, sent)| Letter {
                thread: ThreadId::from(uuid::Uuid::from_u128(*thread)),
                at: Time::from_secs(*at),
                sent: *sent,
            })
            .collect()
    }

    fn span(start: i64, end: i64) -> Span {
        Span {
            start: Time::from_secs(start),
            end: Time::from_secs(end),
        }
    }

    #[test]
    fn a_wait_begins_with_the_first_unanswered_message_and_ends_once() {
        let letters = letters(&[
            (1, 10, false),
            (1, 20, false),
            (1, 40, true),
            (1, 50, true),
            (1, 60, false),
            (2, 5, true),
            (2, 70, false),
            (2, 170, true),
        ]);
        let (buckets, whole) = answers(&letters, &[span(0, 65), span(65, 200)]);
        assert_eq!((whole.received, whole.answered), (3, 2));
        assert_eq!((buckets[0].received, buckets[0].answered), (2, 1));
        assert_eq!(buckets[0].median_seconds, Some(30));
        assert_eq!(buckets[1].median_seconds, Some(100));
        assert_eq!(whole.p90_seconds, Some(100));
    }

    #[test]
    fn what_only_the_mailbox_sent_is_no_wait() {
        let (_, whole) = answers(&letters(&[(1, 10, true), (2, 11, true)]), &[span(0, 99)]);
        assert_eq!((whole.received, whole.median_seconds), (0, None));
    }
}
