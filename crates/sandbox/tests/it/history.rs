//! `history.list`. Fault rows G1, G2, G4, G7.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tenon_sandbox::NewMail;

use crate::client::{ALICE, Rig};

fn insert(rig: &Rig, labels: &[&str]) -> String {
    rig.control()
        .insert_message(ALICE, NewMail::new("b@x.example", ALICE, "news"), labels)
}

async fn start(rig: &Rig) -> String {
    rig.get("profile").await["historyId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn every_change_is_told_in_order() {
    let rig = Rig::new(50).await;
    let start = start(&rig).await;
    let nothing = rig.get(&format!("history?startHistoryId={start}")).await;
    assert!(nothing.get("history").is_none());
    assert_eq!(nothing["historyId"], start.as_str());
    let id = insert(&rig, &["INBOX", "UNREAD"]);
    rig.control()
        .modify_labels(ALICE, &id, &["STARRED"], &["UNREAD"]);
    let told = rig.get(&format!("history?startHistoryId={start}")).await;
    let records = told["history"].as_array().unwrap();
    assert_eq!(
        records[0]["messagesAdded"][0]["message"]["labelIds"],
        json!(["INBOX", "STARRED"]),
        "labels as they are now"
    );
    assert_eq!(records[1]["labelsAdded"][0]["labelIds"], json!(["STARRED"]));
    assert_eq!(
        records[2]["labelsRemoved"][0]["labelIds"],
        json!(["UNREAD"])
    );
    let ids: Vec<u64> = records
        .iter()
        .map(|r| r["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(ids.windows(2).all(|w| w[0] < w[1]));
    assert_eq!(
        rig.get(&format!("messages/{id}?format=minimal")).await["historyId"],
        ids[2].to_string()
    );
    rig.control().delete_message(ALICE, &id);
    let only = rig
        .get(&format!(
            "history?startHistoryId={start}&historyTypes=messageDeleted"
        ))
        .await;
    assert_eq!(only["history"].as_array().unwrap().len(), 1);
    assert_eq!(
        only["history"][0]["messagesDeleted"][0]["message"]["id"],
        id.as_str()
    );
}

#[tokio::test]
async fn g1_old_ids_are_404() {
    let rig = Rig::new(2_000).await;
    assert_eq!(
        rig.refused(Method::GET, "history?startHistoryId=1", None)
            .await,
        (404, "notFound".to_owned())
    );
    let id = start(&rig).await;
    rig.control().expire_history(ALICE);
    assert_eq!(
        rig.refused(Method::GET, &format!("history?startHistoryId={id}"), None)
            .await
            .0,
        404
    );
    let fresh = start(&rig).await;
    rig.get(&format!("history?startHistoryId={fresh}")).await;
    assert_eq!(rig.refused(Method::GET, "history", None).await.0, 400);
    assert_eq!(
        rig.refused(Method::GET, "history?startHistoryId=x", None)
            .await
            .0,
        400
    );
    rig.get("history?startHistoryId=9999999999999999999").await;
}

#[tokio::test]
async fn g2_the_newest_message_of_a_quiet_mailbox_is_no_cursor() {
    let mut rig = Rig::new(0).await;
    let id = insert(&rig, &["INBOX"]);
    insert(&rig, &["INBOX"]);
    let cursor = rig.get(&format!("messages/{id}?format=minimal")).await["historyId"]
        .as_str()
        .unwrap()
        .to_owned();
    rig.clock.advance(Duration::from_hours(8 * 24));
    rig.token = rig
        .control()
        .grant(ALICE, &["https://mail.google.com/"])
        .access_token;
    assert_eq!(
        rig.refused(
            Method::GET,
            &format!("history?startHistoryId={cursor}"),
            None
        )
        .await
        .0,
        404
    );
    let pinned = start(&rig).await;
    rig.get(&format!("history?startHistoryId={pinned}")).await;
}

#[tokio::test]
async fn g4_g7_pages_may_be_empty_and_ids_have_gaps() {
    let rig = Rig::new(0).await;
    let start = start(&rig).await;
    for n in 0..100 {
        insert(&rig, if n == 99 { &["STARRED"] } else { &["INBOX"] });
    }
    let mut query = format!("history?startHistoryId={start}&labelId=STARRED&maxResults=5");
    let (mut empty, mut found, mut pages) = (0, 0, 0);
    loop {
        let page: Value = rig.get(&query).await;
        pages += 1;
        match page.get("history") {
            None => empty += 1,
            Some(records) => found += records.as_array().unwrap().len(),
        }
        let Some(token) = page["nextPageToken"].as_str() else {
            break;
        };
        query = format!(
            "history?startHistoryId={start}&labelId=STARRED&maxResults=5&pageToken={token}"
        );
    }
    assert_eq!((found, pages), (1, 5));
    assert_eq!(empty, 4, "pages with a token and no history");
    let all = rig
        .get(&format!("history?startHistoryId={start}&maxResults=500"))
        .await;
    let ids: Vec<u64> = all["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(ids.windows(2).any(|w| w[1] - w[0] > 1));
}

#[tokio::test]
async fn the_last_week_of_generated_mail_is_in_the_history() {
    let rig = Rig::new(3_000).await;
    let week = rig.control().messages(ALICE);
    let mut recent = 0;
    for (id, _, _) in week.iter().take(100) {
        let message = rig
            .get(&format!(
                "messages/{id}?format=minimal&fields=historyId,internalDate"
            ))
            .await;
        let age = crate::client::NOW
            - message["internalDate"]
                .as_str()
                .unwrap()
                .parse::<i64>()
                .unwrap()
                / 1000;
        if age > 7 * 86_400 {
            break;
        }
        recent += 1;
    }
    let (oldest, _, _) = &week[recent - 1];
    let cursor = rig.get(&format!("messages/{oldest}?format=minimal")).await["historyId"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = rig
        .get(&format!(
            "history?startHistoryId={cursor}&historyTypes=messageAdded"
        ))
        .await;
    assert_eq!(told["history"].as_array().unwrap().len(), recent - 1);
}
