//! Finding records of several kinds by words, and those that are alike.

use tenon_model::records::{Kind, TextTest};
use tenon_model::{MemberId, RecordId, Time};

use super::filter::{push_range, push_text};
use super::write::{SIGNS, WORDS};
use super::{COLUMNS, RecordRow, Records, push_access, push_visible, read};
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, sql};

/// A word of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtWord {
    /// As it was typed, folded: what begins with it fits.
    pub word: String,
    /// Words that it may be meant for.
    pub near: Vec<String>,
}

impl SoughtWord {
    /// The condition on a key of the words.
    pub(super) fn push(&self, b: &mut Builder, column: &str) {
        b.push("(");
        push_text(b, column, &TextTest::StartsWith(self.word.clone()));
        if !self.near.is_empty() {
            b.push(" OR ");
            push_text(b, column, &TextTest::Is(self.near.clone()));
        }
        b.push(")");
    }
}

impl Records<'_> {
    /// How many words of records begin with this one, counted up to `most`: seen or not, for choosing where to
    /// begin; it is told to nobody.
    pub async fn how_common(
        &mut self,
        kinds: &[Kind],
        word: &str,
        most: u32,
    ) -> Result<u64, StoreError> {
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT count(*) FROM (SELECT 1 FROM record_values w WHERE w.workspace_id = ",
        );
        b.value(self.tx.workspace()?)
            .push(" AND w.kind IN ")
            .list(kinds.iter().copied())
            .push(" AND w.field = ")
            .value(WORDS)
            .push(" AND ");
        push_text(&mut b, "w.text_key", &TextTest::StartsWith(word.to_owned()));
        b.push(" LIMIT ").value(i64::from(most)).push(") AS few");
        self.tx.count(b.build(2)).await
    }

    /// Records of a kind that have `first` and all the `others`, not in the bin, in the order of the words
    /// that begin with `first`: those that have it as a whole come first. With `near` those that have a word that
    /// `first` may be meant for.
    pub async fn with_words(
        &mut self,
        kind: Kind,
        (first, near): (&SoughtWord, bool),
        others: &[&SoughtWord],
        limit: u32,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS);
        push_access(&mut b, member);
        b.push(" FROM record_values w CROSS JOIN records r WHERE w.workspace_id = ")
            .value(workspace)
            .push(" AND w.kind = ")
            .value(kind)
            .push(" AND w.field = ")
            .value(WORDS)
            .push(" AND ");
        let test = if near {
            TextTest::Is(first.near.clone())
        } else {
            TextTest::StartsWith(first.word.clone())
        };
        push_text(&mut b, "w.text_key", &test);
        b.push(" AND r.id = w.record_id AND r.workspace_id = ")
            .value(workspace)
            .push(" AND r.deleted_at IS NULL AND ");
        push_visible(&mut b, member, false);
        for other in others {
            b.push(" AND EXISTS (SELECT 1 FROM record_values o WHERE o.record_id = r.id AND o.field = ")
                .value(WORDS)
                .push(" AND ");
            other.push(&mut b, "o.text_key");
            b.push(")");
        }
        b.push(" ORDER BY w.text_key, w.record_id LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(2)).await?;
        rows.iter().map(read).collect()
    }

    /// Signs that more than one record of the kind has of those that the member sees, in order of their numbers.
    pub async fn shared_signs(
        &mut self,
        kind: Kind,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let mut b = Builder::new(
            self.tx.kind(),
            "SELECT dup.number_key FROM (SELECT f.number_key FROM record_values f WHERE f.workspace_id = ",
        );
        b.value(workspace)
            .push(" AND f.kind = ")
            .value(kind)
            .push(" AND f.field = ")
            .value(SIGNS)
            .push(" AND ");
        push_range(
            &mut b,
            "f.number_key",
            after.map(|a| a.saturating_add(1)),
            None,
        );
        b.push(
            " GROUP BY f.number_key HAVING count(*) > 1) AS dup WHERE (SELECT count(*) FROM record_values f \
             CROSS JOIN records r WHERE f.workspace_id = ",
        )
        .value(workspace)
        .push(" AND f.kind = ")
        .value(kind)
        .push(" AND f.field = ")
        .value(SIGNS)
        .push(" AND f.number_key = dup.number_key AND r.id = f.record_id AND r.deleted_at IS NULL AND ");
        push_visible(&mut b, member, false);
        b.push(") > 1 ORDER BY dup.number_key LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(2)).await?;
        rows.iter().map(Row::only).collect()
    }

    /// Records of a kind that have one of the signs, not in the bin, oldest first.
    pub async fn with_signs(
        &mut self,
        kind: Kind,
        signs: &[i64],
        limit: u32,
    ) -> Result<Vec<RecordRow>, StoreError> {
        if signs.is_empty() {
            return Ok(Vec::new());
        }
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS);
        push_access(&mut b, member);
        b.push(" FROM records r WHERE r.workspace_id = ")
            .value(workspace)
            .push(" AND r.id IN (SELECT w.record_id FROM record_values w WHERE w.workspace_id = ")
            .value(workspace)
            .push(" AND w.kind = ")
            .value(kind)
            .push(" AND w.field = ")
            .value(SIGNS)
            .push(" AND w.number_key IN ")
            .list(signs.iter().copied())
            .push(") AND r.deleted_at IS NULL AND ");
        push_visible(&mut b, member, false);
        b.push(" ORDER BY r.created_at, r.id LIMIT ")
            .value(i64::from(limit));
        let rows = self.tx.all(b.build(signs.len())).await?;
        rows.iter().map(read).collect()
    }

    /// Those pairs of the records of which somebody said that they are two, the lower id first.
    pub async fn dismissed(
        &mut self,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, RecordId)>, StoreError> {
        let mut out = Vec::new();
        for some in ids.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT low_id, high_id FROM record_dismissals WHERE workspace_id = ",
            );
            b.value(self.tx.workspace()?)
                .push(" AND low_id IN ")
                .list(some.iter().copied());
            for row in self.tx.all(b.build(some.len())).await? {
                let mut r = row.reader();
                let pair: (RecordId, RecordId) = (r.take()?, r.take()?);
                if ids.contains(&pair.1) {
                    out.push(pair);
                }
            }
        }
        Ok(out)
    }

    /// Keeps that each two of the records are two.
    pub async fn dismiss(
        &mut self,
        ids: &[RecordId],
        member: MemberId,
        at: Time,
    ) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for (i, low) in ids.iter().enumerate() {
            for high in &ids[i + 1..] {
                let insert = sql(
                    "INSERT INTO record_dismissals (low_id, high_id, workspace_id, member_id, created_at) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                )
                .bind(*low)
                .bind(*high)
                .bind(workspace)
                .bind(member)
                .bind(at);
                self.tx.exec(insert).await?;
            }
        }
        Ok(())
    }
}
