//! The handle for other processes: [`Control`](crate::Control) as JSON under `/__sandbox/`.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tenon_model::Time;

use crate::config::SandboxError;
use crate::control::Control;
use crate::faults::Fault;
use crate::new_mail::NewMail;
use crate::push::Subscription;
use crate::state::State;
use crate::wire::call::{Answer, Call};
use crate::wire::text::unbase64;

/// Why a control call is refused: status and text.
struct Refused(u16, String);

impl From<SandboxError> for Refused {
    fn from(error: SandboxError) -> Self {
        Self(400, error.to_string())
    }
}

type Result<T> = std::result::Result<T, Refused>;

struct Body(Map<String, Value>);

impl Body {
    fn read(call: &Call<'_>) -> Result<Self> {
        let mut map = match serde_json::from_slice(&call.body) {
            _ if call.body.is_empty() => Map::new(),
            Ok(Value::Object(map)) => map,
            _ => return Err(Refused(400, "the body must be a JSON object".to_owned())),
        };
        for (name, value) in crate::wire::text::pairs(call.query.text) {
            map.entry(name).or_insert_with(|| json!(value));
        }
        Ok(Self(map))
    }

    fn text(&self, name: &str) -> Result<&str> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| Refused(400, format!("{name} is missing")))
    }

    fn maybe(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<&str> {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .map(|l| l.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }
}

/// Answers `/__sandbox/…`.
pub(crate) fn answer(state: &Arc<State>, call: &Call<'_>) -> Answer {
    match run(state, call) {
        Ok(value) => Answer::value(200, &value),
        Err(Refused(status, text)) => Answer::value(status, &json!({"error": text})),
    }
}

fn run(state: &Arc<State>, call: &Call<'_>) -> Result<Value> {
    let body = Body::read(call)?;
    let control = Control::new(state.clone());
    let word = call.path.trim_start_matches("/__sandbox").trim_matches('/');
    let account = || -> Result<&str> {
        let email = body.text("account")?;
        state
            .find_account(email)
            .map(|_| email)
            .ok_or_else(|| Refused(404, "the sandbox has no such account".to_owned()))
    };
    let done = json!({"ok": true});
    Ok(match (call.verb, word) {
        ("GET", "" | "accounts") => {
            let people: Vec<Value> = state
                .people()
                .iter()
                .map(|a| json!({"email": a.email, "name": a.name, "sub": a.sub}))
                .collect();
            json!({"accounts": people})
        }
        ("GET", "counts") => json!(control.counts(account()?)),
        ("GET", "messages") => {
            let email = account()?;
            let rows = control.messages(email);
            let row = |(id, thread, labels): (String, String, Vec<String>)| {
                let mut row = json!({"id": id, "threadId": thread, "labelIds": labels});
                if let Ok(name) = body.text("header") {
                    row["header"] = json!(control.header(email, &id, name));
                }
                row
            };
            json!({"messages": rows.into_iter().map(row).collect::<Vec<_>>(), "historyId": control.history_id(account()?).to_string()})
        }
        ("POST", "insert") => {
            let received = body.0.get("received").and_then(Value::as_i64);
            let received = received.map(Time::from_secs);
            json!({"id": control.insert_received(account()?, message(&body)?, &labels(&body), received)})
        }
        ("POST", "deliver") => {
            let count = body
                .0
                .get("count")
                .and_then(Value::as_u64)
                .unwrap_or(1)
                .min(10_000);
            json!({"ids": control.deliver_random(account()?, count as usize)})
        }
        ("POST", "delete") => json!({"ok": control.delete_message(account()?, body.text("id")?)}),
        ("POST", "labels") => {
            json!({"ok": control.modify_labels(account()?, body.text("id")?, &body.list("add"), &body.list("remove"))})
        }
        ("GET", "files") => {
            let files = control.drive_files(account()?);
            let row = |(id, name): (String, String)| json!({"id": id, "name": name});
            let drives = control.shared_drives();
            json!({"files": files.into_iter().map(row).collect::<Vec<_>>(), "drives": drives})
        }
        ("POST", "files") => {
            let drive = Some(body.maybe("drive")).filter(|d| !d.is_empty());
            let mime_type = body.text("mime_type")?;
            json!({"id": control.add_file(account()?, body.text("name")?, mime_type, drive)})
        }
        ("POST", "rename-file") => {
            json!({"ok": control.rename_file(body.text("id")?, body.text("name")?)})
        }
        ("POST", "trash-file") => {
            let back = body.0.get("trashed").and_then(Value::as_bool) == Some(false);
            json!({"ok": control.trash_file(body.text("id")?, !back)})
        }
        ("POST", "delete-file") => json!({"ok": control.delete_file(body.text("id")?)}),
        ("POST", "unshare-file") => {
            json!({"ok": control.unshare_file(account()?, body.text("id")?)})
        }
        ("POST", "share-file") => json!({"ok": control.share_file(account()?, body.text("id")?)}),
        ("POST", "open-file") => json!({"ok": control.open_file(account()?, body.text("id")?)}),
        ("POST", "pick-next") => {
            control.pick_next(account()?, &body.list("ids"));
            done
        }
        ("POST", "forget-file-tokens") => {
            control.forget_file_tokens();
            done
        }
        ("POST", "expire-history") => {
            control.expire_history(account()?);
            done
        }
        ("POST", "expire-access-tokens") => {
            control.expire_access_tokens(account()?);
            done
        }
        ("POST", "revoke") => {
            control.revoke(account()?);
            done
        }
        ("GET", "grants") => json!({"grants": control.live_grants(account()?)}),
        ("POST", "grant") => json!(control.grant(account()?, &body.list("scopes"))),
        ("GET", "tokens") => json!({"tokens": control.tokens_issued()}),
        ("POST", "subscribe") => {
            control.subscribe(Some(subscription(&body)?))?;
            done
        }
        ("DELETE", "subscribe") => {
            control.subscribe(None)?;
            done
        }
        ("GET", "pushes") => json!(control.pushes()),
        ("POST", "push-token") => {
            json!({"token": control.push_token(&subscription(&body)?, &[])?})
        }
        ("GET", "faults") => faults(&control),
        ("POST", "faults") => {
            let text = std::str::from_utf8(&call.body).unwrap_or_default();
            match serde_json::from_str::<Fault>(text) {
                Ok(fault) => control.faults().try_push(fault)?,
                Err(_) => Fault::parse_list(text)?
                    .into_iter()
                    .try_for_each(|f| control.faults().try_push(f))?,
            }
            done
        }
        ("DELETE", "faults") => {
            control.faults().clear();
            done
        }
        ("GET", "requests") => json!({"requests": control.requests(), "totals": control.totals()}),
        ("DELETE", "requests") => {
            control.reset_log();
            done
        }
        _ => {
            return Err(Refused(
                404,
                "the README of tenon-sandbox lists what is here".to_owned(),
            ));
        }
    })
}

fn faults(control: &Control) -> Value {
    let armed: Vec<Value> = control
        .faults()
        .list()
        .into_iter()
        .map(|(fault, hits)| json!({"fault": fault, "hits": hits}))
        .collect();
    let rows: Map<String, Value> = Fault::rows()
        .into_iter()
        .map(|(row, about)| (row.to_owned(), json!(about)))
        .collect();
    json!({"faults": armed, "rows": rows})
}

fn subscription(body: &Body) -> Result<Subscription> {
    let endpoint = body.text("endpoint")?;
    Ok(Subscription {
        endpoint: endpoint
            .parse()
            .map_err(|_| Refused(400, "endpoint is no address".to_owned()))?,
        audience: match body.maybe("audience") {
            "" => endpoint.to_owned(),
            audience => audience.to_owned(),
        },
        account: body.text("service_account")?.to_owned(),
    })
}

fn labels(body: &Body) -> Vec<&str> {
    if body.0.contains_key("labels") {
        body.list("labels")
    } else {
        vec!["INBOX", "UNREAD"]
    }
}

fn message(body: &Body) -> Result<Vec<u8>> {
    if let Some(raw) = body.0.get("raw").and_then(Value::as_str) {
        return unbase64(raw).ok_or_else(|| Refused(400, "raw is not base64".to_owned()));
    }
    let mut mail = NewMail::new(body.text("from")?, body.text("to")?, body.maybe("subject"))
        .text(body.maybe("text"));
    if !body.maybe("html").is_empty() {
        mail = mail.html(body.maybe("html"));
    }
    if let Some(headers) = body.0.get("headers").and_then(Value::as_object) {
        for (name, value) in headers {
            mail = mail.header(name, value.as_str().unwrap_or_default());
        }
    }
    Ok(mail.into())
}
