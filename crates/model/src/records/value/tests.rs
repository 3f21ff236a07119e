//! Values as they are sent, their keys, and what records are found by.

use super::*;

fn field(ty: FieldType) -> Field {
    Field {
        key: "x".into(),
        ty,
        required: false,
        links_to: None,
        options: vec![crate::records::Choice {
            value: "a".into(),
            label: None,
            color: None,
        }],
        custom: None,
        label: None,
        archived: false,
    }
}

#[test]
fn values_are_taken_in_one_form_or_refused() {
    let cases = [
        (FieldType::Text, json!("  a b "), Some(json!("a b"))),
        (FieldType::Text, json!("   "), None),
        (FieldType::Number, json!(1.5), Some(json!(1.5))),
        (
            FieldType::Money,
            json!({"amount": "0012.50", "currency": "EUR"}),
            Some(json!({"amount": "12.5", "currency": "EUR"})),
        ),
        (
            FieldType::Date,
            json!("2026-11-22"),
            Some(json!("2026-11-22")),
        ),
        (
            FieldType::Datetime,
            json!("2026-11-22T10:00:00+01:00"),
            Some(json!("2026-11-22T09:00:00Z")),
        ),
        (FieldType::Boolean, json!(false), None),
        (FieldType::Choices, json!(["a", "a"]), Some(json!(["a"]))),
        (
            FieldType::Emails,
            json!([{"address": " A@x.org "}, {"address": ""}]),
            Some(json!([{"address": "A@x.org", "label": ""}])),
        ),
        (FieldType::Addresses, json!([{"label": "other"}]), None),
    ];
    for (ty, given, wanted) in cases {
        assert_eq!(check(&field(ty), &given), Ok(wanted), "{ty:?} {given}");
    }
    for (ty, given) in [
        (FieldType::Text, json!(1)),
        (FieldType::Text, json!("a\0b")),
        (FieldType::Url, json!("javascript:alert(1)")),
        (FieldType::Url, json!("https://")),
        (FieldType::Number, json!(1e13)),
        (
            FieldType::Money,
            json!({"amount": "1.23456", "currency": "EUR"}),
        ),
        (FieldType::Money, json!({"amount": "1", "currency": "euro"})),
        (
            FieldType::Money,
            json!({"amount": "1e3", "currency": "EUR"}),
        ),
        (FieldType::Date, json!("2026-02-30")),
        (FieldType::Datetime, json!("2026-11-22")),
        (FieldType::Choice, json!("b")),
        (FieldType::Person, json!("rec_01h455vb4pex5vsknk084sn02q")),
        (FieldType::Emails, json!([{"address": "nobody"}])),
        (FieldType::Emails, json!([{"address": "a b@x.org"}])),
    ] {
        assert!(check(&field(ty), &given).is_err(), "{ty:?} {given}");
    }
}

#[test]
fn keys_sort_like_their_values() {
    let key = |ty, v: &Value| match keys(&field(ty), v).remove(0) {
        Key::Number(n) | Key::Money(n, _) => n,
        Key::Text(t) => panic!("{t}"),
    };
    assert!(key(FieldType::Number, &json!(-1.5)) < key(FieldType::Number, &json!(0.000_001)));
    assert_eq!(key(FieldType::Date, &json!("1970-01-02")), 1);
    let money = |a: &str| json!({"amount": a, "currency": "EUR"});
    assert!(key(FieldType::Money, &money("-0.5")) < key(FieldType::Money, &money("0")));
    assert_eq!(decimal(-5_000), "-0.5");
    assert_eq!(
        keys(&field(FieldType::Text), &json!("Élodie MÜLLER")),
        [Key::Text("elodie muller".into())]
    );
}

#[test]
fn a_record_is_called_and_found_by_what_people_know() {
    let shape = Shape::new(Kind::Contact, &[]);
    let values =
        json!({"last_name": "Øst", "emails": [{"address": "o.st@acme.example", "label": ""}]});
    let Value::Object(values) = values else {
        unreachable!()
    };
    assert_eq!(title(Kind::Contact, &values), "Øst");
    let words = words(&shape, &values);
    for word in ["o.st@acme.example", "acme", "st"] {
        assert!(words.iter().any(|w| w == word), "{word} in {words:?}");
    }
}
