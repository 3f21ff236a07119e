//! Records that may be one (decision 0063): by the same address, number, name or domain. Only what the member
//! sees is compared.

use tenon_model::RecordId;
use tenon_model::records::{Kind, Reason, Sign, Values, check, comparable, reasons, score, signs};
use tenon_store::{RecordRow, Tx};

use super::view::{RecordRef, RecordView, shape, show};
use crate::mail::Page;
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

/// Records that are shown for one.
const MOST: usize = 20;
/// Records that are compared for one sign.
const COMPARED: u32 = 50;
/// Groups of a page.
const PAGE: u32 = 50;
/// Signs that one page looks at.
const SIGNS: u32 = 50;
/// How often it looks for more before it answers with fewer than were asked for.
const TURNS: usize = 20;
/// Records of one dismissal.
const DISMISSED: usize = 50;

/// A record that may be another one.
#[derive(Clone)]
pub struct Duplicate<R> {
    /// The record.
    pub record: R,
    /// Why.
    pub reasons: Vec<Reason>,
    /// How likely, in hundredths.
    pub score: u8,
}

/// Records that may be one.
#[derive(Clone)]
pub struct DuplicateGroup {
    /// Names these records: the same as long as they are the same.
    pub id: String,
    /// The records, oldest first.
    pub records: Vec<RecordView>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// How likely, in hundredths: of the two that are likeliest.
    pub score: u8,
}

/// Records that have a sign in common with these values, likeliest first.
async fn alike(
    tx: &mut Tx,
    kind: Kind,
    own: Option<RecordId>,
    values: &Values,
) -> Result<Vec<Duplicate<RecordRow>>> {
    let numbers: Vec<i64> = signs(kind, values).iter().map(Sign::number).collect();
    let rows = tx.records().with_signs(kind, &numbers, COMPARED).await?;
    let mut ids: Vec<RecordId> = rows.iter().map(|r| r.id).collect();
    ids.extend(own);
    let dismissed = match own {
        Some(_) => tx.records().dismissed(&ids).await?,
        None => Vec::new(),
    };
    let two = |id: RecordId| own.is_some_and(|own| dismissed.contains(&ordered(own, id)));
    let mut out: Vec<Duplicate<RecordRow>> = rows
        .into_iter()
        .filter(|row| Some(row.id) != own && !two(row.id))
        .map(|record| {
            let reasons = reasons(kind, values, &record.values);
            Duplicate {
                score: score(&reasons),
                record,
                reasons,
            }
        })
        .filter(|d| !d.reasons.is_empty())
        .collect();
    out.sort_by_key(|d| std::cmp::Reverse(d.score));
    out.truncate(MOST);
    Ok(out)
}

fn ordered(a: RecordId, b: RecordId) -> (RecordId, RecordId) {
    (a.min(b), a.max(b))
}

/// Records that may be the same as one.
pub async fn duplicates(
    ctx: &Ctx,
    actor: &Actor,
    id: RecordId,
) -> Result<Vec<Duplicate<RecordView>>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = tx
        .records()
        .get(id)
        .await?
        .ok_or(Error::NotFound("record"))?;
    let found = alike(&mut tx, row.kind, Some(id), &row.values).await?;
    let rows = found.iter().map(|d| d.record.clone()).collect();
    let views = show(&mut tx, actor, rows).await?;
    let with_view = found.into_iter().zip(views).map(|(d, record)| Duplicate {
        record,
        reasons: d.reasons,
        score: d.score,
    });
    Ok(with_view.collect())
}

/// Records that may be the same as one that is being written. What does not hold yet is left out.
pub async fn check_duplicates(
    ctx: &Ctx,
    actor: &Actor,
    kind: Kind,
    values: &Values,
) -> Result<Vec<Duplicate<RecordRef>>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let shape = shape(&mut tx, kind).await?;
    let whole = shape.fields.iter().filter_map(|field| {
        let value = check(field, values.get(&field.key)?).ok()??;
        Some((field.key.clone(), value))
    });
    let whole: Values = whole.collect();
    let found = alike(&mut tx, kind, None, &whole).await?;
    let with_ref = found.into_iter().map(|d| Duplicate {
        record: (&d.record).into(),
        reasons: d.reasons,
        score: d.score,
    });
    Ok(with_ref.collect())
}

