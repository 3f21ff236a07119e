use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::json;

use super::*;

fn party() -> RelyingParty {
    RelyingParty::new(&"https://crm.example.com".parse().unwrap()).unwrap()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes)
        .as_ref()
        .to_vec()
}

fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
    json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
        .to_string()
        .into_bytes()
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(value, &mut out).unwrap();
    out
}

fn map(entries: Vec<(i64, Value)>) -> Value {
    Value::Map(
        entries
            .into_iter()
            .map(|(k, v)| (Value::from(k), v))
            .collect(),
    )
}

struct Key {
    pair: EcdsaKeyPair,
}

impl Key {
    fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { pair }
    }

    fn cose(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        cbor(&map(vec![
            (1, 2.into()),
            (3, (-7).into()),
            (-1, 1.into()),
            (-2, Value::Bytes(point[1..33].to_vec())),
            (-3, Value::Bytes(point[33..].to_vec())),
        ]))
    }

    fn sign(&self, data: &[u8], client: &[u8]) -> Vec<u8> {
        let mut message = data.to_vec();
        message.extend(sha256(client));
        let signature = self.pair.sign(&SystemRandom::new(), &message).unwrap();
        signature.as_ref().to_vec()
    }
}

/// Authenticator data with these flags.
fn data(rp: &str, flags: u8, count: u32) -> Vec<u8> {
    let mut out = sha256(rp.as_bytes());
    out.push(flags);
    out.extend(count.to_be_bytes());
    out
}

const UP_UV: u8 = 0b101;

fn attestation(auth_data: Vec<u8>) -> Vec<u8> {
    cbor(&Value::Map(vec![
        ("fmt".into(), "none".into()),
        ("attStmt".into(), Value::Map(vec![])),
        ("authData".into(), Value::Bytes(auth_data)),
    ]))
}

fn with_credential(flags: u8, id: &[u8], cose: &[u8]) -> Vec<u8> {
    let mut out = data("crm.example.com", flags | 1 << 6, 0);
    out.extend([0; 16]);
    out.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
    out.extend(id);
    out.extend(cose);
    out
}

#[test]
fn a_passkey_is_made_and_signs() {
    let key = Key::new();
    let made = party()
        .created(&attestation(with_credential(UP_UV, b"id-1", &key.cose())))
        .unwrap();
    assert_eq!(made.credential_id, b"id-1");
    assert_eq!(made.public_key, key.cose());
    let client = client_data("webauthn.get", "c", "https://crm.example.com");
    assert_eq!(
        party().challenge(&client, "webauthn.get"),
        Ok("c".to_owned())
    );
    // Backed up, with an extension output behind it.
    let mut auth = data("crm.example.com", UP_UV | 0b1001_1000, 7);
    auth.extend(cbor(&Value::Map(vec![("x".into(), true.into())])));
    let signature = key.sign(&auth, &client);
    let answer = Assertion {
        client_data: &client,
        authenticator_data: &auth,
        signature: &signature,
    };
    let signed = party().signed(&made.public_key, &answer).unwrap();
    assert_eq!((signed.sign_count, signed.synced), (7, true));
}

#[test]
fn ed25519_keys_sign_too() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let cose = cbor(&map(vec![
        (1, 1.into()),
        (3, (-8).into()),
        (-1, 6.into()),
        (-2, Value::Bytes(pair.public_key().as_ref().to_vec())),
    ]));
    let client = client_data("webauthn.get", "c", "https://crm.example.com");
    let auth = data("crm.example.com", UP_UV, 0);
    let mut message = auth.clone();
    message.extend(sha256(&client));
    let signature = pair.sign(&message);
    let mut answer = Assertion {
        client_data: &client,
        authenticator_data: &auth,
        signature: signature.as_ref(),
    };
    assert!(party().signed(&cose, &answer).is_ok());
    answer.signature = &[0; 64];
    assert_eq!(party().signed(&cose, &answer), Err(Refused("signature")));
}

#[test]
fn whatever_is_not_ours_is_refused() {
    let key = Key::new();
    let cose = key.cose();
    let client = client_data("webauthn.get", "c", "https://crm.example.com");
    let good = data("crm.example.com", UP_UV, 7);
    for (auth, wanted) in [
        (data("evil.example", UP_UV, 7), "rp_id"),
        (data("crm.example.com", 0b100, 7), "user_not_present"),
        (data("crm.example.com", 0b001, 7), "user_not_verified"),
        (data("crm.example.com", UP_UV | 1 << 4, 7), "backup_state"),
        (good[..36].to_vec(), "authenticator_data"),
        (Vec::new(), "authenticator_data"),
        ([good.clone(), vec![0]].concat(), "authenticator_data"),
        (
            data("crm.example.com", UP_UV | 1 << 7, 7),
            "authenticator_data",
        ),
        (
            data("crm.example.com", UP_UV | 1 << 6, 7),
            "authenticator_data",
        ),
    ] {
        let signature = key.sign(&auth, &client);
        let answer = Assertion {
            client_data: &client,
            authenticator_data: &auth,
            signature: &signature,
        };
        assert_eq!(party().signed(&cose, &answer), Err(Refused(wanted)));
    }
    // A signature over another challenge, other data, by another key.
    let signature = key.sign(&good, &client);
    let other = client_data("webauthn.get", "d", "https://crm.example.com");
    let raised = data("crm.example.com", UP_UV, 8);
    for (key, client, auth) in [
        (&cose, &other, &good),
        (&cose, &client, &raised),
        (&Key::new().cose(), &client, &good),
    ] {
        let answer = Assertion {
            client_data: client,
            authenticator_data: auth,
            signature: &signature,
        };
        assert_eq!(party().signed(key, &answer), Err(Refused("signature")));
    }
}

