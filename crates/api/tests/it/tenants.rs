//! T2: people of two workspaces act at random on one store and one provider, and every byte that one of them
//! is given is searched for the words and ids of the others. What is asked comes from the router itself, with ids
//! of one's own and of others, and from a person's day. `TENON_TEST_TENANTS_RUNS` and `_SEED` ask for more of it.

mod day;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tenon_app::push::GooglePush;
use tenon_connectors::google::PushIdentity;
use tenon_model::World;
use tenon_model::member::Role;
use tenon_sandbox::{Account, Subscription};
use tenon_store::StoreUrl;
use tenon_testkit::{TestStore, store_test};
use tower::ServiceExt as _;

use crate::isolation::{harvest, operations};
use crate::support::{Answer, Browser, OWNER, TestApp};

const STEPS: u64 = 100;
/// Every word to look for begins with this, then says whose it is.
const MARK: &str = "zqcanary";
const AUDIENCE: &str = "https://crm.example.com/hooks/google/pubsub";
const PUSHER: &str = "push@tenon.iam.gserviceaccount.com";
const FEATURES: &[&str] = &["mail", "organizing", "sending"];

/// What would end the caller's own session, or their colleague's access, for the rest of the run.
const NOT_AT_RANDOM: &[&str] = &[
    "/api/v1/session",
    "/api/v1/sessions",
    "/api/v1/sessions/{id}",
    "/api/v1/events",
    "/api/v1/me/password",
    "/api/v1/me/totp",
    "/api/v1/me/totp/confirm",
];
/// These are asked of others only.
const NEVER_ONES_OWN: &[&str] = &[
    "/api/v1/members/{id}",
    "/api/v1/members/{id}/reset",
    "/api/v1/connections/{id}/disconnect",
    "/api/v1/connections/{id}/pause",
    "/api/v1/me/identities/{id}",
    "/api/v1/me/passkeys/{id}",
    // What is shared is read by others: that is compared in `sharing` of the use cases.
    "/api/v1/threads/{id}/sharing",
];
/// What all of a workspace may know of each other by id.
const SHARED: &[&str] = &["mem", "inv", "fld", "pip", "stg", "team", "rec"];

/// A person with a mailbox of their own.
struct Person {
    /// Letter of their own words, and of those of their workspace.
    letters: [char; 2],
    account: &'static str,
    browser: Browser,
    connection: Option<String>,
    threads: Vec<String>,
    messages: Vec<String>,
    cursors: Vec<String>,
    /// What the streams of events said and is not looked at yet.
    heard: Arc<Mutex<Vec<u8>>>,
    stream: tokio::task::JoinHandle<()>,
    last_event: Option<String>,
    events: usize,
    /// In answers to what their own words were found.
    seen: BTreeSet<String>,
}

struct Field {
    app: TestApp,
    people: Vec<Person>,
    /// What the router can be asked.
    operations: Vec<(Method, String, Value)>,
    /// Who was first shown an id.
    owners: BTreeMap<String, usize>,
    random: World,
    foreign: u64,
    step: u64,
}

