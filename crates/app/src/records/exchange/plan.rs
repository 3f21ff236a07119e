//! What becomes of rows: the same for the dry run and for the real one. Nothing is written here.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenon_model::mail::normalize_address;
use tenon_model::records::exchange::{
    Duplicates, ImportOptions, Target, is_list, read_cell, read_list, split_name, unguard,
};
use tenon_model::records::{
    Access, Field, FieldType, Kind, Shape, ShareScope, Values, fold, merge,
};
use tenon_model::{RecordId, Time};
use tenon_store::{ImportedRow, RecordRow, RowOutcome, Share, Tx};

mod found;

use self::found::{Found, kinds};
use super::book::Book;
use super::shared::Shared;
use crate::records::{check, create::parent};
use crate::{Actor, Ctx, Error, Result};

/// Records that one cell may name, as many as one field may.
const MOST_LINKS: usize = 500;

/// What is wrong with a row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RowProblem {
    pub(super) column: Option<usize>,
    pub(super) field: Option<String>,
    pub(super) detail: String,
}

fn problem(column: Option<usize>, field: &str, detail: impl Into<String>) -> RowProblem {
    RowProblem {
        column,
        field: Some(field.to_owned()),
        detail: detail.into(),
    }
}

/// What is remembered of rows before: in the run of one batch, in the dry run of all.
#[derive(Default)]
pub(super) struct Memory {
    created: HashMap<(String, String), RecordId>,
    titles: HashMap<(Kind, String), RecordId>,
}

/// A record as it is to be.
pub(super) struct Pending {
    pub(super) row: RecordRow,
    /// As it was; `None` is a new one.
    pub(super) before: Option<RecordRow>,
    /// With whom a new one is shared.
    pub(super) shares: Vec<Share>,
}

/// What is to be written for a batch.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) rows: Vec<ImportedRow>,
    pub(super) records: Vec<Pending>,
    places: HashMap<RecordId, usize>,
}

/// All that the rows of an import have in common.
pub(super) struct Planner<'p> {
    pub(super) ctx: &'p Ctx,
    pub(super) actor: &'p Actor,
    pub(super) shape: Shape,
    pub(super) options: &'p ImportOptions,
    pub(super) columns: usize,
    pub(super) book: Book,
    pub(super) shared: Shared,
}

/// A row as it was read.
struct Parsed {
    values: Values,
    links: Vec<Wanted>,
    id: Option<RecordId>,
    problems: Vec<RowProblem>,
}

/// Records that a cell names.
struct Wanted {
    column: usize,
    field: Field,
    by: String,
    texts: Vec<String>,
}

