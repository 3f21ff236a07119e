//! vCards (RFC 6350; versions 2.1 and 3.0 too) and iCalendars (RFC 5545) as tables.

use calcard::common::timezone::Tz;
use calcard::common::{IanaString, PartialDateTime};
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarProperty, ICalendarStatus,
    ICalendarValue,
};
use calcard::vcard::{VCardEntry, VCardParameterName, VCardProperty, VCardType, VCardValue};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use tenon_model::records::Kind;

/// What one entry of a list is: its text, and what it is for in brackets.
fn entry(text: &str, label: &str) -> String {
    let text = text.replace(['\n', '\r', ';'], " ");
    if label.is_empty() {
        text
    } else {
        format!("{text} ({label})")
    }
}

/// What a number or an address is for.
fn label(line: &VCardEntry) -> &'static str {
    let types = line.params.iter().filter(|p| {
        matches!(
            p.name,
            VCardParameterName::Type | VCardParameterName::Other(_)
        )
    });
    for param in types {
        match param.value.as_type().and_then(|t| t.iana().copied()) {
            Some(VCardType::Cell) => return "mobile",
            Some(VCardType::Work) => return "work",
            Some(VCardType::Home) => return "home",
            Some(VCardType::Fax) => return "fax",
            Some(VCardType::MainNumber) => return "main",
            _ => {}
        }
        let words = match &param.name {
            // TEL;CELL: is how version 2.1 says it.
            VCardParameterName::Other(name) => name.as_str(),
            _ => param.value.as_text().unwrap_or_default(),
        };
        match words.to_lowercase().as_str() {
            "cell" | "mobile" | "iphone" => return "mobile",
            "work" => return "work",
            "home" => return "home",
            "fax" => return "fax",
            "main" => return "main",
            "other" => return "other",
            _ => {}
        }
    }
    ""
}

/// The parts of a value, each as one text.
fn parts(line: &VCardEntry) -> Vec<String> {
    let text = |value: &VCardValue| match value {
        VCardValue::Component(list) => list.join(" "),
        other => other.as_text().unwrap_or_default().to_owned(),
    };
    line.values
        .iter()
        .map(|v| text(v).trim().to_owned())
        .collect()
}

/// A value that has no parts: commas in it belong to it.
fn whole(line: &VCardEntry) -> String {
    parts(line).join(", ")
}

/// The columns of contacts; each is the field of its name.
const CONTACT: [&str; 11] = [
    "salutation",
    "first_name",
    "last_name",
    "full_name",
    "title",
    "company",
    "emails",
    "phones",
    "addresses",
    "description",
    "uid",
];

/// Cards as rows, under a row of names; none when a card stands within another one or has no end before the next, whose
/// lines nobody could tell apart.
pub(super) fn contacts(text: &str) -> Option<Vec<Vec<String>>> {
    let begins = |line: &&str| line.trim().eq_ignore_ascii_case("BEGIN:VCARD");
    let begun = text.lines().filter(begins).count();
    let mut rows = vec![CONTACT.map(str::to_owned).to_vec()];
    let mut parser = Parser::new(text);
    loop {
        match parser.entry() {
            Entry::VCard(card) => rows.push(contact(&card.entries).to_vec()),
            Entry::Eof => return (rows.len() == begun + 1).then_some(rows),
            // Lines between cards, and what is no card.
            _ => {}
        }
    }
}

