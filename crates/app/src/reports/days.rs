//! Days as people count them: in the member's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Length, Timestamp, ToSpan as _};
use tenon_model::Time;
use tenon_model::reports::Span;
use tenon_store::Tx;

use crate::{Actor, Error, Result};

/// Most columns of a picture.
const BUCKETS: usize = 200;
/// Longest time of a picture, in years.
const YEARS: i16 = 10;

/// From one day to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Date,
    to: Date,
}

/// How wide a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// From Monday.
    Week,
    /// From the first.
    Month,
}

impl Days {
    /// Reads two days such as `2026-11-22`.
    pub fn read(from: &str, to: &str) -> Result<Self> {
        let day = |field: &str, text: &str| {
            let wrong = || Error::field(field, "must be a day such as 2026-11-22");
            if text.len() == 10 {
                text.parse::<Date>().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        let (from, to) = (day("from", from)?, day("to", to)?);
        let in_range = |d: &Date| (1970..=2200).contains(&d.year());
        if !in_range(&from) || !in_range(&to) {
            return Err(Error::field("from", "must be between 1970 and 2200"));
        }
        if to <= from {
            return Err(Error::field("to", "must be after from"));
        }
        if to.year() - from.year() > YEARS {
            return Err(Error::field("to", "must be at most ten years after from"));
        }
        Ok(Self { from, to })
    }

    /// The first day, as text.
    pub fn from(&self) -> String {
        self.from.to_string()
    }

    /// The day after the last, as text.
    pub fn to(&self) -> String {
        self.to.to_string()
    }

    /// All of it.
    pub(super) fn span(self, zone: &Zone) -> Span {
        zone.span(self.from, self.to)
    }

    /// Its weeks or months; the first and the last may be cut.
    pub(super) fn buckets(self, every: Every, zone: &Zone) -> Result<Vec<(Date, Date, Span)>> {
        let mut out = Vec::new();
        let mut start = self.from;
        while start < self.to {
            let end = next(start, every).min(self.to);
            out.push((start, end, zone.span(start, end)));
            if out.len() > BUCKETS {
                return Err(Error::field(
                    "by",
                    "makes more than 200 columns; choose months or fewer days",
                ));
            }
            start = end;
        }
        Ok(out)
    }
}

/// The day on which the next week or month begins.
fn next(day: Date, every: Every) -> Date {
    let length: Length = match every {
        Every::Week => {
            let passed = i64::from(day.weekday().to_monday_zero_offset());
            (7 - passed).days()
        }
        Every::Month => {
            return day.first_of_month().saturating_add(1.month());
        }
    };
    day.saturating_add(length)
}

/// A member's time zone.
pub(super) struct Zone(TimeZone);

impl Zone {
    /// Of the asking member.
    pub(super) async fn of(tx: &mut Tx, actor: &Actor) -> Result<Self> {
        let member = tx.members().get(actor.member).await?;
        let zone = member.and_then(|m| TimeZone::get(&m.time_zone).ok());
        Ok(Self(zone.unwrap_or(TimeZone::UTC)))
    }

    fn start_of(&self, day: Date) -> Time {
        let start = day.to_zoned(self.0.clone());
        let stamp = start.map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp());
        Time(stamp.as_microsecond())
    }

    fn span(&self, from: Date, to: Date) -> Span {
        Span {
            start: self.start_of(from),
            end: self.start_of(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let zone = Zone(TimeZone::UTC);
        let days = Days::read("2026-01-30", "2026-03-05").unwrap();
        let starts = |every| {
            let buckets = days.buckets(every, &zone).unwrap();
            buckets.iter().map(|b| b.0.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            starts(Every::Month),
            ["2026-01-30", "2026-02-01", "2026-03-01"]
        );
        assert_eq!(
            starts(Every::Week)[..3],
            ["2026-01-30", "2026-02-02", "2026-02-09"]
        );
    }

    #[test]
    fn a_day_is_the_members_own_also_when_clocks_change() {
        let paris = Zone(TimeZone::get("Europe/Paris").unwrap());
        let days = Days::read("2026-03-29", "2026-03-30").unwrap();
        let span = days.span(&paris);
        assert_eq!((span.end.0 - span.start.0) / 3_600_000_000, 23);
        assert_eq!(span.start.to_rfc3339(), "2026-03-28T23:00:00Z");
    }

    #[test]
    fn nonsense_is_refused() {
        for (from, to) in [
            ("2026-01-01", "2026-01-01"),
            ("2026-02-30", "2026-03-01"),
            ("2010-01-01", "2026-01-01"),
            ("1-1-1", "2026-01-01"),
            ("-009999-01-01", "2026-01-01"),
            ("9999-01-01", "9999-12-31"),
        ] {
            assert!(Days::read(from, to).is_err(), "{from} {to}");
        }
        let long = Days::read("2016-01-01", "2026-01-01").unwrap();
        assert!(long.buckets(Every::Week, &Zone(TimeZone::UTC)).is_err());
    }
}
