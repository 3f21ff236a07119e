//! Gmail's search language, as `q=` takes it.
//!
//! Operators: from to cc bcc subject label in is has filename before after older newer older_than newer_than larger smaller
//! size rfc822msgid list deliveredto category, `-`, `{}`, `OR`, `()`, "phrases" and free words. Words are compared whole,
//! without case or accents. Dates without an hour are midnight Pacific time, as the API's filter guide says.

use super::matching::View;
use crate::mailbox::labels::{self, LabelIndex, Labels};
use crate::mailbox::{Mailbox, Stored};
use crate::wire::text::midnight;

const PACIFIC: i64 = 8 * 3600;
const DEEPEST: usize = 40;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Has(LabelIndex),
    /// Not in the inbox, not sent, not deleted.
    Archived,
    UserLabels,
    Attachment,
    Never,
    Always,
    After(i64),
    Before(i64),
    Larger(u64),
    Smaller(u64),
    MessageId(String),
    Filename(String),
    From(Vec<String>),
    To(Vec<String>),
    Cc(Vec<String>),
    Bcc(Vec<String>),
    Subject(Vec<String>),
    List(Vec<String>),
    Words(Vec<String>),
}

/// A parsed query.
#[derive(Debug)]
pub(crate) struct Query {
    node: Node,
    /// The query itself speaks of spam or bin, so they are not left out.
    pub(crate) anywhere: bool,
}

/// Lower case without accents, cut at everything that is no letter or digit.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase().map(unaccent));
        } else if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

fn unaccent(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open(char),
    Close(char),
    Minus,
    Or,
    /// `operator:` before a value or a group.
    Operator(String),
    Word(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        match c {
            c if c.is_whitespace() => rest = tail,
            '(' | '{' => {
                out.push(Token::Open(c));
                rest = tail;
            }
            ')' | '}' => {
                out.push(Token::Close(c));
                rest = tail;
            }
            '-' => {
                out.push(Token::Minus);
                rest = tail;
            }
            '+' => rest = tail,
            '"' => {
                let end = tail.find('"').unwrap_or(tail.len());
                out.push(Token::Word(tail[..end].to_owned()));
                rest = tail.get(end + 1..).unwrap_or("");
            }
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "(){}\"".contains(c))
                    .unwrap_or(rest.len());
                let word = &rest[..end];
                match word.split_once(':') {
                    Some((name, value)) if is_operator(name) => {
                        out.push(Token::Operator(name.to_ascii_lowercase()));
                        // the value follows: a word here, or a phrase or group next
                        if value.is_empty() {
                            rest = rest[end..].trim_start();
                        } else {
                            out.push(Token::Word(value.to_owned()));
                            rest = &rest[end..];
                        }
                    }
                    _ => {
                        match word {
                            "OR" | "|" => out.push(Token::Or),
                            "AND" => {}
                            word => out.push(Token::Word(word.to_owned())),
                        }
                        rest = &rest[end..];
                    }
                }
            }
        }
    }
    out
}

fn is_operator(name: &str) -> bool {
    const NAMES: [&str; 23] = [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "label",
        "in",
        "is",
        "has",
        "filename",
        "before",
        "after",
        "older",
        "newer",
        "older_than",
        "newer_than",
        "larger",
        "smaller",
        "size",
        "rfc822msgid",
        "list",
        "deliveredto",
        "category",
    ];
    NAMES.iter().any(|n| n.eq_ignore_ascii_case(name))
}

