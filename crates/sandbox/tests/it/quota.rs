//! Quota by the clock. Fault rows G12, G27 (n parts cost n calls).

use std::time::Duration;

use reqwest::Method;
use tenon_sandbox::QuotaProfile;

use crate::client::{ALICE, Rig};

#[tokio::test]
async fn a_minute_has_six_thousand_units() {
    let rig = Rig::with(|c| {
        c.messages = 10;
        c.quota = QuotaProfile::Y2026;
    })
    .await;
    let id = rig.control().message_ids(ALICE)[0].clone();
    let get = format!("messages/{id}?format=minimal");
    rig.control().reset_log();
    for _ in 0..300 {
        rig.get(&get).await;
    }
    assert_eq!(rig.control().totals().units, 6_000);
    let (status, body) = rig.call(Method::GET, &get, None).await;
    assert_eq!(status, 403);
    assert_eq!(body["error"]["errors"][0]["domain"], "usageLimits");
    assert_eq!(body["error"]["errors"][0]["reason"], "rateLimitExceeded");
    assert_eq!(rig.control().totals().refused, 1);
    rig.clock.advance(Duration::from_mins(1));
    rig.get(&get).await;
    let bob = rig
        .control()
        .grant("bob@example.com", &["https://mail.google.com/"])
        .access_token;
    assert_ne!(bob, rig.token);
}

#[tokio::test]
async fn the_older_table_is_cheaper() {
    let rig = Rig::with(|c| {
        c.messages = 10;
        c.quota = QuotaProfile::Legacy;
    })
    .await;
    let (id, thread, _) = rig.control().messages(ALICE)[0].clone();
    rig.control().reset_log();
    rig.get(&format!("messages/{id}?format=minimal")).await;
    rig.get(&format!("threads/{thread}?format=minimal")).await;
    rig.get("messages").await;
    let units: Vec<u32> = rig.control().requests().iter().map(|r| r.units).collect();
    assert_eq!(units, [5, 10, 5]);
}
