//! `/views`: lists and boards that members keep (requirement R2).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

const PATH: &str = "/api/v1/views";

async fn list(browser: &mut Browser, query: &str) -> Vec<String> {
    let all = browser.get(&format!("{PATH}{query}")).await.json();
    let items = all["items"].as_array().unwrap();
    items
        .iter()
        .map(|v| {
            let mark = if v["mine"] == true { "" } else { "*" };
            format!("{}{mark}", v["name"].as_str().unwrap())
        })
        .collect()
}

fn view(name: &str, shared: bool) -> Value {
    json!({ "kind": "deal", "name": name, "layout": "table", "shared": shared, "definition": {} })
}

async fn keep(browser: &mut Browser, body: Value) -> Value {
    let answer = browser.post(PATH, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()
}

fn path(view: &Value) -> String {
    format!("{PATH}/{}", view["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_view_comes_back_as_it_was_kept() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let pipelines = owner.get("/api/v1/pipelines").await.json();
    let sales = pipelines["items"][0]["id"].clone();
    let filter = json!({ "all": [
        { "field": "owner", "op": "is", "value": "me" },
        { "field": "amount", "op": "gte", "value": "1000" },
        { "field": "close_date", "op": "within", "value": { "next": 30, "unit": "days" } },
    ] });
    let definition = json!({
        "filter": filter,
        "sort": [{ "field": "close_date", "direction": "asc" }, { "field": "title", "direction": "desc" }],
        "columns": [{ "field": "name", "width": 240 }, { "field": "updated_at", "width": null }],
        "group": "stage",
    });
    let body = json!({
        "kind": "deal", "name": " Closing soon ", "layout": "board", "pipeline": sales, "definition": definition,
    });
    let kept = keep(&mut owner, body).await;
    assert_eq!(kept["name"], "Closing soon");
    assert_eq!(kept["definition"], definition);
    assert_eq!(
        (&kept["pipeline"], &kept["mine"], &kept["shared"]),
        (&sales, &json!(true), &json!(false))
    );
    let listed = owner.get(&format!("{PATH}?kind=deal")).await.json();
    assert_eq!(listed["items"], json!([kept]));
    assert!(list(&mut owner, "?kind=task").await.is_empty());

    let body = json!({ "name": "All", "layout": "table", "pipeline": null, "definition": {} });
    let changed = owner.write(Method::PATCH, &path(&kept), Some(body)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let changed = changed.json();
    assert_eq!(
        (&changed["name"], &changed["layout"], &changed["pipeline"]),
        (&json!("All"), &json!("table"), &json!(null))
    );
    let empty = json!({ "filter": null, "sort": [], "columns": [], "group": null });
    assert_eq!(changed["definition"], empty);
    let gone = owner.write(Method::DELETE, &path(&kept), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, &path(&kept), None)
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn colleagues_see_what_is_shared_and_change_only_their_own() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut otto = app.member("otto@example.com", Role::Member).await;
    let mut vera = app.member("vera@example.com", Role::Viewer).await;
    let own = keep(&mut otto, view("Own", false)).await;
    let ours = keep(&mut otto, view("Ours", true)).await;
    let house = keep(&mut owner, view("House", true)).await;
    assert_eq!(list(&mut otto, "").await, ["Own", "Ours", "House*"]);
    assert_eq!(list(&mut owner, "").await, ["Ours*", "House"]);
    assert_eq!(list(&mut vera, "").await, ["Ours*", "House*"]);
    let name = || Some(json!({ "name": "X" }));
    vera.post(PATH, view("Mine", false))
        .await
        .is_problem(403, "forbidden");
    for (who, of, status, code) in [
        (&mut otto, &house, 403, "forbidden"),
        (&mut vera, &ours, 403, "forbidden"),
    ] {
        who.write(Method::PATCH, &path(of), name())
            .await
            .is_problem(status, code);
        who.write(Method::DELETE, &path(of), None)
            .await
            .is_problem(status, code);
    }
    vera.write(Method::DELETE, &path(&own), None)
        .await
        .is_problem(404, "not_found");
    // What is not shared is nobody else's, not even the owner's of the workspace.
    owner
        .write(Method::PATCH, &path(&own), name())
        .await
        .is_problem(404, "not_found");
    let closed = Some(json!({ "shared": false }));
    let closed = owner.write(Method::PATCH, &path(&ours), closed).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.text());
    assert_eq!(list(&mut owner, "").await, ["House"]);
    assert_eq!(list(&mut otto, "").await, ["Own", "Ours", "House*"]);
    let mut stranger = app.elsewhere().await;
    assert!(list(&mut stranger, "").await.is_empty());
    stranger
        .write(Method::DELETE, &path(&house), None)
        .await
        .is_problem(404, "not_found");
    app.browser()
        .get(PATH)
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_view_that_could_not_be_shown_is_refused_with_its_place() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let pipelines = owner.get("/api/v1/pipelines").await.json();
    let leads = pipelines["items"][1]["id"].clone();
    let with = |part: &str, value: Value| {
        let mut body = view("X", false);
        body["definition"][part] = value;
        body
    };
    let over = |part: &str, value: Value| {
        let mut body = view("X", false);
        body[part] = value;
        body
    };
    let columns: Vec<_> = (0..101).map(|_| json!({ "field": "name" })).collect();
    let by = |field: &str| json!({ "field": field, "direction": "asc" });
    for (body, field) in [
        (over("name", json!("")), "name"),
        (over("kind", json!("planet")), "kind"),
        (over("layout", json!("tree")), "layout"),
        (over("pipeline", leads), "pipeline"),
        (over("pipeline", json!("nonsense")), "pipeline"),
        (
            with(
                "filter",
                json!({ "field": "planet", "op": "is", "value": "x" }),
            ),
            "definition.filter.field",
        ),
        (
            with(
                "filter",
                json!({ "all": [{ "field": "amount", "op": "near", "value": 1 }] }),
            ),
            "definition.filter.all[0].op",
        ),
        (with("sort", json!([by("description")])), "definition.sort"),
        (
            with(
                "sort",
                json!([by("title"), by("title"), by("title"), by("title")]),
            ),
            "definition.sort",
        ),
        (
            with("sort", json!([{ "field": "title", "direction": "up" }])),
            "definition.sort[0].direction",
        ),
        (
            with("columns", json!([{ "field": "planet" }])),
            "definition.columns[0].field",
        ),
        (
            with("columns", json!([{ "field": "name" }, { "field": "name" }])),
            "definition.columns[1].field",
        ),
        (
            with("columns", json!([{ "field": "name", "width": 19 }])),
            "definition.columns[0].width",
        ),
        (with("columns", json!(columns)), "definition.columns"),
        (with("group", json!("planet")), "definition.group"),
        (
            json!({ "kind": "contact", "name": "X", "layout": "board", "definition": {} }),
            "layout",
        ),
    ] {
        let answer = owner.post(PATH, body.clone()).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    let unknown = owner.get(&format!("{PATH}?kind=planet")).await;
    unknown.is_problem(422, "validation");
    assert!(list(&mut owner, "").await.is_empty(), "nothing came of it");
}

#[tokio::test]
async fn a_member_keeps_at_most_200() {
    let (_app, mut owner) = TestApp::with_owner().await;
    for n in 0..200 {
        keep(&mut owner, view(&format!("V {n}"), false)).await;
    }
    let full = owner.post(PATH, view("More", false)).await;
    full.is_problem(422, "validation");
    assert!(
        full.text().contains("200 views are kept"),
        "{}",
        full.text()
    );
}