struct Parser<'p> {
    tokens: Vec<Token>,
    at: usize,
    labels: &'p Labels,
    now: i64,
    anywhere: bool,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Terms until a closing bracket; `or` joins them the way of `{}`. An operator before a group holds for each word in it.
    fn group(
        &mut self,
        close: Option<char>,
        or: bool,
        operator: Option<&str>,
        depth: usize,
    ) -> Node {
        let mut terms: Vec<Node> = Vec::new();
        while let Some(token) = self.peek() {
            match token {
                Token::Close(c) => {
                    let ends = close == Some(*c);
                    self.at += 1;
                    if ends || depth == 0 {
                        if ends {
                            break;
                        }
                        continue;
                    }
                    break;
                }
                Token::Or => {
                    self.at += 1;
                    let right = self.term(operator, depth);
                    match (terms.pop(), right) {
                        (Some(left), Some(right)) => terms.push(either(left, right)),
                        (left, right) => terms.extend(left.or(right)),
                    }
                }
                _ => terms.extend(self.term(operator, depth)),
            }
        }
        match (terms.len(), or) {
            (0, _) => Node::Always,
            (1, _) => terms.swap_remove(0),
            (_, true) => Node::Or(terms),
            (_, false) => Node::And(terms),
        }
    }

    fn term(&mut self, operator: Option<&str>, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            self.at = self.tokens.len();
            return None;
        }
        let token = self.peek()?.clone();
        self.at += 1;
        match token {
            Token::Minus => self
                .term(operator, depth + 1)
                .map(|n| Node::Not(Box::new(n))),
            Token::Open(c) => {
                let close = if c == '(' { ')' } else { '}' };
                Some(self.group(Some(close), c == '{', operator, depth + 1))
            }
            Token::Operator(name) => match self.peek() {
                Some(Token::Open(_)) => self.term(Some(&name), depth + 1),
                Some(Token::Word(_)) => {
                    let Some(Token::Word(value)) = self.tokens.get(self.at).cloned() else {
                        return None;
                    };
                    self.at += 1;
                    Some(self.condition(&name, &value))
                }
                _ => None,
            },
            Token::Word(word) => Some(match operator {
                Some(name) => self.condition(name, &word),
                None => Node::Words(words(&word)),
            }),
            Token::Close(_) | Token::Or => None,
        }
    }

    fn system(&mut self, label: LabelIndex) -> Node {
        if label == labels::TRASH || label == labels::SPAM {
            self.anywhere = true;
        }
        Node::Has(label)
    }

    fn named(&mut self, name: &str) -> Node {
        let plain = |text: &str| words(text).join("-");
        let wanted = plain(name);
        let found = self
            .labels
            .iter()
            .find(|(_, l)| plain(&l.name) == wanted)
            .map(|(i, _)| i);
        match found {
            Some(label) => self.system(label),
            None => Node::Never,
        }
    }

    fn condition(&mut self, name: &str, value: &str) -> Node {
        let lower = value.to_ascii_lowercase();
        match name {
            "from" => Node::From(words(value)),
            "to" | "deliveredto" => Node::To(words(value)),
            "cc" => Node::Cc(words(value)),
            "bcc" => Node::Bcc(words(value)),
            "subject" => Node::Subject(words(value)),
            "list" => Node::List(words(value)),
            "filename" => Node::Filename(lower),
            "rfc822msgid" => Node::MessageId(
                value
                    .trim()
                    .trim_start_matches('<')
                    .trim_end_matches('>')
                    .to_owned(),
            ),
            "has" => match lower.as_str() {
                "attachment" => Node::Attachment,
                "userlabels" => Node::UserLabels,
                "nouserlabels" => Node::Not(Box::new(Node::UserLabels)),
                "yellow-star" => Node::Has(labels::STARRED),
                _ => Node::Never,
            },
            "is" => match lower.as_str() {
                "unread" => Node::Has(labels::UNREAD),
                "read" => Node::Not(Box::new(Node::Has(labels::UNREAD))),
                "starred" => Node::Has(labels::STARRED),
                "important" => Node::Has(labels::IMPORTANT),
                "sent" => Node::Has(labels::SENT),
                "draft" => Node::Has(labels::DRAFT),
                _ => Node::Never,
            },
            "in" => match lower.as_str() {
                "inbox" => Node::Has(labels::INBOX),
                "sent" => Node::Has(labels::SENT),
                "draft" | "drafts" => Node::Has(labels::DRAFT),
                "trash" | "bin" => self.system(labels::TRASH),
                "spam" => self.system(labels::SPAM),
                "anywhere" => {
                    self.anywhere = true;
                    Node::Always
                }
                "archive" => Node::Archived,
                _ => self.named(value),
            },
            "label" => match lower.as_str() {
                "unread" => Node::Has(labels::UNREAD),
                _ => self.named(value),
            },
            "category" => match lower.as_str() {
                "primary" => Node::Has(labels::PERSONAL),
                other => self.named(&format!("CATEGORY_{other}")),
            },
            "after" | "newer" => day(value).map_or(Node::Never, Node::After),
            "before" | "older" => day(value).map_or(Node::Never, Node::Before),
            "newer_than" => age(&lower).map_or(Node::Never, |s| Node::After(self.now - s)),
            "older_than" => age(&lower).map_or(Node::Never, |s| Node::Before(self.now - s)),
            "larger" | "size" => size(&lower).map_or(Node::Never, Node::Larger),
            "smaller" => size(&lower).map_or(Node::Never, Node::Smaller),
            _ => Node::Never,
        }
    }
}

fn either(left: Node, right: Node) -> Node {
    match left {
        Node::Or(mut terms) => {
            terms.push(right);
            Node::Or(terms)
        }
        left => Node::Or(vec![left, right]),
    }
}

/// Seconds of `2026/11/22`, `2026-11-22`, `11/22/2026` or seconds since the epoch.
fn day(text: &str) -> Option<i64> {
    let parts: Option<Vec<i64>> = text.split(['/', '-']).map(|p| p.parse().ok()).collect();
    match parts?.as_slice() {
        [seconds] => Some(*seconds),
        [y, m, d] | [m, d, y] if *y > 31 && (1..=12).contains(m) && (1..=31).contains(d) => {
            Some(midnight(*y, *m, *d) + PACIFIC)
        }
        _ => None,
    }
}

