//! Fields: the standard ones of each kind, and those that a workspace adds, which owners and admins manage.

mod options;

use tenon_model::FieldId;
use tenon_model::records::{CustomField, Field, FieldType, Kind, Shape, fold};
use tenon_store::Tx;

pub use options::NewOption;

use crate::record_setup::{begin, managers_only, name, tell, unlike};
use crate::{Actor, Ctx, Error, Result};

/// Fields of its own that a kind may have in use.
const MOST: usize = 200;
/// The same with those that were put away, whose keys stay taken.
const MOST_EVER: usize = 1_000;
/// Characters of a key, without its prefix and number.
const LONGEST_KEY: usize = 40;

/// A field to add.
#[derive(Debug, Clone)]
pub struct NewField {
    /// What people read.
    pub label: String,
    /// What it holds, for good.
    pub ty: FieldType,
    /// Options of a choice.
    pub options: Vec<NewOption>,
    /// What it links to; `None` is any kind.
    pub links_to: Option<Kind>,
    /// Whether it must be filled in.
    pub required: bool,
}

/// A change of a field; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct ChangeField {
    /// What people read.
    pub label: Option<String>,
    /// All its options. One that is left out can no longer be chosen; records that have it keep it.
    pub options: Option<Vec<NewOption>>,
    /// Whether it must be filled in.
    pub required: Option<bool>,
    /// Its place among the kind's own fields that are in use, from 0.
    pub position: Option<usize>,
    /// Whether it is put away.
    pub archived: Option<bool>,
}

/// What each kind of record looks like here.
pub async fn objects(ctx: &Ctx, actor: &Actor) -> Result<Vec<Shape>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let custom = tx.fields().list(None).await?;
    let shape = |kind: &Kind| Shape::new(*kind, &custom);
    Ok(Kind::ALL.iter().map(shape).collect())
}

/// Adds a field to a kind.
pub async fn add_field(ctx: &Ctx, actor: &Actor, kind: Kind, new: NewField) -> Result<Field> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    let label = name("label", &new.label)?;
    if !new.ty.custom() {
        return Err(Error::field(
            "type",
            "is one that only standard fields have",
        ));
    }
    if new.links_to.is_some() && !new.ty.is_link() {
        return Err(Error::field(
            "links_to",
            "is for fields of type link or links",
        ));
    }
    let options = options::check(new.ty, &new.options, &[])?;
    let others = tx.fields().list(Some(kind)).await?;
    room(&others)?;
    free(&label, None, &others)?;
    let field = CustomField {
        id: ctx.world.id(),
        kind,
        key: key(&label, &others),
        label,
        ty: new.ty,
        options,
        links_to: new.links_to,
        required: new.required,
        position: others.iter().map(|f| f.position + 1).max().unwrap_or(0),
        archived: false,
    };
    tx.fields().insert(&field, ctx.world.now()).await?;
    tell(&mut tx, actor, None).await?;
    tx.commit().await?;
    view(&field)
}

/// Changes a field.
pub async fn change_field(
    ctx: &Ctx,
    actor: &Actor,
    id: FieldId,
    change: ChangeField,
) -> Result<Field> {
    let (mut tx, role) = begin(ctx, actor).await?;
    managers_only(role)?;
    let mut field = own(&mut tx, id).await?;
    let before = field.clone();
    let mut others = tx.fields().list(Some(field.kind)).await?;
    others.retain(|f| f.id != id);
    if let Some(options) = &change.options {
        field.options = options::check(field.ty, options, &field.options)?;
    }
    field.required = change.required.unwrap_or(field.required);
    field.archived = change.archived.unwrap_or(field.archived);
    if let Some(label) = &change.label {
        field.label = name("label", label)?;
    }
    if before.archived && !field.archived {
        room(&others)?;
    }
    if !field.archived && (field.label != before.label || before.archived) {
        free(&field.label, Some(id), &others)?;
    }
    if let Some(place) = change.position {
        arrange(ctx, &mut tx, &mut field, others, place).await?;
    }
    if field != before {
        tx.fields().save(&field, ctx.world.now()).await?;
        tell(&mut tx, actor, None).await?;
    }
    tx.commit().await?;
    view(&field)
}

