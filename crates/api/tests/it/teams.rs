//! `/teams`: who is named together when a record is shared (requirement R5).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

const PATH: &str = "/api/v1/teams";

async fn list(browser: &mut Browser) -> Value {
    browser.get(PATH).await.json()["items"].clone()
}

async fn id_of(browser: &mut Browser) -> Value {
    browser.get("/api/v1/session").await.json()["member"]["id"].clone()
}

#[tokio::test]
async fn teams_are_made_changed_and_removed_by_those_who_manage() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut otto = app.member("otto@example.com", Role::Member).await;
    let mut vera = app.member("vera@example.com", Role::Viewer).await;
    let (me, other) = (id_of(&mut owner).await, id_of(&mut otto).await);
    let body = json!({ "name": " Support ", "members": [me, other, me] });
    let made = owner.post(PATH, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(made["name"], "Support");
    assert_eq!(made["members"].as_array().unwrap().len(), 2);
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let left = owner
        .write(Method::PATCH, &path, Some(json!({ "members": [other] })))
        .await;
    assert_eq!(left.json()["members"], json!([other]));
    let renamed = owner
        .write(Method::PATCH, &path, Some(json!({ "name": "Help" })))
        .await
        .json();
    assert_eq!(
        (&renamed["name"], &renamed["members"]),
        (&json!("Help"), &json!([other]))
    );

    let mut stranger = app.elsewhere().await;
    assert_eq!(list(&mut stranger).await, json!([]));
    let theirs = id_of(&mut stranger).await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "HELP" }), "name"),
        (json!({ "name": "X", "members": [theirs] }), "members"),
        (json!({ "name": "X", "members": ["nonsense"] }), "members"),
    ] {
        let answer = owner.post(PATH, body.clone()).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    for (who, status, code) in [
        (&mut otto, 403, "forbidden"),
        (&mut vera, 403, "forbidden"),
        (&mut stranger, 404, "not_found"),
    ] {
        let body = Some(json!({ "name": "Mine" }));
        who.write(Method::PATCH, &path, body)
            .await
            .is_problem(status, code);
        who.write(Method::DELETE, &path, None)
            .await
            .is_problem(status, code);
    }
    otto.post(PATH, json!({ "name": "X" }))
        .await
        .is_problem(403, "forbidden");
    assert_eq!(list(&mut vera).await, json!([renamed]));

    let gone = owner.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner
        .write(Method::DELETE, &path, None)
        .await
        .is_problem(404, "not_found");
    assert_eq!(list(&mut owner).await, json!([]));
    app.browser()
        .get(PATH)
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn there_are_at_most_a_hundred() {
    let (_app, mut owner) = TestApp::with_owner().await;
    for n in 0..100 {
        let made = owner.post(PATH, json!({ "name": format!("T {n}") })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    }
    let full = owner.post(PATH, json!({ "name": "More" })).await;
    full.is_problem(422, "validation");
    assert!(full.text().contains("100 are the most"), "{}", full.text());
}
