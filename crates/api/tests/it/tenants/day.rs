//! What people do of a day, and everything else that the router can be asked.

use axum::body::Body;
use http::Method;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tenon_sandbox::NewMail;
use tower::ServiceExt as _;

use super::{FEATURES, Field, MARK, NEVER_ONES_OWN, NOT_AT_RANDOM, ids_in, text};
use crate::isolation::{bodies, nobodys};

impl Field {
    async fn get(&mut self, who: usize, template: &str, id: &str) -> Value {
        let path = template.replace("{id}", id);
        self.ask(who, Method::GET, template, &path, None).await
    }

    async fn post(&mut self, who: usize, path: &str, body: Value) -> Value {
        let path = format!("/api/v1{path}");
        self.ask(who, Method::POST, &path, &path, Some(body)).await
    }

    pub(super) async fn connect(&mut self, who: usize) {
        let policy = format!(
            "/api/v1/policy?provider=google&features={}",
            FEATURES.join(",")
        );
        let policy = self.get(who, &policy, "").await;
        let body = json!({
            "provider": "google", "profile": "type", "features": FEATURES,
            "policy_version": policy["version"], "locale": "en",
        });
        let begun = self.post(who, "/connections/authorize", body).await;
        let account = self.people[who].account;
        let url = text(&begun["authorize_url"]);
        let path = self
            .app
            .consent(&format!("{url}&login_hint={account}"))
            .await;
        self.ask(who, Method::GET, "the callback", &path, None)
            .await;
        let list = self.get(who, "/api/v1/connections", "").await;
        let id = text(&list["items"][0]["id"]);
        assert!(!id.is_empty(), "no connection: {list}");
        self.people[who].connection = Some(id);
    }

    /// New mail with words of its own in each place where a mail has any.
    pub(super) fn deliver(&self, who: usize) {
        let word = |_| self.word(who, false);
        let [name, address, subject, text, file, content] = std::array::from_fn(word);
        let account = self.people[who].account;
        let mail = NewMail::new(
            &format!("{name} <{address}@partner.example>"),
            account,
            &subject,
        )
        .text(&text)
        .attach(&format!("{file}.txt"), "text/plain", content.as_bytes());
        let control = self.app.sandbox.control();
        control.insert_message(account, mail, &["INBOX", "UNREAD"]);
    }

    /// Pages of threads, two at a time, from the beginning or a place that somebody was given.
    async fn list(&mut self, who: usize) {
        let of = self.below(self.people.len());
        let mut next = match self.below(3) {
            0 => self.pick(&self.people[of].cursors),
            _ => None,
        };
        for _ in 0..3 {
            let after = next.map_or_else(String::new, |n| format!("&after={n}"));
            let path = format!("/api/v1/threads?limit=2{after}");
            let page = self
                .ask(who, Method::GET, "/api/v1/threads", &path, None)
                .await;
            let person = &mut self.people[who];
            for thread in page["items"].as_array().into_iter().flatten() {
                person.threads.push(text(&thread["id"]));
            }
            next = page["next"].as_str().map(str::to_owned);
            let Some(next) = &next else { return };
            person.cursors.push(next.clone());
        }
    }

    async fn read(&mut self, who: usize) {
        let Some(id) = self.pick(&self.people[who].threads) else {
            return;
        };
        let thread = self.get(who, "/api/v1/threads/{id}", &id).await;
        for message in thread["messages"].as_array().into_iter().flatten() {
            self.people[who].messages.push(text(&message["id"]));
        }
        let Some(id) = self.pick(&self.people[who].messages) else {
            return;
        };
        for path in [
            "",
            "/body",
            "/original",
            "/compose?kind=reply",
            "/attachments/1",
        ] {
            self.get(who, &format!("/api/v1/messages/{{id}}{path}"), &id)
                .await;
        }
    }

    async fn write(&mut self, who: usize) {
        let Some(connection) = self.people[who].connection.clone() else {
            return;
        };
        let (subject, body) = (self.word(who, false), self.word(who, false));
        let letter = json!({
            "connection_id": connection, "kind": "new", "subject": subject, "html": format!("<p>{body}</p>"),
            "to": [{ "name": "", "address": "bob@partner.example" }],
        });
        let draft = self.post(who, "/drafts", letter).await;
        if let Some(id) = draft["id"].as_str() {
            self.get(who, "/api/v1/drafts/{id}", id).await;
            let undo = [0, 30][self.below(2)];
            let send = format!("/api/v1/drafts/{id}/send");
            let body = Some(json!({ "undo_seconds": undo }));
            self.ask(who, Method::POST, "/api/v1/drafts/{id}/send", &send, body)
                .await;
        }
    }

    async fn act(&mut self, who: usize) {
        let Some(id) = self.pick(&self.people[who].threads) else {
            return;
        };
        let action = ["star", "unstar", "archive", "read"][self.below(4)];
        let done = self
            .post(
                who,
                "/mail/actions",
                json!({ "action": action, "threads": [id] }),
            )
            .await;
        if let Some(id) = done["id"].as_str().filter(|_| self.below(2) == 0) {
            let id = id.to_owned();
            self.post(who, &format!("/mail/actions/{id}/undo"), json!({}))
                .await;
            self.get(who, "/api/v1/mail/actions/{id}", &id).await;
        }
    }