/// Puts a field away: nobody fills it in any more, and what it holds stays.
pub async fn archive_field(ctx: &Ctx, actor: &Actor, id: FieldId) -> Result<()> {
    let change = ChangeField {
        archived: Some(true),
        ..ChangeField::default()
    };
    change_field(ctx, actor, id, change).await.map(drop)
}

async fn own(tx: &mut Tx, id: FieldId) -> Result<CustomField> {
    let field = tx.fields().get(id).await?;
    field.ok_or(Error::NotFound("field"))
}

/// A field as it stands among those of its kind.
fn view(field: &CustomField) -> Result<Field> {
    let shape = Shape::new(field.kind, std::slice::from_ref(field));
    let own = shape.fields.into_iter().next_back();
    own.ok_or_else(|| Error::Internal("shape".into()))
}

fn room(others: &[CustomField]) -> Result<()> {
    if others.iter().filter(|f| !f.archived).count() >= MOST {
        return Err(Error::field(
            "label",
            "would be one field too many: 200 are in use; put one away first",
        ));
    }
    if others.len() >= MOST_EVER {
        return Err(Error::field(
            "label",
            "would be one field too many: 1,000 were made for this kind; bring one back instead",
        ));
    }
    Ok(())
}

fn free(label: &str, own: Option<FieldId>, others: &[CustomField]) -> Result<()> {
    let others = others.iter().filter(|f| Some(f.id) != own && !f.archived);
    unlike("label", label, others.map(|f| f.label.as_str()))
}

/// A key that no field of the kind has or had: the label in plain letters.
fn key(label: &str, others: &[CustomField]) -> String {
    let plain = plain(label, "field");
    distinct(&format!("c_{plain}"), |key| {
        others.iter().any(|f| f.key == key)
    })
}

/// A label in the letters of keys: `Größe (cm)` is `grosse_cm`.
fn plain(label: &str, without: &str) -> String {
    let mut out = String::new();
    for c in fold(label).replace('ß', "ss").chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    out.truncate(LONGEST_KEY);
    let out = out.trim_end_matches('_');
    if out.is_empty() { without } else { out }.to_owned()
}

/// The word itself, or with the first number that makes it another one.
fn distinct(word: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|n: u32| format!("{word}_{n}"));
    let mut all = std::iter::once(word.to_owned()).chain(numbered);
    all.find(|w| !taken(w)).unwrap_or_default()
}

/// Puts a field at a place among those in use; the others keep their order.
async fn arrange(
    ctx: &Ctx,
    tx: &mut Tx,
    field: &mut CustomField,
    others: Vec<CustomField>,
    place: usize,
) -> Result<()> {
    let (mut used, away): (Vec<_>, Vec<_>) = others.into_iter().partition(|f| !f.archived);
    let place = place.min(used.len());
    used.insert(place, field.clone());
    for (mut other, position) in used.into_iter().chain(away).zip(0..) {
        if other.id == field.id {
            field.position = position;
        } else if other.position != position {
            other.position = position;
            tx.fields().save(&other, ctx.world.now()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_and_never_twice() {
        for (label, wanted) in [
            ("Größe (cm)", "grosse_cm"),
            ("  Élan — vital ", "elan_vital"),
            ("部門", "field"),
            ("A".repeat(100).as_str(), "a".repeat(40).as_str()),
        ] {
            assert_eq!(plain(label, "field"), wanted, "{label}");
        }
        let taken = ["c_size", "c_size_2"];
        assert_eq!(distinct("c_size", |k| taken.contains(&k)), "c_size_3");
        assert_eq!(distinct("c_color", |k| taken.contains(&k)), "c_color");
    }
}
