use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::World;
use crate::records::Kind;

fn shape() -> Shape {
    Shape::new(Kind::Contact, &[])
}

fn person(name: u8, mails: &[u8], phones: &[u8]) -> Values {
    let mut out = Values::new();
    if name > 0 {
        out.insert("last_name".into(), json!(format!("N{name}")));
    }
    let list = |of: &[u8], entry: fn(u8) -> Value| of.iter().map(|n| entry(*n)).collect::<Vec<_>>();
    if !mails.is_empty() {
        let mail = |n: u8| json!({ "address": format!("P{n}@x.example"), "label": "" });
        out.insert("emails".into(), list(mails, mail).into());
    }
    if !phones.is_empty() {
        let phone = |n: u8| json!({ "number": format!("+49 171 12{n}"), "label": "" });
        out.insert("phones".into(), list(phones, phone).into());
    }
    out
}

fn people() -> impl Strategy<Value = Values> {
    let few = || prop::collection::btree_set(0_u8..6, 0..4);
    (0_u8..3, few(), few()).prop_map(|(name, mails, phones)| {
        let list = |set: std::collections::BTreeSet<u8>| set.into_iter().collect::<Vec<_>>();
        person(name, &list(mails), &list(phones))
    })
}

fn list(values: &Values, key: &str) -> Vec<String> {
    let entries = values.get(key).and_then(Value::as_array);
    let mut out: Vec<String> = entries
        .into_iter()
        .flatten()
        .map(Value::to_string)
        .collect();
    out.sort();
    out
}

proptest! {
    #[test]
    fn nothing_of_a_list_is_lost_and_nothing_doubled(kept in people(), a in people(), b in people()) {
        let one = unite(&shape(), &kept, &[&a, &b], &Values::new());
        for key in ["emails", "phones"] {
            let all = list(&one, key);
            for from in [&kept, &a, &b] {
                for entry in list(from, key) {
                    prop_assert!(all.contains(&entry));
                }
            }
            let mut each = all.clone();
            each.dedup();
            prop_assert_eq!(&each, &all);
        }
        let first = [&kept, &a, &b].into_iter().find_map(|v| v.get("last_name"));
        prop_assert_eq!(one.get("last_name"), first);
    }

    #[test]
    fn once_more_changes_nothing_and_the_order_no_list(kept in people(), a in people(), b in people()) {
        let one = unite(&shape(), &kept, &[&a, &b], &Values::new());
        prop_assert_eq!(&unite(&shape(), &one, &[&a, &b], &Values::new()), &one);
        let other = unite(&shape(), &kept, &[&b, &a], &Values::new());
        for key in ["emails", "phones"] {
            prop_assert_eq!(list(&one, key), list(&other, key));
        }
    }
}

#[test]
fn what_was_chosen_stays_as_it_was_chosen() {
    let kept = person(1, &[1], &[]);
    let merged = person(2, &[2], &[1]);
    let chosen = serde_json::from_value(json!({ "last_name": "N2", "phones": null })).unwrap();
    let one = unite(&shape(), &kept, &[&merged], &chosen);
    assert_eq!(one["last_name"], "N2");
    assert!(!one.contains_key("phones"));
    assert_eq!(one["emails"].as_array().unwrap().len(), 2);
}

#[test]
fn who_named_a_merged_record_names_the_kept_one_once() {
    let world = World::system();
    let ids: Vec<RecordId> = (0..4).map(|_| world.id()).collect();
    let task = Shape::new(Kind::Task, &[]);
    let text = |n: usize| ids[n].to_string();
    let values: Values =
        serde_json::from_value(json!({ "name": "T", "about": [text(0), text(1), text(3)] }))
            .unwrap();
    let now = renamed(&task, ids[2], &values, &ids[..1], ids[1]).unwrap();
    assert_eq!(now["about"], json!([text(1), text(3)]));
    assert_eq!(renamed(&task, ids[2], &now, &ids[..1], ids[1]), None);
    let itself = renamed(&task, ids[1], &values, &ids[..1], ids[1]).unwrap();
    assert_eq!(itself["about"], json!([text(3)]));
}
