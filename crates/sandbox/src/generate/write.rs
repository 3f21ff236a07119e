//! Writes a generated message in full: text, HTML, quote, pictures, attachments, up to its size.

use std::fmt::Write as _;

use super::images;
use super::mail::{Mail, Structure};
use super::pdf;
use super::rng::mix;
use super::scripts::{Attach, Kind};
use crate::wire::text::{MONTHS, WEEKDAYS, base64_standard, civil, encode_header, html_escape};

/// What [`message`] has to build.
pub(super) struct Parts {
    pub(super) target: usize,
    pub(super) structure: Structure,
    pub(super) attach: Attach,
}

/// Messages quoted below an answer at most.
const QUOTED: u16 = 4;

fn said(mail: &Mail<'_>, date: i64) -> String {
    let c = civil(date, 60);
    let from = mail.from().shown();
    if mail.plan.script.french {
        format!(
            "Le {:02}/{:02}/{} à {:02}:{:02}, {from} a écrit :",
            c.day, c.month, c.year, c.hour, c.minute
        )
    } else {
        format!(
            "On {}, {} {} {} at {:02}:{:02}, {from} wrote:",
            WEEKDAYS[usize::from(c.weekday)],
            c.day,
            MONTHS[usize::from(c.month - 1)],
            c.year,
            c.hour,
            c.minute
        )
    }
}

/// The messages before, newest first.
fn earlier<'c>(mail: &Mail<'c>) -> Vec<Mail<'c>> {
    if mail.pos == 0 {
        return Vec::new();
    }
    let dates = mail.corpus.dates(mail.plan.rank);
    let first = mail.pos.saturating_sub(QUOTED);
    (first..mail.pos)
        .rev()
        .filter_map(|pos| {
            dates
                .get(usize::from(pos))
                .map(|date| Mail::new(mail.corpus, mail.plan.rank, pos, *date))
        })
        .collect()
}

/// The text/plain part: words, signature, quote.
pub(super) fn plain_text(mail: &Mail<'_>) -> String {
    let mut text = mail.words();
    let signature = mail.signature();
    if !signature.is_empty() {
        text.push_str("\n\n-- \n");
        text.push_str(&signature.join("\n"));
    }
    text.push('\n');
    for (depth, old) in earlier(mail).iter().enumerate() {
        let mark = "> ".repeat(depth);
        let _ = write!(text, "\n{mark}{}\n", said(old, old.date)); // a String takes every write
        for line in old.words().lines() {
            let _ = writeln!(text, "{mark}> {line}");
        }
    }
    if mail.plan.script.kind == Kind::Newsletter {
        let _ = write!(
            text,
            "\nhttps://www.{}/news/{}\n",
            mail.plan.company.domain,
            mail.number_text()
        );
    }
    text
}

fn paragraphs(words: &str) -> String {
    words.split("\n\n").fold(String::new(), |mut out, p| {
        let _ = writeln!(out, "<p>{}</p>", html_escape(p).replace('\n', "<br>\n"));
        out
    })
}

