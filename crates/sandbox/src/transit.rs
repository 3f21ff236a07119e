//! HashiCorp Vault's transit engine, as its API is documented
//! (<https://developer.hashicorp.com/vault/api-docs/secret/transit>, error shapes and status codes
//! <https://developer.hashicorp.com/vault/api-docs>): keys with versions, encrypt and decrypt with
//! associated data, least versions, and a Vault that is sealed or a standby when asked to be. Keys
//! live in memory only. Typed by hand; nobody has held it beside a real Vault.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

const LARGEST_BODY: usize = 1 << 20;

/// What Vault is like just now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VaultState {
    /// Does its work.
    #[default]
    Active,
    /// 503 for everything.
    Sealed,
    /// Sends everything on to this address (307), as a standby does that does not forward.
    Standby(String),
    /// This status with this message for everything.
    Failing(u16, String),
}

struct Key {
    versions: BTreeMap<u32, [u8; 32]>,
    kind: String,
    derived: bool,
    min_decryption: u32,
    min_encryption: u32,
}

impl Key {
    fn latest(&self) -> u32 {
        self.versions.keys().next_back().copied().unwrap_or(0)
    }
}

#[derive(Default)]
struct Inside {
    /// Tokens that are let in.
    tokens: Vec<String>,
    keys: BTreeMap<String, Key>,
    state: VaultState,
    calls: Vec<(String, String)>,
}

/// A running Vault with one transit engine at `transit/`. Dropping it stops it.
pub struct TransitFake {
    inside: Arc<Mutex<Inside>>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

type Answer = Result<Value, (u16, String)>;

fn bad(text: &str) -> (u16, String) {
    (400, text.to_owned())
}

impl TransitFake {
    /// Listens, lets `token` in, and has no key yet.
    pub async fn start(listen: SocketAddr, token: &str) -> std::io::Result<Self> {
        let inside = Arc::new(Mutex::new(Inside {
            tokens: vec![token.to_owned()],
            ..Inside::default()
        }));
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let app = Router::new().fallback(entry).with_state(inside.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(%error, "the transit engine stopped listening");
            }
        });
        Ok(Self {
            inside,
            address,
            task,
        })
    }

    /// `http://127.0.0.1:PORT/`.
    ///
    /// # Panics
    /// Never: an address with a port makes a URL.
    #[expect(clippy::expect_used, reason = "an address with a port makes a URL")]
    pub fn url(&self) -> Url {
        format!("http://{}/", self.address)
            .parse()
            .expect("an address")
    }

    /// Makes a key as `vault write -f transit/keys/NAME` does.
    pub fn create(&self, name: &str) {
        self.create_with(name, "aes256-gcm96", false);
    }

    /// The same of another type, or derived.
    pub fn create_with(&self, name: &str, kind: &str, derived: bool) {
        let key = new_key(kind, derived);
        self.lock().keys.insert(name.to_owned(), key);
    }

    /// Sets `min_decryption_version`, as `vault write transit/keys/NAME/config` does.
    pub fn forget_before(&self, name: &str, least: u32) {
        if let Some(key) = self.lock().keys.get_mut(name) {
            key.min_decryption = least;
        }
    }

    /// What Vault is like from now on.
    pub fn become_like(&self, state: VaultState) {
        self.lock().state = state;
    }

    /// Which tokens are let in from now on.
    pub fn let_in(&self, tokens: &[&str]) {
        self.lock().tokens = tokens.iter().map(|t| (*t).to_owned()).collect();
    }

    /// Method and path of every call so far.
    pub fn calls(&self) -> Vec<(String, String)> {
        self.lock().calls.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        lock(&self.inside)
    }
}

impl Drop for TransitFake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl std::fmt::Debug for TransitFake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TransitFake({})", self.address)
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

fn random<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    // Without randomness there is nothing to play.
    let _ = aws_lc_rs::rand::fill(&mut out);
    out
}

fn new_key(kind: &str, derived: bool) -> Key {
    Key {
        versions: BTreeMap::from([(1, random())]),
        kind: kind.to_owned(),
        derived,
        min_decryption: 1,
        min_encryption: 0,
    }
}

