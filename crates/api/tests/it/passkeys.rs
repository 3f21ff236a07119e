//! Passkeys over HTTP, with an authenticator in the test. Chromium's is in `cargo xtask test signin`.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value as Cbor;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, OWNER, TestApp};

const ORIGIN: &str = "http://localhost:8080";

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An authenticator with one passkey.
pub(crate) struct Authenticator {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    user: String,
    count: u32,
}

impl Authenticator {
    pub(crate) fn new(id: &[u8]) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id: id.to_vec(),
            user: String::new(),
            count: 0,
        }
    }

    fn client_data(kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut out = digest(&SHA256, b"localhost").as_ref().to_vec();
        out.push(flags);
        out.extend(self.count.to_be_bytes());
        out
    }

    pub(crate) fn create(&mut self, options: &Value) -> Value {
        assert_eq!(options["rp"]["id"], "localhost");
        assert_eq!(options["attestation"], "none");
        assert_eq!(
            options["authenticatorSelection"]["userVerification"],
            "required"
        );
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        options["user"]["id"]
            .as_str()
            .unwrap()
            .clone_into(&mut self.user);
        let point = self.pair.public_key().as_ref();
        let cose = Cbor::Map(vec![
            (1.into(), 2.into()),
            (3.into(), (-7).into()),
            ((-1).into(), 1.into()),
            ((-2).into(), Cbor::Bytes(point[1..33].to_vec())),
            ((-3).into(), Cbor::Bytes(point[33..].to_vec())),
        ]);
        let mut data = self.data(0b0100_0101);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        ciborium::into_writer(&cose, &mut data).unwrap();
        let object = Cbor::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Cbor::Map(vec![])),
            ("authData".into(), Cbor::Bytes(data)),
        ]);
        let mut attestation = Vec::new();
        ciborium::into_writer(&object, &mut attestation).unwrap();
        json!({
            "id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": encode(&Self::client_data("webauthn.create", options)),
                "attestationObject": encode(&attestation), "transports": ["internal"],
            },
        })
    }

    pub(crate) fn answer(&mut self, options: &Value) -> Value {
        self.count += 1;
        let client = Self::client_data("webauthn.get", options);
        let data = self.data(0b101);
        let mut message = data.clone();
        message.extend(digest(&SHA256, &client).as_ref());
        let signature = self.pair.sign(&SystemRandom::new(), &message).unwrap();
        json!({
            "id": encode(&self.id), "rawId": encode(&self.id), "type": "public-key",
            "clientExtensionResults": {}, "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": encode(&client), "authenticatorData": encode(&data),
                "signature": encode(signature.as_ref()), "userHandle": self.user,
            },
        })
    }
}

pub(crate) async fn add(browser: &mut Browser, key: &mut Authenticator) -> String {
    let options = browser
        .post_empty("/api/v1/me/passkeys/options")
        .await
        .json();
    let body = json!({ "name": "Laptop", "credential": key.create(&options) });
    let added = browser.post("/api/v1/me/passkeys", body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.text());
    added.json()["id"].as_str().unwrap().to_owned()
}

pub(crate) async fn options(browser: &mut Browser) -> Value {
    let answer = browser.post_empty("/api/v1/sign-in/passkey").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_passkey_signs_in_without_a_name_or_a_code() {
    let (app, mut owner) = TestApp::with_owner().await;
    let ways = owner.get("/api/v1/sign-in").await.json();
    assert_eq!(ways["passkey_host"], "localhost");
    let mut key = Authenticator::new(b"key-1");
    let id = add(&mut owner, &mut key).await;
    let list = owner.get("/api/v1/me/passkeys").await.json();
    assert_eq!(list["items"][0]["name"], "Laptop");
    assert_eq!(list["items"][0]["last_used_at"], Value::Null);

    let mut other = app.browser();
    let asked = options(&mut other).await;
    assert_eq!(
        asked["allowCredentials"],
        json!([]),
        "the passkey says who it is"
    );
    let entered = other
        .post("/api/v1/session/passkey", key.answer(&asked))
        .await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.text());
    assert_eq!(entered.json()["member"]["email"], OWNER);
    let sessions = other.get("/api/v1/sessions").await.json();
    let current = sessions["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["current"] == true);
    assert_eq!(current.unwrap()["method"], "passkey");

    let path = format!("/api/v1/me/passkeys/{id}");
    let renamed = owner
        .write(Method::PATCH, &path, Some(json!({ "name": "Old laptop" })))
        .await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT);
    let list = owner.get("/api/v1/me/passkeys").await.json();
    assert_eq!(list["items"][0]["name"], "Old laptop");
    assert_ne!(list["items"][0]["last_used_at"], Value::Null);
    let mut eve = app.member("eve@example.com", Role::Member).await;
    eve.write(Method::DELETE, &path, None)
        .await
        .is_problem(404, "not_found");
    eve.write(Method::PATCH, &path, Some(json!({ "name": "x" })))
        .await
        .is_problem(404, "not_found");
    let gone = owner.write(Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let asked = options(&mut other).await;
    let refused = app
        .browser()
        .post("/api/v1/session/passkey", key.answer(&asked))
        .await;
    refused.is_problem(401, "passkey_invalid");
}

#[tokio::test]
async fn u5_answers_of_passkeys_count_once_and_for_what_they_were_asked() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut key = Authenticator::new(b"key-1");
    add(&mut owner, &mut key).await;
    let mut browser = app.browser();
    let path = "/api/v1/session/passkey";
    let asked = options(&mut browser).await;
    let answer = key.answer(&asked);
    assert_eq!(
        browser.post(path, answer.clone()).await.status,
        StatusCode::OK
    );
    browser
        .post(path, answer)
        .await
        .is_problem(401, "passkey_invalid");
    // A challenge that nobody gave, and one that was given to prove, not to sign in.
    let made_up = json!({ "challenge": encode(&[7; 32]) });
    browser
        .post(path, key.answer(&made_up))
        .await
        .is_problem(401, "passkey_invalid");
    let of_proof = owner
        .post_empty("/api/v1/session/proof/options")
        .await
        .json();
    browser
        .post(path, key.answer(&of_proof))
        .await
        .is_problem(401, "passkey_invalid");
    // A copy of the key whose count is behind.
    let asked = options(&mut browser).await;
    key.count = 0;
    browser
        .post(path, key.answer(&asked))
        .await
        .is_problem(401, "passkey_invalid");
    key.count = 9;
    // Another person's name on it, and none.
    for user in [json!(encode(&[1; 16])), Value::Null] {
        let asked = options(&mut browser).await;
        let mut answer = key.answer(&asked);
        answer["response"]["userHandle"] = user;
        browser
            .post(path, answer)
            .await
            .is_problem(401, "passkey_invalid");
    }
    // Broken texts are refused as such.
    for (name, value) in [
        ("signature", json!("!")),
        ("authenticatorData", json!("")),
        ("clientDataJSON", json!(encode(b"[]"))),
    ] {
        let asked = options(&mut browser).await;
        let mut answer = key.answer(&asked);
        answer["response"][name] = value;
        browser
            .post(path, answer)
            .await
            .is_problem(401, "passkey_invalid");
    }
    browser
        .post(path, json!({ "rawId": 1 }))
        .await
        .is_problem(422, "validation");
}

