//! 550 messages as mail systems, machines and people of many languages write them, with what each of them says
//! (check K9). The forms are those of the programs' own reports; the collection of others is in `tools/corpora/bounces.py`.

use tenon_model::delivery::{Failure, Response};

use super::read::{Said, is_report, read};

const TO: &str = "zoe@partner.example";
const ME: &str = "alice@example.com";
const MARK: &str = "drf_01h455vb4pex5vsknk084sn02q";

struct Sample {
    name: String,
    raw: String,
    kind: Response,
    failure: Option<Failure>,
}

fn sample(name: String, raw: &str, kind: Response, failure: Option<Failure>) -> Sample {
    let raw = raw.replace('\n', "\r\n");
    Sample {
        name,
        raw,
        kind,
        failure,
    }
}

/// What servers say, and what it means.
const CODES: [(&str, &str, Option<Failure>); 14] = {
    use Failure::{Blocked, DailyLimit, MailboxFull, NoSuchAddress, Other, TooLarge};
    [
        (
            "5.1.1",
            "550 5.1.1 <zoe@partner.example>: Recipient address rejected: User unknown in virtual mailbox table",
            Some(NoSuchAddress),
        ),
        (
            "5.1.1",
            "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
            Some(NoSuchAddress),
        ),
        (
            "5.1.10",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            Some(NoSuchAddress),
        ),
        (
            "5.1.2",
            "Host or domain name not found. Name service error for name=partner.example type=AAAA: Host not found",
            Some(NoSuchAddress),
        ),
        (
            "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied. [AM0EUR02FT042.eop-EUR02]",
            Some(NoSuchAddress),
        ),
        (
            "5.2.1",
            "550 5.2.1 The email account that you tried to reach is inactive.",
            Some(NoSuchAddress),
        ),
        ("5.0.0", "550 No such user here", Some(NoSuchAddress)),
        (
            "5.2.2",
            "552 5.2.2 <zoe@partner.example>: user is over quota",
            Some(MailboxFull),
        ),
        (
            "5.7.1",
            "550 5.7.1 Our system has detected that this message is likely unsolicited mail.",
            Some(Blocked),
        ),
        (
            "5.7.26",
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
            Some(Blocked),
        ),
        (
            "5.3.4",
            "552 5.3.4 Message size exceeds fixed maximum message size (20480000)",
            Some(TooLarge),
        ),
        (
            "5.4.5",
            "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits",
            Some(DailyLimit),
        ),
        (
            "5.4.7",
            "554 5.4.7 [internal] exceeded max time without delivery",
            Some(Other),
        ),
        (
            "4.4.1",
            "451 4.4.1 connect to mx.partner.example[192.0.2.1]:25: Connection timed out",
            None,
        ),
    ]
};

/// Mail systems that write reports for programs: sender, subject, media type of what comes back.
const SYSTEMS: [(&str, &str, &str, &str); 10] = [
    (
        "gmail",
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "message/rfc822",
    ),
    (
        "postfix",
        "MAILER-DAEMON@mx.example.com (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "message/rfc822",
    ),
    (
        "postfix headers",
        "MAILER-DAEMON@mx.example.com (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "text/rfc822-headers",
    ),
    (
        "exchange online",
        "postmaster@example.onmicrosoft.com",
        "Undeliverable: News",
        "message/rfc822",
    ),
    (
        "exchange de",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        "Unzustellbar: News",
        "message/rfc822",
    ),
    (
        "exchange fr",
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        "Non remis : News",
        "message/rfc822",
    ),
    (
        "exchange es",
        "postmaster@empresa.example",
        "No se puede entregar: News",
        "message/rfc822",
    ),
    (
        "exchange it",
        "postmaster@azienda.example",
        "Non recapitabile: News",
        "message/rfc822",
    ),
    (
        "sendmail",
        "Mail Delivery Subsystem <MAILER-DAEMON@mail.example.com>",
        "Returned mail: see transcript for details",
        "text/rfc822-headers",
    ),
    (
        "exim",
        "Mail Delivery System <Mailer-Daemon@host.example.com>",
        "Mail delivery failed: returning message to sender",
        "message/rfc822",
    ),
];