fn contact(lines: &[VCardEntry]) -> [String; 11] {
    let mut row: [String; 11] = Default::default();
    let add = |cell: &mut String, text: &str| {
        if !cell.is_empty() && !text.is_empty() {
            cell.push('\n');
        }
        cell.push_str(text);
    };
    for line in lines {
        let parts = parts(line);
        let part = |i: usize| parts.get(i).cloned().unwrap_or_default();
        match line.name {
            VCardProperty::N => {
                row[2] = part(0);
                [part(1), part(2)].join(" ").trim().clone_into(&mut row[1]);
                row[0] = part(3);
            }
            VCardProperty::Fn => row[3] = whole(line),
            VCardProperty::Title => row[4] = whole(line),
            VCardProperty::Org => row[5] = part(0),
            VCardProperty::Email => add(&mut row[6], &entry(&whole(line), label(line))),
            VCardProperty::Tel => {
                let number = whole(line);
                let number = number.strip_prefix("tel:").unwrap_or(&number);
                add(&mut row[7], &entry(number, label(line)));
            }
            VCardProperty::Adr => {
                let street = [part(0), part(1), part(2)];
                let street: Vec<_> = street.into_iter().filter(|t| !t.is_empty()).collect();
                let cell = [street.join(", "), part(3), part(4), part(5), part(6)]
                    .map(|t| t.replace(['\n', ';'], ", "))
                    .join("; ");
                if cell.chars().any(char::is_alphanumeric) {
                    let cell = match label(line) {
                        "" => cell,
                        label => format!("{cell} ({label})"),
                    };
                    add(&mut row[8], &cell);
                }
            }
            VCardProperty::Note => add(&mut row[9], &whole(line)),
            VCardProperty::Uid => row[10] = whole(line),
            _ => {}
        }
    }
    if !row[1].is_empty() || !row[2].is_empty() {
        row[3].clear();
    }
    row
}

/// The columns of events. A meeting that repeats is its first one; the rule stands beside it, so that nobody takes it for
/// all of them.
const EVENT: [&str; 9] = [
    "type",
    "name",
    "start",
    "end",
    "location",
    "attendees.email",
    "description",
    "recurrence",
    "status",
];
const TASK: [&str; 5] = ["name", "due_date", "done", "priority", "description"];

/// Events or things to do as rows, under a row of names.
pub(super) fn calendar(text: &str, kind: Kind) -> Vec<Vec<String>> {
    let tasks = kind == Kind::Task;
    let (wanted, columns) = if tasks {
        (ICalendarComponentType::VTodo, &TASK[..])
    } else {
        (ICalendarComponentType::VEvent, &EVENT[..])
    };
    let mut rows = vec![columns.iter().map(|c| (*c).to_owned()).collect()];
    let mut parser = Parser::new(text);
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => {
                let zones = calendar.build_tz_resolver();
                for component in calendar
                    .components
                    .iter()
                    .filter(|c| c.component_type == wanted)
                {
                    let of = Of {
                        component,
                        zones: &zones,
                    };
                    rows.push(if tasks { of.todo() } else { of.event() });
                }
            }
            Entry::Eof => return rows,
            _ => {}
        }
    }
}

/// A component with the time zones of its calendar.
struct Of<'a> {
    component: &'a ICalendarComponent,
    zones: &'a TzResolver<&'a str>,
}

