//! Filters as they are sent, and what becomes of nonsense.

use super::*;
use crate::World;
use crate::records::Kind;

fn read(json: &Value) -> Result<Filter, FilterError> {
    let (world, _) = World::simulated(1);
    let me = MemberId(Uuid::nil());
    Filter::read(&Shape::new(Kind::Deal, &[]), json, me, world.now())
}

#[test]
fn conditions_become_keys() {
    let amount = json!({"field": "amount", "op": "gte", "value": "10.5"});
    assert_eq!(
        read(&amount),
        Ok(Filter::Number("amount".into(), Some(105_000), None))
    );
    let both = json!({"all": [
        {"field": "name", "op": "contains", "value": "Été"},
        {"any": [{"field": "owner", "op": "is", "value": "me"}, {"field": "owner", "op": "empty"}]},
    ]});
    let owner = Filter::Column(Column::Owner, vec![Uuid::nil()]);
    assert_eq!(
        read(&both),
        Ok(Filter::All(vec![
            Filter::Text("name".into(), TextTest::Contains("ete".into())),
            Filter::Any(vec![owner, not(Filter::ColumnSome(Column::Owner))]),
        ]))
    );
    let day =
        json!({"field": "close_date", "op": "between", "value": ["1970-01-02", "1970-01-03"]});
    assert_eq!(
        read(&day),
        Ok(Filter::Number("close_date".into(), Some(1), Some(2)))
    );
    let made = json!({"field": "created_at", "op": "is", "value": "1970-01-02"});
    let (from, to) = (Some(Time(DAY)), Some(Time(2 * DAY - 1)));
    assert_eq!(
        read(&made),
        Ok(Filter::Moment {
            updated: false,
            from,
            to
        })
    );
}

#[test]
fn nonsense_is_refused_with_its_place() {
    let mut deep = json!({"field": "name", "op": "empty"});
    for _ in 0..20 {
        deep = json!({ "not": deep });
    }
    let many: Vec<Value> = (0..200)
        .map(|_| json!({"field": "name", "op": "empty"}))
        .collect();
    for (json, path) in [
        (json!([]), "filter"),
        (json!({}), "filter.field"),
        (
            json!({"field": "nope", "op": "is", "value": 1}),
            "filter.field",
        ),
        (
            json!({"field": "name", "op": "lt", "value": "a"}),
            "filter.op",
        ),
        (
            json!({"all": [{"field": "amount", "op": "lt", "value": "a"}]}),
            "filter.all[0].value",
        ),
        (
            json!({"field": "stage", "op": "in", "value": []}),
            "filter.value",
        ),
        (
            json!({"field": "stage", "op": "is", "value": "mem_x"}),
            "filter.value",
        ),
        (
            json!({"field": "name", "op": "is", "value": "a\u{0}b"}),
            "filter.value",
        ),
        (json!({"any": 1}), "filter.any"),
        (json!({"all": many}), "filter.all[100]"),
    ] {
        assert_eq!(
            read(&json).map_err(|e| e.path),
            Err(path.to_owned()),
            "{json}"
        );
    }
    assert_eq!(read(&deep).unwrap_err().sentence, "is nested too deeply");
    assert!(Sort::read(&Shape::new(Kind::Deal, &[]), "contacts", false).is_err());
}