fn for_programs(out: &mut Vec<Sample>) {
    for (system, from, subject, back) in SYSTEMS {
        for (status, words, failure) in CODES {
            let (action, kind) = match failure {
                Some(_) => ("failed", Response::Bounce),
                None => ("delayed", Response::Delay),
            };
            for (form, typed) in [
                ("rfc822", format!("rfc822; {TO}")),
                ("brackets", format!("RFC822;<{}>", TO.to_uppercase())),
            ] {
                let raw = format!(
                    "Return-Path: <>\nFrom: {from}\nTo: {ME}\nSubject: {subject}\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
                     Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"=_b\"\n\n--=_b\nContent-Type: text/plain; charset=utf-8\n\n\
                     Your message could not be delivered.\n\n--=_b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\
                     Arrival-Date: Tue, 24 Nov 2026 00:00:00 +0000\n\nFinal-Recipient: {typed}\nAction: {action}\nStatus: {status}\n\
                     Remote-MTA: dns; mx.partner.example\nDiagnostic-Code: smtp;\n {words}\n\n--=_b\nContent-Type: {back}\n\n\
                     From: {ME}\nTo: {TO}\nX-Tenon-Send: {MARK}\nMessage-ID: <{MARK}@example.com>\nSubject: News\n\n--=_b--\n"
                );
                out.push(sample(
                    format!("{system} {status} {form}"),
                    &raw,
                    kind,
                    failure,
                ));
            }
        }
    }
}

/// Mail systems that write for people only.
fn for_people(out: &mut Vec<Sample>) {
    let forms: [(&str, &str, &str); 4] = [
        (
            "qmail",
            "MAILER-DAEMON@host.example",
            "Hi. This is the qmail-send program at host.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{to}>:\nRemote host said: {words}\n\n--- Below this line is a copy of the message.\n\nTo: {to}\nCc: other@partner.example\n",
        ),
        (
            "exim",
            "Mailer-Daemon@host.example",
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  {to}\n    SMTP error from remote mail server after RCPT TO:<{to}>:\n    {words}\n\n------ This is a copy of the message, including all the headers. ------\n\nTo: {to}\nX-Tenon-Send: {mark}\n",
        ),
        (
            "mailenable",
            "postmaster@host.example",
            "MailEnable: Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n\tRecipient: [SMTP:{to}]\n\tReason: Remote SMTP Server Returned: {words}\n\n",
        ),
        (
            "russian",
            "Mailer-Daemon@mx.mail.example",
            "К сожалению, Ваше письмо не может быть доставлено:\n\n  {to}\n    {words}\n\n",
        ),
    ];
    for (system, from, body) in forms {
        for (status, words, failure) in CODES.into_iter().filter(|(_, _, f)| f.is_some()) {
            // Without a code of three numbers only the words say it.
            if !words.contains(status) && failure != Some(Failure::NoSuchAddress) {
                continue;
            }
            let words = words.replace(TO, "the user");
            let body = body
                .replace("{mark}", MARK)
                .replace("{to}", TO)
                .replace("{words}", &words);
            let raw = format!(
                "From: {from}\nTo: {ME}\nSubject: failure notice\nContent-Type: text/plain; charset=utf-8\n\n{body}"
            );
            out.push(sample(
                format!("{system} {status}"),
                &raw,
                Response::Bounce,
                failure,
            ));
        }
    }
}

/// Subjects of answers by machines and by people, in many languages.
const LANGUAGES: [(&str, &str, &str); 26] = [
    ("en", "Automatic reply: News", "Re: News"),
    ("en2", "Out of Office: News", "RE: News"),
    ("de", "Automatische Antwort: News", "AW: News"),
    ("de2", "Abwesenheitsnotiz: News", "Antw: News"),
    ("fr", "Réponse automatique : News", "RE : News"),
    ("fr2", "Absence du bureau : News", "Rép : News"),
    ("es", "Respuesta automática: News", "RE: News"),
    ("es2", "Fuera de la oficina: News", "RV: News"),
    ("pt", "Resposta automática: News", "RES: News"),
    ("it", "Risposta automatica: News", "R: News"),
    ("it2", "Fuori sede: News", "RIF: News"),
    ("nl", "Automatisch antwoord: News", "Antw: News"),
    ("sv", "Autosvar: News", "SV: News"),
    ("sv2", "Automatiskt svar: News", "Sv: News"),
    ("da", "Automatisk svar: News", "SV: News"),
    ("fi", "Automaattinen vastaus: News", "VS: News"),
    ("pl", "Automatyczna odpowiedź: News", "Odp: News"),
    ("cs", "Automatická odpověď: News", "Odp.: News"),
    ("hu", "Automatikus válasz: News", "Vá: News"),
    ("ru", "Автоматический ответ: News", "Ответ: News"),
    ("zh", "自动回复: News", "答复: News"),
    ("zh2", "自動回覆: News", "回覆: News"),
    ("ja", "自動返信: News", "Re: News"),
    ("ko", "자동 회신: News", "RE: News"),
    ("en3", "Autoreply: News", "Fwd: News"),
    ("en4", "Auto: News", "News"),
];

