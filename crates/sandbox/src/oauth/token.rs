//! The token endpoint, revocation, and what identity endpoints tell.

use serde_json::{Value, json};

use super::{Access, idtoken, scopes};
use crate::faults::Twist;
use crate::state::State;
use crate::wire::call::{Answer, Call};
use crate::wire::errors::ApiError;
use crate::wire::text::{base64url_bare, pairs, unbase64};

/// An error of the token endpoint: a plain object, unlike the APIs' errors (RFC 6749, 5.2).
pub(crate) fn refuse(status: u16, error: &str, description: &str) -> Answer {
    Answer::value(
        status,
        &json!({"error": error, "error_description": description}),
    )
}

struct Form(Vec<(String, String)>);

impl Form {
    fn of(call: &Call<'_>) -> Self {
        let body = std::str::from_utf8(&call.body).unwrap_or_default();
        Self(
            pairs(body)
                .chain(pairs(call.query.text))
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
            .filter(|v| !v.is_empty())
    }
}

/// `client_id:client_secret` of HTTP Basic, each form-encoded (RFC 6749, 2.3.1).
fn basic(authorization: Option<&str>) -> Option<(String, String)> {
    let value = authorization?;
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(unbase64(rest.trim())?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |s: &str| crate::wire::text::unescape_path(&s.replace('+', " ")).into_owned();
    Some((plain(id), plain(secret)))
}

fn check_client(state: &State, call: &Call<'_>, form: &Form) -> Result<(), Answer> {
    let header = basic(call.head.authorization);
    let (id, secret) = match &header {
        Some((id, secret)) => (Some(id.as_str()), Some(secret.as_str())),
        None => (form.get("client_id"), form.get("client_secret")),
    };
    match (id, secret) {
        (None, _) => Err(refuse(
            400,
            "invalid_request",
            "Could not determine client ID from request.",
        )),
        (Some(id), _) if id != state.config.client_id => Err(refuse(
            401,
            "invalid_client",
            "The OAuth client was not found.",
        )),
        (_, None) => Err(refuse(400, "invalid_request", "client_secret is missing.")),
        (_, Some(secret)) if secret != state.config.client_secret => Err(refuse(
            401,
            "invalid_client",
            "The provided client secret is invalid.",
        )),
        _ => Ok(()),
    }
}

/// POST `/token`.
pub(crate) fn token(state: &State, call: &Call<'_>, twist: Option<&Twist>) -> Answer {
    let form = Form::of(call);
    if let Err(answer) = check_client(state, call, &form) {
        return answer;
    }
    let answer = match form.get("grant_type") {
        Some("authorization_code") => exchange(state, &form, twist),
        Some("refresh_token") => refresh(state, &form, twist),
        other => refuse(
            400,
            "unsupported_grant_type",
            &format!("Invalid grant_type: {}", other.unwrap_or_default()),
        ),
    };
    answer
        .with(
            "cache-control",
            "no-cache, no-store, max-age=0, must-revalidate".to_owned(),
        )
        .with("pragma", "no-cache".to_owned())
}

fn verify(challenge: Option<&(String, bool)>, verifier: Option<&str>) -> Result<(), &'static str> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err("Invalid code verifier."),
        (Some(_), None) => Err("Missing code verifier."),
        (Some((challenge, s256)), Some(verifier)) => {
            let digest;
            let shown = if *s256 {
                digest = base64url_bare(
                    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes())
                        .as_ref(),
                );
                digest.as_str()
            } else {
                verifier
            };
            if challenge == shown {
                Ok(())
            } else {
                Err("Invalid code verifier.")
            }
        }
    }
}

