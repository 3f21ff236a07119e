//! Writing mail over HTTP: files, drafts, the outbox.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp, steady};

const WRITING: &[&str] = &["mail", "organizing", "sending"];

async fn put_file(browser: &mut Browser, query: &str, kind: &str, bytes: Vec<u8>) -> Answer {
    let request = browser
        .request(Method::POST, &format!("/api/v1/uploads?{query}"))
        .header("x-tenon-request", "1")
        .header("content-type", kind);
    browser.send(request.body(Body::from(bytes)).unwrap()).await
}

fn letter(connection: &str, subject: &str) -> Value {
    json!({
        "connection_id": connection, "kind": "new", "subject": subject, "html": "<p>Bonjour</p>",
        "to": [{ "name": "Bob", "address": "bob@partner.example" }],
    })
}

#[tokio::test]
async fn from_a_file_to_a_sent_message() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, WRITING).await;
    let begin = browser
        .get(&format!("/api/v1/connections/{id}/compose"))
        .await
        .json();
    assert_eq!(begin["limits"]["message_bytes"], 26_214_400);
    assert!(
        begin["from"]
            .as_array()
            .unwrap()
            .iter()
            .any(|f| f["is_default"] == true)
    );

    let png = put_file(
        &mut browser,
        "name=p.png&inline=true",
        "image/png",
        vec![1, 2, 3],
    )
    .await;
    assert_eq!(png.status, StatusCode::CREATED, "{}", png.text());
    let png = png.json();
    let shown = browser.get(png["url"].as_str().unwrap()).await;
    assert_eq!(
        (&shown.body[..], shown.header("content-type").as_str()),
        (&[1, 2, 3][..], "image/png")
    );
    let html = put_file(
        &mut browser,
        "name=x.html",
        "text/html",
        b"<script>".to_vec(),
    )
    .await;
    let html = browser.get(html.json()["url"].as_str().unwrap()).await;
    assert!(
        html.header("content-disposition").starts_with("attachment"),
        "never shown"
    );

    let mut body = letter(&id, "Files");
    body["html"] = json!(format!(
        "<p>x<img src=\"cid:{}\"></p>",
        png["id"].as_str().unwrap()
    ));
    body["attachments"] = json!([{ "id": png["id"] }]);
    browser
        .post("/api/v1/drafts", body.clone())
        .await
        .is_problem(422, "validation");
    let made = browser
        .keyed(Method::POST, "/api/v1/drafts", "d1", body.clone())
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.header("etag"), made.json()["etag"].as_str().unwrap());
    let draft = made.json();
    let path = format!("/api/v1/drafts/{}", draft["id"].as_str().unwrap());
    let file = browser
        .get(draft["attachments"][0]["url"].as_str().unwrap())
        .await;
    assert_eq!(&file.body[..], [1, 2, 3]);
    body["subject"] = json!("Files, again");
    for field in ["connection_id", "kind"] {
        body.as_object_mut().unwrap().remove(field);
    }
    let tagged = |tag: &str, body: &Value, browser: &Browser| {
        browser
            .request(Method::PUT, &path)
            .header("x-tenon-request", "1")
            .header("if-match", tag)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap()
    };
    let request = tagged(draft["etag"].as_str().unwrap(), &body, &browser);
    let saved = browser.send(request).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let request = tagged(draft["etag"].as_str().unwrap(), &body, &browser);
    browser.send(request).await.is_problem(412, "draft_changed");
    let mut shape = steady(saved.json());
    shape["etag"] = json!("…");
    shape["html"] = json!("…");
    shape["attachments"][0]["url"] = json!("…");
    // Null until the mailbox's next turn has met the draft.
    shape["thread_id"] = json!("…");
    insta::assert_json_snapshot!("draft", shape);

    let send = format!("{path}/send");
    browser
        .post(&send, json!({}))
        .await
        .is_problem(422, "validation");
    let begun = browser
        .keyed(Method::POST, &send, "s1", json!({ "undo_seconds": 30 }))
        .await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    insta::assert_json_snapshot!("send", steady(begun.json()));
    browser
        .write(Method::DELETE, &path, None)
        .await
        .is_problem(409, "draft_sending");
    let out = format!("/api/v1/sends/{}", begun.json()["id"].as_str().unwrap());
    let back = browser.post_empty(&format!("{out}/cancel")).await.json();
    assert_eq!(back["state"], "cancelled");
    browser
        .post(
            &format!("{out}/resolve"),
            json!({ "decision": "send_again" }),
        )
        .await
        .is_problem(409, "too_late");
    let begun = browser
        .keyed(Method::POST, &send, "s2", json!({ "undo_seconds": 0 }))
        .await
        .json();
    let out = format!("/api/v1/sends/{}", begun["id"].as_str().unwrap());
    let mut state = Value::Null;
    for _ in 0..200 {
        state = browser.get(&out).await.json()["state"].clone();
        if state == "sent" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(state, "sent");
    browser.get(&path).await.is_problem(410, "draft_gone");
    let list = browser.get("/api/v1/sends?state=sent").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    browser
        .get("/api/v1/sends?state=lost")
        .await
        .is_problem(422, "validation");
}

/// What is scheduled, as the calendar tells it.
async fn calendar(browser: &mut Browser, more: &str) -> Value {
    let year = "from=2020-01-01T00:00:00Z&until=2999-01-01T00:00:00Z";
    browser
        .get(&format!("/api/v1/sends?{year}{more}"))
        .await
        .json()["items"]
        .clone()
}

