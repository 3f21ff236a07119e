//! Making, changing and removing records.

use std::collections::BTreeSet;

use tenon_model::records::{Key, Shape, Sign, keys, links, signs, spelled, words};
use tenon_model::{RecordId, StageId, Time};

use super::{RecordRow, Records};
use crate::StoreError;
use crate::sql::{Builder, ROWS, Row, Value, sql};

/// The words of searches stand in a field of this name.
pub(super) const WORDS: &str = "*";
/// What records are compared by stands in a field of this name, as numbers. Each has one at least, which tells
/// that its keys were written by a program that knows of it.
pub(super) const SIGNS: &str = "=";
/// Between two neighbours in a stage.
pub(super) const GAP: i64 = 1 << 20;

/// A record with all that it is found by.
#[derive(Debug, Clone)]
pub struct RecordWrite {
    row: RecordRow,
    values: Vec<(String, i64, Key)>,
    links: Vec<(String, RecordId)>,
    repeat: Option<([u8; 32], [u8; 32])>,
}

impl RecordWrite {
    /// From checked values.
    pub fn new(shape: &Shape, row: RecordRow) -> Self {
        let mut values = Vec::new();
        let mut linked = Vec::new();
        for field in &shape.fields {
            let Some(value) = row.values.get(&field.key) else {
                continue;
            };
            for (ordinal, key) in (0..).zip(keys(field, value)) {
                values.push((field.key.clone(), ordinal, key));
            }
            for id in links(field, value) {
                linked.push((field.key.clone(), id));
            }
        }
        for (ordinal, word) in (0..).zip(words(shape, &row.values)) {
            values.push((WORDS.to_owned(), ordinal, Key::Text(word)));
        }
        let mut numbers: Vec<i64> = signs(row.kind, &row.values)
            .iter()
            .map(Sign::number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            values.push((SIGNS.to_owned(), 0, Key::Text(String::new())));
        }
        for (ordinal, number) in (0..).zip(numbers) {
            values.push((SIGNS.to_owned(), ordinal, Key::Number(number)));
        }
        Self {
            row,
            values,
            links: linked,
            repeat: None,
        }
    }

    /// With the key of the request that makes it, and its hash.
    #[must_use]
    pub const fn repeated(mut self, repeat: Option<([u8; 32], [u8; 32])>) -> Self {
        self.repeat = repeat;
        self
    }

    /// Its words that belong into the vocabulary.
    fn vocabulary(&self) -> impl Iterator<Item = String> + '_ {
        self.values.iter().filter_map(|(field, _, key)| match key {
            Key::Text(word) if field == WORDS && spelled(word) => Some(word.clone()),
            _ => None,
        })
    }

    /// The record.
    pub const fn row(&self) -> &RecordRow {
        &self.row
    }
}

fn body(row: &RecordRow) -> String {
    serde_json::Value::Object(row.values.clone()).to_string()
}

fn title_key(row: &RecordRow) -> String {
    tenon_model::records::fold(&row.title)
}