fn exchange(state: &State, form: &Form, twist: Option<&Twist>) -> Answer {
    let now = state.now();
    let Some(text) = form.get("code") else {
        return refuse(400, "invalid_request", "Missing required parameter: code");
    };
    let mut oauth = state.oauth();
    let mut code = match oauth.code(text, now) {
        Ok(code) => code.clone(),
        Err(description) => return refuse(400, "invalid_grant", description),
    };
    match form.get("redirect_uri") {
        None => return refuse(400, "invalid_request", "Missing parameter: redirect_uri"),
        Some(uri) if uri != code.redirect_uri => {
            return refuse(400, "redirect_uri_mismatch", "Bad Request");
        }
        Some(_) => {}
    }
    if let Err(description) = verify(code.challenge.as_ref(), form.get("code_verifier")) {
        return refuse(400, "invalid_grant", description);
    }
    oauth.spend(text);
    if matches!(twist, Some(Twist::FewerScopes)) {
        // the person unticked a box: the last scope that is not for signing in (fault A9)
        if let Some(at) = code
            .scopes
            .iter()
            .rposition(|s| !scopes::IDENTITY.contains(&s.as_str()))
        {
            code.scopes.remove(at);
        }
    }
    let access = oauth.issue_access(code.account, code.scopes.clone(), now);
    let refresh = (code.offline && !matches!(twist, Some(Twist::NoRefreshToken)))
        .then(|| oauth.issue_refresh(code.account, code.scopes.clone(), now));
    drop(oauth);
    issued(
        state,
        code.account,
        &code.scopes,
        &access,
        refresh.as_deref(),
        code.nonce.as_deref(),
    )
}

fn refresh(state: &State, form: &Form, twist: Option<&Twist>) -> Answer {
    let now = state.now();
    let Some(token) = form.get("refresh_token") else {
        return refuse(
            400,
            "invalid_request",
            "Missing required parameter: refresh_token",
        );
    };
    let mut oauth = state.oauth();
    let entry = match oauth.refresh(token, now) {
        Ok(entry) => entry,
        Err(description) => return refuse(400, "invalid_grant", description),
    };
    if let Some(Twist::DeadAfter(age)) = twist {
        // the consent screen is in Testing: grants die a week after they were given (fault A2)
        if now.since(entry.issued) >= *age {
            oauth.kill_refresh(token);
            return refuse(400, "invalid_grant", "Token has been expired or revoked.");
        }
    }
    let wanted = match form.get("scope") {
        None => entry.scopes.clone(),
        Some(text) => {
            let wanted = scopes::parse(text);
            if let Some(bad) = wanted.iter().find(|s| !entry.scopes.contains(s)) {
                return refuse(
                    400,
                    "invalid_scope",
                    &format!("Some requested scopes were invalid. {{invalid=[{bad}]}}"),
                );
            }
            wanted
        }
    };
    let access = oauth.issue_access(entry.account, wanted.clone(), now);
    let rotated = matches!(twist, Some(Twist::Rotate | Twist::RotateAndLose)).then(|| {
        oauth.kill_refresh(token);
        oauth.issue_refresh(entry.account, entry.scopes.clone(), now)
    });
    drop(oauth);
    issued(
        state,
        entry.account,
        &wanted,
        &access,
        rotated.as_deref(),
        None,
    )
}

fn issued(
    state: &State,
    account: usize,
    scopes: &[String],
    access: &str,
    refresh: Option<&str>,
    nonce: Option<&str>,
) -> Answer {
    let mut body = json!({"access_token": access, "expires_in": 3599, "scope": scopes.join(" "), "token_type": "Bearer"});
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
    }
    if scopes
        .iter()
        .any(|s| super::scopes::IDENTITY.contains(&s.as_str()))
    {
        match idtoken::sign(&claims(state, account, scopes, access, nonce)) {
            Ok(token) => {
                state.oauth().note(&token);
                body["id_token"] = json!(token);
            }
            Err(e) => return refuse(500, "internal_failure", &e.to_string()),
        }
    }
    Answer::value(200, &body)
}