fn html_quote(mails: &[Mail<'_>]) -> String {
    let Some((old, rest)) = mails.split_first() else {
        return String::new();
    };
    format!(
        "<div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{}<br></div>\n\
         <blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">\n{}{}</blockquote></div>\n",
        html_escape(&said(old, old.date)),
        paragraphs(&old.words()),
        html_quote(rest)
    )
}

/// The style block of a word processor, the usual ballast of business mail.
fn ballast(mut size: usize, seed: u64) -> String {
    let mut out = String::new();
    let mut n = 0_u64;
    while size > 90 {
        let h = mix(seed, n);
        let line = format!(
            "p.Mso{:04x}, li.Mso{:04x}\n{{margin:{}cm;font-size:{}.0pt;font-family:\"Calibri\",sans-serif;}}\n",
            h & 0xffff,
            h >> 16 & 0xffff,
            h % 3,
            9 + h % 4
        );
        size = size.saturating_sub(line.len());
        out.push_str(&line);
        n += 1;
    }
    out
}

fn letter(mail: &Mail<'_>, fill: usize, logo: bool) -> String {
    let mut signature = String::new();
    let lines = mail.signature();
    if let Some((name, rest)) = lines.split_first() {
        let image = if logo {
            "<img src=\"cid:logo@tenon.example\" alt=\"\" width=\"160\"><br>"
        } else {
            ""
        };
        let _ = writeln!(
            signature,
            "<table cellpadding=\"0\" cellspacing=\"0\"><tr><td style=\"border-left:3px solid #2457a6;padding-left:10px\">\
             {image}<b>{}</b><br>{}</td></tr></table>",
            html_escape(name),
            rest.iter()
                .map(|l| html_escape(l))
                .collect::<Vec<_>>()
                .join("<br>")
        );
    }
    format!(
        "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><style>\n{}</style></head>\n\
         <body lang=\"{}\" style=\"font-family:Calibri,Arial,sans-serif;font-size:11pt\">\n{}{signature}{}</body></html>\n",
        ballast(fill, mail.plan.facts),
        if mail.plan.script.french { "fr" } else { "en" },
        paragraphs(&mail.words()),
        html_quote(&earlier(mail))
    )
}

const TOPICS: [(&str, &str); 10] = [
    (
        "What our readers ask most",
        "Three questions reach our desk every week. Here are short answers, with links to the long ones.",
    ),
    (
        "From the workshop",
        "A new machine, an old problem, and how two apprentices solved it with a piece of cardboard.",
    ),
    (
        "Numbers of the month",
        "Delivery times are down by a fifth, while the average order has grown. We looked at the reasons.",
    ),
    (
        "People",
        "She started as a trainee and now leads the service team. A conversation about patience and spreadsheets.",
    ),
    (
        "Worth reading",
        "A clear guide to framework agreements, and an essay on why fewer meetings need better notes.",
    ),
    (
        "Le point sur la réglementation",
        "Ce qui change en janvier, ce qui attendra, et ce qu'il faut préparer dès maintenant.",
    ),
    (
        "Dates",
        "Two fairs, one open house and a webinar: the calendar for the coming weeks.",
    ),
    (
        "Behind the scenes",
        "How a pallet finds its way at night, told by the people who push it.",
    ),
    (
        "Portrait",
        "Une entreprise familiale, trois générations et un atelier qui sent toujours le bois.",
    ),
    (
        "Customer voices",
        "\"We no longer look for anything.\" A visit to a company with 40 vans and one inbox.",
    ),
];

/// A newsletter or a machine's note: tables, remote pictures, a pixel, a way out.
fn broadcast(mail: &Mail<'_>, fill: usize) -> String {
    let domain = mail.plan.company.domain;
    let number = mail.number_text();
    let words = mail.words();
    let (title, body) = words.split_once("\n\n").unwrap_or((words.as_str(), ""));
    let picture = |n: u64| {
        format!(
            "<img src=\"https://images.{domain}/{number}/{n}.jpg\" alt=\"\" width=\"560\" style=\"display:block;width:100%\">"
        )
    };
    let newsletter = mail.plan.script.kind == Kind::Newsletter;
    let mut more = String::new();
    let mut n = mix(mail.plan.facts, 70);
    while newsletter && more.len() + 1_500 < fill {
        let (head, text) = TOPICS[(n % TOPICS.len() as u64) as usize];
        let _ = writeln!(
            more,
            "<tr><td style=\"padding:24px;border-top:1px solid #e5e7eb\">{}<h2 style=\"font-size:18px\">{}</h2><p>{}</p>\
             <p><a href=\"https://www.{domain}/read/{number}/{}?utm_source=mail\">Read more</a></p></td></tr>",
            picture(n % 1_000),
            html_escape(head),
            html_escape(text),
            n % 10_000
        );
        n = n.wrapping_add(7);
    }
    let style = if newsletter {
        String::new()
    } else {
        ballast(fill, mail.plan.facts)
    };
    let banner = if newsletter {
        picture(1)
    } else {
        String::new()
    };
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><style>\n{style}</style></head>\
         <body style=\"margin:0;background:#f3f4f6;font-family:Helvetica,Arial,sans-serif;color:#111827\">\n\
         <table role=\"presentation\" width=\"600\" align=\"center\" style=\"background:#ffffff;margin:24px auto\">\n\
         <tr><td>{banner}</td></tr>\n<tr><td style=\"padding:24px\"><h1 style=\"font-size:24px\">{}</h1>{}</td></tr>\n{more}\
         <tr><td style=\"padding:24px;font-size:12px;color:#6b7280\">{} &middot; {} &middot; \
         <a href=\"https://lists.{domain}/leave/{number}\">Unsubscribe</a>\
         <img src=\"https://images.{domain}/open/{number}.gif\" width=\"1\" height=\"1\" alt=\"\"></td></tr>\n</table></body></html>\n",
        html_escape(title),
        paragraphs(body),
        html_escape(mail.plan.company.name),
        html_escape(mail.plan.company.city)
    )
}

