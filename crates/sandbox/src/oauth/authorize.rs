//! `/o/oauth2/v2/auth`: GET asks the person, POST is the person's answer.

use std::collections::HashMap;

use super::page::{self, Wish};
use super::{Code, scopes};
use crate::faults::Twist;
use crate::state::State;
use crate::wire::call::{Answer, Call};
use crate::wire::text::pairs;

/// An authorization request that has been checked; what is wrong before that never goes back to the application.
struct Request<'r> {
    fields: HashMap<&'r str, &'r str>,
    scopes: Vec<String>,
    redirect_uri: &'r str,
}

impl<'r> Request<'r> {
    fn get(&self, name: &str) -> Option<&'r str> {
        self.fields.get(name).copied().filter(|v| !v.is_empty())
    }

    fn prompts(&self, word: &str) -> bool {
        self.get("prompt")
            .is_some_and(|p| p.split_ascii_whitespace().any(|w| w == word))
    }

    /// Whether files are to be chosen.
    fn picks(&self) -> bool {
        self.get("trigger_onepick") == Some("true")
    }

    /// Back to the application.
    fn back(&self, pairs: &[(&str, &str)]) -> Answer {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(state) = self.get("state") {
            query.append_pair("state", state);
        }
        query.extend_pairs(pairs);
        let mark = if self.redirect_uri.contains('?') {
            '&'
        } else {
            '?'
        };
        Answer::redirect(format!("{}{mark}{}", self.redirect_uri, query.finish()))
    }
}

/// What choosing files grants.
const DRIVE_FILE: &str = "https://www.googleapis.com/auth/drive.file";

fn refused(code: u16, name: &str, text: &str) -> Answer {
    Answer::html(code, page::error(code, name, text))
}

/// Loopback addresses that an open sandbox sends people back to.
fn on_loopback(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|u| {
        matches!(u.scheme(), "http" | "https")
            && u.fragment().is_none()
            && match u.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
                Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
                None => false,
            }
    })
}

fn check<'r>(state: &State, list: &'r [(String, String)]) -> Result<Request<'r>, Answer> {
    let mut fields: HashMap<&str, &str> = HashMap::new();
    for (name, value) in list {
        let box_of_form = name.starts_with("grant.") || name.starts_with("pick.");
        if fields.insert(name, value).is_some() && !box_of_form {
            return Err(refused(
                400,
                "invalid_request",
                &format!("OAuth 2 parameters can only have a single value: {name}"),
            ));
        }
    }
    let get = |name: &str| fields.get(name).copied().filter(|v| !v.is_empty());
    match get("client_id") {
        None => {
            return Err(refused(
                400,
                "invalid_request",
                "Missing required parameter: client_id",
            ));
        }
        Some(id) if id != state.config.client_id => {
            return Err(refused(
                401,
                "invalid_client",
                "The OAuth client was not found.",
            ));
        }
        Some(_) => {}
    }
    let Some(redirect_uri) = get("redirect_uri") else {
        return Err(refused(
            400,
            "invalid_request",
            "Missing required parameter: redirect_uri",
        ));
    };
    let allowed = &state.config.redirect_uris;
    if !(allowed.iter().any(|uri| uri == redirect_uri)
        || allowed.is_empty() && on_loopback(redirect_uri))
    {
        return Err(refused(
            400,
            "redirect_uri_mismatch",
            "You can't sign in because this app sent an invalid request.",
        ));
    }
    if get("response_type") != Some("code") {
        return Err(refused(
            400,
            "unsupported_response_type",
            "The sandbox answers response_type=code only.",
        ));
    }
    let scopes = scopes::parse(get("scope").unwrap_or_default());
    if scopes.is_empty() {
        return Err(refused(
            400,
            "invalid_request",
            "Missing required parameter: scope",
        ));
    }
    if let Some(bad) = scopes.iter().find(|s| !scopes::known(s)) {
        return Err(refused(
            400,
            "invalid_scope",
            &format!("Some requested scopes were invalid. {{invalid=[{bad}]}}"),
        ));
    }
    match (get("code_challenge_method"), get("code_challenge")) {
        (None | Some("plain" | "S256"), Some(c)) if !(43..=128).contains(&c.len()) => {
            return Err(refused(
                400,
                "invalid_request",
                "code_challenge must have 43 to 128 characters.",
            ));
        }
        (Some("plain" | "S256"), None) => {
            return Err(refused(
                400,
                "invalid_request",
                "code_challenge_method without code_challenge.",
            ));
        }
        (None | Some("plain" | "S256"), _) => {}
        (Some(_), _) => {
            return Err(refused(
                400,
                "invalid_request",
                "Invalid code_challenge_method.",
            ));
        }
    }
    let request = Request {
        fields,
        scopes,
        redirect_uri,
    };
    // The page for choosing files opens for one scope only, and always asks.
    if request.picks() {
        if request.scopes != [DRIVE_FILE] {
            let text = "The file picker takes the scope drive.file and no other.";
            return Err(refused(400, "invalid_scope", text));
        }
        if !request.prompts("consent") {
            let text = "The file picker needs prompt=consent.";
            return Err(refused(400, "invalid_request", text));
        }
    }
    Ok(request)
}

