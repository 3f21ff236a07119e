//! Scripted faults, one test a family; the rows stand in the tests.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tenon_sandbox::{Fault, NewMail};

use crate::client::{ALICE, FULL, NOW, Rig, raw};

async fn refresh(rig: &Rig, token: &str) -> (u16, Value) {
    let form = [
        ("client_id", "tenon-demo"),
        ("client_secret", "tenon-demo-secret"),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ];
    let response = rig.form("/token", &form).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

const MAIL: &str = "From: alice@example.com\r\nTo: bob@example.com\r\nMessage-ID: <own@tenon.example>\r\nSubject: x\r\n\r\nx\r\n";

#[tokio::test]
async fn token_rows_a1_to_a6_and_a17_to_a21() {
    let rig = Rig::new(0).await;
    for row in ["A1", "A3", "A4", "A5"] {
        let token = rig.control().grant(ALICE, &[FULL]).refresh_token;
        rig.control().faults().push(Fault::new(row));
        for _ in 0..2 {
            let (status, body) = refresh(&rig, &token).await;
            assert_eq!(
                (status, body["error"].as_str()),
                (400, Some("invalid_grant")),
                "{row}: dead for good"
            );
            assert_eq!(
                body["error_description"],
                "Token has been expired or revoked."
            );
        }
        rig.control().faults().clear();
    }
    let token = rig.control().grant(ALICE, &[FULL]).refresh_token;
    rig.control().faults().push(Fault::new("A2"));
    rig.clock.advance(Duration::from_hours(6 * 24));
    assert_eq!(refresh(&rig, &token).await.0, 200);
    rig.clock.advance(Duration::from_hours(24));
    assert_eq!(refresh(&rig, &token).await.0, 400);
    rig.control().faults().clear();

    let token = rig.control().grant(ALICE, &[FULL]).refresh_token;
    rig.control().faults().push(Fault::new("A6"));
    assert_eq!(
        refresh(&rig, &token).await.1["error_subtype"],
        "invalid_rapt"
    );
    rig.control().faults().clear();
    for (row, status, error) in [
        ("A17:lost", 400, "invalid_grant"),
        ("A20", 503, "temporarily_unavailable"),
        ("A20:429", 429, "rate_limit_exceeded"),
        ("A21", 401, "invalid_client"),
        ("A21:unauthorized", 401, "unauthorized_client"),
        ("A21:deleted", 401, "deleted_client"),
    ] {
        rig.control().faults().push(Fault::new(row).times(1));
        let (got, body) = refresh(&rig, &token).await;
        assert_eq!(
            (got, body["error"].as_str()),
            (status, Some(error)),
            "{row}"
        );
        assert_eq!(refresh(&rig, &token).await.0, 200, "{row} is over");
    }
    rig.control().faults().push(Fault::new("A20:html"));
    assert_eq!(refresh(&rig, &token).await, (502, Value::Null));
    rig.control().faults().push(Fault::new("A17"));
    let (_, rotated) = refresh(&rig, &token).await;
    let (loser, _) = refresh(&rig, &token).await;
    assert_eq!(loser, 400, "A17: the old one is used up");
    assert_eq!(
        refresh(&rig, rotated["refresh_token"].as_str().unwrap())
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn api_rows_g9_to_g18_and_g21() {
    let rig = Rig::new(3).await;
    for (row, path, status, reason, domain) in [
        ("G11", "labels", 429, "rateLimitExceeded", "global"),
        ("G12", "labels", 403, "rateLimitExceeded", "usageLimits"),
        ("G13", "labels", 403, "userRateLimitExceeded", "usageLimits"),
        ("G14", "labels", 403, "dailyLimitExceeded", "usageLimits"),
        ("G15", "labels", 403, "domainPolicy", "global"),
        ("G16", "labels", 403, "accessNotConfigured", "usageLimits"),
        ("G17", "profile", 400, "failedPrecondition", "global"),
        ("G18", "labels", 401, "authError", "global"),
        ("G21", "messages", 503, "backendError", "global"),
        ("G21:429", "drafts", 429, "rateLimitExceeded", "global"),
        ("A9:403", "labels", 403, "insufficientPermissions", "global"),
        ("HTTP:500", "labels", 500, "backendError", "global"),
    ] {
        rig.control().faults().push(Fault::new(row).times(1));
        let (got, body) = rig.call(Method::GET, path, None).await;
        let error = &body["error"]["errors"][0];
        assert_eq!(
            (
                got.as_u16(),
                error["reason"].as_str(),
                error["domain"].as_str()
            ),
            (status, Some(reason), Some(domain)),
            "{row}"
        );
        assert_eq!(
            rig.call(Method::GET, path, None).await.0,
            200,
            "{row} is over"
        );
    }
    rig.control().faults().push(Fault::new("G9").seconds(60));
    let (status, body) = rig.call(Method::GET, "labels", None).await;
    assert_eq!(status, 429);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .ends_with("Retry after 2026-11-22T09:01:00.000Z")
    );
    rig.clock.advance(Duration::from_mins(1));
    rig.get("labels").await;
    assert_eq!(
        rig.control().faults().list().last().unwrap().1,
        1,
        "hits are counted"
    );
}

#[tokio::test]
async fn history_rows_g1_g3_g4_g6_g7() {
    let rig = Rig::new(20).await;
    let start = rig.control().history_id(ALICE);
    let id =
        rig.control()
            .insert_message(ALICE, NewMail::new("b@x.example", ALICE, "n"), &["INBOX"]);
    let history = format!("history?startHistoryId={start}");
    rig.control().faults().push(Fault::new("G4"));
    let page = rig.get(&history).await;
    assert!(page.get("history").is_none());
    let next = rig
        .get(&format!(
            "{history}&pageToken={}",
            page["nextPageToken"].as_str().unwrap()
        ))
        .await;
    assert_eq!(next["history"].as_array().unwrap().len(), 1);
    rig.control().faults().push(Fault::new("G7"));
    assert_eq!(
        rig.get(&history).await["history"].as_array().unwrap().len(),
        3
    );
    rig.control().faults().push(Fault::new("G6"));
    assert_eq!(
        rig.refused(Method::GET, &format!("messages/{id}"), None)
            .await
            .0,
        404
    );
    rig.clock.advance(Duration::from_secs(10));
    rig.get(&format!("messages/{id}")).await;
    rig.control().faults().push(Fault::new("G3"));
    rig.get("labels").await;
    assert_eq!(rig.control().counts(ALICE).messages, 18);
    rig.control().faults().push(Fault::new("G1"));
    for _ in 0..2 {
        assert_eq!(rig.refused(Method::GET, &history, None).await.0, 404);
    }
    rig.get(&format!(
        "history?startHistoryId={}",
        rig.control().history_id(ALICE)
    ))
    .await;
}

#[tokio::test]
async fn sending_rows_g19_g20_g22_g31() {
    let rig = Rig::new(0).await;
    let send = || {
        rig.request(Method::POST, "/gmail/v1/users/me/messages/send")
            .json(&json!({"raw": raw(MAIL)}))
            .send()
    };
    let gone_out = || {
        rig.control()
            .messages(ALICE)
            .iter()
            .filter(|(_, _, l)| l.contains(&"SENT".to_owned()))
            .count()
    };
    rig.control().faults().push(Fault::new("G19"));
    assert!(send().await.is_err(), "the connection is reset");
    assert_eq!(gone_out(), 1, "and the mail is out");
    rig.control().faults().push(Fault::new("G19:503"));
    assert_eq!(send().await.unwrap().status(), 503);
    assert_eq!(gone_out(), 2);
    for (row, status) in [("G22", 429), ("G31", 413)] {
        rig.control().faults().push(Fault::new(row).times(1));
        assert_eq!(send().await.unwrap().status(), status);
        assert_eq!(gone_out(), 2, "{row}: not sent");
    }
    rig.control().faults().push(Fault::new("G22:bounce"));
    assert_eq!(send().await.unwrap().status(), 200);
    let bounce = rig.get("messages?q=from:mailer-daemon").await["messages"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let text = String::from_utf8(rig.control().raw(ALICE, &bounce).unwrap()).unwrap();
    assert!(text.contains("550 5.4.5") && text.contains("own@tenon.example"));
    rig.control().faults().push(Fault::new("G20"));
    let id = send().await.unwrap().json::<Value>().await.unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        !String::from_utf8(rig.control().raw(ALICE, &id).unwrap())
            .unwrap()
            .contains("own@tenon.example")
    );
}

#[tokio::test]
async fn standing_rows_a7_a11_a22_g26_g30() {
    let rig = Rig::new(0).await;
    for (row, error) in [
        ("A7", "admin_policy_enforced"),
        ("A7:denied", "access_denied"),
        ("A7:internal", "org_internal"),
    ] {
        rig.control().faults().push(Fault::new(row));
        let query = [
            ("client_id", "tenon-demo"),
            ("redirect_uri", "http://127.0.0.1:9/cb"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "s"),
        ];
        let response = rig
            .http
            .get(rig.url("/o/oauth2/v2/auth"))
            .query(&query)
            .send()
            .await
            .unwrap();
        assert!(
            response.headers()["location"]
                .to_str()
                .unwrap()
                .contains(&format!("error={error}"))
        );
    }
    let token = rig.control().grant(ALICE, &[FULL]).refresh_token;
    for (row, status) in [("A11", 400), ("A11:503", 503)] {
        rig.control().faults().push(Fault::new(row));
        assert_eq!(
            rig.form("/revoke", &[("token", &token)])
                .send()
                .await
                .unwrap()
                .status(),
            status
        );
    }
    assert_eq!(refresh(&rig, &token).await.0, 200, "nothing was revoked");
    rig.control().faults().push(Fault::new("A22"));
    let response = rig
        .request(Method::GET, "/gmail/v1/users/me/profile")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["date"], "Sun, 22 Nov 2026 09:15:00 GMT");
    assert_eq!(NOW, 1_795_338_000);
    rig.control().faults().clear();
    rig.control().faults().push(Fault::new("G26"));
    assert_eq!(
        rig.refused(
            Method::POST,
            "watch",
            Some(json!({"topicName": "projects/p/topics/t"}))
        )
        .await
        .0,
        403
    );
    rig.control().faults().push(Fault::new("G30:409"));
    assert_eq!(
        rig.refused(Method::POST, "labels", Some(json!({"name": "new"})))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn network_rows_n1_to_n8() {
    let rig = Rig::new(60).await;
    let fast = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_millis(700))
        .build()
        .unwrap();
    let list = |client: &reqwest::Client| {
        client
            .get(rig.url("/gmail/v1/users/me/messages?maxResults=60"))
            .bearer_auth(&rig.token)
            .send()
    };
    for row in ["N1", "N3", "N5:headers"] {
        rig.control().faults().push(Fault::new(row));
        assert!(list(&fast).await.is_err(), "{row}: no answer");
    }
    for row in ["N3:body", "N5", "N5:huge"] {
        rig.control().faults().push(Fault::new(row));
        let whole = match list(&fast).await {
            Ok(response) => response.bytes().await.map(|b| b.len()),
            Err(error) => Err(error),
        };
        assert!(whole.is_err(), "{row}: the body never ends well");
    }
    rig.control()
        .faults()
        .push(Fault::new("N3:hang").seconds(2));
    assert!(list(&fast).await.unwrap_err().is_timeout());
    rig.control().faults().push(Fault::new("N4"));
    let page = list(&fast).await.unwrap();
    assert!(
        page.status() == 200
            && page.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with("text/html")
    );
    rig.control().faults().push(Fault::new("N4:cut"));
    assert!(list(&fast).await.unwrap().json::<Value>().await.is_err());
    rig.control().faults().push(Fault::new("N4:gzip"));
    assert!(list(&fast).await.unwrap().bytes().await.is_err());
    for (row, host) in [
        ("N6", "https://collector.example/"),
        ("N6:metadata", "http://169.254.169.254/"),
    ] {
        rig.control().faults().push(Fault::new(row));
        let response = list(&fast).await.unwrap();
        assert_eq!(response.status(), 302);
        assert!(
            response.headers()["location"]
                .to_str()
                .unwrap()
                .starts_with(host)
        );
    }
    rig.control().faults().push(Fault::new("N8"));
    let text = rig
        .request(Method::GET, "/gmail/v1/users/me/profile")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        text.matches("futureField").count() == 2 && text.contains("\"historyId\":1"),
        "{text}"
    );
    rig.get("messages").await;
}

#[tokio::test]
async fn the_json_door_does_what_the_handle_does() {
    let rig = Rig::new(5).await;
    let post = |path: &str, body: Value| rig.http.post(rig.url(path)).json(&body).send();
    let id: Value = post("/__sandbox/insert", json!({"account": ALICE, "from": "b@x.example", "to": ALICE, "subject": "Hi", "text": "Ho"}))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(
        rig.control()
            .message_ids(ALICE)
            .contains(&id["id"].as_str().unwrap().to_owned())
    );
    assert_eq!(
        post("/__sandbox/faults", json!({"row": "G18"}))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(
        post("/__sandbox/faults", json!({"row": "none"}))
            .await
            .unwrap()
            .status(),
        400
    );
    assert_eq!(rig.call(Method::GET, "profile", None).await.0, 401);
    assert_eq!(
        post(
            "/__sandbox/revoke",
            json!({"account": "nobody@example.com"})
        )
        .await
        .unwrap()
        .status(),
        404
    );
    let get = async |path: &str| {
        rig.http
            .get(rig.url(path))
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    assert_eq!(
        get("/__sandbox/counts?account=alice@example.com").await["messages"],
        6
    );
    assert_eq!(get("/__sandbox/requests").await["totals"]["calls"], 1);
    assert!(
        get("/__sandbox/faults").await["rows"]
            .as_object()
            .unwrap()
            .len()
            > 50
    );
    assert_eq!(
        post("/__sandbox/expire-access-tokens", json!({"account": ALICE}))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(rig.call(Method::GET, "profile", None).await.0, 401);
}
