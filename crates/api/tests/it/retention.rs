//! How long mail is kept, over HTTP (requirement M7).

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{OWNER, TestApp};

const PATH: &str = "/api/v1/retention";

#[tokio::test]
async fn the_workspace_chooses_and_its_members_see_their_own_numbers() {
    let app = TestApp::configured(|s| s.messages = 30, |c| c.mail_days = 0).await;
    let mut owner = app.member(OWNER, Role::Owner).await;
    app.connect_and_sync(&mut owner).await;
    let before = owner.get(PATH).await.json();
    assert_eq!(
        (&before["mail_days"], &before["since"], &before["due"]),
        (&Value::Null, &Value::Null, &json!(0)),
        "{before:#}"
    );
    let messages = before["messages"].as_u64().unwrap();
    assert!(messages >= 30 && before["may_change"] == true);

    let mut member = app.member("otto@example.com", Role::Member).await;
    let theirs = member.get(PATH).await.json();
    assert_eq!(
        (&theirs["messages"], &theirs["may_change"]),
        (&json!(0), &json!(false))
    );
    let mut viewer = app.member("vera@example.com", Role::Viewer).await;
    for other in [&mut member, &mut viewer] {
        other
            .write(Method::PUT, PATH, Some(json!({ "mail_days": 30 })))
            .await
            .is_problem(403, "forbidden");
    }

    for (body, field) in [
        (json!({}), "mail_days"),
        (json!({ "mail_days": 0 }), "mail_days"),
        (json!({ "mail_days": 3_651 }), "mail_days"),
        (json!({ "mail_days": -1 }), "mail_days"),
        (json!({ "mail_days": "30" }), "mail_days"),
        (json!({ "mail_days": 30, "days": 1 }), "days"),
    ] {
        let answer = owner.write(Method::PUT, PATH, Some(body.clone())).await;
        answer.is_problem(422, "validation");
        let fields = answer.json()["fields"].to_string();
        assert!(fields.contains(&format!("\"{field}\"")), "{body}: {fields}");
    }
    assert_eq!(owner.get(PATH).await.json()["mail_days"], Value::Null);

    let chosen = owner
        .write(Method::PUT, PATH, Some(json!({ "mail_days": 1 })))
        .await;
    assert_eq!(chosen.status, StatusCode::OK, "{}", chosen.text());
    let chosen = chosen.json();
    assert_eq!(chosen["mail_days"], 1);
    assert!(chosen["since"].is_string(), "{chosen:#}");
    let due = chosen["due"].as_u64().unwrap();
    for _ in 0..500 {
        let now = owner.get(PATH).await.json();
        if now["purged_at"].is_string() {
            assert_eq!(now["due"], 0);
            assert_eq!(now["purged"], due);
            assert_eq!(now["messages"], messages - due);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the purge does not end");
}

#[tokio::test]
async fn nobody_without_a_session() {
    let app = TestApp::empty().await;
    let mut nobody = app.browser();
    nobody.get(PATH).await.is_problem(401, "unauthenticated");
    nobody
        .write(Method::PUT, PATH, Some(json!({ "mail_days": 30 })))
        .await
        .is_problem(401, "unauthenticated");
}
