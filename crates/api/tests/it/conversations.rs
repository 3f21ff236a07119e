//! Mail meets records over HTTP: boxes, sharing, rules, suggestions, defaults, as they are on the wire.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

async fn put(browser: &mut Browser, path: &str, body: Value) -> crate::support::Answer {
    browser
        .write(Method::PUT, &format!("/api/v1{path}"), Some(body))
        .await
}

/// The id of the newest conversation in which somebody else wrote, and of its first message.
async fn some_thread(owner: &mut Browser) -> (String, String) {
    let threads = owner.get("/api/v1/threads?limit=200").await.json();
    let others = |t: &&Value| {
        let people = t["participants"].as_array().unwrap();
        people.iter().any(|p| p["me"] == false)
    };
    let thread = threads["items"].as_array().unwrap().iter().find(others);
    let id = thread.unwrap()["id"].as_str().unwrap().to_owned();
    let detail = owner.get(&format!("/api/v1/threads/{id}")).await.json();
    assert_eq!(detail["shared_by"], Value::Null);
    let message = detail["messages"][0]["id"].as_str().unwrap().to_owned();
    (id, message)
}

async fn company(browser: &mut Browser) -> String {
    let new = json!({"kind": "company", "values": {"name": "Acme"}});
    let made = browser.post("/api/v1/records", new).await.json();
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_shared_conversation_is_read_over_http_and_taken_back() {
    let (app, mut owner) = TestApp::with_owner().await;
    app.connect_and_sync(&mut owner).await;
    let mut other = app.member("admin@example.com", Role::Admin).await;
    let mut viewer = app.member("vera@example.com", Role::Viewer).await;
    let (thread, message) = some_thread(&mut owner).await;
    let base = format!("/threads/{thread}");
    let reads = [
        format!("/api/v1{base}"),
        format!("/api/v1{base}/records"),
        format!("/api/v1/messages/{message}"),
        format!("/api/v1/messages/{message}/body"),
        format!("/api/v1/messages/{message}/original"),
    ];
    for path in &reads {
        other.get(path).await.is_problem(404, "not_found");
    }
    let everybody = json!({"scope": "workspace"});
    let path = format!("{base}/sharing");
    put(&mut other, &path, everybody.clone())
        .await
        .is_problem(404, "not_found");
    let told = put(&mut owner, &path, everybody).await.json();
    let wanted = json!({"scope": "workspace", "shares": [], "records": false});
    assert_eq!(told, wanted);
    for reader in [&mut other, &mut viewer] {
        for path in &reads {
            let answer = reader.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
        }
        let read = reader.get(&reads[0]).await.json();
        assert_eq!(
            read["shared_by"]["id"].as_str().map(|id| &id[..4]),
            Some("mem_")
        );
        assert_eq!(read["label_ids"], json!([]));
        assert_eq!(reader.get(&reads[1]).await.json()["sharing"], Value::Null);
        assert_eq!(
            reader.get("/api/v1/threads").await.json()["items"],
            json!([])
        );
    }
    // Only reading: what acts on mail knows nothing of it.
    let star = json!({"action": "star", "threads": [thread]});
    let acted = other
        .keyed(Method::POST, "/api/v1/mail/actions", "k", star)
        .await;
    assert!(!acted.status.is_success(), "{}", acted.text());
    let sender = format!("/messages/{message}/sender-images");
    put(&mut other, &sender, json!({"shown": true}))
        .await
        .is_problem(404, "not_found");
    let own = put(
        &mut owner,
        &path,
        json!({"scope": "private", "records": true}),
    )
    .await;
    let wanted = json!({"scope": "private", "shares": [], "records": false});
    assert_eq!(own.json(), wanted);
    for path in &reads {
        other.get(path).await.is_problem(404, "not_found");
    }
    for (body, field) in [
        (json!({"scope": "all"}), "scope"),
        (
            json!({"scope": "shared", "shares": [{}]}),
            "shares[0].member",
        ),
        (
            json!({"scope": "shared", "shares": [{"member": "x"}]}),
            "shares[0].member",
        ),
    ] {
        let answer = put(&mut owner, &path, body.clone()).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    let audit = owner.get("/api/v1/audit?limit=5").await.json();
    let actions: Vec<&Value> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["action"])
        .collect();
    assert!(
        actions.contains(&&json!("thread_shared")) && actions.contains(&&json!("thread_unshared")),
        "{actions:?}"
    );
}

#[tokio::test]
async fn conversations_in_boxes_rules_and_people() {
    let (app, mut owner) = TestApp::with_owner().await;
    app.connect_and_sync(&mut owner).await;
    let mut viewer = app.member("vera@example.com", Role::Viewer).await;
    let (thread, _) = some_thread(&mut owner).await;
    let acme = company(&mut owner).await;
    let joined = format!("/threads/{thread}/boxes/{acme}");
    for method in [Method::PUT, Method::PUT] {
        let answer = owner.write(method, &format!("/api/v1{joined}"), None).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    }
    viewer
        .write(Method::PUT, &format!("/api/v1{joined}"), None)
        .await
        .is_problem(403, "forbidden");
    let records = owner
        .get(&format!("/api/v1/threads/{thread}/records"))
        .await
        .json();
    assert_eq!(records["boxes"][0]["record"]["id"], acme.as_str());
    assert_eq!(records["boxes"][0]["cause"], "hand");
    assert_eq!(records["sharing"]["scope"], "private");
    assert!(!records["people"].as_array().unwrap().is_empty());
    let threads = format!("/api/v1/records/{acme}/threads");
    let found = owner.get(&threads).await.json();
    assert_eq!(found["items"][0]["thread"]["id"], thread.as_str());
    assert_eq!(found["items"][0]["joined"], "hand");
    assert!(found["items"][0]["thread"]["connection"].is_string());
    let record = owner.get(&format!("/api/v1/records/{acme}")).await.json();
    assert!(record["last_touch"].is_string());
    let timeline = owner
        .get(&format!("/api/v1/records/{acme}/timeline"))
        .await
        .json();
    let mail = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["type"] == "mail");
    assert_eq!(mail.unwrap()["joined"], "hand");
    assert_eq!(viewer.get(&threads).await.json()["items"], json!([]));
    let answer = owner
        .write(Method::DELETE, &format!("/api/v1{joined}"), None)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(owner.get(&threads).await.json()["items"], json!([]));

    let rules = format!("/records/{acme}/mail-rules");
    let wanted = json!({"items": [{"from": "domain", "label": null, "connection": null}]});
    assert_eq!(
        put(&mut owner, &rules, json!({"items": [{"from": "domain"}]}))
            .await
            .json(),
        wanted
    );
    assert_eq!(owner.get(&format!("/api/v1{rules}")).await.json(), wanted);
    put(&mut owner, &rules, json!({"items": [{"from": "sender"}]}))
        .await
        .is_problem(422, "validation");
    put(&mut viewer, &rules, json!({"items": []}))
        .await
        .is_problem(403, "forbidden");

    let people = owner.get("/api/v1/suggestions?limit=5").await.json();
    assert!(people["items"].is_array(), "{people}");
    if let Some(first) = people["items"].as_array().unwrap().first() {
        assert!(first["address"].as_str().unwrap().contains('@') && first["thread"].is_string());
    }
    let dismissed = json!({"addresses": ["ann@acme.example"]});
    let answer = owner.post("/api/v1/suggestions/dismiss", dismissed).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);

    let path = "/record-defaults/company";
    let private = json!({"scope": "private", "shares": []});
    put(&mut viewer, path, private.clone())
        .await
        .is_problem(403, "forbidden");
    put(&mut owner, "/record-defaults/nothing", private.clone())
        .await
        .is_problem(404, "not_found");
    assert_eq!(put(&mut owner, path, private.clone()).await.json(), private);
    let all = viewer.get("/api/v1/record-defaults").await.json();
    let company_default = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|d| d["kind"] == "company");
    assert_eq!(company_default.unwrap()["sharing"], private);
    let hidden = company(&mut owner).await;
    viewer
        .get(&format!("/api/v1/records/{hidden}"))
        .await
        .is_problem(404, "not_found");
}