impl Planner<'_> {
    /// What becomes of a batch of rows.
    pub(super) async fn plan(
        &self,
        tx: &mut Tx,
        rows: Vec<ImportedRow>,
        memory: &mut Memory,
    ) -> Result<Plan> {
        let mut parsed: Vec<Parsed> = Vec::with_capacity(rows.len());
        for row in &rows {
            let cells: Vec<String> = serde_json::from_str(&row.cells).unwrap_or_default();
            parsed.push(self.parse(&cells));
        }
        let mut found = self.find_links(tx, &parsed).await?;
        let mut plan = Plan::default();
        let mut checked = Vec::with_capacity(rows.len());
        for parsed in parsed {
            checked.push(self.checked(parsed, &found, memory, &mut plan));
        }
        self.find_matches(tx, &checked, &mut found).await?;
        for (mut row, parsed) in rows.into_iter().zip(checked) {
            let (outcome, record, problems) =
                self.row(tx, parsed, &found, memory, &mut plan).await?;
            row.outcome = Some(outcome);
            row.record = record;
            row.problems = (!problems.is_empty())
                .then(|| serde_json::to_string(&problems).unwrap_or_default());
            plan.rows.push(row);
        }
        Ok(plan)
    }

    /// The mapped cells of a row.
    fn parse(&self, cells: &[String]) -> Parsed {
        let mut out = Parsed {
            values: Values::new(),
            links: Vec::new(),
            id: None,
            problems: Vec::new(),
        };
        let extra = cells.iter().skip(self.columns).any(|c| !c.is_empty());
        if cells.len() < self.columns || extra {
            out.problems.push(RowProblem {
                column: None,
                field: None,
                detail: format!("has {} cells instead of {}", cells.len(), self.columns),
            });
        }
        let mut addresses: Vec<(String, Values)> = Vec::new();
        for mapped in &self.options.mapping {
            let Some(target) = &mapped.target else {
                continue;
            };
            let text = cells.get(mapped.column).map_or("", |c| unguard(c.trim()));
            if text.is_empty() {
                continue;
            }
            if let Err(detail) = self.cell(&mut out, &mut addresses, mapped.column, target, text) {
                let wrong = problem(Some(mapped.column), &target.field, detail);
                out.problems.push(wrong);
            }
        }
        for (label, mut lines) in addresses {
            lines.insert("label".to_owned(), json!(label));
            unite(&mut out.values, "addresses", json!([lines]));
        }
        out
    }

    fn cell(
        &self,
        out: &mut Parsed,
        addresses: &mut Vec<(String, Values)>,
        column: usize,
        target: &Target,
        text: &str,
    ) -> Result<(), String> {
        let field = match target.field.as_str() {
            "id" => {
                out.id = text.parse().ok();
                return out
                    .id
                    .map(drop)
                    .ok_or_else(|| "is no id of a record".to_owned());
            }
            "full_name" => {
                let (first, last) = split_name(text);
                for (key, part) in [("first_name", first), ("last_name", last)] {
                    if !part.is_empty() && !out.values.contains_key(key) {
                        out.values.insert(key.to_owned(), json!(part));
                    }
                }
                return Ok(());
            }
            key => self.shape.field(key).ok_or("is no field of this kind")?,
        };
        if field.ty.is_link() {
            let one = field.ty == FieldType::Link;
            let texts = if one { vec![text] } else { read_list(text) };
            if texts.len() > MOST_LINKS {
                return Err("names more than 500 records".to_owned());
            }
            out.links.push(Wanted {
                column,
                field: field.clone(),
                by: target.by.clone().unwrap_or_else(|| "title".to_owned()),
                texts: texts.into_iter().map(str::to_owned).collect(),
            });
            return Ok(());
        }
        if let Some(part) = &target.part {
            let label = target.label.clone().unwrap_or_default();
            let at = addresses.iter().position(|(l, _)| *l == label);
            let at = at.unwrap_or_else(|| {
                addresses.push((label, Values::new()));
                addresses.len() - 1
            });
            addresses[at].1.insert(part.clone(), json!(text));
            return Ok(());
        }
        let usual = target.currency.as_deref();
        let mut value = read_cell(field, text, self.options.style(), usual, &self.book)?;
        if let Some(label) = &target.label {
            for entry in value.as_array_mut().into_iter().flatten() {
                if entry["label"].as_str().is_none_or(str::is_empty) {
                    entry["label"] = json!(label);
                }
            }
        }
        let value = match tenon_model::records::check(field, &value) {
            Ok(Some(value)) => value,
            Ok(None) => return Ok(()),
            Err(e) => return Err(e.to_string()),
        };
        unite(&mut out.values, &field.key, value);
        Ok(())
    }

    /// A row with its links found; missing ones are made when that is wanted.
    fn checked(
        &self,
        mut parsed: Parsed,
        found: &Found,
        memory: &mut Memory,
        plan: &mut Plan,
    ) -> Parsed {
        // A row with problems makes nothing, so it makes no records for its links either.
        let mut values = Vec::new();
        for wanted in std::mem::take(&mut parsed.links) {
            let mut ids: Vec<String> = Vec::new();
            for text in &wanted.texts {
                let id = match self.linked(&wanted, text, found, memory) {
                    Ok(id) => id.to_string(),
                    Err(Missing::Make(kind)) if parsed.problems.is_empty() => {
                        self.make(kind, text, memory, plan).to_string()
                    }
                    Err(missing) => {
                        let wrong = problem(Some(wanted.column), &wanted.field.key, missing.say());
                        parsed.problems.push(wrong);
                        continue;
                    }
                };
                // Two of an attendee's addresses are one attendee.
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            let one = wanted.field.ty == FieldType::Link;
            let value = if one { json!(ids.first()) } else { json!(ids) };
            values.push((wanted.field.key, value));
        }
        for (key, value) in values {
            unite(&mut parsed.values, &key, value);
        }
        parsed
    }

    fn linked(
        &self,
        wanted: &Wanted,
        text: &str,
        found: &Found,
        memory: &Memory,
    ) -> Result<RecordId, Missing> {
        let fits = |kind: Kind| wanted.field.links_to.is_none_or(|k| k == kind);
        if let Ok(id) = text.parse::<RecordId>() {
            let there = found.ids.get(&id).is_some_and(|k| fits(*k));
            return if there { Ok(id) } else { Err(Missing::Nothing) };
        }
        let mut all: Vec<RecordId> = Vec::new();
        if wanted.by == "email" {
            let ids = found.emails.get(&normalize_address(text));
            all.extend(ids.into_iter().flatten());
        } else {
            for kind in kinds(&wanted.field) {
                let key = (kind, fold(text));
                all.extend(found.titles.get(&key).into_iter().flatten());
                if all.is_empty() {
                    all.extend(memory.titles.get(&key));
                }
            }
        }
        match all.as_slice() {
            [id] => Ok(*id),
            [] => match wanted.field.links_to {
                Some(kind @ (Kind::Company | Kind::Contact))
                    if self.options.create_missing && wanted.by == "title" =>
                {
                    Err(Missing::Make(kind))
                }
                _ => Err(Missing::Nothing),
            },
            _ => Err(Missing::Several),
        }
    }

    fn make(&self, kind: Kind, text: &str, memory: &mut Memory, plan: &mut Plan) -> RecordId {
        let mut values = Values::new();
        if kind == Kind::Contact {
            let (first, last) = split_name(text);
            for (key, part) in [("first_name", first), ("last_name", last)] {
                if !part.is_empty() {
                    values.insert(key.to_owned(), json!(part));
                }
            }
        } else {
            let name: String = text.chars().take(2_000).collect();
            values.insert("name".to_owned(), json!(name));
        }
        values.insert("owner".to_owned(), json!(self.owner()));
        let (row, shares) = self.new_row(kind, values, None);
        let id = row.id;
        memory.titles.insert((kind, fold(text)), id);
        plan.add(row, None, shares);
        id
    }

    fn owner(&self) -> String {
        self.options.owner.unwrap_or(self.actor.member).to_string()
    }

    fn new_row(
        &self,
        kind: Kind,
        values: Values,
        parent: Option<RecordId>,
    ) -> (RecordRow, Vec<Share>) {
        let now: Time = self.ctx.world.now();
        let (sharing, shares) = self.shared.of_new(kind, parent.is_some());
        let mut row = RecordRow {
            id: self.ctx.world.id(),
            kind,
            title: String::new(),
            values,
            version: 1,
            owner: None,
            pipeline: None,
            stage: None,
            position: None,
            sharing,
            parent: parent.filter(|_| sharing == ShareScope::Parent),
            created_at: now,
            created_by: Some(self.actor.member),
            updated_at: now,
            deleted_at: None,
            access: Access::Owner,
        };
        check::columns(&mut row);
        (row, shares)
    }

    /// What becomes of one row.
    async fn row(
        &self,
        tx: &mut Tx,
        parsed: Parsed,
        found: &Found,
        memory: &mut Memory,
        plan: &mut Plan,
    ) -> Result<(RowOutcome, Option<RecordId>, Vec<RowProblem>)> {
        if !parsed.problems.is_empty() {
            return Ok((RowOutcome::Fail, None, parsed.problems));
        }
        if parsed.values.is_empty() {
            return Ok((RowOutcome::Skip, None, Vec::new()));
        }
        let keys = self.keys(&parsed);
        let mut same: Vec<RecordId> = Vec::new();
        for key in &keys {
            let there = found.matches.get(key).into_iter().flatten();
            for id in there.chain(memory.created.get(key)) {
                if !same.contains(id) {
                    same.push(*id);
                }
            }
        }
        let outcome = match (self.options.duplicates, same.as_slice()) {
            (Duplicates::Create, _) | (_, []) => self.create(tx, parsed.values, plan).await,
            (_, [_, _, ..]) => Err(Error::field("", "is like several records that are there")),
            (Duplicates::Skip, [id]) => Ok((RowOutcome::Skip, Some(*id))),
            (Duplicates::Update, [id]) => self.update(tx, *id, &parsed.values, found, plan).await,
        };
        let (outcome, record) = match outcome {
            Ok(done) => done,
            Err(e) => return Ok((RowOutcome::Fail, None, problems(e)?)),
        };
        if let (RowOutcome::Create, Some(id)) = (outcome, record) {
            for key in keys {
                memory.created.entry(key).or_insert(id);
            }
            let called = fold(&plan.title(id));
            memory.titles.entry((self.shape.kind, called)).or_insert(id);
        }
        Ok((outcome, record, Vec::new()))
    }

    async fn create(
        &self,
        tx: &mut Tx,
        mut values: Values,
        plan: &mut Plan,
    ) -> Result<(RowOutcome, Option<RecordId>)> {
        values.entry("owner").or_insert_with(|| json!(self.owner()));
        let kind = self.shape.kind;
        if kind.pipeline().is_some() {
            let stage = self.book.stage(&values, self.options);
            let stage = stage.ok_or_else(|| {
                Error::field("values.stage", "is no stage of a pipeline for this kind")
            })?;
            values.insert("pipeline".to_owned(), json!(stage.pipeline_id.to_string()));
            values.insert("stage".to_owned(), json!(stage.id.to_string()));
            check::stage_allows(&self.shape, stage, &values)?;
        }
        check::required(&self.shape, &values)?;
        let parent = parent(tx, &self.shape, &values).await?;
        let (row, shares) = self.new_row(kind, values, parent);
        let id = row.id;
        plan.add(row, None, shares);
        Ok((RowOutcome::Create, Some(id)))
    }

    async fn update(
        &self,
        tx: &mut Tx,
        id: RecordId,
        wanted: &Values,
        found: &Found,
        plan: &mut Plan,
    ) -> Result<(RowOutcome, Option<RecordId>)> {
        let pending = plan.places.get(&id).copied();
        let now = match pending {
            Some(at) => plan.records[at].row.clone(),
            None => match found.rows.get(&id) {
                Some(row) => row.clone(),
                // A row of an earlier batch of the dry run, which made nothing.
                None => return Ok((RowOutcome::Update, None)),
            },
        };
        let mut row = now.clone();
        let mut all = Values::new();
        for (key, value) in wanted {
            let mut one = Values::new();
            if let Some(before) = row.values.get(key).filter(|_| self.lists(key)) {
                one.insert(key.clone(), before.clone());
            }
            unite(&mut one, key, value.clone());
            let value = one.remove(key).unwrap_or_default();
            let field = self.shape.field(key);
            if let Some(Err(e)) = field.map(|f| tenon_model::records::check(f, &value)) {
                return Err(Error::field(&format!("values.{key}"), e.0));
            }
            all.insert(key.clone(), value);
        }
        if all.contains_key("stage") || all.contains_key("pipeline") {
            let stage = self.book.stage(&all, &ImportOptions::default());
            let stage = stage.ok_or_else(|| {
                Error::field("values.stage", "is no stage of a pipeline for this kind")
            })?;
            all.insert("pipeline".to_owned(), json!(stage.pipeline_id.to_string()));
            all.insert("stage".to_owned(), json!(stage.id.to_string()));
            let mut after = row.values.clone();
            after.extend(all.clone());
            check::stage_allows(&self.shape, stage, &after)?;
        }
        let changes = merge(&mut row.values, &all, &[]).unwrap_or_default();
        if changes.is_empty() {
            return Ok((RowOutcome::Skip, Some(id)));
        }
        check::required(&self.shape, &row.values)?;
        if changes.iter().any(|c| c.field == "about") && row.sharing == ShareScope::Parent {
            row.parent = parent(tx, &self.shape, &row.values).await?;
        }
        check::columns(&mut row);
        if let Some(at) = pending {
            plan.records[at].row = row;
        } else {
            row.version += 1;
            row.updated_at = self.ctx.world.now();
            plan.add(row, Some(now), Vec::new());
        }
        Ok((RowOutcome::Update, Some(id)))
    }

    fn lists(&self, key: &str) -> bool {
        self.shape.field(key).is_some_and(|f| is_list(f.ty))
    }
}