impl Records<'_> {
    /// Makes records.
    pub async fn insert(&mut self, writes: &[RecordWrite]) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        for chunk in writes.chunks(ROWS) {
            let mut b = Builder::new(
                self.tx.kind(),
                "INSERT INTO records (id, workspace_id, kind, title, title_key, body, version, owner_id, \
                 pipeline_id, stage_id, position, sharing, parent_id, repeat_key, request_hash, created_at, \
                 created_by, updated_at, deleted_at) VALUES ",
            );
            b.rows(chunk.iter().map(|w| {
                let r = &w.row;
                vec![
                    r.id.into(),
                    workspace.into(),
                    r.kind.as_str().into(),
                    r.title.as_str().into(),
                    title_key(r).into(),
                    body(r).into(),
                    r.version.into(),
                    r.owner.into(),
                    r.pipeline.into(),
                    r.stage.into(),
                    r.position.into(),
                    r.sharing.as_str().into(),
                    r.parent.into(),
                    w.repeat.map(|(key, _)| key.to_vec()).into(),
                    w.repeat.map(|(_, hash)| hash.to_vec()).into(),
                    r.created_at.into(),
                    r.created_by.into(),
                    r.updated_at.into(),
                    r.deleted_at.into(),
                ]
            }));
            self.tx.exec(b.build(chunk.len())).await?;
        }
        self.insert_keys(writes).await?;
        let words = writes.iter().flat_map(RecordWrite::vocabulary).collect();
        self.learn(workspace, &words).await
    }

    /// What records are found by.
    async fn insert_keys(&mut self, writes: &[RecordWrite]) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        let all = |w: &RecordWrite| (w.row.id, w.row.kind);
        let values: Vec<Vec<Value>> = writes
            .iter()
            .flat_map(|w| {
                let (id, kind) = all(w);
                w.values.iter().map(move |(field, ordinal, key)| {
                    let (text, number) = match key {
                        Key::Text(text) => (Some(text.clone()), None),
                        Key::Number(number) => (None, Some(*number)),
                        Key::Money(amount, currency) => (Some(currency.clone()), Some(*amount)),
                    };
                    vec![
                        id.into(),
                        field.as_str().into(),
                        (*ordinal).into(),
                        workspace.into(),
                        kind.as_str().into(),
                        text.into(),
                        number.into(),
                    ]
                })
            })
            .collect();
        self.insert_rows(
            "INSERT INTO record_values (record_id, field, ordinal, workspace_id, kind, text_key, number_key) VALUES ",
            values,
        )
        .await?;
        let links = writes.iter().flat_map(|w| {
            let id = w.row.id;
            w.links.iter().map(move |(field, to)| {
                vec![
                    id.into(),
                    field.as_str().into(),
                    (*to).into(),
                    workspace.into(),
                ]
            })
        });
        let links = links.collect();
        self.insert_rows(
            "INSERT INTO record_links (from_id, field, to_id, workspace_id) VALUES ",
            links,
        )
        .await
    }

    pub(super) async fn insert_rows(
        &mut self,
        text: &'static str,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let chunk: Vec<_> = rows.by_ref().take(ROWS).collect();
            let count = chunk.len();
            let mut b = Builder::new(self.tx.kind(), text);
            b.rows(chunk);
            self.tx.exec(b.build(count)).await?;
        }
        Ok(())
    }

    /// Writes a changed record whose version is one more than that of the stored one, which must be held
    /// or nobody else's to change: [`StoreError::Conflict`] if it has gone on meanwhile.
    pub async fn update(&mut self, write: &RecordWrite) -> Result<(), StoreError> {
        let r = &write.row;
        let update = sql(
            "UPDATE records SET title = $1, title_key = $2, body = $3, version = $4, owner_id = $5, pipeline_id = $6, \
             stage_id = $7, position = $8, sharing = $9, parent_id = $10, updated_at = $11, deleted_at = $12 \
             WHERE workspace_id = $13 AND id = $14 AND version = $15",
        )
        .bind(r.title.as_str())
        .bind(title_key(r))
        .bind(body(r))
        .bind(r.version)
        .bind(r.owner)
        .bind(r.pipeline)
        .bind(r.stage)
        .bind(r.position)
        .bind(r.sharing.as_str())
        .bind(r.parent)
        .bind(r.updated_at)
        .bind(r.deleted_at)
        .bind(self.tx.workspace()?)
        .bind(r.id)
        .bind(r.version - 1);
        if self.tx.exec(update).await? != 1 {
            return Err(StoreError::Conflict);
        }
        self.renew_keys(write).await
    }

    /// Writes anew what a record is found by.
    pub async fn renew_keys(&mut self, write: &RecordWrite) -> Result<(), StoreError> {
        let r = &write.row;
        let before = self.words_of(&[r.id]).await?;
        for delete in [
            "DELETE FROM record_values WHERE workspace_id = $1 AND record_id = $2",
            "DELETE FROM record_links WHERE workspace_id = $1 AND from_id = $2",
        ] {
            let delete = sql(delete).bind(self.tx.workspace()?).bind(r.id);
            self.tx.exec(delete).await?;
        }
        self.insert_keys(std::slice::from_ref(write)).await?;
        let now: BTreeSet<String> = write.vocabulary().collect();
        let gone = before.into_iter().filter(|(_, word)| !now.contains(word));
        let gone = gone.collect();
        self.learn(self.tx.workspace()?, &now).await?;
        self.forget(gone).await
    }

    /// Removes records for good, with all that hangs on them; how many.
    pub async fn remove(&mut self, ids: &[RecordId]) -> Result<u64, StoreError> {
        let words = self.words_of(ids).await?;
        let mut b = Builder::new(self.tx.kind(), "DELETE FROM records WHERE workspace_id = ");
        b.value(self.tx.workspace()?)
            .push(" AND id IN ")
            .list(ids.iter().copied());
        let count = self.tx.exec(b.build(ids.len())).await?;
        self.forget(words).await?;
        Ok(count)
    }

    /// Records that are in the bin since before `before`, at most `limit`. *System: any workspace.*
    pub async fn remove_deleted_before(
        &mut self,
        before: Time,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT id FROM records WHERE deleted_at IS NOT NULL AND deleted_at < $1 ORDER BY deleted_at LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        let ids: Vec<RecordId> = rows.iter().map(Row::only).collect::<Result<_, _>>()?;
        let words = self.words_of(&ids).await?;
        let mut b = Builder::new(self.tx.kind(), "DELETE FROM records WHERE id IN ");
        b.list(ids.iter().copied());
        let count = self.tx.exec(b.build(ids.len())).await?;
        self.forget(words).await?;
        Ok(count)
    }

    /// The place at the end of a stage.
    pub async fn last_position(&mut self, stage: StageId) -> Result<i64, StoreError> {
        let query =
            sql("SELECT MAX(position) FROM records WHERE workspace_id = $1 AND stage_id = $2")
                .bind(self.tx.workspace()?)
                .bind(stage);
        let last: Option<i64> = match self.tx.opt(query).await? {
            Some(row) => row.reader().opt()?,
            None => None,
        };
        Ok(last.unwrap_or(0) + GAP)
    }

    /// A place right before another record of the stage; at its end if that is not there. Where two
    /// neighbours have no room between them the whole stage is numbered anew.
    pub async fn position_before(
        &mut self,
        stage: StageId,
        next: RecordId,
    ) -> Result<i64, StoreError> {
        for _ in 0..2 {
            let Some(at) = self.position_in(stage, next).await? else {
                return self.last_position(stage).await;
            };
            let query = sql(
                "SELECT MAX(position) FROM records WHERE workspace_id = $1 AND stage_id = $2 AND position < $3",
            )
            .bind(self.tx.workspace()?)
            .bind(stage)
            .bind(at);
            let before: Option<i64> = match self.tx.opt(query).await? {
                Some(row) => row.reader().opt()?,
                None => None,
            };
            let before = before.unwrap_or(at - 2 * GAP);
            if at - before > 1 {
                return Ok(before + (at - before) / 2);
            }
            self.number_anew(stage).await?;
        }
        self.last_position(stage).await
    }

    async fn position_in(
        &mut self,
        stage: StageId,
        id: RecordId,
    ) -> Result<Option<i64>, StoreError> {
        let query = sql(
            "SELECT position FROM records WHERE workspace_id = $1 AND stage_id = $2 AND id = $3",
        )
        .bind(self.tx.workspace()?)
        .bind(stage)
        .bind(id);
        match self.tx.opt(query).await? {
            Some(row) => row.reader().opt(),
            None => Ok(None),
        }
    }

    async fn number_anew(&mut self, stage: StageId) -> Result<(), StoreError> {
        let update = sql("UPDATE records SET position = n.place * $1 FROM \
             (SELECT id, ROW_NUMBER() OVER (ORDER BY position, id) AS place FROM records \
             WHERE workspace_id = $2 AND stage_id = $3) AS n WHERE records.id = n.id")
        .bind(GAP)
        .bind(self.tx.workspace()?)
        .bind(stage);
        self.tx.exec(update).await.map(drop)
    }

    /// Gives a record another place in its stage. That is no change of what it says.
    pub async fn place(&mut self, id: RecordId, position: i64) -> Result<(), StoreError> {
        let update = sql("UPDATE records SET position = $1 WHERE workspace_id = $2 AND id = $3")
            .bind(position)
            .bind(self.tx.workspace()?)
            .bind(id);
        self.tx.exec(update).await.map(drop)
    }
}
