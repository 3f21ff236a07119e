//! Changes of one record by several people: each field by itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Values;

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its key.
    pub field: String,
    /// Before; null was empty.
    pub from: Value,
    /// After; null is empty.
    pub to: Value,
}

/// Two people changed one field to different values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its key.
    pub field: String,
    /// What it is now.
    pub theirs: Value,
    /// What was asked for.
    pub yours: Value,
}

/// Lays the `wanted` values over the `current` ones. `since` are the fields that others have changed
/// since the version that the person saw. What nobody else touched is changed; what somebody did is
/// left and told, unless both mean the same. The values are changed only if there is no conflict.
pub fn merge(
    current: &mut Values,
    wanted: &Values,
    since: &[String],
) -> Result<Vec<Change>, Vec<Conflict>> {
    let mut changes = Vec::new();
    let mut conflicts = Vec::new();
    for (field, to) in wanted {
        let now = current.get(field).unwrap_or(&Value::Null);
        if now == to {
            continue;
        }
        if since.contains(field) {
            conflicts.push(Conflict {
                field: field.clone(),
                theirs: now.clone(),
                yours: to.clone(),
            });
        } else {
            changes.push(Change {
                field: field.clone(),
                from: now.clone(),
                to: to.clone(),
            });
        }
    }
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    for change in &changes {
        if change.to.is_null() {
            current.remove(&change.field);
        } else {
            current.insert(change.field.clone(), change.to.clone());
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn values(pairs: &[(String, u8)]) -> Values {
        pairs
            .iter()
            .filter(|(_, v)| *v > 0)
            .map(|(k, v)| (k.clone(), json!(v)))
            .collect()
    }

    fn wanted(pairs: &[(String, u8)]) -> Values {
        let value = |v: u8| if v > 0 { json!(v) } else { Value::Null };
        pairs.iter().map(|(k, v)| (k.clone(), value(*v))).collect()
    }

    fn pairs() -> impl Strategy<Value = Vec<(String, u8)>> {
        prop::collection::vec(("[a-d]", 0_u8..3), 0..5)
    }

    proptest! {
        /// Whatever two people do to one version, neither loses a field without being told, and the
        /// result holds the edits of both.
        #[test]
        fn nobody_loses_an_edit_unseen(base in pairs(), first in pairs(), second in pairs()) {
            let (mut record, first, second) = (values(&base), wanted(&first), wanted(&second));
            let done = merge(&mut record, &first, &[]).unwrap();
            let since: Vec<String> = done.iter().map(|c| c.field.clone()).collect();
            let after_first = record.clone();
            match merge(&mut record, &second, &since) {
                Ok(_) => {
                    let is = |wanted: &Values| {
                        wanted.iter().all(|(k, v)| record.get(k).unwrap_or(&Value::Null) == v)
                    };
                    prop_assert!(is(&second));
                    for change in &done {
                        prop_assert_eq!(record.get(&change.field).unwrap_or(&Value::Null), &change.to);
                    }
                }
                Err(conflicts) => {
                    prop_assert_eq!(&record, &after_first);
                    for c in conflicts {
                        prop_assert!(since.contains(&c.field) && c.theirs != c.yours);
                    }
                }
            }
        }

        /// Undoing is doing the opposite.
        #[test]
        fn the_opposite_brings_back(base in pairs(), edit in pairs()) {
            let mut record = values(&base);
            let before = record.clone();
            let changes = merge(&mut record, &wanted(&edit), &[]).unwrap();
            let back = changes.into_iter().map(|c| (c.field, c.from)).collect();
            merge(&mut record, &back, &[]).unwrap();
            prop_assert_eq!(record, before);
        }
    }
}
