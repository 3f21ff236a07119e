//! `/u/{token}`: the way out for people without an account (RFC 8058, check K6), and the suppression list.

use axum::body::Body;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::TestApp;

const LIST: &str = "/api/v1/suppressions";

#[tokio::test]
async fn k6_one_click_ends_it_and_opening_changes_nothing() {
    let (app, mut owner) = TestApp::with_owner().await;
    let page = crate::mail_merge::page_of_one(&app, &mut owner).await;
    let mut stranger = app.browser();
    for _ in 0..3 {
        let request = stranger
            .request(Method::GET, &page)
            .header("accept-language", "fr-CH");
        let shown = stranger.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(shown.status, StatusCode::OK);
        let html = shown.text();
        assert!(
            html.contains("Se désinscrire") && html.contains("<button>"),
            "{html}"
        );
        assert!(
            !html.contains("zoe@") && html.contains("z••••@partner.example"),
            "{html}"
        );
        let policy = shown.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.contains("default-src 'none'")
                && shown.headers[header::CACHE_CONTROL] == "no-store"
        );
    }
    let before = owner.get(LIST).await.json();
    assert_eq!(before["total"], 0, "opening changes nothing: {before}");
    // As mail programs do: without a cookie, without a mark of ours.
    let request = stranger
        .request(Method::POST, &page)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://mail.example");
    let done = stranger
        .send(
            request
                .body(Body::from("List-Unsubscribe=One-Click"))
                .unwrap(),
        )
        .await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(
        !done.headers.contains_key(header::SET_COOKIE)
            && !done.headers.contains_key(header::LOCATION)
    );
    assert!(
        done.text().contains("You are unsubscribed"),
        "{}",
        done.text()
    );
    let after = owner.get(LIST).await.json();
    assert_eq!(
        (&after["total"], &after["items"][0]["cause"]),
        (&json!(1), &json!("unsubscribed"))
    );
    assert_eq!(after["items"][0]["address"], "zoe@partner.example");
    for odd in ["/u/x", "/u/AAAA", &format!("{page}A")] {
        let request = stranger.request(Method::POST, odd);
        let answer = stranger.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{odd}");
        assert!(
            answer.text().contains("This link does not work"),
            "{}",
            answer.text()
        );
    }
    assert_eq!(owner.get("/u").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_is_read_written_and_taken_along() {
    let (app, mut owner) = TestApp::with_owner().await;
    let made = owner
        .post(
            LIST,
            json!({ "address": "Zoe@example.com", "note": "by phone" }),
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let made: Value = made.json();
    assert_eq!(
        (&made["address"], &made["cause"]),
        (&json!("zoe@example.com"), &json!("by_hand"))
    );
    owner
        .post(LIST, json!({ "address": "nobody at home" }))
        .await
        .is_problem(422, "validation");
    let request = owner
        .request(Method::POST, &format!("{LIST}/file"))
        .header("x-tenon-request", "1")
        .header("content-type", "text/csv");
    let file = owner
        .send(
            request
                .body(Body::from("mail\na@example.com\nrival.example\n"))
                .unwrap(),
        )
        .await;
    assert_eq!(
        file.json(),
        json!({ "added": 2, "known": 0, "unreadable": 0 })
    );
    let found = owner
        .post(
            &format!("{LIST}/search"),
            json!({ "address": "x@rival.example" }),
        )
        .await
        .json();
    assert_eq!(found["items"][0]["address"], "@rival.example");
    let page = owner.get(&format!("{LIST}?limit=2")).await.json();
    let next = format!("{LIST}?limit=2&after={}", page["next"].as_str().unwrap());
    assert_eq!(
        owner.get(&next).await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let csv = owner.get(&format!("{LIST}/file")).await.text();
    assert!(
        csv.starts_with("address,cause,since,note\r\n") && csv.contains("by phone"),
        "{csv}"
    );
    let one = format!("{LIST}/{}", made["id"].as_str().unwrap());
    assert_eq!(
        owner.write(Method::DELETE, &one, None).await.status,
        StatusCode::NO_CONTENT
    );
    owner
        .write(Method::DELETE, &one, None)
        .await
        .is_problem(404, "not_found");
    let mut stranger = app.browser();
    stranger.get(LIST).await.is_problem(401, "unauthenticated");
}
