//! Mail merge: one letter to many people, a message each (requirement S3). What may happen when is decided here; each
//! message goes through the [outbox](crate::outbox).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hours::WorkingHours;
use crate::{Time, World, outbox};

/// People of one mail merge.
pub const MOST_RECIPIENTS: usize = 50_000;
/// Messages of a mailbox in 24 hours, when nothing else is said: below what a free Gmail account may send
/// (<https://support.google.com/mail/answer/22839>).
pub const USUAL_DAILY_CAP: u32 = 400;
/// What a Google Workspace account may send.
pub const HIGHEST_DAILY_CAP: u32 = 2_000;
/// Seconds between two messages, when nothing else is said.
pub const USUAL_GAP: (u32, u32) = (20, 60);
/// Nobody waits longer between two messages.
pub const LONGEST_GAP: u32 = 3_600;
/// The span in which messages are counted; providers count in a rolling one.
pub const DAY: Duration = Duration::from_hours(24);

/// Where a mail merge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is being prepared.
    Draft,
    /// Its messages go, one after the other.
    Running,
    /// Nothing new goes until somebody says so.
    Paused,
    /// Everybody was written to, or cannot be.
    Done,
    /// Nobody else is written to.
    Cancelled,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Running,
        Self::Paused,
        Self::Done,
        Self::Cancelled,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word; with an unknown one nothing goes.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == text)
            .unwrap_or(Self::Paused)
    }

    /// Whether it has ended.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// The next state, or `None` when the event does not apply.
    #[must_use]
    pub const fn step(self, event: Event) -> Option<Self> {
        Some(match (self, event) {
            (Self::Draft, Event::Start)
            | (Self::Paused, Event::Resume)
            | (Self::Done, Event::Retry) => Self::Running,
            (Self::Running, Event::Pause) => Self::Paused,
            // Those that are written to again go with the others.
            (Self::Running | Self::Paused, Event::Retry) => self,
            (Self::Draft | Self::Running | Self::Paused, Event::Cancel) => Self::Cancelled,
            (Self::Running, Event::Finish) => Self::Done,
            _ => return None,
        })
    }
}

/// What happens to a mail merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// The person has seen what goes, and starts it.
    Start,
    /// The person, or trouble with the mailbox or the letter, stops it for now.
    Pause,
    /// It goes on.
    Resume,
    /// It goes on no more.
    Cancel,
    /// Nobody waits, and nothing is on its way.
    Finish,
    /// Those who were not written to wait again.
    Retry,
}

/// How it stands with one of the people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientState {
    /// Nothing was sent.
    Waiting,
    /// The message is in the outbox.
    Sending,
    /// It has gone.
    Sent,
    /// Nobody can tell whether it has gone.
    Doubtful,
    /// It has not gone: the mailbox's provider said no.
    Refused,
    /// No message could be written: a variable has no value, or the record is gone.
    Skipped,
    /// The person took it back, or ended the mail merge.
    Cancelled,
}

impl RecipientState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Sending,
        Self::Sent,
        Self::Doubtful,
        Self::Refused,
        Self::Skipped,
        Self::Cancelled,
    ];

    /// The word in the database and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Doubtful => "doubtful",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Where somebody stands whose message stands so in the outbox.
    pub const fn of(message: outbox::State) -> Self {
        match message {
            outbox::State::Scheduled | outbox::State::Committing | outbox::State::Unknown => {
                Self::Sending
            }
            outbox::State::Doubtful => Self::Doubtful,
            outbox::State::Sent => Self::Sent,
            outbox::State::Refused => Self::Refused,
            outbox::State::Cancelled => Self::Cancelled,
        }
    }
}

/// How fast messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// At most so many messages of the mailbox in 24 hours, whatever they belong to.
    pub daily_cap: u32,
    /// Seconds between two messages: at least, and at most.
    pub gap: (u32, u32),
    /// Only within these hours, in this time zone.
    pub hours: Option<(WorkingHours, String)>,
}

