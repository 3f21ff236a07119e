//! One search over records of every kind: by whole words, by beginnings, and in spite of slips (decision 0062).

use std::collections::HashMap;

use serde_json::Value;
use tenon_model::records::{Kind, Shape, distance, fold, words};
use tenon_model::{RecordId, StageId, Time};
use tenon_store::{RecordRow, SoughtWord, Tx};

use super::view::{RecordRef, shape};
use crate::{Actor, Ctx, Error, Result};

/// Characters of a search.
const LONGEST: usize = 200;
/// Words of a search.
const WORDS: usize = 10;
/// Records of a page.
const MOST: u32 = 50;
/// Records of each kind among which the best are chosen. They come in the order of the words, those that have
/// the word as a whole first.
const CANDIDATES: u32 = 150;
/// Up to here it is counted how common a word is: the search begins at the rarest.
const COMMON: u32 = 1_000;
/// Digits that make a search one telephone number.
const PHONE: usize = 5;

/// How the words of a search were found: as the worst of them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// As whole words.
    Exact,
    /// As beginnings of words.
    Prefix,
    /// As words that differ by a slip.
    Similar,
}

impl Match {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Prefix => "prefix",
            Self::Similar => "similar",
        }
    }
}

/// Something that a search found.
#[derive(Clone)]
pub struct Hit {
    /// The record.
    pub record: RecordRef,
    /// What tells it from others of its name: its company, address, stage, amount.
    pub hint: Option<String>,
    /// How.
    pub by: Match,
    /// When it last changed.
    pub updated_at: Time,
}

/// The folded words of what somebody typed. A number that is written with spaces is one word.
pub(super) fn typed(field: &str, text: &str) -> Result<Vec<String>> {
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(Error::field(
            field,
            "must have at most 200 plain characters",
        ));
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+()-/.".contains(c);
    if digits >= PHONE && text.chars().all(number) {
        return Ok(vec![text.chars().filter(char::is_ascii_digit).collect()]);
    }
    let folded = fold(text);
    let typed = folded.split(|c: char| c.is_whitespace() || ",;".contains(c));
    let typed: Vec<&str> = typed.filter(|w| !w.is_empty()).collect();
    let mut out: Vec<String> = Vec::new();
    for word in &typed {
        if word.contains('@') {
            out.push((*word).to_owned());
        } else {
            let parts = word.split(|c: char| !c.is_alphanumeric());
            out.extend(parts.filter(|p| !p.is_empty()).map(str::to_owned));
        }
    }
    if out.is_empty() {
        // Signs alone are words that nothing has, not a search for everything.
        out.extend(typed.iter().map(|w| (*w).to_owned()));
    }
    out.truncate(WORDS);
    Ok(out)
}

/// The words with those that they may be meant for.
pub(super) async fn near(tx: &mut Tx, words: &mut [SoughtWord]) -> Result<()> {
    for word in words {
        word.near = tx.records().near(&word.word).await?;
    }
    Ok(())
}

/// Words as they were typed.
pub(super) fn plain(words: Vec<String>) -> Vec<SoughtWord> {
    let plain = |word| SoughtWord {
        word,
        near: Vec::new(),
    };
    words.into_iter().map(plain).collect()
}

/// Records of the kinds that the member sees, best first: those with all words as they were typed, then by
/// beginnings, then in spite of slips; among these first where the title has them, and what changed last.
pub async fn search(
    ctx: &Ctx,
    actor: &Actor,
    text: &str,
    kinds: Option<Vec<Kind>>,
    limit: u32,
) -> Result<Vec<Hit>> {
    let limit = limit.clamp(1, MOST) as usize;
    let mut sought = plain(typed("text", text)?);
    let kinds = kinds.unwrap_or_else(|| Kind::ALL.to_vec());
    if sought.is_empty() || kinds.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    rarest_first(&mut tx, &kinds, &mut sought).await?;
    let mut found: Vec<RecordRow> = Vec::new();
    gather(&mut tx, &kinds, &sought, false, &mut found).await?;
    if found.len() < limit {
        near(&mut tx, &mut sought).await?;
        if sought.iter().any(|w| !w.near.is_empty()) {
            gather(&mut tx, &kinds, &sought, false, &mut found).await?;
            gather(&mut tx, &kinds, &sought, true, &mut found).await?;
        }
    }
    let mut shapes: HashMap<Kind, Shape> = HashMap::new();
    for kind in kinds {
        shapes.insert(kind, shape(&mut tx, kind).await?);
    }
    let mut ranked: Vec<(Match, bool, RecordRow)> = found
        .into_iter()
        .filter_map(|row| {
            let all = words(shapes.get(&row.kind)?, &row.values);
            let by = matched(&sought, &all)?;
            let title = fold(&row.title);
            let title: Vec<String> = title
                .split(|c: char| !c.is_alphanumeric())
                .map(str::to_owned)
                .collect();
            Some((by, matched(&sought, &title).is_none(), row))
        })
        .collect();
    ranked.sort_by(|a, b| {
        let key =
            |r: &(Match, bool, RecordRow)| (r.0, r.1, std::cmp::Reverse(r.2.updated_at), r.2.id);
        key(a).cmp(&key(b))
    });
    ranked.truncate(limit);
    let rows: Vec<&RecordRow> = ranked.iter().map(|(_, _, row)| row).collect();
    let mut hints = hints(&mut tx, &rows).await?;
    let hit = |(by, _, row): &(Match, bool, RecordRow)| Hit {
        record: row.into(),
        hint: hints.remove(&row.id),
        by: *by,
        updated_at: row.updated_at,
    };
    Ok(ranked.iter().map(hit).collect())
}

