//! What a message that came in says of those that went out. Pure: bytes in, a meaning out.

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};
use tenon_model::DraftId;
use tenon_model::delivery::Response;
use tenon_model::mail::normalize_address;

use super::report::{Report, header, is, of_machine, of_words};

/// A message that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// What it says.
    pub(super) kind: Response,
    /// Whom it is about, when it is about a delivery.
    pub(super) report: Report,
}

impl Said {
    fn only(kind: Response) -> Self {
        Self {
            kind,
            report: Report::default(),
        }
    }
}

/// The draft that one of our own Message-IDs was made of: `{draft}@domain`.
pub(super) fn draft_of(message_id: &str) -> Option<DraftId> {
    message_id
        .trim_matches(['<', '>', ' '])
        .split('@')
        .next()?
        .parse()
        .ok()
}

/// The draft whose message this one names as the one it answers.
pub(super) fn named(message: &Message<'_>) -> Option<DraftId> {
    let ids = |value: &HeaderValue<'_>| -> Option<DraftId> {
        match value {
            HeaderValue::Text(id) => draft_of(id),
            HeaderValue::TextList(ids) => ids.iter().rev().find_map(|id| draft_of(id)),
            _ => None,
        }
    };
    ids(message.in_reply_to()).or_else(|| ids(message.references()))
}

const SYSTEMS: [&str; 9] = [
    "mailer-daemon",
    "postmaster",
    "mail-daemon",
    "maildaemon",
    "mailsystem",
    "mdaemon",
    "mail-system",
    "mdeliver",
    "mmdf",
];

/// Whether mail systems write from such an address (RFC 2142, RFC 5321 6.1, and what is usual).
pub(super) fn is_mail_system(address: &str) -> bool {
    let address = normalize_address(address);
    let local = address.split('@').next().unwrap_or_default();
    address.is_empty()
        || SYSTEMS.contains(&local)
        || local.starts_with("microsoftexchange")
        || local.starts_with("mailer-daemon")
}

/// Whether the headers are those of a report of a mail system, whose text says what it is about.
pub(super) fn is_report(headers: &[u8]) -> bool {
    MessageParser::new()
        .parse_headers(headers)
        .is_some_and(|m| of_system(&m))
}

fn of_system(message: &Message<'_>) -> bool {
    if is_returned(message) || header(message, "X-Failed-Recipients").is_some() {
        return true;
    }
    match report_type(message) {
        // That it was read, or deleted unread, is no answer.
        Some(about) => about != "disposition-notification",
        None => from(message).is_none_or(is_mail_system),
    }
}

/// What a `multipart/report` is about (RFC 6522).
fn report_type(message: &Message<'_>) -> Option<String> {
    let part = message
        .parts
        .first()
        .filter(|p| is(p, "multipart", "report"))?;
    let about = part.content_type()?.attribute("report-type");
    Some(about.unwrap_or_default().to_ascii_lowercase())
}

fn from<'m>(message: &'m Message<'m>) -> Option<&'m str> {
    message.from()?.first()?.address()
}

/// Reads a message as it was received; of one that is no report the headers are enough.
pub(super) fn read(raw: &[u8]) -> Said {
    let Some(message) = MessageParser::new().parse(raw) else {
        return Said::only(Response::Other);
    };
    if of_system(&message) {
        if report_type(&message).as_deref() == Some("feedback-report") {
            return complaint(&message);
        }
        let report = of_machine(&message).filter(|r| !r.people.is_empty());
        return delivered_or_not(report.unwrap_or_else(|| of_words(&message)));
    }
    if report_type(&message).is_some() {
        return Said::only(Response::Other);
    }
    let kind = if is_vacation(&message) {
        Response::AutoReply
    } else if is_bulk(&message) {
        Response::Other
    } else {
        Response::Reply
    };
    let report = Report {
        draft: named(&message),
        ..Report::default()
    };
    Said { kind, report }
}

