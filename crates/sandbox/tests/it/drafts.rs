//! Drafts. Fault row G8.

use reqwest::Method;
use serde_json::json;

use crate::client::{ALICE, BOB, Rig, raw};

const MAIL: &str = "From: alice@example.com\r\nTo: bob@example.com\r\nSubject: Draft\r\nX-Tenon-Send: 1\r\n\r\nfirst\r\n";

#[tokio::test]
async fn g8_the_draft_id_lasts_and_message_ids_do_not() {
    let rig = Rig::new(0).await;
    let start = rig.control().history_id(ALICE);
    let made = rig
        .post("drafts", json!({"message": {"raw": raw(MAIL)}}))
        .await;
    let id = made["id"].as_str().unwrap();
    let (status, changed) = rig
        .call(
            Method::PUT,
            &format!("drafts/{id}"),
            Some(json!({"message": {"raw": raw(&MAIL.replace("first", "second"))}})),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(changed["id"], made["id"]);
    assert_ne!(changed["message"]["id"], made["message"]["id"]);
    assert_eq!(changed["message"]["threadId"], made["message"]["threadId"]);
    let listed = rig.get("drafts").await;
    assert_eq!(
        listed["drafts"][0]["message"]["id"],
        changed["message"]["id"]
    );
    assert_eq!(rig.control().drafts(ALICE).len(), 1);
    let sent = rig.post("drafts/send", json!({"id": id})).await;
    assert_eq!(sent["labelIds"], json!(["SENT"]));
    assert_ne!(sent["id"], changed["message"]["id"]);
    assert_eq!(sent["threadId"], made["message"]["threadId"]);
    assert_eq!(
        rig.refused(Method::GET, &format!("drafts/{id}"), None)
            .await
            .0,
        404
    );
    assert_eq!(
        rig.refused(Method::POST, "drafts/send", Some(json!({"id": id})))
            .await
            .0,
        404,
        "sent once"
    );
    assert_eq!(rig.control().counts(BOB).messages, 1);
    assert!(
        String::from_utf8(
            rig.control()
                .raw(BOB, &rig.control().message_ids(BOB)[0])
                .unwrap()
        )
        .unwrap()
        .contains("second")
    );
    let told = rig.get(&format!("history?startHistoryId={start}")).await;
    let kinds = |kind: &str| {
        told["history"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r.get(kind).is_some())
            .count()
    };
    assert_eq!((kinds("messagesAdded"), kinds("messagesDeleted")), (3, 2));
}

#[tokio::test]
async fn drafts_are_deleted_and_bad_ones_refused() {
    let rig = Rig::new(0).await;
    let made = rig
        .post("drafts", json!({"message": {"raw": raw(MAIL)}}))
        .await;
    assert_eq!(
        rig.call(
            Method::DELETE,
            &format!("drafts/{}", made["id"].as_str().unwrap()),
            None
        )
        .await
        .0,
        204
    );
    assert_eq!(rig.control().counts(ALICE).messages, 0);
    assert!(rig.get("drafts").await.get("drafts").is_none());
    assert_eq!(
        rig.refused(Method::POST, "drafts", Some(json!({"message": {}})))
            .await
            .0,
        400
    );
    assert_eq!(
        rig.refused(
            Method::POST,
            "drafts",
            Some(json!({"message": {"colour": 1}}))
        )
        .await
        .0,
        400
    );
    assert_eq!(
        rig.refused(Method::POST, "drafts/send", Some(json!({})))
            .await
            .0,
        400
    );
}
