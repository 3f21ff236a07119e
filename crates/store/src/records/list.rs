//! Lists of records: which, in what order, from where.

use tenon_model::records::{Filter, Kind, Sort, SortKey};
use tenon_model::sabotage::{Saboteur, on};
use tenon_model::{MemberId, PipelineId, RecordId, StageId};

use super::filter::{push_filter, push_values};
use super::find::SoughtWord;
use super::write::WORDS;
use super::{COLUMNS, RecordRow, Records, push_access, push_visible, read};
use crate::StoreError;
use crate::sql::{Builder, LIST, Row, Value};

/// Which records.
#[derive(Debug, Clone)]
pub struct RecordQuery {
    /// Of this kind.
    pub kind: Kind,
    /// For which this holds.
    pub filter: Option<Filter>,
    /// That stand in this pipeline.
    pub pipeline: Option<PipelineId>,
    /// That stand in this stage.
    pub stage: Option<StageId>,
    /// That have words which begin with these, folded, or are near them.
    pub words: Vec<SoughtWord>,
    /// In the bin, or not.
    pub deleted: bool,
    /// That link to this record, by whatever field.
    pub linked_to: Option<RecordId>,
}

/// A place in a list: the key of its order, and the record that stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// `None` among the records without a value, which come last.
    pub key: Option<PlaceKey>,
    /// The record.
    pub id: RecordId,
}

/// The key of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceKey {
    /// Of an order by text.
    Text(String),
    /// Of an order by number.
    Number(i64),
}

/// What stands in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageSum {
    /// The stage.
    pub stage: StageId,
    /// Boxes in it.
    pub count: u64,
    /// Their amounts in ten-thousandths by currency.
    pub amounts: Vec<(String, i64)>,
}

/// The column or the joined value that a list is ordered by.
struct Order<'s> {
    column: &'static str,
    field: Option<&'s str>,
    text: bool,
    descending: bool,
}

impl<'s> Order<'s> {
    fn new(sort: &'s Sort) -> Self {
        let (column, field, text) = match &sort.by {
            SortKey::Title => ("r.title_key", None, true),
            SortKey::CreatedAt => ("r.created_at", None, false),
            SortKey::UpdatedAt => ("r.updated_at", None, false),
            SortKey::Position => ("r.position", None, false),
            SortKey::Text(field) => ("f.text_key", Some(field.as_str()), true),
            SortKey::Number(field) => ("f.number_key", Some(field.as_str()), false),
        };
        Self {
            column,
            field,
            text,
            descending: sort.descending,
        }
    }

    fn words(&self) -> (&'static str, &'static str) {
        if self.descending {
            (" DESC", " < ")
        } else {
            ("", " > ")
        }
    }
}

