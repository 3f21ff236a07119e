//! What records look like: `/objects` and `/fields` (requirement R1).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

const CONTACTS: &str = "/api/v1/objects/contact/fields";

/// The workspace's own fields of a kind.
async fn own(browser: &mut Browser, kind: &str) -> Vec<Value> {
    let objects = browser.get("/api/v1/objects").await.json();
    let items = objects["items"].as_array().unwrap();
    let object = items.iter().find(|o| o["kind"] == kind).unwrap();
    let fields = object["fields"].as_array().unwrap();
    fields
        .iter()
        .filter(|f| f["id"].is_string())
        .cloned()
        .collect()
}

async fn add(browser: &mut Browser, body: Value) -> Value {
    let answer = browser.post(CONTACTS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

fn path(field: &Value) -> String {
    format!("/api/v1/fields/{}", field["id"].as_str().unwrap())
}

async fn change(browser: &mut Browser, field: &Value, body: Value) -> Value {
    let answer = browser.write(Method::PATCH, &path(field), Some(body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn standard_fields_stand_first_and_have_no_labels() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let objects = owner.get("/api/v1/objects").await.json();
    let kinds: Vec<&str> = objects["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["kind"].as_str().unwrap())
        .collect();
    let wanted = [
        "contact", "company", "deal", "lead", "case", "card", "task", "activity", "note",
    ];
    assert_eq!(kinds, wanted);
    let company = &objects["items"][0]["fields"][7];
    assert_eq!(
        *company,
        json!({
            "key": "company", "id": null, "label": null, "type": "link", "required": false, "options": [],
            "links_to": "company", "archived": false,
        })
    );
}

#[tokio::test]
async fn a_field_keeps_its_key_and_its_options_their_values() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let options = json!([{ "label": "Größe L", "color": 3 }, { "label": "Red" }]);
    let size = add(
        &mut owner,
        json!({ "label": " Größe ", "type": "choice", "options": options, "required": true }),
    )
    .await;
    assert_eq!(size["key"], "c_grosse");
    assert_eq!(size["label"], "Größe");
    assert_eq!(
        size["options"],
        json!([{ "value": "grosse_l", "label": "Größe L", "color": 3 }, { "value": "red", "label": "Red", "color": null }])
    );
    // Renamed, recoloured, one taken away, one added: records that hold a value still mean the same.
    let options = json!([{ "value": "red", "label": "Crimson", "color": 1 }, { "label": "Red" }]);
    let changed = change(
        &mut owner,
        &size,
        json!({ "label": "Tint", "options": options, "required": false }),
    )
    .await;
    assert_eq!(changed["key"], "c_grosse");
    assert_eq!(changed["label"], "Tint");
    assert_eq!(changed["required"], false);
    assert_eq!(
        changed["options"],
        json!([{ "value": "red", "label": "Crimson", "color": 1 }, { "value": "red_2", "label": "Red", "color": null }])
    );
    // Put away, and another of the same name: it is another field.
    let gone = owner.write(Method::DELETE, &path(&size), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let second = add(&mut owner, json!({ "label": "Größe", "type": "number" })).await;
    assert_eq!(second["key"], "c_grosse_2");
    let third = add(&mut owner, json!({ "label": "Tint", "type": "text" })).await;
    assert_eq!(third["key"], "c_tint");
    let listed = own(&mut owner, "contact").await;
    let archived: Vec<_> = listed.iter().map(|f| (&f["key"], &f["archived"])).collect();
    assert_eq!(
        json!(archived),
        json!([["c_grosse", true], ["c_grosse_2", false], ["c_tint", false]])
    );
    // It comes back only under a name that is free.
    let back = owner
        .write(
            Method::PATCH,
            &path(&size),
            Some(json!({ "archived": false })),
        )
        .await;
    back.is_problem(422, "validation");
    assert_eq!(back.json()["fields"][0]["name"], "label");
    let back = change(
        &mut owner,
        &size,
        json!({ "archived": false, "label": "Shade" }),
    )
    .await;
    assert_eq!(back["archived"], false);
    assert!(own(&mut owner, "deal").await.is_empty());
}

#[tokio::test]
async fn fields_stand_where_they_are_put() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let mut fields = Vec::new();
    for label in ["A", "B", "C"] {
        fields.push(add(&mut owner, json!({ "label": label, "type": "text" })).await);
    }
    for (field, position, wanted) in [(2, 0, "CAB"), (2, 1, "ACB"), (0, 9, "CBA")] {
        change(&mut owner, &fields[field], json!({ "position": position })).await;
        let labels: String = own(&mut owner, "contact")
            .await
            .iter()
            .map(|f| f["label"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(labels, wanted);
    }
}

#[tokio::test]
async fn what_makes_no_field_is_refused_with_its_place() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let link = json!({ "label": "Boss", "type": "link", "links_to": "contact" });
    let link = add(&mut owner, link).await;
    assert_eq!(link["links_to"], "contact");
    for (body, field) in [
        (json!({ "type": "text" }), "label"),
        (json!({ "label": " ", "type": "text" }), "label"),
        (json!({ "label": "x".repeat(101), "type": "text" }), "label"),
        (json!({ "label": "a\nb", "type": "text" }), "label"),
        (json!({ "label": "BOSS", "type": "text" }), "label"),
        (json!({ "label": "X", "type": "formula" }), "type"),
        (json!({ "label": "X", "type": "stage" }), "type"),
        (json!({ "label": "X", "type": "choice" }), "options"),
        (
            json!({ "label": "X", "type": "text", "options": [{ "label": "A" }] }),
            "options",
        ),
        (
            json!({ "label": "X", "type": "choice", "options": [{ "label": "A" }, { "label": "a" }] }),
            "options[1].label",
        ),
        (
            json!({ "label": "X", "type": "choice", "options": [{ "label": "A", "color": 16 }] }),
            "options[0].color",
        ),
        (
            json!({ "label": "X", "type": "choice", "options": [{ "label": "A", "value": "A B" }] }),
            "options[0].value",
        ),
        (
            json!({ "label": "X", "type": "text", "links_to": "deal" }),
            "links_to",
        ),
        (json!({ "label": "X", "type": "text", "key": "c_x" }), "key"),
    ] {
        let answer = owner.post(CONTACTS, body.clone()).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    let retyped = owner
        .write(Method::PATCH, &path(&link), Some(json!({ "type": "text" })))
        .await;
    retyped.is_problem(422, "validation");
    let nothing = "/api/v1/objects/planet/fields";
    let body = json!({ "label": "X", "type": "text" });
    owner.post(nothing, body).await.is_problem(404, "not_found");
    assert_eq!(
        own(&mut owner, "contact").await.len(),
        1,
        "nothing came of it"
    );
}

#[tokio::test]
async fn a_kind_has_at_most_200_fields_in_use() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let mut first = Value::Null;
    for n in 0..200 {
        let field = add(
            &mut owner,
            json!({ "label": format!("F {n}"), "type": "text" }),
        )
        .await;
        if n == 0 {
            first = field;
        }
    }
    let body = json!({ "label": "More", "type": "text" });
    let full = owner.post(CONTACTS, body.clone()).await;
    full.is_problem(422, "validation");
    assert!(full.text().contains("200 are in use"), "{}", full.text());
    owner.write(Method::DELETE, &path(&first), None).await;
    add(&mut owner, body).await;
    let back = owner
        .write(
            Method::PATCH,
            &path(&first),
            Some(json!({ "archived": false })),
        )
        .await;
    back.is_problem(422, "validation");
}

#[tokio::test]
async fn only_owners_and_admins_change_fields_and_all_read_them() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut admin = app.member("ada@example.com", Role::Admin).await;
    let field = add(&mut admin, json!({ "label": "Size", "type": "text" })).await;
    for (name, role) in [("otto", Role::Member), ("vera", Role::Viewer)] {
        let mut other = app.member(&format!("{name}@example.com"), role).await;
        assert_eq!(
            own(&mut other, "contact").await,
            std::slice::from_ref(&field)
        );
        let body = json!({ "label": "X", "type": "text" });
        other
            .post(CONTACTS, body)
            .await
            .is_problem(403, "forbidden");
        let body = Some(json!({ "label": "X" }));
        other
            .write(Method::PATCH, &path(&field), body)
            .await
            .is_problem(403, "forbidden");
        other
            .write(Method::DELETE, &path(&field), None)
            .await
            .is_problem(403, "forbidden");
    }
    let mut stranger = app.elsewhere().await;
    assert!(own(&mut stranger, "contact").await.is_empty());
    stranger
        .write(Method::DELETE, &path(&field), None)
        .await
        .is_problem(404, "not_found");
    assert_eq!(own(&mut owner, "contact").await, [field]);
    app.browser()
        .get("/api/v1/objects")
        .await
        .is_problem(401, "unauthenticated");
}