impl Pace {
    /// What is wrong with it: field and sentence.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut out = Vec::new();
        if !(1..=HIGHEST_DAILY_CAP).contains(&self.daily_cap) {
            out.push(("daily_cap", "must be from 1 to 2,000"));
        }
        let (shortest, longest) = self.gap;
        if longest > LONGEST_GAP {
            out.push(("gap_max_seconds", "must be from 0 to 3,600"));
        }
        if shortest > longest {
            out.push(("gap_min_seconds", "must not be longer than gap_max_seconds"));
        }
        out
    }

    /// When the next message may go: not before `not_before`, within the hours, and not while the day's messages were
    /// sent; of those `full_since` is the first that still counts.
    pub fn next(&self, now: Time, not_before: Option<Time>, full_since: Option<Time>) -> Time {
        let counted = full_since.map(|at| at + DAY);
        let earliest = [Some(now), not_before, counted];
        let earliest = earliest.into_iter().flatten().max().unwrap_or(now);
        match &self.hours {
            Some((hours, zone)) => hours.next(earliest, zone),
            None => earliest,
        }
    }

    /// How long after a message the next one goes, not always the same.
    pub fn gap(&self, world: &World) -> Duration {
        let (shortest, longest) = self.gap;
        let spread = u64::from(longest.saturating_sub(shortest)) * 1_000;
        Duration::from_secs(u64::from(shortest)) + Duration::from_millis(world.below(spread + 1))
    }

    /// About how long `left` messages take.
    pub fn about(&self, left: u64) -> Duration {
        // A message takes the provider about a second, whatever is between them.
        let between = (f64::from(self.gap.0 + self.gap.1) / 2.0).max(1.0);
        let (open, of_week) = self.hours.as_ref().map_or((86_400.0, 1.0), |(hours, _)| {
            let open = hours.length().as_secs_f64();
            (open, hours.days.len().clamp(1, 7) as f64 / 7.0)
        });
        let a_day = (open / between).min(f64::from(self.daily_cap)).max(1.0);
        let whole = (left as f64 / a_day).floor();
        let rest = (left as f64 - whole * a_day) * between;
        Duration::from_secs_f64(whole / of_week * 86_400.0 + rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rfc3339: &str) -> Time {
        Time::parse_rfc3339(rfc3339).unwrap()
    }

    fn pace(hours: Option<&str>) -> Pace {
        Pace {
            daily_cap: 400,
            gap: (20, 60),
            hours: hours.map(|zone| (WorkingHours::default(), zone.to_owned())),
        }
    }

    #[test]
    fn what_ended_goes_on_only_for_those_who_were_not_written_to() {
        use Event as E;
        use State as S;
        let allowed = [
            (S::Draft, E::Start, S::Running),
            (S::Draft, E::Cancel, S::Cancelled),
            (S::Running, E::Pause, S::Paused),
            (S::Running, E::Cancel, S::Cancelled),
            (S::Running, E::Finish, S::Done),
            (S::Running, E::Retry, S::Running),
            (S::Paused, E::Resume, S::Running),
            (S::Paused, E::Cancel, S::Cancelled),
            (S::Paused, E::Retry, S::Paused),
            (S::Done, E::Retry, S::Running),
        ];
        let events = [
            E::Start,
            E::Pause,
            E::Resume,
            E::Cancel,
            E::Finish,
            E::Retry,
        ];
        for state in S::ALL {
            assert_eq!(S::parse(state.as_str()), state);
            for event in events {
                let wanted = allowed
                    .iter()
                    .find(|(from, e, _)| (*from, *e) == (state, event))
                    .map(|(_, _, to)| *to);
                assert_eq!(state.step(event), wanted, "{state:?} {event:?}");
            }
        }
        assert_eq!(S::parse("?"), S::Paused, "nothing goes");
    }

    #[test]
    fn messages_go_at_their_pace_within_the_hours_and_the_days_number() {
        let tuesday = at("2026-11-24T10:00:00Z");
        let any = pace(None);
        assert_eq!(any.next(tuesday, None, None), tuesday);
        let soon = tuesday + Duration::from_secs(40);
        assert_eq!(any.next(tuesday, Some(soon), None), soon);
        let full = tuesday - Duration::from_hours(20);
        assert_eq!(any.next(tuesday, Some(soon), Some(full)), full + DAY);
        // In Paris it is 11:00; by what counts it is 18:30, so it is the next morning at 9.
        let paris = pace(Some("Europe/Paris"));
        assert_eq!(paris.next(tuesday, Some(soon), None), soon);
        let full = at("2026-11-23T17:30:00Z");
        let next = at("2026-11-25T08:00:00Z");
        assert_eq!(paris.next(tuesday, None, Some(full)), next);
        // From Friday evening to Monday, over the end of summer time.
        let friday = at("2026-10-23T15:00:00Z");
        assert_eq!(
            paris.next(friday, None, None),
            at("2026-10-26T08:00:00Z"),
            "17:00 is over"
        );
        assert_eq!(pace(Some("Mars/Base")).next(tuesday, None, None), tuesday);
    }

    #[test]
    fn gaps_are_not_all_the_same_and_within_what_was_said() {
        let (world, _) = World::simulated(3);
        let gaps: Vec<Duration> = (0..200).map(|_| pace(None).gap(&world)).collect();
        let (low, high) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
        assert!(*low >= Duration::from_secs(20) && *high <= Duration::from_mins(1));
        assert!(*high > *low + Duration::from_secs(30), "{low:?} {high:?}");
        let none = Pace {
            gap: (0, 0),
            ..pace(None)
        };
        assert_eq!(none.gap(&world), Duration::ZERO);
    }

    #[test]
    fn how_long_it_takes_is_told_about_right() {
        let hours = |d: Duration| d.as_secs() / 3_600;
        assert_eq!(pace(None).about(0), Duration::ZERO);
        assert_eq!(pace(None).about(90).as_secs(), 3_600);
        // 400 a day; 1,000 take two days and 200 more.
        assert_eq!(hours(pace(None).about(1_000)), 50);
        // Five days of a week.
        assert_eq!(hours(pace(Some("Europe/Paris")).about(2_000)), 7 * 24);
    }

    #[test]
    fn a_pace_that_is_none_is_refused_with_sentences() {
        let wrong = Pace {
            daily_cap: 0,
            gap: (4_000, 3_700),
            hours: None,
        };
        let fields: Vec<&str> = wrong.problems().iter().map(|(f, _)| *f).collect();
        assert_eq!(fields, ["daily_cap", "gap_max_seconds", "gap_min_seconds"]);
        assert!(pace(None).problems().is_empty());
    }
}