/// Seconds of `2d`, `3m`, `1y`, `6h`.
fn age(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'h' => 3600,
        'd' => 86_400,
        'm' => 30 * 86_400,
        'y' => 365 * 86_400,
        _ => return None,
    };
    text[..text.len() - 1]
        .parse::<i64>()
        .ok()?
        .checked_mul(unit)
}

fn size(text: &str) -> Option<u64> {
    let text = text.trim_end_matches('b');
    let (digits, unit) = match text.chars().last()? {
        'k' => (&text[..text.len() - 1], 1024),
        'm' => (&text[..text.len() - 1], 1024 * 1024),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// Numbers before words: what is cheap is asked first.
fn sort_by_cost(node: &mut Node) {
    match node {
        Node::And(terms) | Node::Or(terms) => {
            terms.iter_mut().for_each(sort_by_cost);
            terms.sort_by_key(cost);
        }
        Node::Not(inner) => sort_by_cost(inner),
        _ => {}
    }
}

fn cost(node: &Node) -> u32 {
    match node {
        Node::And(terms) | Node::Or(terms) => terms.iter().map(cost).max().unwrap_or(0),
        Node::Not(inner) => cost(inner),
        Node::Has(_)
        | Node::Archived
        | Node::UserLabels
        | Node::Never
        | Node::Always
        | Node::After(_)
        | Node::Before(_) => 0,
        Node::Larger(_) | Node::Smaller(_) | Node::Attachment | Node::MessageId(_) => 1,
        Node::Words(_) => 3,
        _ => 2,
    }
}

impl Query {
    /// Reads a query; what makes no sense matches nothing, as in Gmail, and is never an error.
    pub(crate) fn parse(text: &str, labels: &Labels, now: i64) -> Self {
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
            labels,
            now,
            anywhere: false,
        };
        let mut node = parser.group(None, false, None, 0);
        sort_by_cost(&mut node);
        Self {
            node,
            anywhere: parser.anywhere,
        }
    }

    pub(crate) fn matches(&self, mailbox: &Mailbox, stored: &Stored) -> bool {
        View::new(mailbox, stored).passes(&self.node)
    }

    /// The `Message-ID` when the query asks for nothing else: found by index.
    pub(crate) fn only_message_id(&self) -> Option<&str> {
        match &self.node {
            Node::MessageId(id) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        let mut labels = Labels::new();
        labels.create("Clients/Acme Tools");
        Query::parse(text, &labels, 1_795_338_000).node
    }

    fn w(text: &str) -> Vec<String> {
        words(text)
    }

    #[test]
    fn reads_the_usual_forms() {
        assert_eq!(node("subject:imp"), Node::Subject(w("imp")));
        assert_eq!(
            node("{subject:a subject:b}"),
            Node::Or(vec![Node::Subject(w("a")), Node::Subject(w("b"))])
        );
        assert_eq!(
            node("subject:(a b)"),
            Node::And(vec![Node::Subject(w("a")), Node::Subject(w("b"))])
        );
        assert_eq!(
            node("a OR b c"),
            Node::And(vec![
                Node::Or(vec![Node::Words(w("a")), Node::Words(w("b"))]),
                Node::Words(w("c"))
            ])
        );
        assert_eq!(
            node("-from:x@y.z"),
            Node::Not(Box::new(Node::From(w("x@y.z"))))
        );
        assert_eq!(node("subject:\"two words\""), Node::Subject(w("two words")));
        assert_eq!(
            node("label:clients-acme-tools"),
            node("label:\"Clients/Acme Tools\"")
        );
        assert_eq!(node("label:nothing"), Node::Never);
        assert_eq!(node("larger:2M"), Node::Larger(2 * 1024 * 1024));
        assert_eq!(node("newer_than:1d"), Node::After(1_795_338_000 - 86_400));
        assert_eq!(
            node("after:2026/11/22"),
            Node::After(1_795_305_600 + PACIFIC)
        );
        assert_eq!(node("after:1795338000"), Node::After(1_795_338_000));
        assert_eq!(node("rfc822msgid:<a@b>"), Node::MessageId("a@b".to_owned()));
        assert_eq!(node("Été"), Node::Words(vec!["ete".to_owned()]));
        assert_eq!(node(""), Node::Always);
    }

    #[test]
    fn rubbish_is_no_error() {
        for text in [
            "((((",
            "))))",
            "{",
            "-",
            "OR",
            "a OR",
            "from:",
            "in:",
            "\"",
            "subject:(",
            "older_than:é",
            "a:b:c",
            ") a",
        ] {
            node(text);
        }
        node(&"(".repeat(10_000));
        node(&"-".repeat(10_000));
    }
}
