//! OAuth and id tokens on the wire.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeys, KeySize};
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::ports::{AuthorizeRequest, Revoked};
use tenon_connectors::quota::QuotaSettings;
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::World;

use crate::stub::{Reply, Seen, Stub, json as reply};

/// A signing key with its id.
struct Signer {
    keys: RsaKeyPair,
    kid: &'static str,
}

impl Signer {
    fn new(kid: &'static str) -> Self {
        let der = RsaKeys::generate(KeySize::Rsa2048).unwrap();
        let der = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&der).unwrap();
        Self {
            keys: RsaKeyPair::from_pkcs8(der.as_ref()).unwrap(),
            kid,
        }
    }

    fn jwk(&self) -> Value {
        let public = self.keys.public_key();
        let n = B64.encode(public.modulus().big_endian_without_leading_zero());
        let e = B64.encode(public.exponent().big_endian_without_leading_zero());
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": e})
    }

    fn sign(&self, claims: &Value) -> String {
        let head = json!({"alg": "RS256", "kid": self.kid, "typ": "JWT"});
        let text = format!(
            "{}.{}",
            B64.encode(head.to_string()),
            B64.encode(claims.to_string())
        );
        let mut signature = vec![0; self.keys.public_modulus_len()];
        self.keys
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{text}.{}", B64.encode(signature))
    }
}

fn claims(issuer: &str) -> Value {
    let exp = World::system().now().as_secs() + 3_600;
    json!({"iss": issuer, "aud": "tenon-client", "sub": "1234", "email": "ann@b.c", "name": "Ann Lee", "nonce": "n", "exp": exp})
}

fn form(seen: &Seen) -> std::collections::HashMap<String, String> {
    url::form_urlencoded::parse(seen.body.as_bytes())
        .into_owned()
        .collect()
}

fn token_answer(id_token: &str) -> Reply {
    reply(200, json!({"access_token": "canary-access", "expires_in": 3599, "refresh_token": "canary-refresh",
        "scope": "openid https://www.googleapis.com/auth/gmail.readonly", "token_type": "Bearer", "id_token": id_token}).to_string())
}

/// A Google whose keys and id token the test chooses; the issuer is fixed.
async fn with_token(keys: Vec<Value>, id_token: String) -> Stub {
    Stub::start(move |seen| match seen.path.as_str() {
        "/oauth2/v3/certs" => reply(200, json!({"keys": keys}).to_string()),
        _ => token_answer(&id_token),
    })
    .await
}

fn with_issuer(stub: &Stub, issuer: &str) -> Arc<Google> {
    let endpoints = GoogleEndpoints {
        issuer: issuer.into(),
        ..GoogleEndpoints::rooted_at(&stub.url)
    };
    let config = GoogleConfig {
        client_id: "tenon-client".into(),
        client_secret: "canary-client-secret".to_owned().into(),
        endpoints,
        quota: QuotaSettings::unlimited(),
    };
    Google::new(config, World::system()).unwrap()
}

async fn exchange(google: &Google) -> Result<String, String> {
    let outcome = google
        .grants()
        .exchange("canary-code", "canary-verifier", "n", "http://localhost/cb")
        .await;
    outcome
        .map(|(_, subject)| subject.subject)
        .map_err(|e| e.code)
}

