use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::records::{Choice, Field, Kind, Shape, check};

struct Nobody;

impl Names for Nobody {
    fn name(&self, _: FieldType, id: &str) -> Option<String> {
        Some(id.to_owned())
    }
    fn id(&self, _: FieldType, name: &str) -> Option<String> {
        Some(name.to_owned())
    }
}

fn field(ty: FieldType) -> Field {
    let option = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: Some(label.to_owned()),
        color: None,
    };
    Field {
        key: "f".to_owned(),
        ty,
        required: false,
        links_to: None,
        options: vec![
            option("a", "One"),
            option("b", "one"),
            option("One", "c; d"),
        ],
        custom: None,
        label: None,
        archived: false,
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}", "[ =+@'\\t\\n;,()\\[\\]{}\"a1-]{0,12}"]
}

fn list(each: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec(each, 0..4).prop_map(Value::Array)
}

fn value(ty: FieldType) -> BoxedStrategy<Value> {
    let labelled =
        |key: &'static str| (text(), text()).prop_map(move |(t, l)| json!({ key: t, "label": l }));
    match ty {
        FieldType::Emails => list(
            ("[a-z(+=]{1,5}@[a-z.)]{1,5}", text())
                .prop_map(|(t, l)| json!({ "address": t, "label": l })),
        )
        .boxed(),
        FieldType::Phones => list(labelled("number")).boxed(),
        FieldType::Addresses => list(
            (text(), text(), text())
                .prop_map(|(s, c, l)| json!({ "street": s, "country": c, "label": l })),
        )
        .boxed(),
        FieldType::Number => prop_oneof![
            any::<i32>().prop_map(|n| json!(n)),
            (-1e12..1e12).prop_map(|n: f64| json!(n)),
        ]
        .boxed(),
        FieldType::Money => (-99_999_999_999_i64..99_999_999_999)
            .prop_map(|n| json!({ "amount": crate::records::decimal(n), "currency": "EUR" }))
            .boxed(),
        FieldType::Date => (1900_i16..2100, 1_i8..13, 1_i8..29)
            .prop_map(|(y, m, d)| json!(format!("{y:04}-{m:02}-{d:02}")))
            .boxed(),
        FieldType::Datetime => (0_i64..4_000_000_000_000_000)
            .prop_map(|n| json!(jiff::Timestamp::from_microsecond(n).unwrap().to_string()))
            .boxed(),
        FieldType::Boolean => Just(json!(true)).boxed(),
        FieldType::Choice => prop::sample::select(vec!["a", "b", "One"])
            .prop_map(|t| json!(t))
            .boxed(),
        FieldType::Choices => {
            list(prop::sample::select(vec!["a", "b", "One"]).prop_map(|t| json!(t))).boxed()
        }
        FieldType::Url => "https?://[a-z=?;]{1,9}".prop_map(|t| json!(t)).boxed(),
        _ => text().prop_map(|t| json!(t)).boxed(),
    }
}

proptest! {
    /// What is exported is imported as the same value, whatever it is.
    #[test]
    fn nothing_is_lost_on_the_way_through_a_cell(
        (ty, sent) in prop::sample::select(vec![
            FieldType::Text, FieldType::LongText, FieldType::Url, FieldType::Number, FieldType::Money,
            FieldType::Date, FieldType::Datetime, FieldType::Boolean, FieldType::Choice, FieldType::Choices,
            FieldType::Emails, FieldType::Phones, FieldType::Addresses,
        ]).prop_flat_map(|ty| (Just(ty), value(ty)))
    ) {
        let field = field(ty);
        if let Ok(Some(stored)) = check(&field, &sent) {
            let cell = write_cell(&field, &stored, &Nobody);
            let guarded = guard(&cell).into_owned();
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']), "{guarded:?}");
            let read = read_cell(&field, unguard(&guarded), Style::OURS, None, &Nobody).unwrap();
            prop_assert_eq!(check(&field, &read).unwrap(), Some(stored), "{:?}", cell);
        }
    }

    /// Whatever stands in a cell, reading it ends with a value or a sentence.
    #[test]
    fn any_cell_is_a_value_or_a_sentence(cell in text(), n in 0..FieldType::ALL.len(), comma: bool) {
        let field = field(FieldType::ALL[n]);
        for order in DateOrder::ALL {
            let _ = read_cell(&field, unguard(&cell), Style { order: *order, comma }, Some("EUR"), &Nobody);
        }
        let _ = split_name(&cell);
    }
}