fn delivered_or_not(report: Report) -> Said {
    let kind = if report.people.iter().any(|p| p.failure.is_some()) {
        Response::Bounce
    } else if report.people.is_empty() {
        Response::Other
    } else {
        Response::Delay
    };
    Said { kind, report }
}

/// A report of spam (RFC 5965): the message that is complained of comes with it.
fn complaint(message: &Message<'_>) -> Said {
    let mut report = of_machine(message).unwrap_or_default();
    if report.draft.is_none() {
        report = Report {
            draft: of_words(message).draft,
            ..report
        };
    }
    Said {
        kind: Response::Complaint,
        report,
    }
}

/// Whether a machine says so in the headers (RFC 3834, and those that are older), or in the subject as mail programs
/// write it in many languages.
fn is_vacation(message: &Message<'_>) -> bool {
    let has = |name: &'static str| header(message, name).is_some();
    let says = |name: &'static str, words: &[&str]| {
        header(message, name).is_some_and(|v| {
            let v = v.to_lowercase();
            words.iter().any(|w| v.contains(w))
        })
    };
    if let Some(submitted) = header(message, "Auto-Submitted") {
        let word = submitted.split([';', '(', ' ']).next().unwrap_or_default();
        if !word.is_empty() && !word.eq_ignore_ascii_case("no") {
            return true;
        }
    }
    [
        "X-Autoreply",
        "X-Autorespond",
        "X-Autoresponder",
        "X-AutoReply-From",
        "X-Mail-Autoreply",
        "X-FC-MachineGenerated",
    ]
    .into_iter()
    .any(has)
        || says("Precedence", &["auto_reply", "auto-reply"])
        || says("X-Precedence", &["auto_reply", "auto-reply"])
        || says("X-POST-MessageClass", &["autoresponder"])
        || says("X-Autogenerated", &["reply"])
        || says("Delivered-To", &["autoresponder"])
        || says("Return-Path", &["<>"])
            && message
                .from()
                .and_then(|f| f.first())
                .and_then(|a| a.address())
                .is_some_and(|a| !is_mail_system(a))
        || message.subject().is_some_and(is_away_subject)
}

/// Subjects of automatic answers begin so; after `Re:` a person wrote about one.
fn is_away_subject(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    AWAY.iter().any(|a| subject.starts_with(a))
}

const AWAY: [&str; 49] = [
    "automatic reply",
    "automated reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "auto:",
    "out of office",
    "out of the office",
    "out-of-office",
    "away from the office",
    "on vacation",
    "vacation reply",
    "abwesenheitsnotiz",
    "abwesenheit",
    "automatische antwort",
    "autom. antwort",
    "réponse automatique",
    "reponse automatique",
    "absence du bureau",
    "message d'absence",
    "message d’absence",
    "absent du bureau",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "fuera de oficina",
    "resposta automática",
    "fora do escritório",
    "ausência temporária",
    "risposta automatica",
    "fuori sede",
    "fuori ufficio",
    "automatisch antwoord",
    "afwezigheidsbericht",
    "autosvar",
    "automatiskt svar",
    "automatisk svar",
    "automaattinen vastaus",
    "automatyczna odpowiedź",
    "automatická odpověď",
    "automatikus válasz",
    "автоматический ответ",
    "自动回复",
    "自動回覆",
    "自動返信",
    "자동 회신",
];

/// Subjects of mail that comes back, from systems that write from a person's or a service's address.
fn is_returned(message: &Message<'_>) -> bool {
    message.subject().is_some_and(|s| {
        let s = s.trim().to_lowercase();
        RETURNED.iter().any(|r| s.starts_with(r)) || s.ends_with(": non remis")
    })
}

const RETURNED: [&str; 18] = [
    "undeliverable",
    "undelivered",
    "non-delivery",
    "mail could not be delivered",
    "message delivery failure",
    "automatically rejected mail",
    "message undeliverable",
    "mail not delivered",
    "delivery status notification",
    "delivery failure",
    "mail delivery failed",
    "mail delivery failure",
    "returned mail",
    "failure notice",
    "unzustellbar",
    "non remis",
    "no se puede entregar",
    "non recapitabile",
];