impl Records<'_> {
    /// A page of a list. Where the order is by a field, those without a value come last, by id.
    pub async fn list(
        &mut self,
        query: &RecordQuery,
        sort: &Sort,
        after: Option<&RecordPlace>,
        limit: u32,
    ) -> Result<Vec<(RecordRow, RecordPlace)>, StoreError> {
        let order = Order::new(sort);
        let mut out = Vec::new();
        let among_empty = after.is_some_and(|p| p.key.is_none());
        if !among_empty {
            out = self.page(query, &order, after, limit, true).await?;
        }
        let left = limit.saturating_sub(u32::try_from(out.len()).unwrap_or(limit));
        if order.field.is_some() && left > 0 {
            let after = after.filter(|_| among_empty);
            out.extend(self.page(query, &order, after, left, false).await?);
        }
        Ok(out)
    }

    async fn page(
        &mut self,
        query: &RecordQuery,
        order: &Order<'_>,
        after: Option<&RecordPlace>,
        limit: u32,
        valued: bool,
    ) -> Result<Vec<(RecordRow, RecordPlace)>, StoreError> {
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let (direction, beyond) = order.words();
        let mut b = Builder::new(self.tx.kind(), "SELECT ");
        b.push(COLUMNS);
        push_access(&mut b, member);
        b.push(", ")
            .push(if valued { order.column } else { "NULL" });
        match order.field.filter(|_| valued) {
            // SQLite keeps this order of a CROSS JOIN, and so reads along the index of the values.
            Some(field) => b
                .push(" FROM record_values f CROSS JOIN records r WHERE f.workspace_id = ")
                .value(workspace)
                .push(" AND f.kind = ")
                .value(query.kind.as_str())
                .push(" AND f.field = ")
                .value(field)
                .push(" AND f.ordinal = 0 AND ")
                .push(order.column)
                .push(" IS NOT NULL AND r.id = f.record_id AND "),
            None => b.push(" FROM records r WHERE "),
        };
        self.push_which(&mut b, query, member)?;
        let id = if order.field.is_some() && valued {
            "f.record_id"
        } else {
            "r.id"
        };
        if let Some(field) = order.field.filter(|_| !valued) {
            b.push(" AND NOT EXISTS (SELECT 1 FROM record_values f WHERE f.record_id = r.id AND f.field = ")
                .value(field)
                .push(" AND f.ordinal = 0)");
        }
        if let Some(place) = after {
            match &place.key {
                Some(key) => {
                    let key = match key {
                        PlaceKey::Text(text) => Value::from(text.as_str()),
                        PlaceKey::Number(number) => Value::from(*number),
                    };
                    b.push(&format!(" AND ({}, {id}){beyond}(", order.column))
                        .value(key)
                        .push(", ")
                        .value(place.id)
                        .push(")");
                }
                None => {
                    b.push(&format!(" AND r.id{beyond}")).value(place.id);
                }
            }
        }
        if valued {
            b.push(&format!(
                " ORDER BY {}{direction}, {id}{direction}",
                order.column
            ));
        } else {
            b.push(&format!(" ORDER BY r.id{direction}"));
        }
        b.push(" LIMIT ").value(i64::from(limit));
        let rows = self.tx.all(b.build(1)).await?;
        rows.iter().map(|row| placed(row, order, valued)).collect()
    }

    /// The conditions on `r`.
    fn push_which(
        &self,
        b: &mut Builder,
        query: &RecordQuery,
        member: Option<MemberId>,
    ) -> Result<(), StoreError> {
        let workspace = self.tx.workspace()?;
        b.push("r.workspace_id = ").value(workspace);
        b.push(" AND r.kind = ").value(query.kind.as_str());
        b.push(if query.deleted {
            " AND r.deleted_at IS NOT NULL"
        } else {
            " AND r.deleted_at IS NULL"
        });
        if let Some(pipeline) = query.pipeline {
            b.push(" AND r.pipeline_id = ").value(pipeline);
        }
        if let Some(stage) = query.stage {
            b.push(" AND r.stage_id = ").value(stage);
        }
        if let Some(to) = query.linked_to {
            b.push(" AND r.id IN (SELECT l.from_id FROM record_links l WHERE l.to_id = ")
                .value(to)
                .push(")");
        }
        b.push(" AND ");
        push_visible(b, member, false);
        for word in &query.words {
            b.push(" AND ");
            push_values(b, workspace.into(), query.kind, WORDS, &|b| {
                word.push(b, "w.text_key");
            });
        }
        if let Some(filter) = &query.filter {
            b.push(" AND ");
            push_filter(b, workspace.into(), query.kind, filter);
        }
        Ok(())
    }

    /// Whether there is any.
    pub async fn any(&mut self, query: &RecordQuery) -> Result<bool, StoreError> {
        let member = self.tx.private_to()?;
        let mut b = Builder::new(self.tx.kind(), "SELECT 1 FROM records r WHERE ");
        self.push_which(&mut b, query, member)?;
        b.push(" LIMIT 1");
        Ok(self.tx.opt(b.build(1)).await?.is_some())
    }

    /// How many there are.
    pub async fn count(&mut self, query: &RecordQuery) -> Result<u64, StoreError> {
        let mut b = Builder::new(self.tx.kind(), "SELECT count(*) FROM records r WHERE ");
        let member = self.tx.private_to()?.filter(|_| !on(Saboteur::CountsAll));
        self.push_which(&mut b, query, member)?;
        self.tx.count(b.build(1)).await
    }

    /// How many stand in each stage, and what they are worth. A sum beyond what an amount can be is the highest one.
    pub async fn by_stage(&mut self, query: &RecordQuery) -> Result<Vec<StageSum>, StoreError> {
        let member = self.tx.private_to()?;
        let mut b = Builder::new(
            self.tx.kind(),
            // Summed in two halves, because one would end the statement where it is too large.
            "SELECT r.stage_id, count(*), f.text_key, CAST(SUM(f.number_key / 1000000) AS BIGINT), \
             CAST(SUM(f.number_key % 1000000) AS BIGINT) FROM records r \
             LEFT JOIN record_values f ON f.record_id = r.id AND f.field = 'amount' AND f.ordinal = 0 WHERE ",
        );
        self.push_which(&mut b, query, member)?;
        b.push(" AND r.stage_id IS NOT NULL GROUP BY r.stage_id, f.text_key ORDER BY r.stage_id, f.text_key");
        let mut out: Vec<StageSum> = Vec::new();
        for row in self.tx.all(b.build(1)).await? {
            let mut r = row.reader();
            let (stage, count): (StageId, u64) = (r.take()?, r.take()?);
            let currency: Option<String> = r.opt()?;
            let (high, low): (Option<i64>, Option<i64>) = (r.opt()?, r.opt()?);
            let amount = high
                .zip(low)
                .map(|(high, low)| high.saturating_mul(1_000_000).saturating_add(low));
            if out.last().is_none_or(|s| s.stage != stage) {
                out.push(StageSum {
                    stage,
                    count: 0,
                    amounts: Vec::new(),
                });
            }
            if let Some(sum) = out.last_mut() {
                sum.count += count;
                sum.amounts.extend(currency.zip(amount));
            }
        }
        Ok(out)
    }

    /// Ids of the records that a change of many may touch, in order of id after `after`.
    pub async fn editable(
        &mut self,
        query: &RecordQuery,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<RecordId>, StoreError> {
        let member = self.tx.private_to()?;
        let mut b = Builder::new(self.tx.kind(), "SELECT r.id FROM records r WHERE ");
        self.push_which(&mut b, query, member)?;
        b.push(" AND ");
        push_visible(&mut b, member, true);
        if let Some(after) = after {
            b.push(" AND r.id > ").value(after);
        }
        b.push(" ORDER BY r.id LIMIT ").value(i64::from(limit));
        self.tx
            .all(b.build(1))
            .await?
            .iter()
            .map(Row::only)
            .collect()
    }

    /// Records whose field has one of these keys, with the key: how addresses find their people.
    pub async fn by_text_keys(
        &mut self,
        kind: Kind,
        field: &str,
        texts: &[String],
    ) -> Result<Vec<(String, RecordRow)>, StoreError> {
        self.by_keys(&[(kind, field, texts)]).await
    }

    /// The same of several kinds at once: those of a kind in order of key and age.
    pub async fn by_keys(
        &mut self,
        asked: &[(Kind, &str, &[String])],
    ) -> Result<Vec<(String, RecordRow)>, StoreError> {
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let most = asked.iter().map(|(_, _, texts)| texts.len()).max();
        let mut out = Vec::new();
        for from in (0..most.unwrap_or(0)).step_by(LIST) {
            let mut b = Builder::new(self.tx.kind(), "");
            let mut count = 0;
            for (kind, field, texts) in asked {
                let Some(chunk) = texts.chunks(LIST).nth(from / LIST) else {
                    continue;
                };
                b.push(if count == 0 {
                    "SELECT "
                } else {
                    " UNION ALL SELECT "
                })
                .push(COLUMNS);
                push_access(&mut b, member);
                b.push(", f.text_key FROM record_values f CROSS JOIN records r WHERE f.workspace_id = ")
                    .value(workspace)
                    .push(" AND f.kind = ")
                    .value(kind.as_str())
                    .push(" AND f.field = ")
                    .value(*field)
                    .push(" AND f.text_key IN ")
                    .list(chunk.iter().map(String::as_str));
                b.push(" AND r.id = f.record_id AND r.workspace_id = ")
                    .value(workspace)
                    .push(" AND r.deleted_at IS NULL AND ");
                push_visible(&mut b, member, false);
                count += chunk.len();
            }
            for row in self.tx.all(b.build(count)).await? {
                let record = read(&row)?;
                let mut r = row.reader();
                r.skip(super::READ);
                out.push((r.take()?, record));
            }
        }
        out.sort_by(|(a, x), (b, y)| (a, x.created_at, x.id).cmp(&(b, y.created_at, y.id)));
        Ok(out)
    }

    /// Records of a kind by the folded form of what they are called, with it.
    pub async fn by_titles(
        &mut self,
        kind: Kind,
        titles: &[String],
    ) -> Result<Vec<(String, RecordRow)>, StoreError> {
        let member = self.tx.private_to()?;
        let mut out = Vec::new();
        for chunk in titles.chunks(LIST) {
            let mut b = Builder::new(self.tx.kind(), "SELECT ");
            b.push(COLUMNS);
            push_access(&mut b, member);
            b.push(", r.title_key FROM records r WHERE r.workspace_id = ")
                .value(self.tx.workspace()?)
                .push(" AND r.kind = ")
                .value(kind.as_str())
                .push(" AND r.title_key IN ")
                .list(chunk.iter().map(String::as_str));
            b.push(" AND r.deleted_at IS NULL AND ");
            push_visible(&mut b, member, false);
            b.push(" ORDER BY r.title_key, r.id");
            for row in self.tx.all(b.build(chunk.len())).await? {
                let record = read(&row)?;
                let mut r = row.reader();
                r.skip(super::READ);
                out.push((r.take()?, record));
            }
        }
        Ok(out)
    }

    /// Records of one kind that link to any of these, with what they link to; newest first.
    pub async fn linking_to(
        &mut self,
        kind: Kind,
        to: &[RecordId],
        limit: u32,
    ) -> Result<Vec<(RecordId, RecordRow)>, StoreError> {
        self.linking(&[kind], to, limit).await
    }

    /// The same of several kinds at once, of each at most so many.
    pub async fn linking(
        &mut self,
        kinds: &[Kind],
        to: &[RecordId],
        limit: u32,
    ) -> Result<Vec<(RecordId, RecordRow)>, StoreError> {
        if to.is_empty() || kinds.is_empty() {
            return Ok(Vec::new());
        }
        let member = self.tx.private_to()?;
        let workspace = self.tx.workspace()?;
        let mut b = Builder::new(self.tx.kind(), "");
        for (at, kind) in kinds.iter().enumerate() {
            b.push(if at == 0 {
                "SELECT * FROM (SELECT "
            } else {
                " UNION ALL SELECT * FROM (SELECT "
            })
            .push(COLUMNS);
            push_access(&mut b, member);
            b.push(
                " AS access, l.to_id FROM record_links l CROSS JOIN records r WHERE l.to_id IN ",
            )
            .list(to.iter().copied())
            .push(" AND r.id = l.from_id AND r.workspace_id = ")
            .value(workspace);
            b.push(" AND r.kind = ")
                .value(kind.as_str())
                .push(" AND r.deleted_at IS NULL AND ");
            push_visible(&mut b, member, false);
            b.push(" ORDER BY r.updated_at DESC, r.id LIMIT ")
                .value(i64::from(limit))
                .push(") AS linking");
        }
        let rows = self.tx.all(b.build(to.len())).await?;
        rows.iter()
            .map(|row| {
                let record = read(row)?;
                let mut r = row.reader();
                r.skip(super::READ);
                Ok((r.take()?, record))
            })
            .collect()
    }
}

fn placed(
    row: &Row,
    order: &Order<'_>,
    valued: bool,
) -> Result<(RecordRow, RecordPlace), StoreError> {
    let record = read(row)?;
    let mut r = row.reader();
    r.skip(super::READ);
    let key = match (valued, order.text) {
        (false, _) => None,
        (true, true) => Some(PlaceKey::Text(r.take()?)),
        (true, false) => Some(PlaceKey::Number(r.opt()?.unwrap_or(0))),
    };
    let place = RecordPlace { key, id: record.id };
    Ok((record, place))
}
