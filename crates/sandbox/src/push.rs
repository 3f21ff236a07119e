//! Pushes: what Gmail publishes of watched mailboxes, and Pub/Sub's delivery of it: signed, retried
//! until it is taken, sometimes doubled, late or lost (faults G23 to G26).

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tenon_model::Time;
use url::{Host, Url};

use crate::config::SandboxError;
use crate::faults::{Hit, PushFault, Twist};
use crate::oauth::idtoken;
use crate::state::State;
use crate::wire::text::base64url_bare;

/// How often mailboxes are looked at for changes.
const TICK: Duration = Duration::from_millis(20);
/// Gmail drops what comes faster for one mailbox (fault G24).
const APART: Duration = Duration::from_secs(1);
/// Pub/Sub keeps a message for so long, by the sandbox's clock (fault G25).
const KEPT: Duration = Duration::from_hours(168);
/// Waits between tries of a delivery.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// How long an answer may take.
const DEADLINE: Duration = Duration::from_secs(10);
/// What a fault of deliveries matches.
const TARGET: &str = "/pubsub/push";

/// A push subscription to the one topic that the sandbox knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where messages are posted to: on loopback only.
    pub endpoint: Url,
    /// `aud` of the tokens.
    pub audience: String,
    /// The service account that signs: `email` of the tokens.
    pub account: String,
}

/// What became of pushes so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PushTotals {
    /// Changes that were published.
    pub published: u64,
    /// Changes that were dropped because they came too fast, or by a fault.
    pub dropped: u64,
    /// Tries to deliver.
    pub tried: u64,
    /// Deliveries that were taken (2xx), doubled ones included.
    pub taken: u64,
    /// Messages that wait for their delivery.
    pub waiting: u64,
}

/// The publisher's and the deliverer's state.
#[derive(Default)]
pub(crate) struct Pushes {
    subscription: Mutex<Option<Subscription>>,
    totals: Mutex<PushTotals>,
    serial: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pushes {
    pub(crate) fn subscribe(&self, subscription: Option<Subscription>) -> Result<(), SandboxError> {
        let refuse = |why: &str| Err(SandboxError::Push(why.to_owned()));
        if let Some(s) = &subscription {
            let is_loopback = match s.endpoint.host() {
                Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
                Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
                Some(Host::Domain(name)) => name == "localhost",
                None => false,
            };
            if !is_loopback {
                return refuse("the sandbox pushes to loopback only");
            }
            if s.audience.is_empty() || s.account.is_empty() {
                return refuse("audience and account are needed");
            }
        }
        *lock(&self.subscription) = subscription;
        Ok(())
    }

    pub(crate) fn totals(&self) -> PushTotals {
        *lock(&self.totals)
    }

    fn count(&self, change: impl FnOnce(&mut PushTotals)) {
        change(&mut lock(&self.totals));
    }
}

/// The claims of a token as Pub/Sub signs them.
pub(crate) fn claims(state: &State, subscription: &Subscription) -> Value {
    let now = state.now().as_secs();
    json!({
        "aud": subscription.audience, "azp": "113774264463038321964", "email": subscription.account,
        "email_verified": true, "exp": now + 3_600, "iat": now, "iss": state.issuer(),
        "sub": "113774264463038321964",
    })
}

/// The body that Pub/Sub posts for a change of a mailbox.
pub(crate) fn envelope(address: &str, history_id: u64, serial: u64, now: Time) -> Value {
    let data = json!({"emailAddress": address, "historyId": history_id}).to_string();
    let (id, time) = (format!("{:016}", 1_000_000 + serial), now.to_string());
    json!({
        "message": {
            "data": base64url_bare(data.as_bytes()),
            "messageId": id, "message_id": id, "publishTime": time, "publish_time": time,
        },
        "subscription": "projects/sandbox/subscriptions/gmail",
    })
}

/// Looks at the mailboxes until the sandbox ends, and publishes what has changed.
pub(crate) async fn publish(state: Arc<State>, closed: Arc<AtomicBool>) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DEADLINE)
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "the sandbox cannot push");
            return;
        }
    };
    while !closed.load(Ordering::Relaxed) {
        tokio::time::sleep(TICK).await;
        let Some(subscription) = lock(&state.pushes.subscription).clone() else {
            continue;
        };
        for account in 0..state.people().len() {
            let Some((address, history_id)) = changed(&state, account) else {
                continue;
            };
            let fault = fault(&state, &address);
            if fault == Some(PushFault::Lost) {
                state.pushes.count(|t| t.dropped += 1);
                continue;
            }
            state.pushes.count(|t| t.published += 1);
            let serial = state.pushes.serial.fetch_add(1, Ordering::Relaxed);
            let body = envelope(&address, history_id, serial, state.now()).to_string();
            let times = if fault == Some(PushFault::Twice) {
                2
            } else {
                1
            };
            for _ in 0..times {
                let delivery = Delivery {
                    state: state.clone(),
                    closed: closed.clone(),
                    client: client.clone(),
                    subscription: subscription.clone(),
                    address: address.clone(),
                    body: body.clone(),
                };
                state.pushes.count(|t| t.waiting += 1);
                tokio::spawn(delivery.run(match fault {
                    Some(PushFault::Late(wait)) => wait,
                    _ => Duration::ZERO,
                }));
            }
        }
    }
}

/// Address and history id of a watched mailbox that has changed since its last push.
fn changed(state: &State, account: usize) -> Option<(String, u64)> {
    let now = state.now();
    let mut mailbox = state.mailbox(account);
    let current = mailbox.history.current();
    let address = mailbox.email.clone();
    let watch = mailbox.watch.as_mut().filter(|w| w.until > now)?;
    if current == watch.announced {
        return None;
    }
    watch.announced = current;
    if watch.last.is_some_and(|last| now.since(last) < APART) {
        state.pushes.count(|t| t.dropped += 1);
        return None;
    }
    watch.last = Some(now);
    Some((address, current))
}

fn fault(state: &State, address: &str) -> Option<PushFault> {
    let mut faults = state.faults();
    if faults.none() {
        return None;
    }
    match faults.take("POST", TARGET, Some(address), state.now()) {
        Some(Hit::Twist(Twist::Push(fault))) => Some(fault),
        _ => None,
    }
}

/// One message on its way.
struct Delivery {
    state: Arc<State>,
    closed: Arc<AtomicBool>,
    client: reqwest::Client,
    subscription: Subscription,
    address: String,
    body: String,
}

impl Delivery {
    async fn run(self, late: Duration) {
        tokio::time::sleep(late).await;
        let until = self.state.now() + KEPT;
        let mut wait = FIRST_WAIT;
        while !self.closed.load(Ordering::Relaxed) && self.state.now() < until {
            if self.post().await {
                self.state.pushes.count(|t| t.taken += 1);
                break;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        self.state.pushes.count(|t| t.waiting -= 1);
    }

    async fn post(&self) -> bool {
        if fault(&self.state, &self.address) == Some(PushFault::Undelivered) {
            return false;
        }
        let Ok(token) = idtoken::sign(&claims(&self.state, &self.subscription)) else {
            return false;
        };
        self.state.pushes.count(|t| t.tried += 1);
        let request = self
            .client
            .post(self.subscription.endpoint.clone())
            .bearer_auth(token)
            .header("content-type", "application/json")
            .header("user-agent", "CloudPubSub-Google")
            .body(self.body.clone());
        request
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
    }
}
