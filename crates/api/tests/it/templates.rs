//! `/templates`: templates and snippets of mail (requirement S5).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

const PATH: &str = "/api/v1/templates";

fn template(name: &str, html: &str, shared: bool) -> Value {
    json!({ "kind": "message", "name": name, "folder": " Offers / Follow up/ ", "subject": "For {{ contact.first_name }}", "html": html, "shared": shared })
}

async fn keep(browser: &mut Browser, body: Value) -> Value {
    let answer = browser.post(PATH, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

fn path(template: &Value) -> String {
    format!("{PATH}/{}", template["id"].as_str().unwrap())
}

async fn names(browser: &mut Browser) -> Vec<String> {
    let all = browser.get(PATH).await.json();
    let items = all["items"].as_array().unwrap();
    let name = |t: &Value| t["name"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

async fn make(browser: &mut Browser, kind: &str, values: Value) -> Value {
    let answer = browser
        .post("/api/v1/records", json!({ "kind": kind, "values": values }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_template_is_kept_changed_and_forgotten() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let kept = keep(
        &mut owner,
        template("Thanks", "<p>{{ me.name }}</p>", false),
    )
    .await;
    assert_eq!(
        (&kept["folder"], &kept["version"], &kept["editable"]),
        (&json!("Offers/Follow up"), &json!(1), &json!(true))
    );
    let mut change = template("Thank you", "<p>Yours, {{ me.name }}</p>", true);
    change["version"] = json!(1);
    let changed = owner
        .write(Method::PUT, &path(&kept), Some(change.clone()))
        .await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let changed = changed.json();
    assert_eq!(
        (&changed["name"], &changed["version"], &changed["shared"]),
        (&json!("Thank you"), &json!(2), &json!(true))
    );
    assert_eq!(owner.get(PATH).await.json()["items"], json!([changed]));
    owner
        .write(Method::PUT, &path(&kept), Some(change))
        .await
        .is_problem(412, "template_changed");
    let gone = owner.write(Method::DELETE, &path(&kept), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, &path(&kept), None)
        .await
        .is_problem(404, "not_found");
    assert!(names(&mut owner).await.is_empty());
}

#[tokio::test]
async fn colleagues_use_what_is_shared_and_change_only_their_own() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut ben = app.member("ben@example.com", Role::Member).await;
    let mut vera = app.member("vera@example.com", Role::Viewer).await;
    keep(&mut owner, template("Owner's", "", false)).await;
    let shared = keep(&mut owner, template("Shared", "", true)).await;
    let bens = keep(&mut ben, template("Ben's", "", true)).await;
    keep(&mut ben, template("a draft of Ben", "", false)).await;
    assert_eq!(names(&mut owner).await, ["Ben's", "Owner's", "Shared"]);
    assert_eq!(names(&mut ben).await, ["a draft of Ben", "Ben's", "Shared"]);
    assert_eq!(names(&mut vera).await, ["Ben's", "Shared"]);

    let mut change = template("Mine now", "", true);
    change["version"] = json!(1);
    for (browser, template) in [(&mut ben, &shared), (&mut vera, &bens)] {
        browser
            .write(Method::PUT, &path(template), Some(change.clone()))
            .await
            .is_problem(403, "forbidden");
        browser
            .write(Method::DELETE, &path(template), None)
            .await
            .is_problem(403, "forbidden");
    }
    vera.post(PATH, template("Vera's", "", false))
        .await
        .is_problem(403, "forbidden");
    let mended = owner.write(Method::PUT, &path(&bens), Some(change)).await;
    assert_eq!(mended.status, StatusCode::OK, "{}", mended.text());
    assert_eq!(mended.json()["owner"], bens["owner"], "it stays Ben's");
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_not_kept() {
    let (_app, mut owner) = TestApp::with_owner().await;
    for (html, said) in [
        (
            "{{ contact.frist_name }} {{ nobody | default(\"you\") }}",
            "do not exist: contact.frist_name, nobody",
        ),
        (
            "{{ contact.<b>first_name</b> }}",
            "formatting between the braces",
        ),
        ("{{ contact.first_name", "cannot be read"),
        ("{% include 'x' %}", "cannot be read"),
    ] {
        let refused = owner.post(PATH, template("T", html, false)).await;
        assert!(refused.text().contains(said), "{html}: {}", refused.text());
        refused.is_problem(422, "validation");
    }
    for wrong in [
        json!({ "kind": "message", "name": " ", "html": "" }),
        json!({ "kind": "message", "name": "T", "html": "x".repeat(200_001) }),
        json!({ "kind": "message", "name": "T", "html": "", "subject": "a\nb" }),
        json!({ "kind": "message", "name": "T", "html": "", "folder": "x".repeat(201) }),
    ] {
        owner.post(PATH, wrong).await.is_problem(422, "validation");
    }
}

#[tokio::test]
async fn a_text_is_filled_in_from_the_records_it_is_about() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let field = json!({ "label": "Size", "type": "number" });
    let field = owner
        .post("/api/v1/objects/company/fields", field)
        .await
        .json();
    let key = field["key"].as_str().unwrap();
    let acme = make(
        &mut owner,
        "company",
        json!({ "name": "Acme & Sons", key: 12 }),
    )
    .await;
    let ann = json!({ "first_name": "Ann", "last_name": "Lee", "company": acme["id"],
        "emails": [{ "address": "ann@acme.example" }] });
    let ann = make(&mut owner, "contact", ann).await;
    let deal = json!({ "name": "Tables", "contacts": [ann["id"]], "company": acme["id"],
        "amount": { "amount": "1250.5", "currency": "EUR" }, "close_date": "2026-12-01" });
    let deal = make(&mut owner, "deal", deal).await;

    let variables = owner.get("/api/v1/template-variables").await.json();
    let variables = variables["items"].as_array().unwrap();
    let known = |name: &str| variables.iter().find(|v| v["name"] == name).unwrap();
    assert_eq!(known(&format!("company.{key}"))["label"], "Size");
    assert_eq!(known("me.name")["kind"], json!(null));

    let html = format!(
        "<p>Dear {{{{ contact.first_name }}}} of {{{{ company.name }}}} ({{{{ company.{key} }}}}): {{{{ deal.amount | default(\"a price\") }}}} \
         until {{{{ deal.close_date | default(\"soon\") }}}}. {{{{ contact.title }}}}</p>"
    );
    let ask = |about: Value| {
        let mut body = json!({ "subject": "{{ contact.name }}", "html": html });
        body.as_object_mut()
            .unwrap()
            .extend(about.as_object().unwrap().clone());
        body
    };
    let fill = format!("{PATH}/fill");
    let by_deal = owner
        .post(&fill, ask(json!({ "record_id": deal["id"] })))
        .await;
    let by_deal = by_deal.json();
    assert_eq!(by_deal["subject"], "Ann Lee");
    let said = by_deal["html"].as_str().unwrap();
    assert_eq!(
        said,
        "<p>Dear Ann of Acme &amp; Sons (12): 1250.5 EUR until 1 December 2026. {{ contact.title }}</p>"
    );
    assert_eq!(by_deal["missing"], json!(["contact.title"]));

    let by_address = ask(json!({ "address": "ANN@acme.example" }));
    let by_address = owner.post(&fill, by_address).await.json();
    let said = by_address["html"].as_str().unwrap();
    assert!(
        said.contains("Dear Ann of Acme &amp; Sons (12): a price until soon"),
        "{said}"
    );

    let nobody = owner
        .post(&fill, ask(json!({ "address": "x@x.example" })))
        .await;
    let missing = [
        "company.name",
        &format!("company.{key}"),
        "contact.first_name",
        "contact.name",
        "contact.title",
    ];
    let mut sorted = missing.to_vec();
    sorted.sort_unstable();
    assert_eq!(nobody.json()["missing"], json!(sorted));

    let note = make(&mut owner, "note", json!({ "body": "x" })).await;
    owner
        .post(&fill, ask(json!({ "record_id": note["id"] })))
        .await
        .is_problem(422, "validation");
    owner
        .post(&fill, ask(json!({ "record_id": "rec_nobody" })))
        .await
        .is_problem(404, "not_found");
}