/// Newsletters and lists.
fn is_bulk(message: &Message<'_>) -> bool {
    header(message, "List-Id").is_some()
        || header(message, "Precedence").is_some_and(|p| {
            let p = p.to_lowercase();
            ["bulk", "list", "junk"].iter().any(|w| p.contains(w))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(headers: &str) -> Response {
        let raw = format!(
            "From: Zoe <zoe@partner.example>\r\nTo: a@example.com\r\n{headers}\r\n\r\nHello.\r\n"
        );
        read(raw.as_bytes()).kind
    }

    #[test]
    fn machines_say_that_they_are_in_many_ways() {
        for machine in [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated; type=oof",
            "auto-submitted: Auto-Replied (vacation)",
            "X-Autoreply: yes",
            "X-Autorespond: x",
            "Precedence: auto_reply",
            "X-POST-MessageClass: 9; Autoresponder",
            "Return-Path: <>",
            "Subject: Automatic reply: News",
            "Subject: =?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A_News?=",
            "Subject: =?utf-8?b?6Ieq5Yqo5Zue5aSNOiBOZXdz?=",
            "Subject: Abwesenheitsnotiz: News",
            "Subject: Out of Office: back on Monday",
        ] {
            assert_eq!(kind(machine), Response::AutoReply, "{machine}");
        }
        for person in [
            "Subject: Re: News",
            "Auto-Submitted: no\r\nSubject: Re: News",
            "Subject: Re: Automatic reply: News",
            "Subject: Re: Out of office next week?",
            "X-Auto-Response-Suppress: DR, OOF, AutoReply\r\nSubject: RE: News",
            "Return-Path: <zoe@partner.example>\r\nSubject: AW: News",
        ] {
            assert_eq!(kind(person), Response::Reply, "{person}");
        }
        for list in ["List-Id: <news.partner.example>", "Precedence: bulk"] {
            assert_eq!(kind(list), Response::Other, "{list}");
        }
        let read_receipt =
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b";
        assert_eq!(kind(read_receipt), Response::Other);
    }

    /// One of the collection of `tools/corpora/bounces.py`, and what an independent reader says of it.
    #[derive(serde::Deserialize)]
    struct Collected {
        file: String,
        permanent: Vec<String>,
        temporary: Vec<String>,
    }

    /// `prove corpora` fetches the collection and runs this.
    #[test]
    #[ignore = "needs the folder of bounces that TENON_BOUNCES names"]
    fn k9_bounces_that_others_collected_are_read_as_others_read_them() {
        let folder = std::path::PathBuf::from(std::env::var("TENON_BOUNCES").unwrap());
        let index = std::fs::read(folder.join("index.json")).unwrap();
        let all: Vec<Collected> = serde_json::from_slice(&index).unwrap();
        assert!(all.len() > 100, "{}", all.len());
        let mut other = Vec::new();
        for one in &all {
            let said = read(&std::fs::read(folder.join(&one.file)).unwrap());
            let is = |address: &String, for_good: bool| {
                let person = said.report.people.iter().find(|p| p.address == *address);
                person.is_some_and(|p| p.failure.is_some() == for_good)
            };
            let same = one.permanent.iter().all(|a| is(a, true))
                && one.temporary.iter().all(|a| is(a, false))
                && (said.kind == Response::Bounce) != one.permanent.is_empty();
            if !same {
                other.push(format!(
                    "{}: {:?} {:?} / {:?} {:?}",
                    one.file, one.permanent, one.temporary, said.kind, said.report.people
                ));
            }
        }
        println!(
            "{} of {} as the other reader",
            all.len() - other.len(),
            all.len()
        );
        // Two name people without a domain, and one says it in French at the end of a subject.
        let known = ["aol_01.txt", "yale_01.txt", "simple_20.txt"];
        other.retain(|o| !known.iter().any(|k| o.starts_with(k)));
        assert!(other.is_empty(), "{}", other.join("\n"));
    }
}
