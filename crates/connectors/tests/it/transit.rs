//! Vault's transit engine against its documented API, played by the sandbox.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretSlice};
use tenon_connectors::transit::{Transit, TransitConfig, TransitError, VaultToken};
use tenon_model::World;
use tenon_sandbox::{TransitFake, VaultState};

const TOKEN: &str = "hvs.canary-token";

async fn vault() -> TransitFake {
    let vault = TransitFake::start(([127, 0, 0, 1], 0).into(), TOKEN).await;
    let vault = vault.unwrap();
    vault.create("tenon");
    vault
}

fn config(vault: &TransitFake) -> TransitConfig {
    TransitConfig {
        address: vault.url(),
        namespace: String::new(),
        mount: "transit".into(),
        key: "tenon".into(),
        token: VaultToken::Text(TOKEN.into()),
    }
}

fn transit(vault: &TransitFake) -> Arc<Transit> {
    Transit::new(config(vault), World::system()).unwrap()
}

fn plain() -> SecretSlice<u8> {
    b"canary-plain".to_vec().into()
}

#[tokio::test]
async fn a_key_is_read_rotated_and_used_in_each_of_its_versions() {
    let vault = vault().await;
    let transit = transit(&vault);
    let key = transit.read_key().await.unwrap();
    assert_eq!(
        (key.usable_versions(), key.kind()),
        (vec![1], "aes256-gcm96")
    );
    let old = transit.encrypt(&plain(), b"row", 1).await.unwrap();
    transit.rotate().await.unwrap();
    assert_eq!(transit.read_key().await.unwrap().usable_versions(), [1, 2]);
    let new = transit.encrypt(&plain(), b"row", 2).await.unwrap();
    assert!(old.starts_with("vault:v1:") && new.starts_with("vault:v2:"));
    for sealed in [&old, &new] {
        let opened = transit.decrypt(sealed, b"row").await.unwrap();
        assert_eq!(opened.expose_secret(), b"canary-plain");
        let elsewhere = transit.decrypt(sealed, b"another row").await;
        assert_eq!(elsewhere.unwrap_err(), TransitError::Refused);
    }
    vault.forget_before("tenon", 2);
    assert_eq!(transit.read_key().await.unwrap().usable_versions(), [2]);
    let gone = transit.decrypt(&old, b"row").await.unwrap_err();
    assert_eq!(gone, TransitError::VersionRefused);
    let missing = transit.encrypt(&plain(), b"row", 3).await.unwrap_err();
    assert_eq!(missing, TransitError::VersionRefused);
    let paths: Vec<String> = vault
        .calls()
        .into_iter()
        .map(|(m, p)| format!("{m} {p}"))
        .collect();
    for used in [
        "GET /v1/transit/keys/tenon",
        "POST /v1/transit/keys/tenon/rotate",
        "POST /v1/transit/encrypt/tenon",
        "POST /v1/transit/decrypt/tenon",
    ] {
        assert!(paths.iter().any(|p| p == used), "{used}");
    }
}

#[tokio::test]
async fn each_trouble_is_told_as_what_it_is_and_shows_nothing() {
    let vault = vault().await;
    let transit = transit(&vault);
    let elsewhere = "http://127.0.0.1:1".to_owned();
    for (state, wanted) in [
        (VaultState::Sealed, TransitError::Sealed),
        (VaultState::Standby(elsewhere), TransitError::Standby),
        (
            VaultState::Failing(473, String::new()),
            TransitError::Standby,
        ),
        (
            VaultState::Failing(429, "rate limit quota exceeded".into()),
            TransitError::Busy,
        ),
        (
            VaultState::Failing(500, "internal error".into()),
            TransitError::Unavailable,
        ),
        (
            VaultState::Failing(501, String::new()),
            TransitError::NotInitialized,
        ),
        (
            VaultState::Failing(412, String::new()),
            TransitError::Unavailable,
        ),
    ] {
        vault.become_like(state);
        let error = transit.encrypt(&plain(), b"row", 1).await.unwrap_err();
        assert_eq!(error, wanted);
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
    vault.become_like(VaultState::Active);
    vault.let_in(&["another"]);
    assert_eq!(
        transit.read_key().await.unwrap_err(),
        TransitError::Forbidden
    );
    vault.let_in(&[TOKEN]);
    for (mount, key) in [
        ("transit", "nobody"),
        ("elsewhere", "tenon"),
        ("a/b", "tenon"),
    ] {
        let mut config = config(&vault);
        config.mount = mount.into();
        config.key = key.into();
        let wrong = Transit::new(config, World::system()).unwrap();
        assert_eq!(wrong.read_key().await.unwrap_err(), TransitError::NotFound);
        let error = wrong.encrypt(&plain(), b"row", 1).await.unwrap_err();
        assert_eq!(error, TransitError::NotFound);
    }
    vault.create_with("tenon", "rsa-2048", false);
    assert_eq!(
        transit.read_key().await.unwrap_err(),
        TransitError::WrongKind
    );
    vault.create_with("tenon", "aes256-gcm96", true);
    assert_eq!(
        transit.read_key().await.unwrap_err(),
        TransitError::WrongKind
    );
    let derived = transit.encrypt(&plain(), b"row", 1).await.unwrap_err();
    assert_eq!(derived, TransitError::WrongKind);
    drop(vault);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(
        transit.read_key().await.unwrap_err(),
        TransitError::Unavailable
    );
}

#[tokio::test]
async fn a_token_in_a_file_is_read_as_it_is_now() {
    let vault = vault().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let mut config = config(&vault);
    config.token = VaultToken::File(file.clone());
    let transit = Transit::new(config, World::system()).unwrap();
    assert_eq!(transit.read_key().await.unwrap_err(), TransitError::NoToken);
    std::fs::write(&file, "old\n").unwrap();
    assert_eq!(
        transit.read_key().await.unwrap_err(),
        TransitError::Forbidden
    );
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    assert!(transit.read_key().await.is_ok());
    std::fs::write(&file, " \n").unwrap();
    assert_eq!(transit.read_key().await.unwrap_err(), TransitError::NoToken);
}

#[tokio::test]
async fn an_address_in_clear_off_loopback_is_refused_and_a_namespace_is_in_the_path() {
    let vault = vault().await;
    let mut clear = config(&vault);
    clear.address = "http://vault.example:8200/".parse().unwrap();
    assert_eq!(
        Transit::new(clear, World::system()).unwrap_err().code,
        "address_not_secure"
    );
    let mut spaced = config(&vault);
    spaced.namespace = "team/one/".into();
    let spaced = Transit::new(spaced, World::system()).unwrap();
    assert_eq!(spaced.read_key().await.unwrap_err(), TransitError::NotFound);
    let (_, path) = vault.calls().pop().unwrap();
    assert_eq!(path, "/v1/team/one/transit/keys/tenon");
}
