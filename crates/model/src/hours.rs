//! Hours that people choose: a minute on the wall in a time zone, their working hours, and the hours they are offered.
//!
//! Zones and their changes are those of the IANA database, by [`jiff`]. A minute that a change of the clock leaves out
//! is moved forward by the change; of a minute that comes twice the first one is meant (RFC 5545, section 3.3.5).

use jiff::civil::{self, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Unit, Zoned};
use serde::{Deserialize, Serialize};

use crate::Time;

/// The form of a wall-clock minute: `2026-11-24T09:00`.
const MINUTE: &str = "%Y-%m-%dT%H:%M";
/// The form of a minute of any day: `09:00`.
const OF_DAY: &str = "%H:%M";
/// Where the parts of a day begin for whom they are offered.
const AFTERNOON: civil::Time = civil::time(14, 0, 0, 0);
const EVENING: civil::Time = civil::time(18, 0, 0, 0);

/// What was chosen: a minute on the wall, and on whose wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallTime {
    /// `2026-11-24T09:00`.
    pub local: String,
    /// IANA name.
    pub time_zone: String,
}

/// Why no moment can be made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMoment {
    /// `local` is no minute.
    Local,
    /// There is no such zone.
    Zone,
}

/// A chosen minute and the moment that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The minute as the wall shows it then.
    pub wall: WallTime,
    /// The moment.
    pub at: Time,
    /// Whether a change of the clock leaves the chosen minute out: `wall` shows another one.
    pub moved: bool,
}

impl WallTime {
    /// The moment that it is.
    pub fn moment(&self) -> Result<Moment, NoMoment> {
        let zone = zone(&self.time_zone).ok_or(NoMoment::Zone)?;
        let local = civil::DateTime::strptime(MINUTE, &self.local).map_err(|_| NoMoment::Local)?;
        let zoned = local.to_zoned(zone).map_err(|_| NoMoment::Local)?;
        let moved = zoned.datetime() != local;
        Ok(Moment {
            moved,
            ..moment(&zoned, &self.time_zone)
        })
    }

    /// What the wall of a zone shows at a moment; in UTC when the zone is none any more.
    pub fn of(at: Time, time_zone: &str) -> Self {
        let (zone, name) = zone(time_zone).map_or((TimeZone::UTC, "UTC"), |zone| (zone, time_zone));
        moment(&zoned(at, zone), name).wall
    }
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

fn zoned(at: Time, zone: TimeZone) -> Zoned {
    Timestamp::from_microsecond(at.0)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone)
}

fn moment(zoned: &Zoned, time_zone: &str) -> Moment {
    Moment {
        wall: WallTime {
            local: zoned.strftime(MINUTE).to_string(),
            time_zone: time_zone.to_owned(),
        },
        at: Time(zoned.timestamp().as_microsecond()),
        moved: false,
    }
}

/// When somebody works, on the wall of their own zone. The default is Monday to Friday from 9 to 17.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// ISO 8601 weekdays, 1 is Monday; each once, in their order.
    pub days: Vec<i8>,
    /// `09:00`.
    pub from: String,
    /// `17:00`, later than `from`.
    pub until: String,
}

impl Default for WorkingHours {
    fn default() -> Self {
        Self {
            days: vec![1, 2, 3, 4, 5],
            from: "09:00".into(),
            until: "17:00".into(),
        }
    }
}