impl Plan {
    fn add(&mut self, row: RecordRow, before: Option<RecordRow>, shares: Vec<Share>) {
        self.places.insert(row.id, self.records.len());
        self.records.push(Pending {
            row,
            before,
            shares,
        });
    }

    fn title(&self, id: RecordId) -> String {
        let found = self.places.get(&id).map(|at| &self.records[*at].row);
        found.map(|r| r.title.clone()).unwrap_or_default()
    }
}

/// Why a link has no record.
enum Missing {
    Nothing,
    Several,
    Make(Kind),
}

impl Missing {
    const fn say(&self) -> &'static str {
        match self {
            Self::Several => "names several records; use their ids",
            Self::Nothing | Self::Make(_) => "names a record that is not there",
        }
    }
}

/// What makes two entries of a list the same.
fn same_entry(a: &Value, b: &Value) -> bool {
    let address = |v: &Value| {
        v.get("address")
            .and_then(Value::as_str)
            .map(normalize_address)
    };
    let number = |v: &Value| {
        let text = v.get("number").and_then(Value::as_str)?;
        Some(
            text.chars()
                .filter(|c| c.is_alphanumeric() || *c == '+')
                .collect::<String>(),
        )
    };
    a == b
        || address(a).is_some() && address(a) == address(b)
        || number(a).is_some() && number(a) == number(b)
}

/// Puts a value in; lists are united, what was there first stays first.
fn unite(values: &mut Values, key: &str, value: Value) {
    match (values.get_mut(key), value) {
        (Some(Value::Array(there)), Value::Array(more)) => {
            for entry in more {
                if !there.iter().any(|e| same_entry(e, &entry)) {
                    there.push(entry);
                }
            }
        }
        (_, Value::Null) => {}
        (_, value) => {
            values.insert(key.to_owned(), value);
        }
    }
}

/// What a row is refused for; what is not about the row ends the import's turn.
fn problems(e: Error) -> Result<Vec<RowProblem>> {
    match e {
        Error::Validation(wrong) => Ok(wrong
            .into_iter()
            .map(|(name, detail)| RowProblem {
                column: None,
                field: name.strip_prefix("values.").map(str::to_owned),
                detail,
            })
            .collect()),
        Error::StageNeedsFields(fields) => Ok(fields
            .iter()
            .map(|f| problem(None, f, "is needed in this stage"))
            .collect()),
        other => Err(other),
    }
}
