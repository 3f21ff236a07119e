//! Batches. Fault rows G11, G27.

use std::collections::HashMap;
use std::fmt::Write as _;

use tenon_sandbox::{Fault, QuotaProfile};

use crate::client::{ALICE, Rig};

async fn batch(rig: &Rig, calls: &[String]) -> (u16, String) {
    let mut body = String::new();
    for (n, call) in calls.iter().enumerate() {
        write!(body, "--b\r\nContent-Type: application/http\r\nContent-ID: <item-{n}>\r\n\r\n{call} HTTP/1.1\r\n\r\n\r\n").unwrap();
    }
    body.push_str("--b--\r\n");
    let request = rig
        .request(reqwest::Method::POST, "/batch/gmail/v1")
        .header("content-type", "multipart/mixed; boundary=b");
    let response = request.body(body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// Status by content id.
fn statuses(text: &str) -> HashMap<String, u16> {
    text.split("--batch_")
        .filter_map(|part| {
            let id = part.split("<response-").nth(1)?.split('>').next()?;
            let status = part.split("HTTP/1.1 ").nth(1)?.split(' ').next()?;
            Some((id.to_owned(), status.parse().unwrap()))
        })
        .collect()
}

fn gets(rig: &Rig, count: usize) -> Vec<String> {
    rig.control()
        .message_ids(ALICE)
        .iter()
        .take(count)
        .map(|id| format!("GET /gmail/v1/users/me/messages/{id}?format=metadata"))
        .collect()
}

#[tokio::test]
async fn a_hundred_calls_in_one_request() {
    let rig = Rig::new(120).await;
    rig.control().reset_log();
    let mut calls = gets(&rig, 98);
    calls.push("GET /gmail/v1/users/me/messages/ff".to_owned());
    calls.push("GET https://gmail.googleapis.com/gmail/v1/users/me/profile".to_owned());
    let (status, text) = batch(&rig, &calls).await;
    let statuses = statuses(&text);
    assert_eq!((status, statuses.len()), (200, 100));
    assert_eq!(
        (statuses["item-0"], statuses["item-98"], statuses["item-99"]),
        (200, 404, 200)
    );
    let totals = rig.control().totals();
    assert_eq!((totals.requests, totals.calls), (1, 100));
    assert!(rig.control().requests()[0].batched);
    assert_eq!(batch(&rig, &gets(&rig, 101)).await.0, 400);
    assert_eq!(batch(&rig, &[]).await.0, 400);
}

#[tokio::test]
async fn g11_a_crowded_batch_under_quota_meets_429s_and_a_calm_one_does_not() {
    let rig = Rig::with(|c| {
        c.messages = 120;
        c.quota = QuotaProfile::Legacy;
    })
    .await;
    let (_, text) = batch(&rig, &gets(&rig, 25)).await;
    assert!(statuses(&text).values().all(|s| *s == 200));
    let mut crowded = 0;
    for _ in 0..5 {
        let (_, text) = batch(&rig, &gets(&rig, 100)).await;
        crowded += statuses(&text).values().filter(|s| **s == 429).count();
        rig.clock.advance(std::time::Duration::from_secs(7));
        assert!(text.contains("Too many concurrent requests for user"));
    }
    assert!((5..100).contains(&crowded), "{crowded}");
}

#[tokio::test]
async fn g27_parts_fail_one_by_one_and_come_in_any_order() {
    let rig = Rig::new(60).await;
    rig.control().faults().push(Fault::new("G27"));
    let (status, text) = batch(&rig, &gets(&rig, 30)).await;
    let found = statuses(&text);
    assert_eq!(status, 200);
    let count = |s: u16| found.values().filter(|f| **f == s).count();
    assert!(count(200) > 20 && count(429) > 0 && count(503) > 0 && found.len() == 30);
    assert!(text.find("item-29").unwrap() < text.find("item-0>").unwrap());
}

#[tokio::test]
async fn faults_hit_single_parts() {
    let rig = Rig::new(10).await;
    rig.control().faults().push(Fault::new("G11").after(2));
    let (_, text) = batch(&rig, &gets(&rig, 5)).await;
    let found = statuses(&text);
    assert_eq!(
        (found["item-1"], found["item-2"], found["item-3"]),
        (200, 429, 200)
    );
}