    async fn manage(&mut self, who: usize) {
        let word = self.word(who, true);
        match self.below(9) {
            7 => {
                let private = self.below(2) == 0;
                let (word, sharing) = if private {
                    (self.word(who, false), "private")
                } else {
                    (word, "workspace")
                };
                let record =
                    json!({ "kind": "company", "values": { "name": word }, "sharing": sharing });
                self.post(who, "/records", record).await;
            }
            8 => {
                let question = json!({ "kind": "company", "search": self.below(10).to_string() });
                self.post(who, "/records/query", question).await;
                let all = self
                    .post(who, "/records/query", json!({ "kind": "company" }))
                    .await;
                if let Some(id) = all["items"][0]["id"].as_str() {
                    for path in ["", "/history", "/timeline", "/threads", "/mail-rules"] {
                        self.get(who, &format!("/api/v1/records/{{id}}{path}"), id)
                            .await;
                    }
                }
            }
            0 => {
                let body = json!({ "email": format!("{word}@new.example"), "role": "member" });
                self.post(who, "/invitations", body).await;
            }
            1 => {
                self.post(
                    who,
                    "/domains",
                    json!({ "domain": format!("{word}.example") }),
                )
                .await;
            }
            2 => {
                let path = "/api/v1/retention";
                let body = Some(json!({ "mail_days": 100 + self.below(100) }));
                self.ask(who, Method::PUT, path, path, body).await;
            }
            3 => {
                let field = json!({ "label": word, "type": "text" });
                self.post(who, "/objects/contact/fields", field).await;
            }
            4 => {
                let board = json!({ "kind": "board", "name": word });
                self.post(who, "/pipelines", board).await;
            }
            5 => {
                let word = self.word(who, false);
                let view =
                    json!({ "kind": "deal", "name": word, "layout": "table", "definition": {} });
                self.post(who, "/views", view).await;
                self.post(who, "/teams", json!({ "name": self.word(who, true) }))
                    .await;
            }
            _ => {
                let search =
                    json!({ "name": self.word(who, false), "query": self.word(who, false) });
                self.post(who, "/saved-searches", search).await;
            }
        }
    }

    /// Any operation of the router, with ids of one's own, of others, and of nobody.
    async fn anything(&mut self, who: usize) {
        let (method, template, operation) = self.pick(&self.operations).unwrap();
        if NOT_AT_RANDOM.contains(&template.as_str()) {
            return;
        }
        let own = self.below(2) == 0 && !NEVER_ONES_OWN.contains(&template.as_str());
        let Some(mut id) = self.id(who, own) else {
            return;
        };
        let neighbour = self.people[self.owners[&id]].letters[1] == self.people[who].letters[1];
        if NEVER_ONES_OWN.contains(&template.as_str()) && neighbour {
            return;
        }
        self.foreign += u64::from(!own);
        if self.below(10) == 0 {
            id = nobodys(&id);
        }
        let path = template
            .replace("{id}", &id)
            .replace("{file}", &id)
            .replace("{record}", &id)
            .replace("{domain}", &id)
            .replace("{attachment_id}", "1")
            .replace("{number}", "0")
            .replace("{issuer}", "google")
            .replace("{kind}", "contact");
        let path = if method == Method::GET && template.ends_with("/threads") {
            format!("{path}?connection={id}")
        } else {
            path
        };
        let connection = self.people[who].connection.clone().unwrap_or_default();
        let body = operation["requestBody"].is_object();
        let body = body.then(|| {
            self.pick(&bodies(&method, &template, &id, &connection))
                .unwrap()
        });
        self.ask(who, method, &template, &path, body).await;
    }

    /// What no tenant sees: it says nothing of any of them.
    async fn operators(&mut self) {
        let request = http::Request::get("/metrics").body(Body::empty()).unwrap();
        let answer = self.app.monitoring.clone().oneshot(request).await.unwrap();
        let metrics = answer.into_body().collect().await.unwrap().to_bytes();
        let metrics = String::from_utf8_lossy(&metrics);
        assert!(metrics.contains("tenon_") && !metrics.contains(MARK));
        let ids = ids_in(&metrics);
        assert!(
            ids.iter().all(|id| !self.owners.contains_key(id)),
            "{ids:?}"
        );
    }

    /// Everything that is read without an id.
    fn lists(&self) -> Vec<String> {
        let all = self.operations.iter();
        let lists = all.filter(|(m, p, _)| m == Method::GET && !p.contains('{'));
        let lists = lists.filter(|(_, p, _)| p != "/api/v1/events");
        lists.map(|(_, p, _)| p.clone()).collect()
    }

    /// Everybody looks at all there is.
    pub(super) async fn look_around(&mut self) {
        for who in 0..self.people.len() {
            for path in self.lists() {
                self.get(who, &path, "").await;
            }
        }
    }

    pub(super) async fn step(&mut self) {
        self.step += 1;
        let who = self.below(self.people.len());
        match self.below(24) {
            0..=1 => self.deliver(who),
            2..=3 => self.list(who).await,
            4..=5 => self.read(who).await,
            6 => {
                let word = self.word(who, false);
                let query = if self.below(2) == 0 {
                    word
                } else {
                    "from:partner.example".to_owned()
                };
                self.post(who, "/search", json!({ "query": query })).await;
            }
            7 => self.act(who).await,
            8 => self.write(who).await,
            9..=10 => self.manage(who).await,
            11 => self.stream(who).await,
            12 => {
                let content = Value::String(self.word(who, false));
                let path = format!("/api/v1/uploads?name={}", self.word(who, false));
                self.ask(who, Method::POST, "/api/v1/uploads", &path, Some(content))
                    .await;
            }
            13 if self.below(8) == 0 => {
                let Some(id) = self.people[who].connection.take() else {
                    return;
                };
                self.get(who, "/api/v1/connections/{id}/disconnect", &id)
                    .await;
                let path = format!("/connections/{id}/disconnect");
                self.post(who, &path, json!({})).await;
                self.connect(who).await;
            }
            14 => self.operators().await,
            15 => {
                let path = self.pick(&self.lists()).unwrap();
                self.get(who, &path, "").await;
            }
            _ => self.anything(who).await,
        }
    }
}
