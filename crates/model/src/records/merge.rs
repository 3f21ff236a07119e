//! Several records that are one: what the one that stays says afterwards.

use serde_json::Value;

use super::alike::{is_empty, same_number};
use super::{FieldType, Shape, Values};
use crate::RecordId;
use crate::mail::normalize_address;

/// What the kept record says after the `merged` ones went into it: what was `chosen`, else its own, else of the
/// first merged one that says something. Lists are united, each address and number once; a chosen list stays
/// as it was chosen. Where boxes stand is not taken over.
pub fn unite(shape: &Shape, kept: &Values, merged: &[&Values], chosen: &Values) -> Values {
    let mut out = kept.clone();
    for field in &shape.fields {
        let key = &field.key;
        if let Some(value) = chosen.get(key) {
            if is_empty(value) {
                out.remove(key);
            } else {
                out.insert(key.clone(), value.clone());
            }
            continue;
        }
        if matches!(field.ty, FieldType::Pipeline | FieldType::Stage) {
            continue;
        }
        for value in merged.iter().filter_map(|values| values.get(key)) {
            match (out.get_mut(key), value) {
                (None, value) => drop(out.insert(key.clone(), value.clone())),
                (Some(Value::Array(all)), Value::Array(more)) => {
                    for entry in more {
                        if !all.iter().any(|a| same(field.ty, a, entry)) {
                            all.push(entry.clone());
                        }
                    }
                }
                (Some(_), _) => {}
            }
        }
    }
    out
}

/// Whether two entries of a list are one.
fn same(ty: FieldType, one: &Value, other: &Value) -> bool {
    let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    match ty {
        FieldType::Emails => {
            let address = |v| text(v, "address").map(|t| normalize_address(&t));
            address(one).is_some() && address(one) == address(other)
        }
        FieldType::Phones => match (text(one, "number"), text(other, "number")) {
            (Some(a), Some(b)) => same_number(&a, &b),
            _ => false,
        },
        _ => one == other,
    }
}

/// The values of a record that names some of the `merged` ones, naming the kept one in their place: each once,
/// and never itself. `None` if it names none of them.
pub fn renamed(
    shape: &Shape,
    own: RecordId,
    values: &Values,
    merged: &[RecordId],
    kept: RecordId,
) -> Option<Values> {
    let mut out = values.clone();
    let of_merged = |v: &Value| {
        let id: Option<RecordId> = v.as_str().and_then(|t| t.parse().ok());
        id.is_some_and(|id| merged.contains(&id))
    };
    let kept_text = Value::from(kept.to_string());
    let mut changed = false;
    for field in shape.fields.iter().filter(|f| f.ty.is_link()) {
        let Some(value) = out.get(&field.key) else {
            continue;
        };
        let now = match value {
            Value::Array(list) if list.iter().any(of_merged) => {
                let mut now: Vec<Value> = Vec::with_capacity(list.len());
                for entry in list {
                    let entry = if of_merged(entry) { &kept_text } else { entry };
                    if !now.contains(entry) && (own != kept || entry != &kept_text) {
                        now.push(entry.clone());
                    }
                }
                Value::Array(now)
            }
            one if of_merged(one) && own == kept => Value::Null,
            one if of_merged(one) => kept_text.clone(),
            _ => continue,
        };
        changed = true;
        if is_empty(&now) {
            out.remove(&field.key);
        } else {
            out.insert(field.key.clone(), now);
        }
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests;
