//! Address lists of header values (RFC 5322, 3.4), read leniently: groups, comments, quoted names,
//! encoded words, old routes, and whatever broken software writes. Never fails, never panics.

use tenon_model::mail::Address;

use super::header::{clean, cut};

/// Longer headers are read up to here.
const MAX_INPUT: usize = 64 * 1024;

/// Longer addresses are cut; RFC 5321 allows 254 characters.
const MAX_ADDRESS: usize = 1_000;

/// Longer names are cut.
const MAX_NAME: usize = 500;

/// Nested or unclosed brackets beyond this many are plain text, so that reading stays linear.
const MAX_FAILURES: u32 = 8;

/// The addresses of a header value, in order. Where a header says `Name <>` there is a name without an
/// address (RFC 5321, 4.5.5 has bounces come from `<>`).
pub fn parse(value: &str) -> Vec<Address> {
    let mut parser = Parser {
        rest: cut(value, MAX_INPUT),
        failures: 0,
        item: Item::default(),
        found: Vec::new(),
    };
    parser.run();
    parser.found
}

/// What has been read of one mailbox.
#[derive(Default)]
struct Item {
    /// Words outside of brackets; quoted ones without their quotes.
    words: String,
    /// Whether `words` holds something that was quoted.
    quoted: bool,
    comment: Option<String>,
    /// What stood in `<…>`.
    angle: Option<String>,
}

struct Parser<'a> {
    rest: &'a str,
    failures: u32,
    item: Item,
    found: Vec<Address>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            match c {
                ',' | ';' => {
                    self.advance(1);
                    self.finish();
                }
                '"' => match self.quoted_string() {
                    Some(text) => {
                        // A quoted local part stays quoted: "a b"@example.com
                        if self.rest.starts_with('@') {
                            self.item.words.push('"');
                            self.item.words.push_str(&text);
                            self.item.words.push('"');
                        } else {
                            self.item.words.push_str(&text);
                        }
                        self.item.quoted = true;
                    }
                    None => self.advance(1),
                },
                '(' => match self.comment() {
                    Some(text) => {
                        self.item.comment.get_or_insert(text);
                    }
                    None => self.advance(1),
                },
                '<' => {
                    let inner = self.angle();
                    if self.item.angle.as_ref().is_none_or(|a| !a.contains('@')) {
                        self.item.angle = Some(inner);
                    }
                }
                '>' => self.advance(1),
                ':' if self.starts_group() => {
                    self.advance(1);
                    self.item = Item::default();
                }
                '=' if self.rest.starts_with("=?") => {
                    // An encoded word is one thing, even if it holds a raw comma.
                    let length = encoded_word(self.rest).unwrap_or(2);
                    let (word, rest) = self.rest.split_at(length);
                    self.item.words.push_str(word);
                    self.rest = rest;
                }
                c => {
                    self.item.words.push(c);
                    self.advance(c.len_utf8());
                }
            }
        }
        self.finish();
    }

    fn advance(&mut self, by: usize) {
        self.rest = self.rest.get(by..).unwrap_or_default();
    }

    /// `name:` of a group: words, but no address yet.
    fn starts_group(&self) -> bool {
        self.item.angle.is_none()
            && !self.item.words.contains('@')
            && !self.item.words.trim().is_empty()
    }

    /// The text of the quoted string that begins here, if it ends somewhere.
    fn quoted_string(&mut self) -> Option<String> {
        if self.failures >= MAX_FAILURES {
            return None;
        }
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                '"' => {
                    self.advance(at + 1);
                    return Some(text);
                }
                c => text.push(c),
            }
        }
        self.failures += 1;
        None
    }

    /// The text of the comment that begins here, if it ends somewhere.
    fn comment(&mut self) -> Option<String> {
        if self.failures >= MAX_FAILURES {
            return None;
        }
        let mut text = String::new();
        let mut depth = 0_u32;
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                '(' => {
                    depth += 1;
                    if depth > 1 {
                        text.push(c);
                    }
                }
                ')' => {
                    depth -= 1;
                    if depth == 0 {
                        self.advance(at + 1);
                        return Some(text);
                    }
                    text.push(c);
                }
                c => text.push(c),
            }
        }
        self.failures += 1;
        None
    }

    /// What stands between `<` and `>`; up to the next comma when the bracket never closes.
    fn angle(&mut self) -> String {
        self.advance(1);
        let mut quoted = false;
        let mut end = None;
        for (at, c) in self.rest.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '>' if !quoted => {
                    end = Some((at, at + 1));
                    break;
                }
                ',' | '<' if !quoted => {
                    // `<@old,@route:a@b>` is legal; any other comma here means a lost bracket.
                    let route = self.rest.trim_start().starts_with('@');
                    if !(c == ',' && route) {
                        end = Some((at, at));
                        break;
                    }
                }
                _ => {}
            }
        }
        let (inner, next) = end.unwrap_or((self.rest.len(), self.rest.len()));
        let text = &self.rest[..inner];
        let text = if text.trim_start().starts_with('@') {
            text.rsplit_once(':').map_or(text, |(_, address)| address)
        } else {
            text
        };
        let text = text.to_owned();
        self.advance(next);
        text
    }

    fn finish(&mut self) {
        let item = std::mem::take(&mut self.item);
        let bare = item.angle.is_some();
        let comment = item.comment.as_deref().unwrap_or_default();
        let (name, address) = match item.angle {
            Some(angle) if !angle.trim().is_empty() => {
                let name = if item.words.trim().is_empty() {
                    comment.to_owned()
                } else {
                    item.words
                };
                (name, angle)
            }
            // `MAILER DAEMON <>`: a name and, said outright, no address.
            Some(_) if !item.words.trim().is_empty() && !item.words.contains('@') => {
                (item.words, String::new())
            }
            _ => {
                let words = item.words.trim();
                let word = words.split_whitespace().find(|w| w.contains('@'));
                match word {
                    // `"a b"@example.com`
                    Some(_) if item.quoted && words.starts_with('"') => {
                        (comment.to_owned(), words.to_owned())
                    }
                    // `Ann ann@example.com`
                    Some(word) => {
                        let name = words.replacen(word, "", 1);
                        let name = if name.trim().is_empty() {
                            comment.to_owned()
                        } else {
                            name
                        };
                        (name, word.to_owned())
                    }
                    None => (comment.to_owned(), words.to_owned()),
                }
            }
        };
        let address = address_text(&address);
        let name = clean(&name);
        let name = cut(name.trim_matches(['\'', '"', ' ']), MAX_NAME).to_owned();
        if !address.is_empty() || bare && !name.is_empty() {
            self.found.push(Address { name, address });
        }
    }
}