fn claims(
    state: &State,
    account: usize,
    scopes: &[String],
    access: &str,
    nonce: Option<&str>,
) -> Value {
    let person = &state.people()[account];
    let now = state.now().as_secs();
    let mut claims = json!({
        "iss": state.issuer(), "azp": state.config.client_id, "aud": state.config.client_id, "sub": person.sub,
        "at_hash": idtoken::at_hash(access), "iat": now, "exp": now + 3600,
    });
    let has = |name: &str| scopes.iter().any(|s| s.ends_with(name));
    if has("userinfo.email") {
        claims["email"] = json!(person.email);
        claims["email_verified"] = json!(true);
    }
    if has("userinfo.profile") {
        claims["name"] = json!(person.name);
        claims["given_name"] = json!(person.given_name());
        if !person.family_name().is_empty() {
            claims["family_name"] = json!(person.family_name());
        }
    }
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}

/// `/revoke`: ends every token of the account and client, whichever was named (fault A10); a second time is
/// 400 (fault A11).
pub(crate) fn revoke(state: &State, call: &Call<'_>) -> Answer {
    let form = Form::of(call);
    let Some(token) = form.get("token") else {
        return refuse(400, "invalid_request", "Missing required parameter: token");
    };
    if state.oauth().revoke(token, state.now()) {
        Answer::json(b"{}".to_vec())
    } else {
        refuse(400, "invalid_token", "Token expired or revoked")
    }
}

/// `/oauth2/v2/userinfo` (`id`, `verified_email`) and `/oauth2/v3/userinfo` (`sub`, `email_verified`).
pub(crate) fn userinfo(state: &State, access: &Access, openid: bool) -> Result<Answer, ApiError> {
    let has = |name: &str| access.scopes.iter().any(|s| s.ends_with(name));
    let (email, profile) = (has("userinfo.email"), has("userinfo.profile"));
    if !email && !profile && !has("openid") {
        return Err(ApiError::insufficient_scope(&scopes::IDENTITY.join(" ")));
    }
    let person = &state.people()[access.account];
    let mut body = if openid {
        json!({"sub": person.sub})
    } else {
        json!({"id": person.sub, "verified_email": true})
    };
    if profile {
        body["name"] = json!(person.name);
        body["given_name"] = json!(person.given_name());
        if !person.family_name().is_empty() {
            body["family_name"] = json!(person.family_name());
        }
    }
    if email {
        body["email"] = json!(person.email);
        if openid {
            body["email_verified"] = json!(true);
        }
    }
    Ok(Answer::value(200, &body))
}

/// `/.well-known/openid-configuration`.
pub(crate) fn discovery(state: &State) -> Answer {
    let base = state.issuer();
    Answer::value(
        200,
        &json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/o/oauth2/v2/auth"),
            "token_endpoint": format!("{base}/token"),
            "userinfo_endpoint": format!("{base}/oauth2/v3/userinfo"),
            "revocation_endpoint": format!("{base}/revoke"),
            "jwks_uri": format!("{base}/oauth2/v3/certs"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": ["aud", "email", "email_verified", "exp", "family_name", "given_name", "iat", "iss", "name", "sub"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pkce_takes_the_right_verifier_only() {
        // the example of RFC 7636, appendix B
        let s256 = (
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            true,
        );
        assert!(
            verify(
                Some(&s256),
                Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
            )
            .is_ok()
        );
        assert!(verify(Some(&s256), Some("x")).is_err());
        assert!(verify(Some(&s256), None).is_err());
        assert!(verify(Some(&("abc".to_owned(), false)), Some("abc")).is_ok());
        assert!(verify(None, None).is_ok() && verify(None, Some("x")).is_err());
    }

    #[test]
    fn basic_is_read_with_escapes() {
        let value = format!(
            "Basic {}",
            crate::wire::text::base64_standard(b"a%2Bb:s%3As")
        );
        assert_eq!(
            basic(Some(&value)),
            Some(("a+b".to_owned(), "s:s".to_owned()))
        );
        assert_eq!(basic(Some("Bearer x")), None);
    }
}
