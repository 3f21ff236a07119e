//! Files of Drive over the wire: what answers look like, and that nothing of a search is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::json;

use crate::support::TestApp;

const LINK: &str = "https://docs.google.com/document/d/1AbC-dEf_0123456789xyz/edit";

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_of_a_search_in_drive_is_logged() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("debug")
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let (app, mut browser) = TestApp::with_owner().await;
    let features = ["files", "files_search"];
    let id = app.connect_for(&mut browser, &features).await;
    let account = browser
        .get(&format!("/api/v1/connections/{id}"))
        .await
        .json();
    let account = account["address"].as_str().unwrap().to_owned();
    let control = app.sandbox.control();
    control.add_file(
        &account,
        "Sought-canary Found-canary",
        "application/pdf",
        None,
    );
    let path = format!("/api/v1/connections/{id}/drive-files?q=sought-canary");
    let found = browser.get(&path).await.json();
    assert_eq!(found["files"][0]["name"], "Sought-canary Found-canary");
    assert_eq!(found["all_of_drive"], true);
    assert!(found["files"][0].get("drive_id").is_some() && found.get("next").is_some());
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).to_lowercase();
    assert!(text.contains("drive-files"), "the log was looked at");
    for canary in ["sought", "found-canary"] {
        assert!(!text.contains(canary), "{canary} is logged");
    }
}

#[tokio::test]
async fn files_are_linked_removed_and_brought_back() {
    let (_app, mut browser) = TestApp::with_owner().await;
    let record = json!({ "kind": "deal", "values": { "name": "Wine" } });
    let record = browser.post("/api/v1/records", record).await.json();
    let files = format!("/api/v1/records/{}/files", record["id"].as_str().unwrap());
    assert_eq!(browser.get(&files).await.json(), json!({ "files": [] }));
    let body = json!({ "links": [LINK], "connection_id": null });
    let linked = browser.keyed(Method::POST, &files, "k", body.clone()).await;
    let again = browser.keyed(Method::POST, &files, "k", body).await;
    assert_eq!(linked.json(), again.json());
    let file = &linked.json()["files"][0];
    assert_eq!(
        (&file["state"], &file["provider"], &file["checked_at"]),
        (&json!("no_access"), &json!("google"), &json!(null))
    );
    assert!(file["added_by"]["name"].is_string() && file["added_at"].is_string());
    let one = format!("{files}/{}", file["id"].as_str().unwrap());
    let request = browser
        .request(Method::DELETE, &one)
        .header("x-tenon-request", "1");
    let removed = browser
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(browser.get(&files).await.json(), json!({ "files": [] }));
    let back = browser.post(&format!("{one}/restore"), json!({})).await;
    assert_eq!(&back.json(), file);
    let bad = browser
        .post(&files, json!({ "links": ["https://example.com/x"] }))
        .await;
    assert_eq!(
        (bad.status.as_u16(), &bad.json()["code"]),
        (422, &json!("not_a_drive_link"))
    );
    let pick = browser
        .post(&format!("{files}/pick"), json!({ "connection_id": null }))
        .await;
    assert_eq!(
        (pick.status.as_u16(), &pick.json()["code"]),
        (409, &json!("feature_off"))
    );
    assert_eq!(
        pick.json()["fields"][0],
        json!({ "name": "feature", "detail": "files" })
    );
}