/// An address as it is kept: decoded, without white space and stray marks around it.
fn address_text(raw: &str) -> String {
    let text = clean(raw);
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\''));
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    cut(text, MAX_ADDRESS).to_owned()
}

/// The length of the encoded word that `text` begins with.
fn encoded_word(text: &str) -> Option<usize> {
    let mut marks = cut(text, 2_000)
        .match_indices('?')
        .map(|(at, _)| at)
        .skip(1);
    let (_charset, _encoding) = (marks.next()?, marks.next()?);
    let end = marks.next()?;
    let word = text.get(..end + 2)?;
    (word.ends_with("?=") && !word.contains(['<', '>'])).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(value: &str) -> Vec<(String, String)> {
        parse(value)
            .into_iter()
            .map(|a| (a.name, a.address))
            .collect()
    }

    #[test]
    fn addresses_in_every_legal_form() {
        for (given, wanted) in [
            ("a@b.c", vec![("", "a@b.c")]),
            ("Ann Lee <ann@b.c>", vec![("Ann Lee", "ann@b.c")]),
            (
                "\"Lee, Ann\" <ann@b.c>, bob@b.c",
                vec![("Lee, Ann", "ann@b.c"), ("", "bob@b.c")],
            ),
            (
                "\"Ann \\\"Al\\\" Lee\" <ann@b.c>",
                vec![("Ann \"Al\" Lee", "ann@b.c")],
            ),
            (
                "ann@b.c (Ann (the first) Lee)",
                vec![("Ann (the first) Lee", "ann@b.c")],
            ),
            (
                "Team: ann@b.c, Bob <bob@b.c>; eve@b.c",
                vec![("", "ann@b.c"), ("Bob", "bob@b.c"), ("", "eve@b.c")],
            ),
            ("undisclosed-recipients:;", vec![]),
            ("\"a b\"@b.c", vec![("", "\"a b\"@b.c")]),
            (
                "<@relay.example,@other.example:ann@b.c>",
                vec![("", "ann@b.c")],
            ),
            ("=?utf-8?Q?Andr=C3=A9?= <a@b.c>", vec![("André", "a@b.c")]),
            ("=?utf-8?Q?Doe,_J?= <j@b.c>", vec![("Doe, J", "j@b.c")]),
            ("\"=?utf-8?B?QW5kcsOp?=\" <a@b.c>", vec![("André", "a@b.c")]),
            ("Ann\r\n Lee <ann@b.c>", vec![("Ann Lee", "ann@b.c")]),
            (
                "Dr. J. Q. Public <j@b.c>",
                vec![("Dr. J. Q. Public", "j@b.c")],
            ),
            ("用户 <用户@例子.广告>", vec![("用户", "用户@例子.广告")]),
        ] {
            let wanted: Vec<_> = wanted
                .iter()
                .map(|(n, a)| ((*n).to_owned(), (*a).to_owned()))
                .collect();
            assert_eq!(pairs(given), wanted, "{given}");
        }
    }

    #[test]
    fn broken_lists_still_give_what_is_there() {
        for (given, wanted) in [
            ("", vec![]),
            (" , ,; ", vec![]),
            ("<>", vec![]),
            ("MAILER DAEMON <>", vec![("MAILER DAEMON", "")]),
            ("\"Mail Delivery\" < >", vec![("Mail Delivery", "")]),
            ("ann@b.c <>", vec![("", "ann@b.c")]),
            ("(nobody) <>", vec![("nobody", "")]),
            ("MAILER-DAEMON", vec![("", "MAILER-DAEMON")]),
            ("Ann <ann@b.c", vec![("Ann", "ann@b.c")]),
            (
                "Ann <ann@b.c, Bob <bob@b.c>",
                vec![("Ann", "ann@b.c"), ("Bob", "bob@b.c")],
            ),
            ("Ann ann@b.c", vec![("Ann", "ann@b.c")]),
            ("\"Ann <ann@b.c>", vec![("Ann", "ann@b.c")]),
            ("'ann@b.c' <ann@b.c>", vec![("ann@b.c", "ann@b.c")]),
            ("Ann (unclosed <ann@b.c>", vec![("Ann unclosed", "ann@b.c")]),
            ("ann@b.c; bob@b.c", vec![("", "ann@b.c"), ("", "bob@b.c")]),
            ("<mailto:ann@b.c>", vec![("", "ann@b.c")]),
            ("Ann <<ann@b.c>>", vec![("Ann", "ann@b.c")]),
            ("\u{0}ann@b.c\u{0}", vec![("", "ann@b.c")]),
        ] {
            let wanted: Vec<_> = wanted
                .iter()
                .map(|(n, a)| ((*n).to_owned(), (*a).to_owned()))
                .collect();
            assert_eq!(pairs(given), wanted, "{given}");
        }
    }

    #[test]
    fn long_and_nasty_input_takes_no_time() {
        for unit in [
            "(",
            "\"",
            "<",
            "=?",
            "\\",
            "a:",
            "((a)",
            "\"(",
            "=?utf-8?q?",
        ] {
            let input = unit.repeat(2_000_000 / unit.len());
            let started = std::time::Instant::now();
            parse(&input);
            assert!(started.elapsed().as_secs() < 3, "{unit}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "(\\PC|[<>()\",;:@\\\\ =?é\u{0}\r\n]|=\\?utf-8\\?q\\?){0,80}") {
            for a in parse(&value) {
                prop_assert!(!a.address.is_empty() || !a.name.is_empty());
            }
        }

        #[test]
        fn plain_mailboxes_come_back(
            people in prop::collection::vec(("[A-Za-z][A-Za-z .,]{0,12}[A-Za-z]", "[a-z0-9.]{1,10}@[a-z]{1,8}\\.[a-z]{2,4}"), 0..6)
        ) {
            let header: Vec<String> = people.iter().map(|(n, a)| format!("\"{n}\" <{a}>")).collect();
            prop_assert_eq!(pairs(&header.join(", ")), people);
        }
    }
}