fn answers(out: &mut Vec<Sample>) {
    for (language, away, answer) in LANGUAGES {
        let message = |subject: &str, more: &str| {
            format!(
                "From: Zoé <{TO}>\nTo: {ME}\nSubject: {subject}\nIn-Reply-To: <{MARK}@example.com>\nReferences: <{MARK}@example.com>\n{more}Content-Type: text/plain; charset=utf-8\n\nBonjour.\n"
            )
        };
        for (form, subject, more) in [
            ("subject", away, ""),
            ("standard", answer, "Auto-Submitted: auto-replied\n"),
            (
                "exchange",
                away,
                "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n",
            ),
            ("older", answer, "X-Autoreply: yes\nPrecedence: bulk\n"),
        ] {
            out.push(sample(
                format!("{language} away {form}"),
                &message(subject, more),
                Response::AutoReply,
                None,
            ));
        }
        let about = format!("Re: {away}");
        for (form, subject, more) in [
            ("plain", answer, ""),
            ("said so", answer, "Auto-Submitted: no\n"),
            ("about an absence", about.as_str(), ""),
            (
                "from a phone",
                answer,
                "X-Mailer: iPhone Mail (21A329)\nX-Auto-Response-Suppress: DR, OOF, AutoReply\n",
            ),
        ] {
            out.push(sample(
                format!("{language} answer {form}"),
                &message(subject, more),
                Response::Reply,
                None,
            ));
        }
    }
}

fn odd(out: &mut Vec<Sample>) {
    let mail = |name: &str, more: &str, body: &str, kind| {
        sample(
            name.into(),
            &format!("From: Zoe <{TO}>\nTo: {ME}\n{more}\n{body}\n"),
            kind,
            None,
        )
    };
    let bounce = "Content-Type: multipart/mixed; boundary=b\nSubject: Fwd: does this mean anything to you?\n";
    let inside = "--b\nContent-Type: text/plain\n\nlook\n--b\nContent-Type: message/rfc822\n\nFrom: mailer-daemon@x.example\nSubject: x\nContent-Type: multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; bob@x.example\nAction: failed\nStatus: 5.1.1\n\n--c--\n--b--\n";
    out.extend([
        mail("a person sends a bounce on", bounce, inside, Response::Reply),
        mail("a person writes of failures", "Subject: Re: Undeliverable?\n", "550 5.1.1 user unknown <zoe@partner.example>", Response::Reply),
        mail("a list", "List-Id: <l.partner.example>\nSubject: Re: News\n", "hello", Response::Other),
        mail("a newsletter", "Precedence: bulk\nSubject: Offers\n", "hello", Response::Other),
        mail("read", "Subject: Read: News\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n", "--b--", Response::Other),
        mail("an invitation is taken", "Subject: Accepted: Meeting\nContent-Type: text/calendar; method=REPLY\n", "BEGIN:VCALENDAR\nEND:VCALENDAR", Response::Reply),
        mail("spam", "Subject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n", &format!("--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--b\nContent-Type: message/rfc822\n\nX-Tenon-Send: {MARK}\nTo: {TO}\n\nx\n--b--"), Response::Complaint),
        mail("sent on, and fails behind", "Return-Path: <>\nSubject: Out of office\n", "550 5.1.1 <zoe@partner.example>", Response::AutoReply),
        sample("a postmaster writes".into(), &format!("From: postmaster@partner.example\nTo: {ME}\nSubject: Welcome\n\nhello\n"), Response::Other, None),
        sample("delivered".into(), &format!("From: mailer-daemon@x.example\nTo: {ME}\nSubject: Delivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {TO}\nAction: delivered\nStatus: 2.0.0\n\n--b--\n"), Response::Other, None),
        sample("nothing".into(), "", Response::Other, None),
    ]);
}

/// As the job reads it: of what is no report only the headers.
fn as_read(raw: &str) -> Said {
    let headers = raw.split_once("\r\n\r\n").map_or(raw, |(h, _)| h);
    let headers = format!("{headers}\r\n\r\n");
    if is_report(headers.as_bytes()) {
        read(raw.as_bytes())
    } else {
        read(headers.as_bytes())
    }
}

#[test]
fn k9_bounces_and_automatic_answers_are_told_apart_in_550_messages() {
    let mut all = Vec::new();
    for_programs(&mut all);
    for_people(&mut all);
    answers(&mut all);
    odd(&mut all);
    assert!(all.len() >= 500, "{}", all.len());
    let mut wrong = Vec::new();
    for one in &all {
        let said = as_read(&one.raw);
        let person = said.report.people.iter().find(|p| p.address == TO);
        let failure = person.and_then(|p| p.failure);
        // Which message it is about is known where the report brings it along.
        let marked = !one.raw.contains("X-Tenon-Send") || said.report.draft.is_some();
        if said.kind != one.kind || failure != one.failure || !marked {
            wrong.push(format!(
                "{}: {:?} {failure:?}, not {:?} {:?}",
                one.name, said.kind, one.kind, one.failure
            ));
        }
    }
    println!("{} messages", all.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}
