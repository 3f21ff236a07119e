//! Small text forms of the wire: base64url, HTML and URL escapes, HTTP and mail dates, header words.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE, URL_SAFE_NO_PAD,
};

/// Accepts both alphabets, with and without padding, as Google's servers do.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const LENIENT_URL: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);
const LENIENT_STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);

/// base64url with padding: the form of `raw` and `data` in the Gmail API.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// base64url without padding: the form of tokens and JSON Web Signatures.
pub(crate) fn base64url_bare(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Standard base64, in one line.
pub(crate) fn base64_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 in either alphabet; line ends inside are ignored.
pub(crate) fn unbase64(text: &str) -> Option<Vec<u8>> {
    let text: Cow<'_, str> = if text.bytes().any(|b| b.is_ascii_whitespace()) {
        Cow::Owned(text.split_ascii_whitespace().collect())
    } else {
        Cow::Borrowed(text)
    };
    LENIENT_URL
        .decode(text.as_bytes())
        .or_else(|_| LENIENT_STANDARD.decode(text.as_bytes()))
        .ok()
}

/// Escapes text for HTML, in the form of Gmail's snippets (`&#39;`).
pub(crate) fn html_escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The pairs of a query string or a form.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    url::form_urlencoded::parse(text.as_bytes())
}

/// Decodes `%XX` in a path segment; `+` stays a plus.
pub(crate) fn unescape_path(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = (bytes[i] == b'%')
            .then(|| text.get(i + 1..i + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(b) = hex {
            out.push(b);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// A civil time in some offset.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: u8,
    pub(crate) day: u8,
    pub(crate) hour: u8,
    pub(crate) minute: u8,
    pub(crate) second: u8,
    /// 0 is Sunday.
    pub(crate) weekday: u8,
}

pub(crate) const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
pub(crate) const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Civil time of `seconds` since the epoch plus `offset_minutes` (days to date after Hinnant's `civil_from_days`).
pub(crate) fn civil(seconds: i64, offset_minutes: i32) -> Civil {
    let local = seconds + i64::from(offset_minutes) * 60;
    let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u8;
    Civil {
        year: yoe + era * 400 + i64::from(month <= 2),
        month,
        day: (doy - (153 * mp + 2) / 5 + 1) as u8,
        hour: (rest / 3600) as u8,
        minute: (rest / 60 % 60) as u8,
        second: (rest % 60) as u8,
        weekday: (days + 4).rem_euclid(7) as u8,
    }
}

/// Seconds since the epoch of midnight UTC on a date (Hinnant's `days_from_civil`).
pub(crate) fn midnight(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    (era * 146_097 + doe - 719_468) * 86_400
}

/// `Sun, 22 Nov 2026 09:00:00 GMT` (RFC 9110, 5.6.7).
pub(crate) fn http_date(seconds: i64) -> String {
    let c = civil(seconds, 0);
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
        WEEKDAYS[usize::from(c.weekday)],
        c.day,
        MONTHS[usize::from(c.month - 1)],
        c.year,
        c.hour,
        c.minute,
        c.second
    )
}

/// `Sun, 22 Nov 2026 10:00:00 +0100` (RFC 5322, 3.3).
pub(crate) fn mail_date(seconds: i64, offset_minutes: i32) -> String {
    let c = civil(seconds, offset_minutes);
    let (sign, off) = if offset_minutes < 0 {
        ('-', -offset_minutes)
    } else {
        ('+', offset_minutes)
    };
    format!(
        "{}, {} {} {} {:02}:{:02}:{:02} {sign}{:02}{:02}",
        WEEKDAYS[usize::from(c.weekday)],
        c.day,
        MONTHS[usize::from(c.month - 1)],
        c.year,
        c.hour,
        c.minute,
        c.second,
        off / 60,
        off % 60
    )
}

/// A header value as it goes over the wire: encoded words (RFC 2047, base64) when it is not ASCII,
/// folded before 76 columns.
pub(crate) fn encode_header(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let mut out = String::new();
    let mut chunk = String::new();
    let flush = |chunk: &mut String, out: &mut String| {
        if !out.is_empty() {
            out.push_str("\r\n ");
        }
        let _ = write!(out, "=?UTF-8?B?{}?=", STANDARD.encode(chunk.as_bytes())); // a String takes every write
        chunk.clear();
    };
    for c in value.chars() {
        if chunk.len() + c.len_utf8() > 42 {
            flush(&mut chunk, &mut out);
        }
        chunk.push(c);
    }
    flush(&mut chunk, &mut out);
    Cow::Owned(out)
}

/// The value of a raw header: unfolded, encoded words decoded, the way the Gmail API shows it.
pub(crate) fn decode_header(raw: &[u8]) -> String {
    let mut line = Vec::with_capacity(raw.len() + 2);
    line.extend(raw.iter().copied().filter(|b| *b != 0));
    while line.last().is_some_and(u8::is_ascii_whitespace) {
        line.pop();
    }
    if !line.windows(2).any(|w| w == b"=?") {
        let text = String::from_utf8_lossy(&line).into_owned();
        return unfold(text.trim());
    }
    line.extend_from_slice(b"\r\n");
    match mail_parser::parsers::MessageStream::new(&line).parse_unstructured() {
        mail_parser::HeaderValue::Text(text) => text.into_owned(),
        _ => unfold(String::from_utf8_lossy(&line).trim()),
    }
}

fn unfold(text: &str) -> String {
    if !text.contains(['\r', '\n']) {
        return text.to_owned();
    }
    text.lines()
        .enumerate()
        .fold(String::new(), |mut all, (i, line)| {
            if i > 0 {
                all.push(' ');
            }
            all.push_str(line.trim());
            all
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right() {
        assert_eq!(http_date(1_795_338_000), "Sun, 22 Nov 2026 09:00:00 GMT");
        assert_eq!(
            mail_date(1_795_338_000, 60),
            "Sun, 22 Nov 2026 10:00:00 +0100"
        );
        assert_eq!(
            mail_date(1_795_338_000, -330),
            "Sun, 22 Nov 2026 03:30:00 -0530"
        );
        assert_eq!(midnight(2026, 11, 22), 1_795_338_000 - 9 * 3600);
        assert_eq!(civil(0, 0).year, 1970);
        assert_eq!(midnight(2024, 2, 29) + 86_400, midnight(2024, 3, 1));
    }

    #[test]
    fn header_words_come_back() {
        let text =
            "Proposition commerciale – été 2026 ☀️ à valider avant vendredi, s'il vous plaît";
        let wire = encode_header(text);
        assert!(wire.is_ascii() && wire.lines().all(|l| l.len() < 78));
        assert_eq!(decode_header(wire.as_bytes()), text);
        assert_eq!(decode_header(b" plain\r\n\tfolded "), "plain folded");
        assert_eq!(decode_header("brut é".as_bytes()), "brut é");
        assert_eq!(decode_header(b""), "");
    }

    #[test]
    fn base64_is_read_in_every_usual_form() {
        for text in ["_-8=", "_-8", "/+8=", "/+8", "/+\r\n8="] {
            assert_eq!(unbase64(text).as_deref(), Some(&[0xff, 0xef][..]), "{text}");
        }
        assert!(unbase64("!!").is_none());
    }

    #[test]
    fn paths_unescape() {
        assert_eq!(unescape_path("a%40b+c%zz%"), "a@b+c%zz%");
    }
}