#[tokio::test]
async fn the_consent_address_asks_for_an_offline_grant_with_pkce() {
    let stub = Stub::start(|_| reply(200, "{}")).await;
    let request = AuthorizeRequest {
        scopes: vec![
            "openid".into(),
            "https://www.googleapis.com/auth/gmail.readonly".into(),
        ],
        state: "s&t".into(),
        nonce: "n".into(),
        // RFC 7636, appendix B.
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into(),
        redirect_uri: "http://localhost:8080/oauth/callback/google".into(),
        login_hint: Some("ann@b.c".into()),
    };
    let url = stub.google().grants().authorize_url(&request).unwrap();
    assert_eq!(url.path(), "/o/oauth2/v2/auth");
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let wanted = [
        ("response_type", "code"),
        ("client_id", "tenon-client"),
        (
            "redirect_uri",
            "http://localhost:8080/oauth/callback/google",
        ),
        (
            "scope",
            "openid https://www.googleapis.com/auth/gmail.readonly",
        ),
        ("state", "s&t"),
        ("nonce", "n"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
        ("include_granted_scopes", "true"),
        ("login_hint", "ann@b.c"),
    ];
    assert_eq!(query, wanted.map(|(k, v)| (k.to_owned(), v.to_owned())));
}

#[tokio::test]
async fn a_code_becomes_tokens_and_a_verified_subject() {
    let signer = Signer::new("k1");
    let ec = json!({"kty": "OKP", "crv": "X448", "x": "?", "kid": "odd"});
    let stub = with_token(
        vec![ec, signer.jwk()],
        signer.sign(&claims("https://accounts.google.com")),
    )
    .await;
    let google = with_issuer(&stub, "https://accounts.google.com");
    let (tokens, subject) = google
        .grants()
        .exchange("code/1", "v", "n", "http://localhost/cb")
        .await
        .unwrap();
    assert_eq!(tokens.access.expose_secret(), "canary-access");
    assert_eq!(tokens.refresh.unwrap().expose_secret(), "canary-refresh");
    assert_eq!(
        tokens.scopes.unwrap(),
        ["openid", "https://www.googleapis.com/auth/gmail.readonly"]
    );
    let left = tokens.expires_at.since(World::system().now()).as_secs();
    assert!((3_590..=3_600).contains(&left), "{left}");
    assert_eq!(
        (subject.subject.as_str(), subject.profile.address.as_str()),
        ("1234", "ann@b.c")
    );
    assert_eq!(subject.profile.name, "Ann Lee");
    let sent = form(&stub.seen()[0]);
    for (key, value) in [
        ("grant_type", "authorization_code"),
        ("code", "code/1"),
        ("code_verifier", "v"),
        ("redirect_uri", "http://localhost/cb"),
        ("client_id", "tenon-client"),
        ("client_secret", "canary-client-secret"),
    ] {
        assert_eq!(sent[key], value);
    }
    // The keys are remembered.
    exchange(&google).await.unwrap();
    assert_eq!(
        stub.paths()
            .iter()
            .filter(|p| p.ends_with("/certs"))
            .count(),
        1
    );
}

#[tokio::test]
async fn keys_that_rotate_are_fetched_once_more() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let (old_keys, all_keys) = (
        json!({"keys": [old.jwk()]}),
        json!({"keys": [old.jwk(), new.jwk()]}),
    );
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let tokens = [
        old.sign(&claims("https://accounts.google.com")),
        new.sign(&claims("https://accounts.google.com")),
    ];
    let certs = Arc::new(AtomicU32::new(0));
    let fetched = certs.clone();
    let stub = Stub::start(move |seen| {
        if seen.path.ends_with("/certs") {
            let first = certs.fetch_add(1, Ordering::SeqCst) == 0;
            return reply(200, if first { &old_keys } else { &all_keys }.to_string());
        }
        token_answer(&tokens[count.fetch_add(1, Ordering::SeqCst).min(1) as usize])
    })
    .await;
    let google = with_issuer(&stub, "https://accounts.google.com");
    exchange(&google).await.unwrap();
    exchange(&google).await.unwrap();
    exchange(&google).await.unwrap();
    assert_eq!(
        (asked.load(Ordering::SeqCst), fetched.load(Ordering::SeqCst)),
        (3, 2)
    );
}

#[tokio::test]
async fn a_token_that_is_forged_stale_or_meant_for_others_is_refused() {
    let (ours, theirs) = (Signer::new("k1"), Signer::new("k1"));
    let good = claims("https://accounts.google.com");
    let with = |key: &str, value: Value| {
        let mut claims = good.clone();
        claims[key] = value;
        ours.sign(&claims)
    };
    let unsigned = |alg: &str| {
        format!(
            "{}.{}.AAAA",
            B64.encode(json!({"alg": alg}).to_string()),
            B64.encode(good.to_string())
        )
    };
    let signed = ours.sign(&good);
    let tampered = signed.replacen('.', &format!(".{}", B64.encode("{}")), 1);
    for (token, code) in [
        (theirs.sign(&good), "id_token_signature"),
        (tampered, "id_token_signature"),
        (with("exp", json!(1_000)), "id_token_expired"),
        (with("aud", json!("somebody")), "id_token_audience"),
        (
            with("iss", json!("https://evil.example")),
            "id_token_issuer",
        ),
        (with("nonce", json!("other")), "id_token_nonce"),
        (unsigned("HS256"), "id_token_algorithm"),
        (unsigned("none"), "id_token_malformed"),
        ("rubbish".into(), "id_token_malformed"),
        (String::new(), "id_token_missing"),
    ] {
        let stub = with_token(vec![ours.jwk()], token.clone()).await;
        let google = with_issuer(&stub, "https://accounts.google.com");
        assert_eq!(exchange(&google).await, Err(code.to_owned()), "{token}");
    }
}

