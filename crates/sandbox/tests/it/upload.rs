//! Uploads: media, multipart, resumable. Fault row G31.

use reqwest::Method;
use serde_json::Value;

use crate::client::{ALICE, Rig};

const MAIL: &str =
    "From: alice@example.com\r\nTo: bob@example.com\r\nSubject: Up\r\n\r\n--b in the body\r\n";

#[tokio::test]
async fn three_ways_of_uploading() {
    let rig = Rig::new(0).await;
    let media = rig
        .request(
            Method::POST,
            "/upload/gmail/v1/users/me/messages/send?uploadType=media",
        )
        .header("content-type", "message/rfc822");
    let sent: Value = media.body(MAIL).send().await.unwrap().json().await.unwrap();
    assert_eq!(sent["labelIds"][0], "SENT");
    let related = format!(
        "--x\r\nContent-Type: application/json\r\n\r\n{{\"labelIds\":[\"INBOX\"]}}\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n{MAIL}\r\n--x--"
    );
    let multipart = rig
        .request(
            Method::POST,
            "/upload/gmail/v1/users/me/messages?uploadType=multipart",
        )
        .header("content-type", "multipart/related; boundary=x");
    let inserted: Value = multipart
        .body(related)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        rig.control()
            .raw(ALICE, inserted["id"].as_str().unwrap())
            .unwrap(),
        MAIL.as_bytes()
    );
    let begin = rig
        .request(
            Method::POST,
            "/resumable/upload/gmail/v1/users/me/drafts?uploadType=resumable",
        )
        .json(&serde_json::json!({"message": {}}))
        .send()
        .await
        .unwrap();
    let location = begin.headers()["location"].to_str().unwrap().to_owned();
    let put = |body: &'static str, range: String| {
        rig.http
            .put(&location)
            .bearer_auth(&rig.token)
            .header("content-range", range)
            .body(body)
            .send()
    };
    let first = put(&MAIL[..20], format!("bytes 0-19/{}", MAIL.len()))
        .await
        .unwrap();
    assert_eq!(
        (
            first.status().as_u16(),
            first.headers()["range"].to_str().unwrap()
        ),
        (308, "bytes=0-19")
    );
    let asked = put("", format!("bytes */{}", MAIL.len())).await.unwrap();
    assert_eq!(asked.status(), 308);
    let last: Value = put(
        &MAIL[20..],
        format!("bytes 20-{}/{}", MAIL.len() - 1, MAIL.len()),
    )
    .await
    .unwrap()
    .json()
    .await
    .unwrap();
    assert_eq!(last["message"]["labelIds"][0], "DRAFT");
    assert_eq!(
        put("", "bytes */1".to_owned()).await.unwrap().status(),
        404,
        "done is gone"
    );
}

#[tokio::test]
async fn g31_too_large_is_413() {
    let rig = Rig::new(0).await;
    let mut mail = MAIL.as_bytes().to_vec();
    mail.resize(37 << 20, b'x');
    let media = rig
        .request(
            Method::POST,
            "/upload/gmail/v1/users/me/messages/send?uploadType=media",
        )
        .header("content-type", "message/rfc822");
    assert_eq!(media.body(mail).send().await.unwrap().status(), 413);
    assert_eq!(rig.control().counts(ALICE).messages, 0);
}