impl WorkingHours {
    /// What is wrong with them: field and sentence.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut out = Vec::new();
        let each_once = self.days.windows(2).all(|pair| pair[0] < pair[1]);
        if self.days.is_empty() || !each_once || self.days.iter().any(|d| !(1..=7).contains(d)) {
            out.push((
                "days",
                "must be weekdays from 1 (Monday) to 7, each once, in their order",
            ));
        }
        let (from, until) = (of_day(&self.from), of_day(&self.until));
        if from.is_none() {
            out.push(("from", "must be a time such as 09:00"));
        }
        if until.is_none() {
            out.push(("until", "must be a time such as 17:00"));
        } else if from >= until {
            out.push(("until", "must be later than from"));
        }
        out
    }

    /// Whether somebody with these hours works at a moment.
    pub fn hold(&self, at: Time, time_zone: &str) -> bool {
        let Some(zone) = zone(time_zone) else {
            return false;
        };
        let now = zoned(at, zone);
        let (from, until) = self.span();
        self.on(now.weekday()) && from <= now.time() && now.time() < until
    }

    /// The first moment from this one on at which somebody with these hours works; this one itself in no time zone.
    pub fn next(&self, at: Time, time_zone: &str) -> Time {
        let Some(zone) = zone(time_zone) else {
            return at;
        };
        let later = next_business_hour(&zoned(at, zone), self);
        later.map_or(at, |later| moment(&later, time_zone).at)
    }

    /// How long a day's work is, where the clock is not changed.
    pub fn length(&self) -> std::time::Duration {
        let (from, until) = self.span();
        let seconds = until.duration_since(from).as_secs();
        std::time::Duration::from_secs(seconds.unsigned_abs())
    }

    fn on(&self, day: Weekday) -> bool {
        self.days.contains(&day.to_monday_one_offset())
    }

    fn span(&self) -> (civil::Time, civil::Time) {
        let or = |text: &str, hour| of_day(text).unwrap_or(civil::time(hour, 0, 0, 0));
        (or(&self.from, 9), or(&self.until, 17))
    }
}

fn of_day(text: &str) -> Option<civil::Time> {
    // `9:00` would be read too, and written otherwise.
    civil::Time::strptime(OF_DAY, text)
        .ok()
        .filter(|time| time.strftime(OF_DAY).to_string() == text)
}

/// An hour that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// An hour from now.
    InOneHour,
    /// Today at 14:00.
    ThisAfternoon,
    /// Today at 18:00.
    ThisEvening,
    /// When work begins next, for whom it is not going on.
    NextBusinessHour,
    /// Tomorrow when work begins, also where tomorrow is no working day.
    TomorrowMorning,
    /// Tomorrow at 14:00.
    TomorrowAfternoon,
    /// The first working day of the next week, when work begins.
    NextWeek,
}

impl Preset {
    /// All of them; of two that are the same moment the first one is offered.
    pub const ALL: [Self; 7] = [
        Self::InOneHour,
        Self::ThisAfternoon,
        Self::ThisEvening,
        Self::TomorrowMorning,
        Self::NextBusinessHour,
        Self::TomorrowAfternoon,
        Self::NextWeek,
    ];

    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InOneHour => "in_one_hour",
            Self::ThisAfternoon => "this_afternoon",
            Self::ThisEvening => "this_evening",
            Self::NextBusinessHour => "next_business_hour",
            Self::TomorrowMorning => "tomorrow_morning",
            Self::TomorrowAfternoon => "tomorrow_afternoon",
            Self::NextWeek => "next_week",
        }
    }

    /// When it is for somebody, if it makes sense now.
    fn at(self, now: &Zoned, hours: &WorkingHours) -> Option<Zoned> {
        let begins = hours.span().0;
        let today = |time: civil::Time| {
            // Not what comes within the hour, which is offered as that.
            let at = on(now, now.date(), time)?;
            (at.timestamp() > (now.timestamp() + 1.hour())).then_some(at)
        };
        match self {
            Self::InOneHour => Some(round_up(now + 1.hour())),
            Self::ThisAfternoon => today(AFTERNOON),
            Self::ThisEvening => today(EVENING),
            Self::TomorrowMorning => on(now, now.date().tomorrow().ok()?, begins),
            Self::TomorrowAfternoon => on(now, now.date().tomorrow().ok()?, AFTERNOON),
            Self::NextBusinessHour => next_business_hour(now, hours),
            Self::NextWeek => {
                let since_monday = now.weekday().to_monday_zero_offset();
                let monday = now.date() + (7 - i64::from(since_monday)).days();
                let first = hours.days.first().copied().unwrap_or(1);
                on(now, monday + i64::from(first - 1).days(), begins)
            }
        }
    }
}

