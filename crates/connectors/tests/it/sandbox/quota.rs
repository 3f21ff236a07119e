//! Real limits by the real clock.

use std::sync::Arc;

use tenon_connectors::ports::Priority;
use tenon_connectors::quota::QuotaSettings;
use tenon_sandbox::{QuotaProfile, SandboxConfig};
use tokio::sync::Mutex;

use super::*;

/// Two minutes of backfill under the limits of 2026: run by hand and by the bench, not in every test run.
#[tokio::test]
#[ignore = "takes two minutes of real time"]
async fn under_quota_nearly_all_units_are_used_and_nothing_is_refused() {
    let config = SandboxConfig {
        messages: 3_000,
        quota: QuotaProfile::Y2026,
        ..SandboxConfig::default()
    };
    let rig = Rig::with(config, QuotaSettings::y2026()).await;
    let ids = rig.control().message_ids(ALICE);
    let granted = rig.control().grant(ALICE, &SCOPES);
    let live = Live {
        google: rig.google.clone(),
        refresh: granted.refresh_token.into(),
        access: Mutex::new(granted.access_token.into()),
    };
    let person = rig
        .google
        .mail([1; 16], Arc::new(live), Priority::Interactive);
    let mail = rig.mail.clone();
    let backfill = tokio::spawn({
        let ids = ids.clone();
        async move {
            for chunk in ids.chunks(100) {
                let _ = mail.fetch(messages(chunk.to_vec())).await;
            }
        }
    });
    let seconds = |s| std::time::Duration::from_secs(s);
    tokio::time::sleep(seconds(5)).await;
    let before = rig.control().totals();
    let mut slowest = std::time::Duration::ZERO;
    for id in ids.iter().take(24) {
        let started = std::time::Instant::now();
        person.content(id).await.unwrap();
        slowest = slowest.max(started.elapsed());
        tokio::time::sleep(seconds(5)).await;
    }
    let after = rig.control().totals();
    backfill.abort();
    let used = (after.units - before.units) as f64 / 12_000.0;
    println!(
        "used {used:.3}, refused {} of {}, slowest open {slowest:?}",
        after.refused, after.calls
    );
    assert!(used >= 0.95 && after.refused * 100 < after.calls);
    assert!(slowest < std::time::Duration::from_millis(200));
}
