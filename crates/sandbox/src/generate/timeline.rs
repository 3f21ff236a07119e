//! When generated mail was written: working hours mostly, Monday to Friday mostly, never after now.

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;
/// The Unix epoch was a Thursday; weeks here start on Monday.
const MONDAY: i64 = 4 * DAY;
/// Offset of the accounts' own zone (Paris without summer time), seconds.
const ZONE: i64 = 3600;
/// The part of a week's mail that falls on Monday to Friday.
const WORKWEEK: f64 = 0.93;
/// First second of a day with mail, and the span until the last.
const MORNING: f64 = 27_000.0;
const HOURS: f64 = 44_500.0;

/// Bends evenly spread time into the hours people write in; keeps the order.
pub(crate) fn humane(raw: i64) -> i64 {
    let local = raw + ZONE - MONDAY;
    let week = local.div_euclid(WEEK);
    let part = local.rem_euclid(WEEK) as f64 / WEEK as f64;
    let days = if part < WORKWEEK {
        part / WORKWEEK * 5.0
    } else {
        5.0 + (part - WORKWEEK) / (1.0 - WORKWEEK) * 2.0
    };
    let day = days.floor().min(6.0);
    let second = MORNING + (days - day) * HOURS;
    week * WEEK + day as i64 * DAY + second as i64 - ZONE + MONDAY
}

/// The latest raw time whose bent time is not after `now`.
pub(crate) fn raw_before(now: i64) -> i64 {
    let (mut low, mut high) = (now - 2 * WEEK, now + 2 * WEEK);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if humane(middle) <= now {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::text::civil;

    #[test]
    fn order_is_kept_and_hours_are_humane() {
        let mut last = i64::MIN;
        for step in 0..20_000 {
            let t = humane(1_790_000_000 + step * 977);
            assert!(t >= last);
            last = t;
            let hour = civil(t, 60).hour;
            assert!((7..=20).contains(&hour), "{hour}");
        }
    }

    #[test]
    fn nothing_is_written_after_now() {
        for now in (1_795_000_000..1_796_000_000).step_by(3_333) {
            let raw = raw_before(now);
            assert!(humane(raw) <= now && humane(raw + 1) > now);
        }
    }
}