#[tokio::test]
async fn a_passkey_proves_who_is_there() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut key = Authenticator::new(b"key-1");
    add(&mut owner, &mut key).await;
    let mut eve = app.member("eve@example.com", Role::Member).await;
    let mut eves = Authenticator::new(b"key-2");
    add(&mut eve, &mut eves).await;
    app.age_proof(&owner).await;
    owner
        .post_empty("/api/v1/me/totp")
        .await
        .is_problem(403, "proof_needed");
    let path = "/api/v1/session/proof/passkey";
    let asked = owner
        .post_empty("/api/v1/session/proof/options")
        .await
        .json();
    assert_eq!(asked["allowCredentials"].as_array().unwrap().len(), 1);
    owner
        .post(path, eves.answer(&asked))
        .await
        .is_problem(401, "passkey_invalid");
    // A challenge of another session.
    let asked = eve.post_empty("/api/v1/session/proof/options").await.json();
    owner
        .post(path, key.answer(&asked))
        .await
        .is_problem(401, "passkey_invalid");
    let asked = owner
        .post_empty("/api/v1/session/proof/options")
        .await
        .json();
    let proved = owner.post(path, key.answer(&asked)).await;
    assert_eq!(proved.status, StatusCode::NO_CONTENT, "{}", proved.text());
    let begun = owner.post_empty("/api/v1/me/totp").await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
}

#[tokio::test]
async fn a_passkey_is_added_by_its_owner_once() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut key = Authenticator::new(b"key-1");
    let options = owner.post_empty("/api/v1/me/passkeys/options").await.json();
    let body = json!({ "name": "Laptop", "credential": key.create(&options) });
    // Another's session cannot add it, and then the challenge is used up.
    let mut eve = app.member("eve@example.com", Role::Member).await;
    eve.post("/api/v1/me/passkeys", body.clone())
        .await
        .is_problem(401, "passkey_invalid");
    owner
        .post("/api/v1/me/passkeys", body)
        .await
        .is_problem(401, "passkey_invalid");
    add(&mut owner, &mut key).await;
    let options = owner.post_empty("/api/v1/me/passkeys/options").await.json();
    assert_eq!(options["excludeCredentials"][0]["id"], encode(b"key-1"));
    let twice = json!({ "name": "Again", "credential": key.create(&options) });
    owner
        .post("/api/v1/me/passkeys", twice)
        .await
        .is_problem(401, "passkey_invalid");
    for name in ["", " ", &"x".repeat(101), "a\nb"] {
        let options = owner.post_empty("/api/v1/me/passkeys/options").await.json();
        let body = json!({ "name": name, "credential": Authenticator::new(b"k").create(&options) });
        owner
            .post("/api/v1/me/passkeys", body)
            .await
            .is_problem(422, "validation");
    }
    // A switched-off account is closed to its passkeys too.
    let mut eves = Authenticator::new(b"key-2");
    add(&mut eve, &mut eves).await;
    let list = owner.get("/api/v1/members").await.json();
    let id = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["own"] == false)
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let off = json!({ "disabled": true });
    owner
        .write(Method::PATCH, &format!("/api/v1/members/{id}"), Some(off))
        .await;
    let asked = app
        .browser()
        .post_empty("/api/v1/sign-in/passkey")
        .await
        .json();
    let refused = app
        .browser()
        .post("/api/v1/session/passkey", eves.answer(&asked))
        .await;
    refused.is_problem(401, "passkey_invalid");
}