/// A page of records that may be one. `after` is a sign's number: it tells nothing of an address.
pub async fn duplicate_groups(
    ctx: &Ctx,
    actor: &Actor,
    kind: Kind,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<DuplicateGroup>> {
    if !comparable(kind) {
        return Err(Error::field("kind", "must be contact, company or lead"));
    }
    let limit = limit.clamp(1, PAGE) as usize;
    let invalid = |_| Error::field("after", "must be the next of an earlier page");
    let mut after: Option<i64> = after.map(str::parse).transpose().map_err(invalid)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut items = Vec::new();
    for _ in 0..TURNS {
        let signs = tx.records().shared_signs(kind, after, SIGNS).await?;
        let last = signs.len() < SIGNS as usize;
        for sign in signs {
            after = Some(sign);
            let found = groups_of(&mut tx, kind, sign).await?;
            for rows in found {
                items.push(group(&mut tx, actor, kind, rows).await?);
            }
            if items.len() >= limit {
                break;
            }
        }
        if items.len() >= limit {
            break;
        }
        if last {
            after = None;
            break;
        }
    }
    let next = after.map(|sign| sign.to_string());
    Ok(Page { items, next })
}

/// Whether two records were not called two, and are alike.
fn linked(kind: Kind, a: &RecordRow, b: &RecordRow, two: &[(RecordId, RecordId)]) -> bool {
    !two.contains(&ordered(a.id, b.id)) && !reasons(kind, &a.values, &b.values).is_empty()
}

/// The groups among the records that have one sign. Those that share a smaller one too were told there.
async fn groups_of(tx: &mut Tx, kind: Kind, sign: i64) -> Result<Vec<Vec<RecordRow>>> {
    let mut rows = tx.records().with_signs(kind, &[sign], COMPARED).await?;
    let ids: Vec<RecordId> = rows.iter().map(|r| r.id).collect();
    let two = tx.records().dismissed(&ids).await?;
    let mut out = Vec::new();
    while let Some(first) = rows.pop() {
        let mut one = vec![first];
        let mut at = 0;
        while at < one.len() {
            let (with, without): (Vec<_>, Vec<_>) = rows
                .into_iter()
                .partition(|row| linked(kind, &one[at], row, &two));
            rows = without;
            one.extend(with);
            at += 1;
        }
        one.sort_by_key(|r| (r.created_at, r.id));
        if one.len() > 1 && !told_before(kind, &one, sign) {
            out.push(one);
        }
    }
    Ok(out)
}

fn told_before(kind: Kind, group: &[RecordRow], sign: i64) -> bool {
    let numbers = |row: &RecordRow| -> Vec<i64> {
        let all = signs(kind, &row.values);
        all.iter().map(Sign::number).collect()
    };
    let of_all: Vec<Vec<i64>> = group.iter().map(numbers).collect();
    of_all[0]
        .iter()
        .any(|n| *n < sign && of_all.iter().all(|own| own.contains(n)))
}

async fn group(
    tx: &mut Tx,
    actor: &Actor,
    kind: Kind,
    rows: Vec<RecordRow>,
) -> Result<DuplicateGroup> {
    let mut all: Vec<Reason> = Vec::new();
    let mut best = 0;
    for (i, a) in rows.iter().enumerate() {
        for b in &rows[i + 1..] {
            let why = reasons(kind, &a.values, &b.values);
            best = best.max(score(&why));
            all.extend(why);
        }
    }
    all.sort_unstable();
    all.dedup();
    let id = rows.iter().map(|r| r.id.to_string());
    let id = id.collect::<Vec<_>>().join(".");
    Ok(DuplicateGroup {
        id: crate::repeat::short_hash(&id),
        records: show(tx, actor, rows).await?,
        reasons: all,
        score: best,
    })
}

/// Keeps for everybody that these records are not one.
pub async fn dismiss_duplicates(ctx: &Ctx, actor: &Actor, ids: &[RecordId]) -> Result<()> {
    no_viewers(actor.role)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if !(2..=DISMISSED).contains(&ids.len()) {
        return Err(Error::field("records", "must name 2 to 50 records"));
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let rows = tx.records().get_many(&ids).await?;
    if rows.len() < ids.len() {
        return Err(Error::NotFound("record"));
    }
    tx.records()
        .dismiss(&ids, actor.member, ctx.world.now())
        .await?;
    Ok(tx.commit().await?)
}
