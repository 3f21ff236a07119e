//! A lead becomes contact, company and deal (R9).

use serde_json::{Value, json};
use tenon_model::records::{Cause, Kind, Outcome, Values};
use tenon_model::{PipelineId, RecordId, StageId};
use tenon_store::{RecordRow, Tx};

use super::create::{NewRecord, add};
use super::edit::{change, write};
use super::view::{RecordView, shape, show};
use super::{Noted, held, note};
use crate::{Actor, Ctx, Error, Result};

/// What a part of a lead becomes.
#[derive(Clone)]
pub enum Into {
    /// Nothing.
    Nothing,
    /// A new record.
    New,
    /// One that is there.
    Existing(RecordId),
}

/// How a lead is converted.
#[derive(Clone)]
pub struct Conversion {
    /// The person.
    pub contact: Into,
    /// Their organisation.
    pub company: Into,
    /// Values of a new person, beside those of the lead.
    pub contact_values: Values,
    /// Values of a new organisation, beside those of the lead.
    pub company_values: Values,
    /// The deal: its place, and values beside those of the lead.
    pub deal: Option<(Option<PipelineId>, Option<StageId>, Values)>,
}

/// What came of it.
#[derive(Clone)]
pub struct Converted {
    /// The lead.
    pub lead: RecordView,
    /// The person.
    pub contact: Option<RecordView>,
    /// Their organisation.
    pub company: Option<RecordView>,
    /// The deal.
    pub deal: Option<RecordView>,
}

/// Converts a lead as the person saw it: all of it or nothing. Each conversion is a version of the lead, so
/// the second click of two finds another one than it saw.
pub async fn convert(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
    seen: Option<i64>,
    how: Conversion,
) -> Result<Converted> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let lead = held(&mut tx, actor, id).await?;
    if lead.kind != Kind::Lead {
        return Err(Error::field("id", "is no lead"));
    }
    if seen.is_some_and(|seen| seen != lead.version) {
        return Err(Error::RecordChanged);
    }
    only_new(&how.contact, &how.contact_values, "contact_values")?;
    only_new(&how.company, &how.company_values, "company_values")?;
    let before = lead.version;
    let company = company(
        ctx,
        &mut tx,
        actor,
        &lead,
        (&how.company, how.company_values),
    )
    .await?;
    let contact = contact(
        ctx,
        &mut tx,
        actor,
        &lead,
        (&how.contact, how.contact_values),
        company.as_ref(),
    )
    .await?;
    let deal = match how.deal {
        None => None,
        Some(deal) => {
            let linked = (company.as_ref(), contact.as_ref());
            Some(self::deal(ctx, &mut tx, actor, &lead, linked, deal).await?)
        }
    };
    let values = ended(&mut tx, &lead, company.as_ref(), contact.as_ref()).await?;
    let noted = Noted::by(Cause::Converted);
    let mut lead = change(ctx, &mut tx, actor, lead, None, &values, noted).await?;
    if lead.version == before {
        let shape = shape(&mut tx, Kind::Lead).await?;
        lead = write(ctx, &mut tx, &shape, lead).await?;
        let noted = Noted::by(Cause::Converted);
        note(ctx, &mut tx, actor, &lead, noted, Vec::new()).await?;
    }
    let made = [Some(lead), contact, company, deal];
    let there: Vec<bool> = made.iter().map(Option::is_some).collect();
    let rows: Vec<RecordRow> = made.into_iter().flatten().collect();
    let mut views = show(&mut tx, actor, rows).await?.into_iter();
    let mut next = |there: bool| if there { views.next() } else { None };
    let converted = Converted {
        lead: next(there[0]).ok_or(Error::NotFound("record"))?,
        contact: next(there[1]),
        company: next(there[2]),
        deal: next(there[3]),
    };
    tx.commit().await?;
    Ok(converted)
}

/// Refuses values for what is not made.
fn only_new(into: &Into, values: &Values, name: &str) -> Result<()> {
    if values.is_empty() || matches!(into, Into::New) {
        Ok(())
    } else {
        Err(Error::field(name, "are for a new record only"))
    }
}

/// Some of a lead's values, under the names they get.
fn taken(lead: &RecordRow, names: &[(&str, &str)]) -> Values {
    let of = |(from, to): &(&str, &str)| Some(((*to).to_owned(), lead.values.get(*from)?.clone()));
    names.iter().filter_map(of).collect()
}

async fn existing(tx: &mut Tx, kind: Kind, id: RecordId, field: &str) -> Result<RecordRow> {
    let row = tx.records().get(id).await?;
    row.filter(|r| r.kind == kind && r.deleted_at.is_none())
        .ok_or_else(|| Error::field(field, "is a record that is not there"))
}

