//! What a batch of rows names and means, found with one statement each.

use std::collections::{HashMap, HashSet};

use tenon_model::RecordId;
use tenon_model::mail::normalize_address;
use tenon_model::records::{Access, Field, Key, Kind, fold, keys, title};
use tenon_store::{RecordRow, Tx};

use super::{Parsed, Planner};
use crate::Result;

/// Records that are there, by how a batch names them.
#[derive(Default)]
pub(super) struct Found {
    pub(super) titles: HashMap<(Kind, String), Vec<RecordId>>,
    pub(super) emails: HashMap<String, Vec<RecordId>>,
    pub(super) ids: HashMap<RecordId, Kind>,
    pub(super) matches: HashMap<(String, String), Vec<RecordId>>,
    pub(super) rows: HashMap<RecordId, RecordRow>,
}

impl Planner<'_> {
    /// The records that cells name.
    pub(super) async fn find_links(&self, tx: &mut Tx, parsed: &[Parsed]) -> Result<Found> {
        let mut titles: HashMap<Kind, HashSet<String>> = HashMap::new();
        let mut emails = HashSet::new();
        let mut ids = HashSet::new();
        for wanted in parsed.iter().flat_map(|p| &p.links) {
            for text in &wanted.texts {
                if let Ok(id) = text.parse::<RecordId>() {
                    ids.insert(id);
                } else if wanted.by == "email" {
                    emails.insert(normalize_address(text));
                } else {
                    for kind in kinds(&wanted.field) {
                        titles.entry(kind).or_default().insert(fold(text));
                    }
                }
            }
        }
        let mut found = Found::default();
        for (kind, texts) in titles {
            let texts: Vec<String> = texts.into_iter().collect();
            for (key, row) in tx.records().by_titles(kind, &texts).await? {
                found.titles.entry((kind, key)).or_default().push(row.id);
            }
        }
        if !emails.is_empty() {
            let texts: Vec<String> = emails.into_iter().collect();
            let rows = tx
                .records()
                .by_text_keys(Kind::Contact, "emails", &texts)
                .await?;
            for (key, row) in rows {
                let of = found.emails.entry(key).or_default();
                if !of.contains(&row.id) {
                    of.push(row.id);
                }
            }
        }
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let rows = tx.records().get_many(&ids).await?;
        let there = rows.into_iter().filter(|r| r.deleted_at.is_none());
        found.ids = there.map(|r| (r.id, r.kind)).collect();
        Ok(found)
    }

    /// The keys by which a row's record is found.
    pub(super) fn keys(&self, parsed: &Parsed) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for key in &self.options.match_on {
            match key.as_str() {
                "id" => out.extend(parsed.id.map(|id| (key.clone(), id.to_string()))),
                _ if Self::by_title(key) => {
                    let text = fold(&title(self.shape.kind, &parsed.values));
                    if !text.is_empty() {
                        out.push((key.clone(), text));
                    }
                }
                _ => {
                    let value = parsed.values.get(key);
                    let found = self.shape.field(key).zip(value);
                    for one in found.map(|(f, v)| keys(f, v)).into_iter().flatten() {
                        if let Key::Text(text) = one {
                            out.push((key.clone(), text));
                        }
                    }
                }
            }
        }
        out
    }

    /// Whether a key means what the record is called.
    fn by_title(key: &str) -> bool {
        key == "full_name" || key == "title"
    }

    /// The records that rows mean.
    pub(super) async fn find_matches(
        &self,
        tx: &mut Tx,
        all: &[Parsed],
        found: &mut Found,
    ) -> Result<()> {
        let mut wanted: HashMap<String, HashSet<String>> = HashMap::new();
        for parsed in all.iter().filter(|p| p.problems.is_empty()) {
            for (field, key) in self.keys(parsed) {
                wanted.entry(field).or_default().insert(key);
            }
        }
        let kind = self.shape.kind;
        for (field, texts) in wanted {
            let texts: Vec<String> = texts.into_iter().collect();
            let rows: Vec<(String, RecordRow)> = if field == "id" {
                let ids: Vec<RecordId> = texts.iter().filter_map(|t| t.parse().ok()).collect();
                let rows = tx.records().get_many(&ids).await?.into_iter();
                rows.filter(|r| r.deleted_at.is_none() && r.kind == kind)
                    .map(|r| (r.id.to_string(), r))
                    .collect()
            } else if Self::by_title(&field) {
                tx.records().by_titles(kind, &texts).await?
            } else {
                tx.records().by_text_keys(kind, &field, &texts).await?
            };
            for (key, row) in rows.into_iter().filter(|(_, r)| r.access >= Access::Edit) {
                let of = found.matches.entry((field.clone(), key)).or_default();
                if !of.contains(&row.id) {
                    of.push(row.id);
                }
                found.rows.insert(row.id, row);
            }
        }
        Ok(())
    }
}

/// The kinds that a field links to.
pub(super) fn kinds(field: &Field) -> Vec<Kind> {
    field
        .links_to
        .map_or_else(|| Kind::ALL.to_vec(), |k| vec![k])
}