impl Of<'_> {
    fn line(&self, name: &ICalendarProperty) -> Option<&ICalendarEntry> {
        self.component.property(name)
    }

    fn text(&self, name: &ICalendarProperty) -> String {
        let values = self
            .line(name)
            .map(|line| line.values.as_slice())
            .unwrap_or_default();
        let texts: Vec<&str> = values.iter().filter_map(ICalendarValue::as_text).collect();
        texts.join(", ").trim().to_owned()
    }

    /// When, by its own zone, or by what Microsoft calls it; what has none counts as UTC, and a zone that nobody knows is
    /// no moment.
    fn at(&self, name: &ICalendarProperty) -> Option<Timestamp> {
        let line = self.line(name)?;
        let date = line
            .values
            .iter()
            .find_map(ICalendarValue::as_partial_date_time)?;
        let zone = match line.tz_id() {
            Some(id) => self.zones.resolve(id)?,
            None => Tz::UTC,
        };
        moment(date, zone)
    }

    /// What is no moment is shown as it stands, so that its row says what is wrong.
    fn start(&self) -> String {
        let name = &ICalendarProperty::Dtstart;
        match self.at(name) {
            Some(at) => at.to_string(),
            None => match self.line(name) {
                Some(line) => format!("{} {}", self.day(name), line.tz_id().unwrap_or_default()),
                None => String::new(),
            },
        }
    }

    fn day(&self, name: &ICalendarProperty) -> String {
        let line = self.line(name);
        let date = line.and_then(|l| {
            l.values
                .iter()
                .find_map(ICalendarValue::as_partial_date_time)
        });
        match date {
            Some(PartialDateTime {
                year: Some(y),
                month: Some(m),
                day: Some(d),
                ..
            }) => {
                format!("{y:04}-{m:02}-{d:02}")
            }
            _ => String::new(),
        }
    }

    fn end(&self) -> Option<Timestamp> {
        let lasts = self
            .line(&ICalendarProperty::Duration)
            .and_then(|line| line.values.first())
            .and_then(|value| match value {
                ICalendarValue::Duration(duration) => Some(duration.as_seconds()),
                _ => None,
            });
        self.at(&ICalendarProperty::Dtend).or_else(|| {
            let start = self.at(&ICalendarProperty::Dtstart)?;
            Timestamp::from_second(start.as_second().checked_add(lasts?)?).ok()
        })
    }

    fn status(&self) -> Option<&ICalendarStatus> {
        self.component.status()
    }

    fn todo(&self) -> Vec<String> {
        let done = self.status() == Some(&ICalendarStatus::Completed)
            || self.line(&ICalendarProperty::Completed).is_some();
        let priority = self
            .line(&ICalendarProperty::Priority)
            .and_then(|line| line.values.first()?.as_integer());
        let priority = match priority {
            Some(1..=4) => "high",
            Some(5) => "normal",
            Some(6..=9) => "low",
            _ => "",
        };
        vec![
            self.text(&ICalendarProperty::Summary),
            self.day(&ICalendarProperty::Due),
            if done { "true" } else { "" }.to_owned(),
            priority.to_owned(),
            self.text(&ICalendarProperty::Description),
        ]
    }

    fn event(&self) -> Vec<String> {
        let attendees: Vec<&str> = self
            .component
            .properties(&ICalendarProperty::Attendee)
            .filter_map(ICalendarEntry::calendar_address)
            .collect();
        let rule =
            self.line(&ICalendarProperty::Rrule)
                .and_then(|line| match line.values.first()? {
                    ICalendarValue::RecurrenceRule(rule) => Some(rule.to_string()),
                    other => other.as_text().map(str::to_owned),
                });
        vec![
            "meeting".to_owned(),
            self.text(&ICalendarProperty::Summary),
            self.start(),
            self.end().map(|at| at.to_string()).unwrap_or_default(),
            self.text(&ICalendarProperty::Location),
            attendees.join("\n"),
            self.text(&ICalendarProperty::Description),
            rule.unwrap_or_default(),
            self.status()
                .map(|s| s.as_str().to_lowercase())
                .unwrap_or_default(),
        ]
    }
}

