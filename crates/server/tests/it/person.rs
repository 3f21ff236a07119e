//! Somebody who signs in and connects a mailbox of a sandbox, by bare HTTP.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Place, Server, send, stdout};

const EMAIL: &str = "a@example.com";

/// Makes the owner.
pub(crate) fn owner(place: &Place) {
    let words = [
        "member",
        "create",
        "--email",
        EMAIL,
        "--name",
        "A",
        "--role",
        "owner",
        "--password-stdin",
    ];
    stdout(&place.run_with_input(&words, PASSWORD));
}

/// Starts a sandbox whose consent page agrees by itself, and sets what points a server to it.
pub(crate) fn sandbox(place: &Place, words: &[&str]) -> (Server, Vec<(String, String)>) {
    let mut command = place.tenon(&["sandbox", "--port", "0", "--auto-consent"]);
    command.args(words);
    let mut sandbox = Place::start(command);
    assert_eq!(sandbox.line(), "Point a server to it with:");
    let settings = (0..8)
        .map(|_| {
            let line = sandbox.line();
            let (name, value) = line
                .strip_prefix("export ")
                .and_then(|l| l.split_once('='))
                .unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect();
    (sandbox, settings)
}

/// `tenon serve` with these settings.
pub(crate) fn server(place: &Place, settings: &[(String, String)]) -> Command {
    let mut command = place.tenon(&["serve", "--listen", "127.0.0.1:0"]);
    command.envs(settings.iter().map(|(n, v)| (n, v)));
    command
}

/// Makes the owner, has them connect a mailbox, and ends the server again: the connection's id.
pub(crate) fn connected(place: &Place, settings: &[(String, String)]) -> String {
    owner(place);
    let running = Place::start(server(place, settings));
    let id = Person::sign_in(&running).connect();
    running.stop();
    id
}

/// A signed-in owner.
pub(crate) struct Person<'s> {
    server: &'s Server,
    pub(crate) cookie: String,
}

impl<'s> Person<'s> {
    pub(crate) fn sign_in(server: &'s Server) -> Self {
        Self::sign_in_as(server, EMAIL, PASSWORD)
    }

    pub(crate) fn sign_in_as(server: &'s Server, email: &str, password: &str) -> Self {
        let body = json!({ "email": email, "password": password }).to_string();
        let answer = server.send("POST /api/v1/session", &body);
        let cookie = header(&answer, "set-cookie");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Self { server, cookie }
    }

    pub(crate) fn ask(&self, head: &str, body: &Value) -> String {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        send(&self.server.address, head, &cookie, &body)
    }

    pub(crate) fn json(&self, head: &str, body: &Value) -> Value {
        let answer = self.ask(head, body);
        let (_, text) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{answer}"))
    }

    /// Both consent steps for mail; the connection's id.
    pub(crate) fn connect(&self) -> String {
        let policy = self.json(
            "GET /api/v1/policy?provider=google&features=mail",
            &Value::Null,
        );
        let wish = json!({
            "provider": "google", "profile": "type", "features": ["mail"],
            "policy_version": policy["version"], "locale": "en",
        });
        let flow = self.json("POST /api/v1/connections/authorize", &wish);
        let (address, path) = split(flow["authorize_url"].as_str().unwrap());
        let back = header(&send(&address, &format!("GET {path}"), "", ""), "location");
        let (_, path) = split(&back);
        let done = header(&self.ask(&format!("GET {path}"), &Value::Null), "location");
        let id = done.split("/connections/").nth(1).unwrap();
        id.split(['?', '/']).next().unwrap().to_owned()
    }
}

/// A header of an answer.
#[track_caller]
pub(crate) fn header(answer: &str, name: &str) -> String {
    let mark = format!("{name}: ");
    let found = answer.lines().find_map(|l| l.strip_prefix(&mark));
    found
        .unwrap_or_else(|| panic!("no {name}: {answer}"))
        .to_owned()
}

/// Host with port, and the rest.
fn split(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    (host.to_owned(), format!("/{path}"))
}
