//! Names in a query become addresses: `from:ann` finds what the Ann of the mailbox has written from
//! any of her addresses. Names are sealed with the rest of the envelope, so they cannot be looked up;
//! the newest conversations are opened instead, in memory.

use std::collections::HashMap;

use tenon_model::mail::normalize_address;
use tenon_store::{ConnectionRow, ThreadQuery, Tx};

use crate::sync::seal::open_envelope;
use crate::{Ctx, Result};

/// Conversations that are looked through for names, in each mailbox.
const RECENT: u32 = 400;
/// More people of one name are no help.
const MOST: usize = 5;

/// A name that was understood as addresses.
#[derive(Clone)]
pub struct Resolved {
    /// As it stood in the query: `from:ann`.
    pub term: String,
    /// Name and address of whom it was taken to mean.
    pub people: Vec<(String, String)>,
}

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece<'q> {
    /// Passed on as it is.
    Text(&'q str),
    /// `from:`, `to:`, … and a name without `@`.
    Name {
        whole: &'q str,
        operator: &'q str,
        name: &'q str,
    },
}

/// Rewrites the names of a query; what was understood how.
pub(super) async fn resolve(
    ctx: &Ctx,
    tx: &mut Tx,
    rows: &[ConnectionRow],
    query: &str,
) -> Result<(String, Vec<Resolved>)> {
    let pieces = pieces(query);
    if !pieces.iter().any(|p| matches!(p, Piece::Name { .. })) {
        return Ok((query.to_owned(), Vec::new()));
    }
    let people = people(ctx, tx, rows).await?;
    let (mut out, mut resolved) = (String::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name {
                whole,
                operator,
                name,
            } => {
                let found = named(&people, name);
                if found.is_empty() {
                    out.push_str(whole);
                    continue;
                }
                // Gmail's own reading of the name stays one of the alternatives.
                let terms = found
                    .iter()
                    .map(|(_, address)| format!("{operator}{address}"));
                let terms: Vec<String> = terms.chain([whole.to_owned()]).collect();
                out.push('{');
                out.push_str(&terms.join(" "));
                out.push('}');
                resolved.push(Resolved {
                    term: whole.to_owned(),
                    people: found,
                });
            }
        }
    }
    Ok((out, resolved))
}

/// The only address in a query that is nothing else: `ann@example.com`, `from:ann@example.com`.
pub(super) fn only_address(query: &str) -> Option<String> {
    let word = query.trim();
    let word = ["from:", "to:", "cc:"]
        .iter()
        .find_map(|o| word.strip_prefix(o))
        .unwrap_or(word);
    let (local, domain) = word.split_once('@')?;
    let plain = |c: char| !c.is_whitespace() && !"\"(){}<>,:;|".contains(c);
    (!local.is_empty() && domain.contains('.') && word.chars().all(plain))
        .then(|| normalize_address(word))
}

fn pieces(query: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        // A term ends at a space or bracket outside quotes.
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|(_, c)| {
                quoted ^= *c == '"';
                !quoted && (c.is_whitespace() || "(){}".contains(*c))
            })
            .map_or(rest.len(), |(at, _)| at);
        let (term, after) = rest.split_at(end);
        out.push(piece(term));
        let next = after.chars().next().map_or(0, char::len_utf8);
        let (between, after) = after.split_at(next);
        if !between.is_empty() {
            out.push(Piece::Text(between));
        }
        rest = after;
    }
    out
}

fn piece(term: &str) -> Piece<'_> {
    for operator in ["from:", "to:", "cc:", "bcc:"] {
        if let Some(value) = term
            .get(..operator.len())
            .filter(|head| head.eq_ignore_ascii_case(operator))
            .map(|_| &term[operator.len()..])
        {
            let name = value.trim_matches('"').trim();
            if name.chars().count() >= 2 && !name.contains(['@', '.']) && name != "me" {
                return Piece::Name {
                    whole: term,
                    operator,
                    name,
                };
            }
        }
    }
    Piece::Text(term)
}