/// Quoted-printable (RFC 2045, 6.7) of a text whose lines end with `\n`.
fn quoted_printable(text: &str, latin: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        let line = line.trim_end_matches('\n');
        let bytes: Vec<u8> = if latin {
            line.chars().map(|c| c as u32 as u8).collect()
        } else {
            line.as_bytes().to_vec()
        };
        let mut column = 0;
        for (i, &b) in bytes.iter().enumerate() {
            let plain = matches!(b, b'!'..=b'<' | b'>'..=b'~') || b == b' ' && i + 1 < bytes.len();
            let width = if plain { 1 } else { 3 };
            if column + width > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            if plain {
                out.push(char::from(b));
            } else {
                let _ = write!(out, "={b:02X}"); // a String takes every write
            }
            column += width;
        }
        out.push_str("\r\n");
    }
    out
}

/// base64 in lines of 76 (RFC 2045, 6.8).
fn base64_lines(out: &mut Vec<u8>, bytes: &[u8]) {
    for line in bytes.chunks(57) {
        out.extend_from_slice(base64_standard(line).as_bytes());
        out.extend_from_slice(b"\r\n");
    }
}

/// Bytes that become `encoded` bytes of base64 in lines.
const fn decoded_size(encoded: usize) -> usize {
    encoded / 78 * 57
}

