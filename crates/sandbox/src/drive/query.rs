//! The language of `files.list?q=`, as far as people search with it:
//! <https://developers.google.com/workspace/drive/api/guides/search-files>.

use super::File;

/// A search, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    NameHas(String),
    NameIs(String),
    TypeIs(String),
    TypeHas(String),
    Trashed(bool),
}

/// Deepest nesting.
const DEEPEST: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' => out.push(Token::Open),
            ')' => out.push(Token::Close),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next()? {
                        '\'' => break,
                        '\\' => value.push(chars.next()?),
                        c => value.push(c),
                    }
                }
                out.push(Token::Text(value));
            }
            c => {
                let mut word = c.to_string();
                let symbol = |c: char| matches!(c, '=' | '!' | '<' | '>');
                while let Some(next) = chars.peek() {
                    let ends = next.is_whitespace()
                        || matches!(next, '(' | ')' | '\'')
                        || symbol(*next) != symbol(c);
                    if ends {
                        break;
                    }
                    word.extend(chars.next());
                }
                out.push(Token::Word(word));
            }
        }
    }
    Some(out)
}

struct Reader {
    tokens: std::vec::IntoIter<Token>,
}

impl Reader {
    fn peek_word(&self) -> Option<&str> {
        match self.tokens.as_slice().first() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn any(&mut self, depth: usize) -> Option<Query> {
        let mut all = vec![self.all(depth)?];
        while self.peek_word() == Some("or") {
            self.tokens.next();
            all.push(self.all(depth)?);
        }
        Some(if all.len() == 1 {
            all.pop()?
        } else {
            Query::Any(all)
        })
    }

    fn all(&mut self, depth: usize) -> Option<Query> {
        let mut all = vec![self.one(depth)?];
        while self.peek_word() == Some("and") {
            self.tokens.next();
            all.push(self.one(depth)?);
        }
        Some(if all.len() == 1 {
            all.pop()?
        } else {
            Query::All(all)
        })
    }

    fn one(&mut self, depth: usize) -> Option<Query> {
        if depth > DEEPEST {
            return None;
        }
        match self.tokens.next()? {
            Token::Open => {
                let inner = self.any(depth + 1)?;
                (self.tokens.next()? == Token::Close).then_some(inner)
            }
            Token::Word(word) if word == "not" => Some(Query::Not(Box::new(self.one(depth + 1)?))),
            Token::Word(field) => self.term(&field),
            _ => None,
        }
    }

    fn term(&mut self, field: &str) -> Option<Query> {
        let Token::Word(operator) = self.tokens.next()? else {
            return None;
        };
        let value = self.tokens.next()?;
        let not = |query| Some(Query::Not(Box::new(query)));
        match (field, operator.as_str(), value) {
            // There is no content here to be found; names are part of the full text.
            ("name" | "fullText", "contains", Token::Text(text)) => Some(Query::NameHas(text)),
            ("name", "=", Token::Text(text)) => Some(Query::NameIs(text)),
            ("name", "!=", Token::Text(text)) => not(Query::NameIs(text)),
            ("mimeType", "=", Token::Text(text)) => Some(Query::TypeIs(text)),
            ("mimeType", "!=", Token::Text(text)) => not(Query::TypeIs(text)),
            ("mimeType", "contains", Token::Text(text)) => Some(Query::TypeHas(text)),
            ("trashed", "=", Token::Word(word)) => Some(Query::Trashed(truth(&word)?)),
            ("trashed", "!=", Token::Word(word)) => Some(Query::Trashed(!truth(&word)?)),
            _ => None,
        }
    }
}

fn truth(word: &str) -> Option<bool> {
    word.parse().ok()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

impl Query {
    /// Reads a search; `None` is Google's 400.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader {
            tokens: tokens(text)?.into_iter(),
        };
        let query = reader.any(0)?;
        reader.tokens.next().is_none().then_some(query)
    }

    pub(super) fn holds(&self, file: &File) -> bool {
        match self {
            Self::All(all) => all.iter().all(|q| q.holds(file)),
            Self::Any(any) => any.iter().any(|q| q.holds(file)),
            Self::Not(query) => !query.holds(file),
            Self::NameHas(text) => {
                // The words one after the other, the last one by its beginning.
                let (name, sought) = (words(&file.name), words(text));
                sought.is_empty()
                    || (0..name.len()).any(|from| {
                        let rest = &name[from..];
                        sought.len() <= rest.len()
                            && sought.iter().enumerate().all(|(i, w)| {
                                let last = i + 1 == sought.len();
                                rest[i] == *w || last && rest[i].starts_with(w.as_str())
                            })
                    })
            }
            Self::NameIs(text) => file.name.eq_ignore_ascii_case(text),
            Self::TypeIs(text) => file.mime_type == *text,
            Self::TypeHas(text) => file.mime_type.starts_with(text.as_str()),
            Self::Trashed(trashed) => file.trashed == *trashed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> File {
        File {
            id: "1".into(),
            name: name.into(),
            mime_type: "application/pdf".into(),
            owner: Some(0),
            drive: None,
            shared_with: Vec::new(),
            created: 0,
            modified: 0,
            trashed: false,
            deleted: false,
        }
    }

    #[test]
    fn finds_as_google_does() {
        let offer = file("Proposal Northwind – l'offre 2026.pdf");
        for (text, holds) in [
            ("name contains 'north'", true),
            ("name contains 'wind'", false),
            ("name contains 'proposal north' and trashed = false", true),
            ("name contains 'l\\'offre'", true),
            (
                "fullText contains 'proposal' and not name contains 'acme'",
                true,
            ),
            (
                "(name contains 'acme' or mimeType = 'application/pdf') and trashed=false",
                true,
            ),
            ("mimeType contains 'image/'", false),
            ("mimeType != 'application/pdf'", false),
            ("trashed = true", false),
        ] {
            let query = Query::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(query.holds(&offer), holds, "{text}");
        }
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for text in [
            "",
            "northwind",
            "name contains 'x",
            "name contains x",
            "name contains 'x' and",
            "(name contains 'x'",
            "colour = 'red'",
            "trashed = 'maybe'",
            "name contains 'x' name contains 'y'",
            &"(".repeat(40),
        ] {
            assert_eq!(Query::parse(text), None, "{text}");
        }
    }
}