#[test]
fn every_bit_of_the_signed_data_counts() {
    let key = Key::new();
    let client = client_data("webauthn.get", "c", "https://crm.example.com");
    let good = data("crm.example.com", UP_UV, 7);
    let signature = key.sign(&good, &client);
    for bit in 0..good.len() * 8 {
        let mut auth = good.clone();
        auth[bit / 8] ^= 1 << (bit % 8);
        let answer = Assertion {
            client_data: &client,
            authenticator_data: &auth,
            signature: &signature,
        };
        assert!(party().signed(&key.cose(), &answer).is_err(), "bit {bit}");
    }
}

#[test]
fn only_own_pages_may_ask() {
    let check = |public: &str, origin: &str| {
        let party = RelyingParty::new(&public.parse().unwrap()).unwrap();
        let data = client_data("webauthn.get", "c", origin);
        party.challenge(&data, "webauthn.get").is_ok()
    };
    assert!(check("https://crm.example.com", "https://crm.example.com"));
    assert!(check("http://127.0.0.1:8080", "http://localhost:8080"));
    assert!(check("http://localhost:8080", "http://localhost:9000"));
    for foreign in [
        "https://evil.example",
        "https://crm.example.com.evil.example",
        "https://x.crm.example.com",
        "https://crm.example.com:8443",
        "http://crm.example.com",
        "https://crm.example.com/",
        "HTTPS://crm.example.com",
        "null",
        "",
        "android:apk-key-hash:x",
    ] {
        assert!(!check("https://crm.example.com", foreign), "{foreign}");
    }
    assert!(!check(
        "http://127.0.0.1:8080",
        "http://localhost.evil.example"
    ));
    let framed = json!({"type": "webauthn.get", "challenge": "c", "origin": "https://crm.example.com", "crossOrigin": true});
    let framed = party().challenge(framed.to_string().as_bytes(), "webauthn.get");
    assert_eq!(framed, Err(Refused("origin")));
    let made = client_data("webauthn.create", "c", "https://crm.example.com");
    let wrong = party().challenge(&made, "webauthn.get");
    assert_eq!(wrong, Err(Refused("client_data_type")));
    assert!(party().challenge(b"{}", "webauthn.get").is_err());
    assert_eq!(
        RelyingParty::new(&"https://192.0.2.1".parse().unwrap()),
        None
    );
}

#[test]
fn broken_attestations_are_refused_and_never_panic() {
    let key = Key::new();
    let cose = key.cose();
    let good = attestation(with_credential(UP_UV, b"id-1", &cose));
    assert!(party().created(&good).is_ok());
    for end in 0..good.len() {
        assert!(party().created(&good[..end]).is_err(), "cut at {end}");
    }
    let weak = cbor(&map(vec![(1, 3.into()), (3, (-65535).into())]));
    let symmetric = cbor(&map(vec![(1, 4.into()), (3, 5.into())]));
    for (object, wanted) in [
        (
            attestation(data("crm.example.com", UP_UV, 0)),
            "no_credential",
        ),
        (
            attestation(with_credential(1, b"id", &cose)),
            "user_not_verified",
        ),
        (
            attestation(with_credential(UP_UV, b"", &cose)),
            "credential_id",
        ),
        (
            attestation(with_credential(UP_UV, &[1; 1_024], &cose)),
            "credential_id",
        ),
        (
            attestation(with_credential(UP_UV, b"id", &weak)),
            "algorithm",
        ),
        (
            attestation(with_credential(UP_UV, b"id", &symmetric)),
            "algorithm",
        ),
        (
            attestation(with_credential(UP_UV, b"id", &[0])),
            "public_key",
        ),
        (cbor(&Value::Array(vec![])), "attestation"),
        // Depth and length that lie.
        (vec![0x81; 100_000], "attestation"),
        (vec![0xbf, 0xff], "attestation"),
        (
            vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            "attestation",
        ),
    ] {
        assert_eq!(party().created(&object), Err(Refused(wanted)));
    }
}