impl Field {
    async fn new(url: &StoreUrl) -> Self {
        let app = TestApp::on(
            url,
            |sandbox| {
                sandbox.messages = 0;
                sandbox.accounts = vec![
                    Account::new("anna@one.example", "Anna One"),
                    Account::new("berta@two.example", "Berta Two"),
                    Account::new("cleo@one.example", "Cleo One"),
                ];
            },
            |config| {
                config.google_push = Some(GooglePush {
                    topic: "projects/tenon/topics/gmail".into(),
                    identity: PushIdentity {
                        audience: AUDIENCE.into(),
                        account: PUSHER.into(),
                    },
                });
                config.poll_interval = Duration::from_secs(2);
            },
        )
        .await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!(
            "http://{}/hooks/google/pubsub",
            listener.local_addr().unwrap()
        );
        let router = app.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let subscription = Subscription {
            endpoint: endpoint.parse().unwrap(),
            audience: AUDIENCE.into(),
            account: PUSHER.into(),
        };
        app.sandbox.control().subscribe(Some(subscription)).unwrap();
        let browsers = [
            (
                app.member(OWNER, Role::Owner).await,
                ['a', 'x'],
                "anna@one.example",
            ),
            (
                app.member("cleo@example.com", Role::Admin).await,
                ['c', 'x'],
                "cleo@one.example",
            ),
            (app.elsewhere().await, ['b', 'y'], "berta@two.example"),
        ];
        let people = browsers.map(|(browser, letters, account)| Person {
            letters,
            account,
            browser,
            connection: None,
            threads: Vec::new(),
            messages: Vec::new(),
            cursors: Vec::new(),
            heard: Arc::default(),
            stream: tokio::spawn(async {}),
            last_event: None,
            events: 0,
            seen: BTreeSet::new(),
        });
        Self {
            app,
            people: people.into(),
            operations: operations(),
            owners: BTreeMap::new(),
            random: World::simulated(1).0,
            foreign: 0,
            step: 0,
        }
    }

    fn below(&self, bound: usize) -> usize {
        self.random.below(bound.max(1) as u64) as usize
    }

    fn pick<T: Clone>(&self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).cloned()
    }

    /// A new word of this person, or of their workspace.
    fn word(&self, who: usize, shared: bool) -> String {
        let letter = self.people[who].letters[usize::from(shared)];
        format!("{MARK}{letter}{:06x}", self.random.below(1 << 24))
    }

    /// An id: one's own, or of somebody else; whether it is one's own.
    fn id(&self, who: usize, own: bool) -> Option<String> {
        let fits = |(_, owner): &(&String, &usize)| (**owner == who) == own;
        let ids: Vec<&String> = self.owners.iter().filter(fits).map(|(id, _)| id).collect();
        // As often of each kind, however many there are of it.
        let kinds: BTreeSet<&str> = ids.iter().map(|id| kind(id)).collect();
        let of = self.pick(&kinds.into_iter().collect::<Vec<_>>())?;
        let ids: Vec<&String> = ids.into_iter().filter(|id| kind(id) == of).collect();
        self.pick(&ids).cloned()
    }

    /// The judge: what was delivered to `who`, who had `asked` for something.
    fn judge(&mut self, who: usize, what: &str, asked: &str, delivered: &[u8]) {
        let text = String::from_utf8_lossy(delivered);
        let lower = text.to_ascii_lowercase();
        for (at, _) in lower.match_indices(MARK) {
            let letter = lower[at + MARK.len()..].chars().next();
            let own = letter.is_some_and(|l| self.people[who].letters.contains(&l));
            let word: String = lower[at..].chars().take(MARK.len() + 7).collect();
            assert!(
                own || asked.to_ascii_lowercase().contains(&word),
                "step {}: {what} told {} of {word}: {text}",
                self.step,
                self.people[who].account,
            );
            self.people[who].seen.insert(what.to_owned());
        }
        for (other, person) in self.people.iter().enumerate() {
            assert!(
                other == who || !lower.contains(person.account) || asked.contains(person.account),
                "step {}: {what} told {} of {}",
                self.step,
                self.people[who].account,
                person.account
            );
        }
        for id in ids_in(&text) {
            if asked.contains(&id) {
                continue;
            }
            // The audit log tells administrators by its id what a colleague has, and nothing of it: no
            // sign of whose it is.
            let log = what.ends_with(" /api/v1/audit");
            if log && !self.owners.contains_key(&id) {
                continue;
            }
            let owner = *self.owners.entry(id.clone()).or_insert(who);
            let neighbours = self.people[owner].letters[1] == self.people[who].letters[1];
            assert!(
                owner == who || (neighbours && (log || SHARED.contains(&kind(&id)))),
                "step {}: {what} told {} of {id}, which is {}'s",
                self.step,
                self.people[who].account,
                self.people[owner].account,
            );
        }
    }

    /// Asks, and has the answer judged: its head, its headers, its body.
    async fn ask(
        &mut self,
        who: usize,
        method: Method,
        template: &str,
        path: &str,
        body: Option<Value>,
    ) -> Value {
        let person = &mut self.people[who];
        let mut request = person
            .browser
            .request(method.clone(), path)
            .header("x-tenon-request", "1");
        let sent = match &body {
            None => Body::empty(),
            Some(Value::String(bytes)) => {
                request = request.header("content-type", "text/plain");
                Body::from(bytes.clone())
            }
            Some(json) => {
                // Others use the same keys.
                let key = format!("key {}", self.random.below(64));
                request = request
                    .header("content-type", "application/json")
                    .header("idempotency-key", key);
                Body::from(json.to_string())
            }
        };
        let answer = person.browser.send(request.body(sent).unwrap()).await;
        let asked = format!("{path} {}", body.unwrap_or_default());
        let mut delivered = format!("{:?}\n", answer.headers).into_bytes();
        delivered.extend_from_slice(&answer.body);
        self.judge(who, &format!("{method} {template}"), &asked, &delivered);
        self.listen(who);
        json_of(&answer)
    }

    /// What the stream has said meanwhile.
    fn listen(&mut self, who: usize) {
        let heard = std::mem::take(&mut *self.people[who].heard.lock().unwrap());
        let text = String::from_utf8_lossy(&heard).into_owned();
        for line in text.lines() {
            if let Some(id) = line.strip_prefix("id: ") {
                self.people[who].last_event = Some(id.to_owned());
                self.people[who].events += 1;
            }
        }
        self.judge(who, "the stream of events", "", &heard);
    }

    /// Opens the stream anew, from where it was, from the start, or from where somebody else's was.
    async fn stream(&mut self, who: usize) {
        let of = self.below(self.people.len());
        let last = self.people[of].last_event.clone();
        let person = &mut self.people[who];
        person.stream.abort();
        let mut request = person.browser.request(Method::GET, "/api/v1/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let (mut body, heard) = (response.into_body(), person.heard.clone());
        person.stream = tokio::spawn(async move {
            while let Some(Ok(frame)) = body.frame().await {
                let data = frame.into_data().unwrap_or_default();
                heard.lock().unwrap().extend_from_slice(&data);
            }
        });
    }
}