async fn entry(State(inside): State<Arc<Mutex<Inside>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return answer(Err((413, "request body too large".to_owned())));
    };
    let mut inside = lock(&inside);
    let path = head.uri.path().to_owned();
    inside.calls.push((head.method.to_string(), path.clone()));
    match inside.state.clone() {
        VaultState::Active => {}
        VaultState::Sealed => return answer(Err((503, "Vault is sealed".to_owned()))),
        VaultState::Failing(status, text) => return answer(Err((status, text))),
        VaultState::Standby(to) => {
            let to = format!("{to}{path}");
            return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response();
        }
    }
    let text = |name: &str| head.headers.get(name).and_then(|v| v.to_str().ok());
    let bearer = text("authorization").and_then(|v| v.strip_prefix("Bearer "));
    let token = text("x-vault-token").or(bearer).unwrap_or_default();
    if !inside.tokens.iter().any(|known| known == token) {
        return answer(Err((403, "permission denied".to_owned())));
    }
    answer(run(&mut inside, &head.method, &path, &body))
}

fn answer(answer: Answer) -> Response {
    match answer {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(data) => {
            let body = json!({
                "request_id": "00000000-0000-0000-0000-000000000000", "lease_id": "",
                "renewable": false, "lease_duration": 0, "data": data,
                "wrap_info": null, "warnings": null, "auth": null,
            });
            axum::Json(body).into_response()
        }
        Err((status, text)) => {
            let errors: Vec<String> = (!text.is_empty()).then_some(text).into_iter().collect();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, axum::Json(json!({ "errors": errors }))).into_response()
        }
    }
}

fn run(inside: &mut Inside, method: &Method, path: &str, body: &Bytes) -> Answer {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let write = matches!(*method, Method::POST | Method::PUT);
    let fields: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => map,
        _ if body.is_empty() => Map::new(),
        _ => return Err(bad("failed to parse JSON input")),
    };
    match parts.as_slice() {
        ["v1", "transit", "keys", name] if write => {
            let kind = fields.get("type").and_then(Value::as_str);
            let derived = fields.get("derived") == Some(&json!(true));
            let made = || new_key(kind.unwrap_or("aes256-gcm96"), derived);
            inside.keys.entry((*name).to_owned()).or_insert_with(made);
            Ok(Value::Null)
        }
        ["v1", "transit", "keys", name] if *method == Method::GET => {
            let key = inside.keys.get(*name).ok_or((404, String::new()))?;
            Ok(description(name, key))
        }
        ["v1", "transit", "keys", name, "rotate"] if write => {
            let key = inside.keys.get_mut(*name).ok_or(bad("key not found"))?;
            key.versions.insert(key.latest() + 1, random());
            Ok(Value::Null)
        }
        ["v1", "transit", "keys", name, "config"] if write => {
            let key = inside
                .keys
                .get_mut(*name)
                .ok_or(bad("no existing key named"))?;
            if let Some(least) = fields.get("min_decryption_version").and_then(Value::as_u64) {
                key.min_decryption = least as u32;
            }
            Ok(Value::Null)
        }
        ["v1", "transit", "encrypt", name] if write => encrypt(
            inside
                .keys
                .get(*name)
                .ok_or(bad("encryption key not found"))?,
            &fields,
        ),
        ["v1", "transit", "decrypt", name] if write => decrypt(
            inside
                .keys
                .get(*name)
                .ok_or(bad("encryption key not found"))?,
            &fields,
        ),
        ["v1", "transit", ..] => Err((405, "unsupported operation".to_owned())),
        _ => {
            let route = path.trim_start_matches("/v1/");
            Err((
                404,
                format!("no handler for route {route:?}. route entry not found."),
            ))
        }
    }
}