/// Puts the word in front that the fewest words of records begin with: there the search begins.
async fn rarest_first(tx: &mut Tx, kinds: &[Kind], sought: &mut [SoughtWord]) -> Result<()> {
    if sought.len() < 2 {
        return Ok(());
    }
    let mut rarest = (u64::MAX, 0);
    for (i, word) in sought.iter().enumerate() {
        let common = tx.records().how_common(kinds, &word.word, COMMON).await?;
        rarest = rarest.min((common, i));
    }
    sought.swap(0, rarest.1);
    Ok(())
}

/// Adds the records of each kind that have all the words.
async fn gather(
    tx: &mut Tx,
    kinds: &[Kind],
    sought: &[SoughtWord],
    by_near: bool,
    out: &mut Vec<RecordRow>,
) -> Result<()> {
    let Some((first, others)) = sought.split_first() else {
        return Ok(());
    };
    if by_near && first.near.is_empty() {
        return Ok(());
    }
    let others: Vec<&SoughtWord> = others.iter().collect();
    for kind in kinds {
        let rows = tx
            .records()
            .with_words(*kind, (first, by_near), &others, CANDIDATES)
            .await?;
        for row in rows {
            if !out.iter().any(|r| r.id == row.id) {
                out.push(row);
            }
        }
    }
    Ok(())
}

/// How a record has all the words that were sought, if it does.
fn matched(sought: &[SoughtWord], words: &[String]) -> Option<Match> {
    let each = sought.iter().map(|w| {
        let whole = words.contains(&w.word);
        let begins = || words.iter().any(|o| o.starts_with(&w.word));
        let near = || {
            words
                .iter()
                .any(|o| w.near.contains(o) && distance(&w.word, o).is_some())
        };
        match () {
            () if whole => Some(Match::Exact),
            () if begins() => Some(Match::Prefix),
            () if near() => Some(Match::Similar),
            () => None,
        }
    });
    each.collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// What tells records from others of their name.
async fn hints(tx: &mut Tx, rows: &[&RecordRow]) -> Result<HashMap<RecordId, String>> {
    let company =
        |row: &RecordRow| -> Option<RecordId> { row.values.get("company")?.as_str()?.parse().ok() };
    let mut ids: Vec<RecordId> = rows.iter().filter_map(|r| company(r)).collect();
    ids.sort_unstable();
    ids.dedup();
    let companies: HashMap<RecordId, String> = tx
        .records()
        .get_many(&ids)
        .await?
        .into_iter()
        .map(|r| (r.id, r.title))
        .collect();
    let mut stages: HashMap<StageId, String> = HashMap::new();
    if rows.iter().any(|r| r.stage.is_some()) {
        let all = tx.pipelines().all_stages().await?;
        stages.extend(all.into_iter().map(|s| (s.id, s.name)));
    }
    let hint = |row: &&RecordRow| {
        let text = |key: &str| {
            row.values
                .get(key)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let company = company(row).and_then(|id| companies.get(&id).cloned());
        let address = || {
            let first = row.values.get("emails")?.as_array()?.first()?;
            Some(first.get("address")?.as_str()?.to_owned())
        };
        let parts: Vec<String> = match row.kind {
            Kind::Contact => company.or_else(address).into_iter().collect(),
            Kind::Company => text("domain").into_iter().collect(),
            Kind::Deal | Kind::Lead | Kind::Case | Kind::Card => {
                let stage = row.stage.and_then(|id| stages.get(&id).cloned());
                let amount = row.values.get("amount").and_then(|a| {
                    let of = |key: &str| a.get(key)?.as_str();
                    Some(format!("{} {}", of("amount")?, of("currency")?))
                });
                company.into_iter().chain(stage).chain(amount).collect()
            }
            Kind::Task => text("due_date").into_iter().collect(),
            Kind::Activity => text("location").into_iter().collect(),
            Kind::Note => Vec::new(),
        };
        (!parts.is_empty()).then(|| (row.id, parts.join(" · ")))
    };
    Ok(rows.iter().filter_map(hint).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_words() {
        let words = |text: &str| typed("text", text).unwrap();
        assert_eq!(words("  Anna, MÜLLER "), ["anna", "muller"]);
        assert_eq!(words("Müller-Lüdenscheidt"), ["muller", "ludenscheidt"]);
        assert_eq!(words("Anna@Acme.example"), ["anna@acme.example"]);
        assert_eq!(words("+49 171 / 123-45"), ["4917112345"]);
        assert_eq!(words("1234"), ["1234"]);
        assert_eq!(words("% _"), ["%", "_"]);
        assert!(words(" ,; ").is_empty());
        assert!(typed("text", &"a".repeat(201)).is_err());
    }

    #[test]
    fn the_worst_word_says_how_a_record_was_found() {
        let sought = |word: &str, near: &[&str]| SoughtWord {
            word: word.into(),
            near: near.iter().map(|t| (*t).to_owned()).collect(),
        };
        let words: Vec<String> = ["anna", "muller"].map(str::to_owned).into();
        let anna = sought("anna", &[]);
        for (other, by) in [
            (sought("muller", &[]), Some(Match::Exact)),
            (sought("mull", &[]), Some(Match::Prefix)),
            (sought("mulller", &["muller"]), Some(Match::Similar)),
            (sought("maier", &[]), None),
        ] {
            assert_eq!(matched(&[anna.clone(), other], &words), by);
        }
    }
}