fn owned(text: &str) -> Vec<(String, String)> {
    pairs(text)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect()
}

/// GET: shows a page, or answers at once when nothing needs to be asked.
pub(crate) fn ask(state: &State, call: &Call<'_>, twist: Option<&Twist>) -> Answer {
    let list = owned(call.query.text);
    let request = match check(state, &list) {
        Ok(request) => request,
        Err(answer) => return answer,
    };
    if let Some(Twist::AuthorizeError(error)) = twist {
        return request.back(&[("error", error)]);
    }
    let hinted = request
        .get("login_hint")
        .and_then(|hint| state.find_account(hint));
    let chosen = request.get("chosen").is_some();
    let granted = |account: usize| {
        let oauth = state.oauth();
        let have = oauth.granted(account);
        request.scopes.iter().all(|s| have.contains(s))
    };
    if state.config.auto_consent {
        let account = hinted.unwrap_or(0);
        if request.picks() {
            let ids = state.drive().take_picks(account);
            return picked(state, &request, account, &ids);
        }
        return allow(state, &request, account, request.scopes.clone());
    }
    if request.prompts("none") {
        return match hinted {
            None => request.back(&[("error", "login_required")]),
            Some(account) if granted(account) => {
                allow(state, &request, account, request.scopes.clone())
            }
            Some(_) => request.back(&[("error", "interaction_required")]),
        };
    }
    let account = match hinted {
        Some(account) if chosen || !request.prompts("select_account") => account,
        _ => {
            return Answer::html(
                200,
                page::choose(&state.config.client_id, call.query.text, state.people()),
            );
        }
    };
    if granted(account) && !request.prompts("consent") {
        return allow(state, &request, account, request.scopes.clone());
    }
    if request.picks() {
        let files: Vec<(String, String)> = {
            let drive = state.drive();
            let files = drive.of(account);
            files
                .iter()
                .map(|f| (f.id.clone(), f.name.clone()))
                .collect()
        };
        let many = request.get("allow_multiple") == Some("true");
        let fields: Vec<(&str, &str)> = list
            .iter()
            .filter(|(k, _)| k != "login_hint" && k != "chosen")
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        let (id, person) = (&state.config.client_id, &state.people()[account]);
        return Answer::html(200, page::picker(id, person, &files, many, &fields));
    }
    let wishes: Vec<Wish<'_>> = request
        .scopes
        .iter()
        .map(|scope| Wish {
            scope,
            text: scopes::describe(scope).unwrap_or_default(),
            optional: !scopes::IDENTITY.contains(&scope.as_str()),
        })
        .collect();
    let fields: Vec<(&str, &str)> = list
        .iter()
        .filter(|(k, _)| k != "login_hint" && k != "chosen")
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    Answer::html(
        200,
        page::consent(
            &state.config.client_id,
            &state.people()[account],
            &wishes,
            &fields,
        ),
    )
}