fn on(now: &Zoned, date: civil::Date, time: civil::Time) -> Option<Zoned> {
    date.to_datetime(time)
        .to_zoned(now.time_zone().clone())
        .ok()
}

/// To the next whole minute: what is chosen is one.
fn round_up(at: Zoned) -> Zoned {
    let options = jiff::ZonedRound::new()
        .smallest(Unit::Minute)
        .mode(jiff::RoundMode::Ceil);
    at.round(options).unwrap_or(at)
}

fn next_business_hour(now: &Zoned, hours: &WorkingHours) -> Option<Zoned> {
    let (from, until) = hours.span();
    if hours.on(now.weekday()) && from <= now.time() && now.time() < until {
        return None;
    }
    now.date()
        .series(1.day())
        .take(8)
        .filter(|day| hours.on(day.weekday()))
        .filter_map(|day| on(now, day, from))
        .find(|at| at > now)
}

/// The hours that are offered now, in the order of time, each moment once.
pub fn presets(now: Time, time_zone: &str, hours: &WorkingHours) -> Vec<(Preset, Moment)> {
    let Some(zone) = zone(time_zone) else {
        return Vec::new();
    };
    let now = zoned(now, zone);
    let mut out: Vec<(Preset, Moment)> = Vec::new();
    for preset in Preset::ALL {
        let Some(at) = preset.at(&now, hours) else {
            continue;
        };
        let offered = moment(&at, time_zone);
        if out.iter().all(|(_, other)| other.at != offered.at) {
            out.push((preset, offered));
        }
    }
    out.sort_by_key(|(_, offered)| offered.at);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(local: &str, time_zone: &str) -> WallTime {
        WallTime {
            local: local.into(),
            time_zone: time_zone.into(),
        }
    }

    fn at(rfc3339: &str) -> Time {
        Time::parse_rfc3339(rfc3339).unwrap()
    }

    #[test]
    fn minutes_on_the_wall_are_moments_whatever_the_clock_does() {
        for (local, zone, moment, shown) in [
            (
                "2026-11-24T09:00",
                "Europe/Paris",
                "2026-11-24T08:00:00Z",
                "2026-11-24T09:00",
            ),
            (
                "2026-07-24T09:00",
                "Europe/Paris",
                "2026-07-24T07:00:00Z",
                "2026-07-24T09:00",
            ),
            // Left out: moved forward by the change, which in one place is half an hour.
            (
                "2027-03-28T02:30",
                "Europe/Paris",
                "2027-03-28T01:30:00Z",
                "2027-03-28T03:30",
            ),
            (
                "2026-10-04T02:15",
                "Australia/Lord_Howe",
                "2026-10-03T15:45:00Z",
                "2026-10-04T02:45",
            ),
            // Twice: the first.
            (
                "2026-10-25T02:30",
                "Europe/Paris",
                "2026-10-25T00:30:00Z",
                "2026-10-25T02:30",
            ),
            (
                "2026-11-24T09:00",
                "Asia/Kathmandu",
                "2026-11-24T03:15:00Z",
                "2026-11-24T09:00",
            ),
        ] {
            let found = wall(local, zone).moment().unwrap();
            assert_eq!(
                (found.at, found.wall.local.as_str()),
                (at(moment), shown),
                "{local} {zone}"
            );
            assert_eq!(found.moved, local != shown);
            assert_eq!(WallTime::of(found.at, zone), found.wall);
        }
        assert_eq!(
            wall("2026-11-24T09:00", "Europe/Pari").moment(),
            Err(NoMoment::Zone)
        );
        for local in [
            "",
            "2026-02-30T09:00",
            "2026-11-24 09:00",
            "2026-11-24T25:00",
            "2026-11-24T09:00:30Z",
            "tomorrow",
        ] {
            assert_eq!(
                wall(local, "Europe/Paris").moment(),
                Err(NoMoment::Local),
                "{local}"
            );
        }
        assert_eq!(
            WallTime::of(at("2026-11-24T08:00:00Z"), "Gone/Zone"),
            wall("2026-11-24T08:00", "UTC")
        );
    }

    #[test]
    fn working_hours_say_what_is_wrong_with_them() {
        let hours = |days: &[i8], from: &str, until: &str| WorkingHours {
            days: days.to_vec(),
            from: from.into(),
            until: until.into(),
        };
        let fields = |h: WorkingHours| {
            h.problems()
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>()
        };
        assert_eq!(fields(WorkingHours::default()), Vec::<&str>::new());
        assert_eq!(fields(hours(&[], "09:00", "17:00")), ["days"]);
        assert_eq!(fields(hours(&[2, 1], "09:00", "17:00")), ["days"]);
        assert_eq!(fields(hours(&[1, 8], "09:00", "17:00")), ["days"]);
        assert_eq!(fields(hours(&[1], "9", "17:00")), ["from"]);
        assert_eq!(fields(hours(&[1], "17:00", "09:00")), ["until"]);
        assert_eq!(fields(hours(&[7], "09:00", "25:00")), ["until"]);
    }

    #[test]
    fn working_hours_hold_on_their_own_wall() {
        let hours = WorkingHours::default();
        for (moment, zone, holds) in [
            ("2026-11-24T08:00:00Z", "Europe/Paris", true),
            ("2026-11-24T07:59:00Z", "Europe/Paris", false),
            ("2026-11-24T16:00:00Z", "Europe/Paris", false),
            ("2026-11-24T16:00:00Z", "America/New_York", true),
            ("2026-11-22T10:00:00Z", "Europe/Paris", false),
            ("2026-11-22T10:00:00Z", "Nowhere", false),
        ] {
            assert_eq!(hours.hold(at(moment), zone), holds, "{moment} {zone}");
        }
    }

    #[test]
    fn presets_are_what_makes_sense_now() {
        let paris = |now: &str| -> Vec<(&'static str, String)> {
            presets(at(now), "Europe/Paris", &WorkingHours::default())
                .into_iter()
                .map(|(preset, m)| (preset.as_str(), m.wall.local))
                .collect()
        };
        let owned = |list: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            list.iter().map(|(p, l)| (*p, (*l).to_owned())).collect()
        };
        // Tuesday morning, at work.
        assert_eq!(
            paris("2026-11-24T09:10:20Z"),
            owned(&[
                ("in_one_hour", "2026-11-24T11:11"),
                ("this_afternoon", "2026-11-24T14:00"),
                ("this_evening", "2026-11-24T18:00"),
                ("tomorrow_morning", "2026-11-25T09:00"),
                ("tomorrow_afternoon", "2026-11-25T14:00"),
                ("next_week", "2026-11-30T09:00"),
            ])
        );
        // Before work: the day that begins is the next business hour.
        assert_eq!(
            paris("2026-11-24T05:00:00Z")[1],
            ("next_business_hour", "2026-11-24T09:00".into())
        );
        // Friday evening: nothing of today is left, and work begins again with the next week.
        assert_eq!(
            paris("2026-11-27T19:00:00Z"),
            owned(&[
                ("in_one_hour", "2026-11-27T21:00"),
                ("tomorrow_morning", "2026-11-28T09:00"),
                ("tomorrow_afternoon", "2026-11-28T14:00"),
                ("next_business_hour", "2026-11-30T09:00"),
            ])
        );
        // The night in which clocks go forward: an hour is an hour, and the wall shows two more.
        assert_eq!(
            paris("2027-03-28T00:30:00Z")[0],
            ("in_one_hour", "2027-03-28T03:30".into())
        );
        let shifts = WorkingHours {
            days: vec![6, 7],
            from: "22:00".into(),
            until: "23:30".into(),
        };
        let next: Vec<_> = presets(at("2026-11-24T09:00:00Z"), "Europe/Paris", &shifts)
            .into_iter()
            .filter(|(p, _)| *p == Preset::NextBusinessHour || *p == Preset::NextWeek)
            .map(|(_, m)| m.wall.local)
            .collect();
        assert_eq!(next, ["2026-11-28T22:00", "2026-12-05T22:00"]);
    }
}