/// A moment. An hour that a change of clocks skips or repeats is counted from the hour before it.
fn moment(date: &PartialDateTime, zone: Tz) -> Option<Timestamp> {
    let mut date = date.clone();
    if date.hour.is_none() {
        (date.hour, date.minute, date.second) = (Some(0), Some(0), Some(0));
    }
    let seconds = if let Some(at) = date.to_date_time_with_tz(zone) {
        at.timestamp()
    } else {
        date.hour = Some(date.hour?.checked_sub(1)?);
        date.to_date_time_with_tz(zone)?.timestamp() + 3_600
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_phones_and_programs_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller;Ann;;Dr.;\r\n\
            TEL;CELL:+49 30 1\r\nEMAIL;INTERNET;WORK:ann@acme.example\r\nEND:VCARD\r\n\
            BEGIN:VCARD\nVERSION:3.0\nFN:Bob Lee\nORG:Acme\\, Inc.;Sales\nitem1.EMAIL;type=INTERNET;type=HOME:bob\n @acme.example\n\
            ADR;TYPE=WORK:;;1 Main St;Springfield;IL;62701;USA\nNOTE:one\\ntwo\nEND:VCARD\n";
        let rows = contacts(text).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1][..3], ["Dr.", "Ann", "Müller"]);
        assert_eq!(
            (rows[1][6].as_str(), rows[1][7].as_str()),
            ("ann@acme.example (work)", "+49 30 1 (mobile)")
        );
        assert_eq!(
            (rows[2][3].as_str(), rows[2][5].as_str()),
            ("Bob Lee", "Acme, Inc.")
        );
        assert_eq!(rows[2][6], "bob@acme.example (home)");
        assert_eq!(rows[2][8], "1 Main St; Springfield; IL; 62701; USA (work)");
        assert_eq!(rows[2][9], "one\ntwo");
    }

    #[test]
    fn calendars_are_read_with_their_zones() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Lunch\nDTSTART;TZID=Europe/Berlin:20260701T120000\nDTEND:20260701T110000Z\n\
            BEGIN:VALARM\nSUMMARY:no\nEND:VALARM\nATTENDEE;CN=Ann:mailto:ann@acme.example\nEND:VEVENT\n\
            BEGIN:VTODO\nSUMMARY:Call\nDUE;VALUE=DATE:20260702\nSTATUS:COMPLETED\nPRIORITY:1\nEND:VTODO\nEND:VCALENDAR\n";
        let events = calendar(text, Kind::Activity);
        assert_eq!(
            events[1],
            [
                "meeting",
                "Lunch",
                "2026-07-01T10:00:00Z",
                "2026-07-01T11:00:00Z",
                "",
                "ann@acme.example",
                "",
                "",
                ""
            ]
        );
        assert_eq!(
            calendar(text, Kind::Task)[1],
            ["Call", "2026-07-02", "true", "high", ""]
        );
    }

    #[test]
    fn meetings_of_outlook_and_those_that_repeat_are_read() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
            TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nSUMMARY:Every week\\, at noon\r\nDTSTART;TZID=W. Europe Standard Time:20260701T120000\r\n\
            DURATION:PT45M\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nSUMMARY:No such hour\r\nDTSTART;TZID=Europe/Berlin:20260329T023000\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nSUMMARY:Twice\r\nDTSTART;TZID=Europe/Berlin:20261025T023000\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nSUMMARY:Office\r\nDTSTART;TZID=Office:20260701T120000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let rows = calendar(text, Kind::Activity);
        assert_eq!(
            rows[1],
            [
                "meeting",
                "Every week, at noon",
                "2026-07-01T10:00:00Z",
                "2026-07-01T10:45:00Z",
                "",
                "",
                "",
                "FREQ=WEEKLY;COUNT=4",
                "cancelled"
            ]
        );
        let starts: Vec<&str> = rows[2..].iter().map(|row| row[2].as_str()).collect();
        assert_eq!(
            starts,
            [
                "2026-03-29T01:30:00Z",
                "2026-10-25T00:30:00Z",
                "2026-07-01 Office"
            ]
        );
    }

    #[test]
    fn old_cards_in_other_letters_and_cards_cut_off_are_read() {
        let text = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=F6we;Eva\n\
            TEL;HOME;VOICE:1\nTEL;WORK;FAX:2\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:Cut, Off\nTEL;VALUE=uri;TYPE=cell:tel:+49-30";
        let rows = contacts(text).unwrap();
        assert_eq!(rows[1][1..3], ["Eva", "Löwe"]);
        assert_eq!(rows[1][7], "1 (home)\n2 (work)");
        assert_eq!(
            (rows[2][3].as_str(), rows[2][7].as_str()),
            ("Cut, Off", "+49-30 (mobile)")
        );
    }

    #[test]
    fn no_card_is_swallowed_by_the_one_before() {
        let two = "BEGIN:VCARD\nFN:Ann\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n";
        assert_eq!(contacts(two).unwrap().len(), 3);
        assert_eq!(contacts(&two.replacen("END:VCARD\n", "", 1)), None);
    }

    #[test]
    fn odd_lines_break_nothing() {
        for text in [
            "BEGIN:VCARD",
            ":\n;\n=:=\n \n",
            "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=ZZ=4",
            "BEGIN:VCARD\nBEGIN:X\nÄ;Ö\"=:x\né",
        ] {
            let _ = contacts(text);
            let _ = calendar(text, Kind::Task);
        }
    }
}
