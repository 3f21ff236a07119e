//! A person at the HTTP API: signs in, connects a mailbox, waits, reads, disconnects.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::sandbox::ACCOUNT;
use crate::http::{self, Client, encode};

/// A signed-in person.
pub struct Person {
    client: Client,
}

impl Person {
    /// `POST /session`.
    pub fn sign_in(url: &str, email: &str, password: &str) -> Result<Self> {
        let mut client = Client::new(url)?;
        client.post_json(
            "/api/v1/session",
            &json!({"email": email, "password": password}),
        )?;
        ensure!(client.cookie().is_some(), "signing in set no cookie");
        Ok(Self { client })
    }

    /// The client with the session.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// GET below `/api/v1`.
    pub fn get(&mut self, path: &str) -> Result<Value> {
        self.client.get_json(&format!("/api/v1{path}"))
    }

    /// POST below `/api/v1`; an answer without a body is `null`.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        let answer = self.client.post(&format!("/api/v1{path}"), body)?;
        if answer.body.is_empty() && answer.status < 300 {
            return Ok(Value::Null);
        }
        answer.json().with_context(|| format!("POST {path}"))
    }

    /// POST below `/api/v1` under a key, so that asking again does it once.
    pub fn post_once(&mut self, path: &str, key: &str, body: &Value) -> Result<Value> {
        let headers = [
            ("content-type", "application/json"),
            ("x-tenon-request", "1"),
            ("idempotency-key", key),
        ];
        let body = serde_json::to_vec(body)?;
        let path = format!("/api/v1{path}");
        let answer = self.client.send("POST", &path, &headers, &body)?;
        answer.json().with_context(|| format!("POST {path}"))
    }

    /// Both consent steps with mail only; gives the connection's id.
    pub fn connect(&mut self) -> Result<String> {
        self.connect_account(ACCOUNT)
    }

    /// The same with another account.
    pub fn connect_account(&mut self, account: &str) -> Result<String> {
        self.connect_with(account, &["mail"])
    }

    /// The same with more than reading.
    pub fn connect_with(&mut self, account: &str, features: &[&str]) -> Result<String> {
        let list = features.join(",");
        let policy = self.get(&format!("/policy?provider=google&features={list}"))?;
        let flow = self.post(
            "/connections/authorize",
            &json!({
                "provider": "google",
                "profile": "type",
                "features": features,
                "policy_version": policy["version"],
                "locale": "en",
            }),
        )?;
        let authorize = flow["authorize_url"].as_str().context("no authorize_url")?;
        let callback = consent(authorize, account)?;
        let (_, path) = http::split(&callback)?;
        let answer = self.client.get(&path)?;
        let target = answer.header("location").unwrap_or_default();
        ensure!(
            answer.status == 303,
            "the callback answered {}",
            answer.status
        );
        let id = target
            .split_once("/connections/")
            .map(|(_, rest)| rest.split(['?', '/']).next().unwrap_or_default());
        match id {
            Some(id) if !id.is_empty() => Ok(id.to_owned()),
            _ => bail!("connecting ended at {target}"),
        }
    }

    /// `GET /connections/{id}`, its mailbox.
    pub fn mailbox(&mut self, connection: &str) -> Result<Value> {
        let value = self.get(&format!("/connections/{connection}"))?;
        Ok(value["mailbox"].clone())
    }

    /// Waits until the mailbox is live, or says where it stands after the limit.
    pub fn wait_until_live(&mut self, connection: &str, limit: Duration) -> Result<()> {
        let start = Instant::now();
        loop {
            let mailbox = self.mailbox(connection)?;
            match mailbox["state"].as_str() {
                Some("live") => return Ok(()),
                Some("parked" | "stalled") => {
                    bail!("the mailbox is {}: {}", mailbox["state"], mailbox["reason"])
                }
                _ if start.elapsed() > limit => bail!(
                    "after {} s the mailbox is {}",
                    limit.as_secs(),
                    mailbox["state"]
                ),
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// All pages of a list.
    pub fn all(&mut self, path: &str, limit: usize) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut after = String::new();
        loop {
            let page = self.get(&format!("{path}{joint}limit={limit}{after}"))?;
            let list = page["items"].as_array().context("a page without items")?;
            items.extend(list.iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={}", encode(next)),
                None => return Ok(items),
            }
        }
    }

    /// `POST …/disconnect`: the receipt.
    pub fn disconnect(&mut self, connection: &str) -> Result<Value> {
        self.post(&format!("/connections/{connection}/disconnect"), &json!({}))
    }
}

/// The provider's side of the consent: takes this account and allows everything.
/// Gives the address the browser would be sent back to.
fn consent(authorize: &str, account: &str) -> Result<String> {
    let (base, path) = http::split(authorize)?;
    let mut browser = Client::new(&base)?;
    let joint = if path.contains('?') { '&' } else { '?' };
    let path = if path.contains("login_hint=") {
        path
    } else {
        format!("{path}{joint}login_hint={}", encode(account))
    };
    let answer = browser.get(&path)?;
    if let Some(location) = answer.header("location") {
        return Ok(location.to_owned());
    }
    let page = answer.text();
    let (action, fields) = account_form(&page, account)
        .with_context(|| format!("no consent form, HTTP {}", answer.status))?;
    let answer = browser.send(
        "POST",
        &action,
        &[("content-type", "application/x-www-form-urlencoded")],
        http::form(&fields).as_bytes(),
    )?;
    let location = answer
        .header("location")
        .context("the consent page sent us nowhere")?;
    Ok(location.to_owned())
}

/// The form of an account page that belongs to this account: its action and its fields.
fn account_form(page: &str, account: &str) -> Option<(String, Vec<(String, String)>)> {
    let form = page
        .split("<form")
        .skip(1)
        .filter_map(|rest| rest.split("</form>").next())
        .find(|form| form.contains(account))?;
    let action = attribute(form, "action")?;
    let mut fields = Vec::new();
    for input in form.split("<input").skip(1) {
        let input = input.split('>').next().unwrap_or_default();
        if let (Some(name), Some(value)) = (attribute(input, "name"), attribute(input, "value")) {
            fields.push((name, value));
        }
    }
    Some((action, fields))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!("{name}=\""))?;
    let value = tag[at + name.len() + 2..].split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_the_right_account_is_taken() {
        let page = r#"<form action="/a" method="post"><input type="hidden" name="email" value="bob@example.com"></form>
            <form method="post" action="/o/consent?x=1&amp;y=2">
            <input type="hidden" name="email" value="alice@example.com"/>
            <input type="hidden" name="state" value="a&amp;&quot;b"></form>"#;
        let (action, fields) = account_form(page, ACCOUNT).unwrap();
        assert_eq!(action, "/o/consent?x=1&y=2");
        assert_eq!(fields[0], ("email".into(), ACCOUNT.into()));
        assert_eq!(fields[1], ("state".into(), "a&\"b".into()));
        assert!(account_form("<form action='/'></form>", ACCOUNT).is_none());
    }
}