/// POST: the person pressed a button.
pub(crate) fn decide(state: &State, call: &Call<'_>, twist: Option<&Twist>) -> Answer {
    let Ok(form) = std::str::from_utf8(&call.body) else {
        return refused(400, "invalid_request", "The form is not UTF-8.");
    };
    let list = owned(form);
    let request = match check(state, &list) {
        Ok(request) => request,
        Err(answer) => return answer,
    };
    if let Some(Twist::AuthorizeError(error)) = twist {
        return request.back(&[("error", error)]);
    }
    if request.get("decision") != Some("allow") {
        return request.back(&[("error", "access_denied")]);
    }
    let Some(account) = request
        .get("account")
        .and_then(|email| state.find_account(email))
    else {
        return refused(400, "invalid_request", "No such account in this sandbox.");
    };
    if request.picks() {
        let ids: Vec<String> = list
            .iter()
            .filter(|(k, _)| k.starts_with("pick."))
            .map(|(_, v)| v.clone())
            .collect();
        return picked(state, &request, account, &ids);
    }
    let ticked: Vec<&str> = list
        .iter()
        .filter(|(k, _)| k.starts_with("grant."))
        .map(|(_, v)| v.as_str())
        .collect();
    let scopes: Vec<String> = request
        .scopes
        .iter()
        .filter(|s| scopes::IDENTITY.contains(&s.as_str()) || ticked.contains(&s.as_str()))
        .cloned()
        .collect();
    if scopes.is_empty() {
        return request.back(&[("error", "access_denied")]);
    }
    allow(state, &request, account, scopes)
}

/// The person has chosen files, or none: those are open to the application from now on.
fn picked(state: &State, request: &Request<'_>, account: usize, ids: &[String]) -> Answer {
    let chosen: Vec<&str> = {
        let mut drive = state.drive();
        let seen = ids.iter().filter(|id| drive.open(account, id));
        seen.map(String::as_str).collect()
    };
    let chosen = chosen.join(",");
    let told = [("picked_file_ids", chosen.as_str())];
    let told = if chosen.is_empty() {
        &[][..]
    } else {
        &told[..]
    };
    allow_with(state, request, account, request.scopes.clone(), told)
}

fn allow(state: &State, request: &Request<'_>, account: usize, scopes: Vec<String>) -> Answer {
    allow_with(state, request, account, scopes, &[])
}

/// Back to the application with a code, and what else is to be told.
fn allow_with(
    state: &State,
    request: &Request<'_>,
    account: usize,
    mut scopes: Vec<String>,
    told: &[(&str, &str)],
) -> Answer {
    let offline = request.get("access_type") == Some("offline");
    let mut oauth = state.oauth();
    if request.get("include_granted_scopes") == Some("true") {
        for scope in oauth.granted(account) {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
    }
    let shown = scopes.join(" ");
    let mut code = Code::new(
        account,
        scopes,
        request.redirect_uri.to_owned(),
        offline,
        request.prompts("consent"),
    );
    code.challenge = request.get("code_challenge").map(|c| {
        (
            c.to_owned(),
            request.get("code_challenge_method") == Some("S256"),
        )
    });
    code.nonce = request.get("nonce").map(str::to_owned);
    let text = oauth.consent(code, state.now());
    drop(oauth);
    let mut pairs = vec![
        ("code", text.as_str()),
        ("scope", shown.as_str()),
        ("authuser", "0"),
        ("prompt", request.get("prompt").unwrap_or("none")),
    ];
    pairs.extend(told);
    request.back(&pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_trusted_without_a_list() {
        for good in [
            "http://127.0.0.1:9999/cb",
            "http://localhost/x?y=1",
            "http://[::1]:1/",
            "http://127.8.8.8/",
        ] {
            assert!(on_loopback(good), "{good}");
        }
        for bad in [
            "http://example.com/",
            "http://localhost.example.com/",
            "javascript:alert(1)",
            "http://127.0.0.1/#f",
            "",
            "http://10.0.0.1/",
        ] {
            assert!(!on_loopback(bad), "{bad}");
        }
    }
}