/// Names by address, of those who wrote or were written to lately.
async fn people(ctx: &Ctx, tx: &mut Tx, rows: &[ConnectionRow]) -> Result<Vec<(String, String)>> {
    let mut out: HashMap<String, String> = HashMap::new();
    for row in rows {
        let key = ctx.keys.get(tx, row.key_id).await?;
        let query = ThreadQuery {
            connections: vec![row.id],
            label: None,
            unread: false,
            after: None,
            limit: RECENT,
        };
        let threads = tx.threads().page(&query).await?;
        let ids: Vec<_> = threads.iter().map(|t| t.id).collect();
        for (_, message) in tx.threads().heads(&ids, 1).await? {
            let envelope = open_envelope(&key, message.id, &message.envelope)?;
            for a in envelope.from.iter().chain(&envelope.to).chain(&envelope.cc) {
                if !a.name.is_empty() && a.address.contains('@') {
                    out.entry(normalize_address(&a.address))
                        .or_insert_with(|| a.name.clone());
                }
            }
        }
    }
    Ok(out.into_iter().map(|(a, n)| (n, a)).collect())
}

/// Whose name has a word for each word that was asked for; none when there are too many.
fn named(people: &[(String, String)], name: &str) -> Vec<(String, String)> {
    let wanted: Vec<String> = name
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut found: Vec<(String, String)> = people
        .iter()
        .filter(|(name, _)| {
            let name = name.to_lowercase();
            let words: Vec<&str> = name
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .collect();
            wanted.iter().all(|w| words.iter().any(|word| word == w))
        })
        .cloned()
        .collect();
    // What cannot be said within a query is left to the provider's own reading.
    found.retain(|(_, address)| only_address(address).is_some());
    found.sort_unstable();
    if found.len() > MOST {
        Vec::new()
    } else {
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<&str> {
        pieces(query)
            .into_iter()
            .filter_map(|p| match p {
                Piece::Name { name, .. } => Some(name),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn names_are_told_from_addresses_and_from_text() {
        assert_eq!(names("from:ann invoice"), ["ann"]);
        assert_eq!(names("FROM:Ann to:\"Bob Keller\""), ["Ann", "Bob Keller"]);
        assert_eq!(names("(from:ann OR to:bob)"), ["ann", "bob"]);
        for none in [
            "ann",
            "from:ann@example.com",
            "from:example.com",
            "from:me",
            "from:a",
            "from:",
            "subject:from",
            "\"from:ann\"",
            "é from:\"",
        ] {
            assert!(names(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn a_query_without_names_is_put_together_again_as_it_was() {
        for query in [
            "a  b",
            "{from:x@y.example from:z@y.example} -c",
            "\"a b\" (c)",
            " x ",
        ] {
            let again: String = pieces(query)
                .into_iter()
                .map(|p| match p {
                    Piece::Text(t) => t,
                    Piece::Name { whole, .. } => whole,
                })
                .collect();
            assert_eq!(again, query);
        }
    }

    #[test]
    fn people_are_found_by_whole_words_of_their_names() {
        let people: Vec<(String, String)> = [
            ("Ann Lee", "ann@x.example"),
            ("Lee, Ann (Sales)", "lee@y.example"),
            ("Annika", "annika@x.example"),
            ("Ann Broken", "ann broken@x.example"),
        ]
        .map(|(n, a)| (n.to_owned(), a.to_owned()))
        .to_vec();
        let of = |name: &str| {
            named(&people, name)
                .into_iter()
                .map(|(_, a)| a)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("ann"), ["ann@x.example", "lee@y.example"]);
        assert_eq!(of("lee ann"), ["ann@x.example", "lee@y.example"]);
        assert!(of("anni").is_empty());
        let many: Vec<_> = (0..6)
            .map(|n| ("Ann".to_owned(), format!("a{n}@x.example")))
            .collect();
        assert!(named(&many, "ann").is_empty());
    }

    #[test]
    fn a_lone_address_is_recognised() {
        for (query, wanted) in [
            ("Ann@Example.com", Some("ann@example.com")),
            ("from:ann@example.com ", Some("ann@example.com")),
            ("ann@example.com invoice", None),
            ("ann@example", None),
            ("-from:ann@example.com", None),
            ("\"ann@example.com\"", None),
        ] {
            assert_eq!(only_address(query).as_deref(), wanted, "{query}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_nothing_is_lost(query in "[a-zé:@\"(){} ]{0,40}") {
            let again: String = pieces(&query).into_iter().map(|p| match p {
                Piece::Text(t) => t,
                Piece::Name { whole, .. } => whole,
            }).collect();
            proptest::prop_assert_eq!(again, query.as_str());
            only_address(&query);
        }
    }
}