fn description(name: &str, key: &Key) -> Value {
    let symmetric = key.kind.contains("gcm") || key.kind.contains("chacha");
    let left = key.versions.keys().filter(|v| **v >= key.min_decryption);
    let keys: Map<String, Value> = left
        .map(|v| (v.to_string(), json!(1_442_851_412)))
        .collect();
    json!({
        "type": key.kind, "deletion_allowed": false, "derived": key.derived, "exportable": false,
        "allow_plaintext_backup": false, "keys": keys, "latest_version": key.latest(),
        "min_available_version": 0, "min_decryption_version": key.min_decryption,
        "min_encryption_version": key.min_encryption, "name": name,
        "supports_encryption": symmetric, "supports_decryption": symmetric,
        "supports_derivation": symmetric, "supports_signing": !symmetric, "imported_key": false,
    })
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn associated(key: &Key, fields: &Map<String, Value>) -> Result<Vec<u8>, (u16, String)> {
    if key.derived && text(fields, "context").is_empty() {
        return Err(bad(
            "missing 'context' for key derivation; the key was created using a derived key",
        ));
    }
    STANDARD
        .decode(text(fields, "associated_data"))
        .map_err(|_| bad("failed to base64-decode associated_data"))
}

fn cipher(secret: &[u8; 32]) -> Result<LessSafeKey, (u16, String)> {
    let key =
        UnboundKey::new(&AES_256_GCM, secret).map_err(|_| (500, "internal error".to_owned()))?;
    Ok(LessSafeKey::new(key))
}

fn encrypt(key: &Key, fields: &Map<String, Value>) -> Answer {
    if !fields.contains_key("plaintext") {
        return Err(bad("missing plaintext to encrypt"));
    }
    let mut sealed = STANDARD
        .decode(text(fields, "plaintext"))
        .map_err(|_| bad("failed to base64-decode plaintext"))?;
    let associated = associated(key, fields)?;
    let asked = fields.get("key_version").and_then(Value::as_u64);
    let version = match asked.unwrap_or(0) as u32 {
        0 => key.latest(),
        v if v > key.latest() => {
            return Err(bad(
                "requested version for encryption is higher than the latest key version",
            ));
        }
        v if v < key.min_encryption.max(1) => {
            return Err(bad(
                "requested version for encryption is less than the minimum encryption key version",
            ));
        }
        v => v,
    };
    let secret = key.versions.get(&version).ok_or(bad("no such version"))?;
    let nonce: [u8; NONCE_LEN] = random();
    let tag = cipher(secret)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated),
            &mut sealed,
        )
        .map_err(|_| (500, "internal error".to_owned()))?;
    let bytes = [&nonce[..], &sealed, tag.as_ref()].concat();
    let ciphertext = format!("vault:v{version}:{}", STANDARD.encode(bytes));
    Ok(json!({ "ciphertext": ciphertext, "key_version": version }))
}

fn decrypt(key: &Key, fields: &Map<String, Value>) -> Answer {
    let ciphertext = text(fields, "ciphertext");
    let associated = associated(key, fields)?;
    let rest = ciphertext
        .strip_prefix("vault:v")
        .ok_or(bad("invalid ciphertext: no prefix"))?;
    let (version, body) = rest
        .split_once(':')
        .ok_or(bad("invalid ciphertext: wrong number of fields"))?;
    let version: u32 = version
        .parse()
        .map_err(|_| bad("invalid ciphertext: version number could not be decoded"))?;
    if version > key.latest() {
        return Err(bad("invalid ciphertext: version is too new"));
    }
    if version < key.min_decryption {
        return Err(bad(
            "ciphertext or signature version is disallowed by policy (too old)",
        ));
    }
    let refused = || bad("invalid ciphertext: unable to decrypt");
    let bytes = STANDARD
        .decode(body)
        .map_err(|_| bad("invalid ciphertext: could not decode base64"))?;
    let secret = key.versions.get(&version).ok_or_else(refused)?;
    let (nonce, body) = bytes.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
    let nonce = nonce.try_into().map_err(|_| refused())?;
    let mut plain = body.to_vec();
    let plain = cipher(secret)?
        .open_in_place(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated),
            &mut plain,
        )
        .map_err(|_| refused())?;
    Ok(json!({ "plaintext": STANDARD.encode(plain) }))
}