async fn company(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    lead: &RecordRow,
    (into, more): (&Into, Values),
) -> Result<Option<RecordRow>> {
    match into {
        Into::Nothing => Ok(None),
        Into::Existing(id) => existing(tx, Kind::Company, *id, "company").await.map(Some),
        Into::New => {
            let mut values = taken(lead, &[("company_name", "name"), ("owner", "owner")]);
            values.entry("name").or_insert_with(|| json!(lead.title));
            values.extend(more);
            make(ctx, tx, actor, lead, Kind::Company, values)
                .await
                .map(Some)
        }
    }
}

async fn contact(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    lead: &RecordRow,
    (into, more): (&Into, Values),
    company: Option<&RecordRow>,
) -> Result<Option<RecordRow>> {
    match into {
        Into::Nothing => Ok(None),
        Into::Existing(id) => existing(tx, Kind::Contact, *id, "contact").await.map(Some),
        Into::New => {
            let mut values = taken(
                lead,
                &[
                    ("emails", "emails"),
                    ("phones", "phones"),
                    ("owner", "owner"),
                ],
            );
            let name = lead.values.get("contact_name").and_then(Value::as_str);
            let name = name.unwrap_or(&lead.title);
            let (first, last) = name.rsplit_once(' ').unwrap_or(("", name));
            if !first.is_empty() {
                values.insert("first_name".into(), json!(first));
            }
            values.insert("last_name".into(), json!(last));
            if let Some(company) = company {
                values.insert("company".into(), json!(company.id.to_string()));
            }
            values.extend(more);
            make(ctx, tx, actor, lead, Kind::Contact, values)
                .await
                .map(Some)
        }
    }
}

async fn deal(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    lead: &RecordRow,
    (company, contact): (Option<&RecordRow>, Option<&RecordRow>),
    (pipeline, stage, more): (Option<PipelineId>, Option<StageId>, Values),
) -> Result<RecordRow> {
    let names = [
        ("name", "name"),
        ("amount", "amount"),
        ("description", "description"),
        ("owner", "owner"),
    ];
    let mut values = taken(lead, &names);
    if let Some(company) = company {
        values.insert("company".into(), json!(company.id.to_string()));
    }
    if let Some(contact) = contact {
        values.insert("contacts".into(), json!([contact.id.to_string()]));
    }
    if let Some(pipeline) = pipeline {
        values.insert("pipeline".into(), json!(pipeline.to_string()));
    }
    if let Some(stage) = stage {
        values.insert("stage".into(), json!(stage.to_string()));
    }
    values.extend(more);
    make(ctx, tx, actor, lead, Kind::Deal, values).await
}

/// What is made of a lead is seen by whoever sees the workspace's records, or by its owner alone, as
/// the lead was.
async fn make(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    lead: &RecordRow,
    kind: Kind,
    values: Values,
) -> Result<RecordRow> {
    use tenon_model::records::ShareScope;
    let sharing = match lead.sharing {
        ShareScope::Workspace | ShareScope::Parent => ShareScope::Workspace,
        ShareScope::Private | ShareScope::Shared => ShareScope::Private,
    };
    let new = NewRecord {
        kind,
        values,
        sharing: Some(sharing),
    };
    let row = add(ctx, tx, actor, new, Cause::Converted, None).await?;
    if lead.sharing == ShareScope::Shared {
        let shares = tx.records().shares(lead.id).await?;
        tx.records().share(row.id, &shares).await?;
    }
    Ok(row)
}

/// What the lead says after it: whom it became, and that it is won.
async fn ended(
    tx: &mut Tx,
    lead: &RecordRow,
    company: Option<&RecordRow>,
    contact: Option<&RecordRow>,
) -> Result<Values> {
    let mut values = Values::new();
    if let Some(company) = company {
        values.insert("company".into(), json!(company.id.to_string()));
    }
    if let Some(contact) = contact {
        let mut all = lead
            .values
            .get("contacts")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        all.push(json!(contact.id.to_string()));
        values.insert("contacts".into(), Value::Array(all));
    }
    if let Some(pipeline) = lead.pipeline {
        let stages = tx.pipelines().stages(pipeline).await?;
        let here = stages.iter().find(|s| Some(s.id) == lead.stage);
        if here.is_none_or(|s| s.outcome != Outcome::Won)
            && let Some(won) = stages.iter().find(|s| s.outcome == Outcome::Won)
        {
            values.insert("stage".into(), json!(won.id.to_string()));
        }
    }
    Ok(values)
}