/// Breaks a long field before 78 columns at spaces (RFC 5322, 2.2.3).
fn fold(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    let mut column = name.len() + 1;
    if value.contains("\r\n") {
        // encoded words are folded already
        out.push(b' ');
        out.extend_from_slice(value.as_bytes());
    } else {
        for word in value.split(' ') {
            if column + word.len() + 1 > 77 && column > name.len() + 1 {
                out.extend_from_slice(b"\r\n");
                column = 0;
            }
            out.push(b' ');
            out.extend_from_slice(word.as_bytes());
            column += word.len() + 1;
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn open(out: &mut Vec<u8>, boundary: &str, headers: &[(&str, &str)]) {
    out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
    for (name, value) in headers {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

fn close(out: &mut Vec<u8>, boundary: &str) {
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

fn alternative(out: &mut Vec<u8>, mail: &Mail<'_>, boundary: &str, text: &str, html: &str) {
    let charset = mail.charset(text);
    let kind = format!("text/plain; charset=\"{charset}\"");
    open(
        out,
        boundary,
        &[
            ("Content-Type", &kind),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ],
    );
    out.extend_from_slice(quoted_printable(text, charset != "utf-8").as_bytes());
    open(
        out,
        boundary,
        &[
            ("Content-Type", "text/html; charset=\"utf-8\""),
            ("Content-Transfer-Encoding", "quoted-printable"),
        ],
    );
    out.extend_from_slice(quoted_printable(html, false).as_bytes());
    close(out, boundary);
}

/// RFC 2231 for a name that is not ASCII.
fn filename_parameter(name: &str) -> String {
    if name.is_ascii() {
        return format!("filename=\"{name}\"");
    }
    let escaped = name.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}"); // a String takes every write
        }
        out
    });
    format!("filename*=UTF-8''{escaped}")
}

fn attachment(out: &mut Vec<u8>, mail: &Mail<'_>, boundary: &str, attach: Attach, room: usize) {
    let Some(name) = mail.filename() else { return };
    let seed = mail.rng(9).next();
    let size = decoded_size(room.max(3_000));
    let (kind, bytes) = match attach {
        Attach::None => return,
        Attach::Png(_) => ("image/png", images::png(seed, size)),
        Attach::Csv(_) => (
            "text/csv; charset=\"utf-8\"",
            images::csv(seed, size.min(60_000)),
        ),
        Attach::Pdf(_) => {
            let lines = [
                mail.subject().trim_start_matches("Re: ").to_owned(),
                mail.plan.company.name.to_owned(),
                mail.plan.company.city.to_owned(),
                String::new(),
                format!("No. {}", mail.number_text()),
                format!("Total {}", mail.amount_text()),
                String::new(),
                mail.from().name,
            ];
            ("application/pdf", pdf::pdf(&lines, seed, size))
        }
    };
    let kind = format!("{kind}; name=\"{}\"", encode_header(&name));
    let disposition = format!("attachment; {}", filename_parameter(&name));
    open(
        out,
        boundary,
        &[
            ("Content-Type", &kind),
            ("Content-Disposition", &disposition),
            ("Content-Transfer-Encoding", "base64"),
        ],
    );
    base64_lines(out, &bytes);
}

/// The message in full.
pub(super) fn message(mail: &Mail<'_>, parts: &Parts) -> Vec<u8> {
    let mut out = Vec::with_capacity(parts.target + parts.target / 8 + 2_048);
    for (name, value) in mail.headers(true, &|_| true) {
        fold(&mut out, name, &value);
    }
    out.extend_from_slice(b"\r\n");
    let text = plain_text(mail);
    if parts.structure == Structure::Plain {
        let latin = mail.charset(&text) != "utf-8";
        out.extend_from_slice(quoted_printable(&text, latin).as_bytes());
        return out;
    }
    let machine = mail.plan.script.sender.is_some();
    let skeleton = out.len() + text.len() * 2 + 1_800;
    let room = parts.target.saturating_sub(skeleton);
    let (outer, inner, innermost) = (mail.boundary(0), mail.boundary(1), mail.boundary(2));
    match parts.structure {
        Structure::Plain => {}
        Structure::Alternative => {
            let html = if machine {
                broadcast(mail, room)
            } else {
                letter(mail, room, false)
            };
            alternative(&mut out, mail, &outer, &text, &html);
        }
        Structure::Related => {
            let html = letter(mail, 2_000.min(room), true);
            let kind = format!("multipart/alternative; boundary=\"{inner}\"");
            open(&mut out, &outer, &[("Content-Type", &kind)]);
            alternative(&mut out, mail, &inner, &text, &html);
            open(
                &mut out,
                &outer,
                &[
                    ("Content-Type", "image/png; name=\"logo.png\""),
                    ("Content-Disposition", "inline; filename=\"logo.png\""),
                    ("Content-ID", "<logo@tenon.example>"),
                    ("Content-Transfer-Encoding", "base64"),
                ],
            );
            base64_lines(
                &mut out,
                &images::png(mail.plan.facts, decoded_size(room.saturating_sub(2_000))),
            );
            close(&mut out, &outer);
        }
        Structure::Mixed => {
            let kind = format!("multipart/alternative; boundary=\"{innermost}\"");
            open(&mut out, &outer, &[("Content-Type", &kind)]);
            alternative(
                &mut out,
                mail,
                &innermost,
                &text,
                &letter(mail, 1_000.min(room / 4), false),
            );
            let room = parts.target.saturating_sub(out.len() + 320);
            attachment(&mut out, mail, &outer, parts.attach, room);
            close(&mut out, &outer);
        }
    }
    out
}