#[tokio::test]
async fn a_message_is_scheduled_moved_and_sent_at_once() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, WRITING).await;
    let times = browser
        .get("/api/v1/send-times?time_zone=Europe/Paris")
        .await
        .json();
    let last = times["presets"].as_array().unwrap().last().unwrap().clone();
    let at = json!({ "local": last["local"], "time_zone": "Europe/Paris" });
    let local = last["local"].as_str().unwrap();
    let checked = browser
        .get(&format!(
            "/api/v1/send-times/check?local={local}&time_zone=Europe/Paris"
        ))
        .await
        .json();
    assert_eq!(
        (&checked["send_at"], &checked["moved"]),
        (&last["send_at"], &json!(false))
    );
    browser
        .get("/api/v1/send-times/check?local=2020-01-01T09:00&time_zone=Europe/Paris")
        .await
        .is_problem(422, "validation");
    browser
        .get("/api/v1/send-times?time_zone=Europe/Atlantis")
        .await
        .is_problem(422, "validation");

    let draft = browser
        .keyed(Method::POST, "/api/v1/drafts", "d", letter(&id, "Later"))
        .await
        .json();
    let send = format!("/api/v1/drafts/{}/send", draft["id"].as_str().unwrap());
    let past = json!({ "at": { "local": "2020-01-01T09:00", "time_zone": "Europe/Paris" } });
    browser
        .keyed(Method::POST, &send, "past", past)
        .await
        .is_problem(422, "validation");
    let begun = browser
        .keyed(Method::POST, &send, "s", json!({ "at": at }))
        .await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let begun = begun.json();
    assert_eq!(
        (&begun["scheduled"], &begun["send_at"]),
        (&at, &last["send_at"])
    );
    let path = format!("/api/v1/drafts/{}", draft["id"].as_str().unwrap());
    assert_eq!(
        (
            &draft["send_id"],
            &browser.get(&path).await.json()["send_id"]
        ),
        (&json!(null), &begun["id"]),
        "a draft tells that it is on its way"
    );
    assert_eq!(calendar(&mut browser, "").await[0]["id"], begun["id"]);
    browser
        .get("/api/v1/sends?from=2026-01-01T00:00:00Z")
        .await
        .is_problem(422, "validation");

    let out = format!("/api/v1/sends/{}", begun["id"].as_str().unwrap());
    let first = &times["presets"][0];
    let sooner = json!({ "at": { "local": first["local"], "time_zone": "Europe/Paris" } });
    let moved = browser
        .write(Method::PATCH, &out, Some(sooner.clone()))
        .await
        .json();
    assert_eq!(moved["send_at"], first["send_at"]);
    let now = browser.post_empty(&format!("{out}/send-now")).await;
    assert_eq!(now.status, StatusCode::OK, "{}", now.text());
    for _ in 0..200 {
        if browser.get(&out).await.json()["state"] == "sent" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        calendar(&mut browser, "&state=sent").await[0]["id"],
        begun["id"]
    );
    browser
        .write(Method::PATCH, &out, Some(sooner))
        .await
        .is_problem(409, "too_late");
}

#[tokio::test]
async fn an_answer_begins_with_what_it_answers() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, WRITING).await;
    let threads = browser
        .get(&format!("/api/v1/threads?connection={id}&limit=1"))
        .await
        .json();
    let thread = threads["items"][0]["id"].as_str().unwrap();
    let detail = browser
        .get(&format!("/api/v1/threads/{thread}"))
        .await
        .json();
    let message = detail["messages"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/messages/{message}/compose");
    for kind in ["reply", "reply_all", "forward"] {
        let begun = browser.get(&format!("{path}?kind={kind}")).await;
        assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
        let begun = begun.json();
        assert_eq!((&begun["kind"], &begun["html"]), (&json!(kind), &json!("")));
        assert!(
            begun["quoted_html"]
                .as_str()
                .unwrap()
                .starts_with("<div class=\"gmail_quote\">")
        );
    }
    for bad in ["", "?kind=new", "?kind=shout"] {
        browser
            .get(&format!("{path}{bad}"))
            .await
            .is_problem(422, "validation");
    }
    browser
        .post_empty(&format!("/api/v1/messages/{message}/draft"))
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn files_and_drafts_have_their_limits() {
    let (app, mut browser) = TestApp::with_owner().await;
    let id = app.sync_for(&mut browser, WRITING).await;
    let request = browser
        .request(Method::POST, "/api/v1/uploads?name=big")
        .header("x-tenon-request", "1")
        .header("content-length", (26 << 20).to_string());
    browser
        .send(request.body(Body::empty()).unwrap())
        .await
        .is_problem(413, "too_large");
    put_file(&mut browser, "name=big", "a/b", vec![0; (25 << 20) + 1])
        .await
        .is_problem(413, "too_large");
    browser
        .get("/api/v1/uploads/att_01h455vb4pex5vsknk084sn02q")
        .await
        .is_problem(410, "attachment_gone");
    let mut huge = letter(&id, "x");
    huge["html"] = json!("x".repeat(9 << 20));
    browser
        .keyed(Method::POST, "/api/v1/drafts", "a", huge)
        .await
        .is_problem(413, "too_large");
    for (n, (field, value)) in [
        ("to", json!([{ "address": "nobody" }])),
        ("subject", json!("a\r\nBcc: x@y.example")),
        ("from", json!("boss@example.com")),
        (
            "attachments",
            json!([{ "id": "att_01h455vb4pex5vsknk084sn02q", "part": "1" }]),
        ),
        ("connection_id", Value::Null),
        ("more", json!(1)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = letter(&id, "x");
        body[field] = value;
        let answer = browser
            .keyed(Method::POST, "/api/v1/drafts", &format!("b{n}"), body)
            .await;
        assert_eq!(answer.status.as_u16(), 422, "{field}: {}", answer.text());
    }
}
