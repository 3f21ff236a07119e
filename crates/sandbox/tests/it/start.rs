//! Starting, stopping, and what is refused.

use std::time::{Duration, Instant};

use tenon_sandbox::{Account, QuotaProfile, Sandbox, SandboxError};

use crate::client::{Rig, config};

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let refused = async |change: &dyn Fn(&mut tenon_sandbox::SandboxConfig)| {
        let (mut c, _) = config();
        change(&mut c);
        Sandbox::start(c).await.unwrap_err()
    };
    let error = refused(&|c| c.listen = "0.0.0.0:0".parse().unwrap()).await;
    assert!(matches!(error, SandboxError::NotLoopback(_)), "{error}");
    let error = refused(&|c| c.accounts.clear()).await;
    assert!(matches!(error, SandboxError::Accounts(_)));
    let error = refused(&|c| c.accounts.push(Account::new("ALICE@example.com", "Twice"))).await;
    assert!(matches!(error, SandboxError::Accounts(_)));
    let error = refused(&|c| c.accounts = vec![Account::new("a\r\nBcc: x@y", "Bad")]).await;
    assert!(matches!(error, SandboxError::Accounts(_)));
    let error = refused(&|c| c.messages = u64::MAX).await;
    assert!(matches!(error, SandboxError::TooMany(_)));
}

#[tokio::test]
async fn stopping_is_quick_and_frees_the_port() {
    let rig = Rig::new(0).await;
    rig.get("profile").await; // leaves a connection open
    let addr = rig.sandbox.addr();
    let begun = Instant::now();
    rig.sandbox.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn g11_too_many_calls_at_once_are_refused_under_quota() {
    let slow = async |quota| {
        let rig = Rig::with(|c| {
            c.quota = quota;
            c.latency = Duration::from_millis(300);
        })
        .await;
        let calls = (0..40).map(|_| rig.call(reqwest::Method::GET, "labels", None));
        let answers = futures::future::join_all(calls).await;
        answers.iter().filter(|(status, _)| *status == 429).count()
    };
    assert_eq!(slow(QuotaProfile::Y2026).await, 20);
    assert_eq!(slow(QuotaProfile::Off).await, 0);
}
