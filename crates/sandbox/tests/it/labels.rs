//! Labels, send-as addresses, filters, vacation, watch. Fault rows G23, G30.

use reqwest::Method;
use serde_json::json;
use tenon_sandbox::NewMail;

use crate::client::{ALICE, NOW, Rig};

#[tokio::test]
async fn labels_live_and_die() {
    let rig = Rig::new(0).await;
    let label = rig
        .post(
            "labels",
            json!({"name": "Clients/Acme", "labelListVisibility": "labelShow"}),
        )
        .await;
    let id = label["id"].as_str().unwrap();
    assert_eq!(
        rig.refused(
            Method::POST,
            "labels",
            Some(json!({"name": "clients/acme"}))
        )
        .await,
        (409, "aborted".to_owned()),
        "G30"
    );
    for name in ["", " x", "a//b", "inbox"] {
        assert_eq!(
            rig.refused(Method::POST, "labels", Some(json!({"name": name})))
                .await
                .0,
            400,
            "{name}"
        );
    }
    rig.control().insert_message(
        ALICE,
        NewMail::new("b@x.example", ALICE, "a"),
        &["Clients/Acme", "UNREAD"],
    );
    let counted = rig.get(&format!("labels/{id}")).await;
    assert_eq!(
        (
            counted["messagesTotal"].as_u64(),
            counted["threadsUnread"].as_u64()
        ),
        (Some(1), Some(1))
    );
    let (status, renamed) = rig
        .call(
            Method::PATCH,
            &format!("labels/{id}"),
            Some(json!({"name": "Clients/Won"})),
        )
        .await;
    assert_eq!(
        (
            status.as_u16(),
            renamed["name"].as_str(),
            renamed["id"].as_str()
        ),
        (200, Some("Clients/Won"), Some(id))
    );
    let start = rig.control().history_id(ALICE);
    assert_eq!(
        rig.call(Method::DELETE, &format!("labels/{id}"), None)
            .await
            .0,
        204
    );
    assert_eq!(
        rig.get("messages").await["messages"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(rig.control().messages(ALICE)[0].2, ["UNREAD"]);
    assert!(rig.control().history_id(ALICE) > start);
    assert_eq!(
        rig.refused(Method::DELETE, "labels/INBOX", None).await.0,
        400
    );
    assert_eq!(
        rig.refused(Method::GET, &format!("labels/{id}"), None)
            .await
            .0,
        404
    );
    assert!(
        rig.get("labels").await["labels"]
            .as_array()
            .unwrap()
            .iter()
            .any(|l| l["id"] == "INBOX" && l["type"] == "system")
    );
}

#[tokio::test]
async fn settings_are_kept() {
    let rig = Rig::new(0).await;
    let alias = "settings/sendAs/alice@example.com";
    let (status, changed) = rig
        .call(Method::PATCH, alias, Some(json!({"signature": "<b>A</b>"})))
        .await;
    assert_eq!(
        (status.as_u16(), changed["signature"].as_str()),
        (200, Some("<b>A</b>"))
    );
    assert_eq!(rig.get(alias).await["signature"], "<b>A</b>");
    assert_eq!(
        rig.get("settings/sendAs").await["sendAs"][0]["isPrimary"],
        true
    );
    let filter = rig
        .post(
            "settings/filters",
            json!({"criteria": {"from": "x@y.z"}, "action": {"addLabelIds": ["STARRED"]}}),
        )
        .await;
    assert_eq!(
        rig.get("settings/filters").await["filter"][0]["id"],
        filter["id"]
    );
    assert_eq!(rig.get("settings/vacation").await["enableAutoReply"], false);
    let (_, vacation) = rig
        .call(
            Method::PUT,
            "settings/vacation",
            Some(json!({"enableAutoReply": true, "responseSubject": "Away"})),
        )
        .await;
    assert_eq!(vacation["responseSubject"], "Away");
}

#[tokio::test]
async fn g23_watch_lasts_a_week() {
    let rig = Rig::new(0).await;
    let watch = rig
        .post(
            "watch",
            json!({"topicName": "projects/p/topics/t", "labelIds": ["INBOX"]}),
        )
        .await;
    assert_eq!(watch["expiration"], ((NOW + 7 * 86_400) * 1000).to_string());
    assert_eq!(
        watch["historyId"],
        rig.control().history_id(ALICE).to_string()
    );
    assert_eq!(
        rig.refused(Method::POST, "watch", Some(json!({"topicName": "t"})))
            .await
            .0,
        400
    );
    assert_eq!(rig.call(Method::POST, "stop", None).await.0, 204);
}