/// Everything in a text that looks like an id.
fn ids_in(text: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for token in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
        if matches!(token.len(), 30 | 31) {
            harvest(&json!(token), &mut ids);
        }
    }
    ids
}

fn kind(id: &str) -> &str {
    id.split('_').next().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |n| n.parse().unwrap())
}

async fn nobody_learns_of_others(url: &StoreUrl) {
    let mut field = Field::new(url).await;
    for who in 0..field.people.len() {
        for _ in 0..3 {
            field.deliver(who);
        }
        field.stream(who).await;
        field.connect(who).await;
    }
    let seed = number("TENON_TEST_TENANTS_SEED", 1);
    let runs = number("TENON_TEST_TENANTS_RUNS", 3);
    for run in seed..seed + runs {
        (field.random, _) = World::simulated(run);
        for _ in 0..STEPS {
            field.step().await;
        }
        field.look_around().await;
    }
    // The judge has found everybody's own, in many places, or it would prove nothing.
    for who in 0..field.people.len() {
        field.listen(who);
        let person = &field.people[who];
        let (seen, events) = (&person.seen, person.events);
        assert!(seen.len() >= 6 && events >= 6, "{events} events, {seen:?}");
    }
    let (asked, steps) = (field.foreign, field.step);
    assert!(asked > steps / 10, "{asked} of {steps} with ids of others");
    println!(
        "tenants: {steps} steps, {asked} with ids of others, {} ids told apart",
        field.owners.len()
    );
}

store_test! {
    async fn t2_nobody_learns_of_others(t: TestStore) {
        nobody_learns_of_others(&t.url).await;
    }
}
