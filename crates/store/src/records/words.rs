//! The vocabulary of searches: each word that some record has, for finding it in spite of a slip (decision
//! 0062). A word that is missing here is found by its letters still, so nothing is locked for it.

use std::collections::BTreeSet;

use tenon_model::records::{Kind, distance, first_form, forms, sought, spelled};
use tenon_model::{RecordId, WorkspaceId};

use super::Records;
use super::write::WORDS;
use crate::StoreError;
use crate::sql::{Builder, LIST, ROWS, Value, sql};

/// Words of the vocabulary that one search measures.
const MEASURED: i64 = 5_000;
/// Words that one word is taken for.
const NEAREST: usize = 20;
/// Words whose forms go with one statement.
const AT_ONCE: usize = 16;

impl Records<'_> {
    /// Words of the vocabulary that a searched one may be meant for, nearest first, without itself.
    pub async fn near(&mut self, word: &str) -> Result<Vec<String>, StoreError> {
        if !spelled(word) {
            return Ok(Vec::new());
        }
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT DISTINCT word FROM record_words WHERE workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND form IN ")
            .list(sought(word))
            .push(" LIMIT ")
            .value(MEASURED);
        let mut found: Vec<(usize, String)> = Vec::new();
        for row in self.tx.all(b.build(2)).await? {
            let near: String = row.only()?;
            if let Some(far) = distance(word, &near).filter(|far| *far > 0) {
                found.push((far, near));
            }
        }
        found.sort_unstable();
        found.truncate(NEAREST);
        Ok(found.into_iter().map(|(_, word)| word).collect())
    }

    /// The words of records, for comparing them with what is there later.
    pub(super) async fn words_of(
        &mut self,
        ids: &[RecordId],
    ) -> Result<Vec<(WorkspaceId, String)>, StoreError> {
        let mut out = BTreeSet::new();
        for ids in ids.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT workspace_id, text_key FROM record_values WHERE record_id IN ",
            );
            b.list(ids.iter().copied())
                .push(" AND field = ")
                .value(WORDS);
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut r = row.reader();
                let (workspace, word): (WorkspaceId, String) = (r.take()?, r.take()?);
                if spelled(&word) {
                    out.insert((workspace.0, word));
                }
            }
        }
        Ok(out
            .into_iter()
            .map(|(id, word)| (WorkspaceId(id), word))
            .collect())
    }

    /// Adds words that are not in the vocabulary yet; always in one order, so that two who add the same
    /// do not wait for each other.
    pub(super) async fn learn(
        &mut self,
        workspace: WorkspaceId,
        words: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let words: Vec<&String> = words.iter().collect();
        for words in words.chunks(ROWS) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT word FROM record_words WHERE workspace_id = ",
            );
            b.value(workspace)
                .push(" AND form IN ")
                .list(words.iter().map(|w| first_form(w)))
                .push(" AND word IN ")
                .list(words.iter().map(|w| w.as_str()));
            let mut known: BTreeSet<String> = BTreeSet::new();
            for row in self.tx.all(b.build(words.len())).await? {
                known.insert(row.only()?);
            }
            let new = words.iter().filter(|w| !known.contains(w.as_str()));
            let rows: Vec<Vec<Value>> = new
                .flat_map(|word| {
                    forms(word)
                        .into_iter()
                        .map(move |form| vec![workspace.into(), form.into(), word.as_str().into()])
                })
                .collect();
            for rows in rows.chunks(ROWS) {
                let mut b = Builder::new(
                    self.tx.kind(),
                    "INSERT INTO record_words (workspace_id, form, word) VALUES ",
                );
                b.rows(rows.iter().cloned()).push(" ON CONFLICT DO NOTHING");
                self.tx.exec(b.build(rows.len())).await?;
            }
        }
        Ok(())
    }

    /// Takes those of the words out of the vocabulary that no record has any more.
    pub(super) async fn forget(
        &mut self,
        words: Vec<(WorkspaceId, String)>,
    ) -> Result<(), StoreError> {
        let mut gone: Vec<(WorkspaceId, String)> = Vec::new();
        for (workspace, word) in words {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT 1 FROM record_values WHERE workspace_id = ",
            );
            b.value(workspace)
                .push(" AND kind IN ")
                .list(Kind::ALL.iter().copied())
                .push(" AND field = ")
                .value(WORDS)
                .push(" AND text_key = ")
                .value(word.as_str())
                .push(" LIMIT 1");
            if self.tx.opt(b.build(1)).await?.is_none() {
                gone.push((workspace, word));
            }
        }
        for of_one in gone.chunk_by(|a, b| a.0 == b.0) {
            for words in of_one.chunks(AT_ONCE) {
                let all: BTreeSet<String> = words.iter().flat_map(|(_, w)| forms(w)).collect();
                let mut b = Builder::new(
                    self.tx.kind(),
                    "DELETE FROM record_words WHERE workspace_id = ",
                );
                b.value(words[0].0)
                    .push(" AND form IN ")
                    .list(all)
                    .push(" AND word IN ")
                    .list(words.iter().map(|(_, w)| w.as_str()));
                self.tx.exec(b.build(2)).await?;
            }
        }
        Ok(())
    }

    /// Words of the vocabulary that no record has: left by a program of the version before, or by two who
    /// changed records at once. *System: any workspace.*
    pub async fn stray_words(
        &mut self,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, String)>, StoreError> {
        self.tx.system()?;
        // Each word once: where nothing is left out.
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT o.workspace_id, o.word FROM record_words AS o WHERE o.form = substr(o.word, 1, 7) AND NOT EXISTS \
             (SELECT 1 FROM record_values w WHERE w.workspace_id = o.workspace_id AND w.kind IN ",
        );
        b.list(Kind::ALL.iter().copied())
            .push(" AND w.field = ")
            .value(WORDS)
            .push(" AND w.text_key = o.word) LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(1)).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// Takes stray words out of the vocabulary, if no record has them by now. *System: any workspace.*
    pub async fn forget_stray(
        &mut self,
        words: Vec<(WorkspaceId, String)>,
    ) -> Result<(), StoreError> {
        self.tx.system()?;
        self.forget(words).await
    }

    /// Records whose keys were written by a program that knew no signs (of which every record has one), in any
    /// workspace. *System: any workspace.*
    pub async fn without_signs(
        &mut self,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(WorkspaceId, RecordId)>, StoreError> {
        self.tx.system()?;
        let after = after.map_or_else(uuid::Uuid::nil, |id| id.0);
        let query = sql(
            "SELECT o.workspace_id, o.id FROM records AS o WHERE o.id > $1 AND NOT EXISTS \
             (SELECT 1 FROM record_values w WHERE w.record_id = o.id AND w.field = $2) ORDER BY o.id LIMIT $3",
        )
        .bind(after)
        .bind(super::write::SIGNS)
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }
}