#[test]
fn cells_are_read_as_people_write_them() {
    let german = Style {
        order: DateOrder::Dmy,
        comma: true,
    };
    let american = Style {
        order: DateOrder::Mdy,
        comma: false,
    };
    for (ty, text, style, wanted) in [
        (
            FieldType::Money,
            "1.234,50 €",
            german,
            json!({"amount": "1234.50", "currency": "EUR"}),
        ),
        (
            FieldType::Money,
            "$1,234.5",
            american,
            json!({"amount": "1234.5", "currency": "USD"}),
        ),
        (
            FieldType::Money,
            "12",
            american,
            json!({"amount": "12", "currency": "CHF"}),
        ),
        (FieldType::Number, "1.234,5", german, json!(1234.5)),
        (FieldType::Date, "3.4.26", german, json!("2026-04-03")),
        (FieldType::Date, "3/4/2026", american, json!("2026-03-04")),
        (FieldType::Date, "2026-03-04", american, json!("2026-03-04")),
        (
            FieldType::Datetime,
            "3/4/2026 1:05 PM",
            american,
            json!("2026-03-04T13:05:00Z"),
        ),
        (FieldType::Boolean, "Ja", german, json!(true)),
        (
            FieldType::Url,
            "acme.example",
            german,
            json!("https://acme.example"),
        ),
        (
            FieldType::Emails,
            "Ann <a@b.example>, c@d.example",
            german,
            json!([{"address": "a@b.example", "label": ""}, {"address": "c@d.example", "label": ""}]),
        ),
        (
            FieldType::Phones,
            "+49 (30) 12 (work) ::: 3",
            german,
            json!([{"number": "+49 (30) 12", "label": "work"}, {"number": "3", "label": ""}]),
        ),
    ] {
        let read = read_cell(&field(ty), text, style, Some("CHF"), &Nobody);
        assert_eq!(read, Ok(wanted), "{text}");
    }
    for (ty, text) in [
        (FieldType::Date, "31.02.2026"),
        (FieldType::Date, "1.2.3"),
        (FieldType::Number, "1,2,x"),
        (FieldType::Money, "12 Taler"),
        (FieldType::Boolean, "perhaps"),
        (FieldType::Choice, "d"),
    ] {
        assert!(
            read_cell(&field(ty), text, german, None, &Nobody).is_err(),
            "{text}"
        );
    }
    assert_eq!(
        split_name("Ann Mary Lee"),
        ("Ann Mary".to_owned(), "Lee".to_owned())
    );
    assert_eq!(split_name("Lee, Ann"), ("Ann".to_owned(), "Lee".to_owned()));
}

#[test]
fn columns_of_other_programs_are_known() {
    let shape = Shape::new(Kind::Contact, &[]);
    let names = [
        "Given Name",
        "Family Name",
        "E-mail 1 - Value",
        "Mobile Phone",
        "Organization Name",
        "Mailing City",
        "Full Name",
        "company.id",
        "id",
        "Nonsense",
    ]
    .map(str::to_owned);
    let found = guess(&shape, &names);
    let fields: Vec<_> = found
        .iter()
        .map(|t| t.as_ref().map_or("-", |t| t.field.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            "first_name",
            "last_name",
            "emails",
            "phones",
            "-",
            "addresses",
            "full_name",
            "company",
            "id",
            "-"
        ]
    );
    assert_eq!(found[3].as_ref().unwrap().label.as_deref(), Some("mobile"));
    assert_eq!(found[5].as_ref().unwrap().part.as_deref(), Some("city"));
}