#[tokio::test]
async fn another_issuers_algorithm_is_accepted_straight_from_the_token_endpoint() {
    let token = |claims: &Value| {
        let head = json!({"alg": "HS256", "typ": "JWT"});
        format!(
            "{}.{}.c2lnbmF0dXJl",
            B64.encode(head.to_string()),
            B64.encode(claims.to_string())
        )
    };
    let stub = with_token(vec![], token(&claims("http://127.0.0.1:4801"))).await;
    assert_eq!(
        exchange(&with_issuer(&stub, "http://127.0.0.1:4801/")).await,
        Ok("1234".to_owned())
    );
    let mut wrong = claims("http://127.0.0.1:4801");
    wrong["nonce"] = json!("x");
    let stub = with_token(vec![], token(&wrong)).await;
    assert_eq!(
        exchange(&with_issuer(&stub, "http://127.0.0.1:4801")).await,
        Err("id_token_nonce".to_owned())
    );
}

#[tokio::test]
async fn a8_an_answer_without_refresh_token_says_so() {
    let stub = Stub::start(|_| reply(200, r#"{"access_token":"a","expires_in":"60"}"#)).await;
    let google = stub.google();
    let tokens = google
        .grants()
        .refresh(&SecretString::from("r".to_owned()))
        .await
        .unwrap();
    assert!(tokens.refresh.is_none() && tokens.scopes.is_none());
    let sent = form(&stub.seen()[0]);
    assert_eq!(
        (sent["grant_type"].as_str(), sent["refresh_token"].as_str()),
        ("refresh_token", "r")
    );
    let left = tokens.expires_at.since(World::system().now()).as_secs();
    assert!(left <= 60, "N8: {left}");
}

fn silent(error: &ProviderError) {
    let shown = format!("{error} {error:?}");
    for canary in ["canary", "http", "127.0.0.1"] {
        assert!(
            !shown.to_lowercase().replace("(http ", "(").contains(canary),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn errors_of_the_token_endpoint_have_their_reactions_and_carry_no_secrets() {
    for (status, content_type, body, code, reaction) in [
        (
            400,
            "application/json",
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            "invalid_grant",
            Some(Reaction::Reauth),
        ),
        (
            400,
            "application/json",
            r#"{"error":"invalid_grant","error_subtype":"invalid_rapt"}"#,
            "invalid_rapt",
            Some(Reaction::Reauth),
        ),
        (
            401,
            "application/json",
            r#"{"error":"invalid_client","error_description":"canary-client-secret"}"#,
            "invalid_client",
            Some(Reaction::Alarm),
        ),
        (
            503,
            "text/html",
            "<html>canary-refresh",
            "token_endpoint_unavailable",
            None,
        ),
        (200, "text/html", "<html>canary-refresh", "not_json", None),
        (
            200,
            "application/json",
            r#"{"access_token":"can"#,
            "answer_cut",
            None,
        ),
        (200, "application/json", r"{}", "answer_cut", None),
        (302, "text/html", "", "redirect_refused", None),
    ] {
        let stub = Stub::start(move |_| Reply {
            status,
            content_type: content_type.into(),
            body: body.into(),
        })
        .await;
        let google = stub.google();
        let error = google
            .grants()
            .refresh(&SecretString::from("canary-refresh".to_owned()))
            .await
            .err()
            .unwrap();
        silent(&error);
        assert_eq!(error.code, code);
        match reaction {
            Some(reaction) => assert_eq!(error.reaction, reaction),
            None => assert!(
                matches!(error.reaction, Reaction::Retry(_)),
                "A20, N4: {error:?}"
            ),
        }
    }
}

#[tokio::test]
async fn a11_revoking_twice_is_done_once() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let stub = Stub::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => reply(200, "{}"),
        1 => reply(
            400,
            r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#,
        ),
        _ => reply(503, ""),
    })
    .await;
    let google = stub.google();
    let token = SecretString::from("canary/+token".to_owned());
    assert_eq!(google.grants().revoke(&token).await.unwrap(), Revoked::Now);
    assert_eq!(
        google.grants().revoke(&token).await.unwrap(),
        Revoked::Already
    );
    let error = google.grants().revoke(&token).await.unwrap_err();
    silent(&error);
    assert!(matches!(error.reaction, Reaction::Retry(_)));
    assert_eq!(form(&stub.seen()[0])["token"], "canary/+token");
    assert!(stub.seen()[0].query.is_empty(), "never in the address");
}
