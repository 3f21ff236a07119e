//! Puts a server together from its settings.

use std::path::Path;

use tenon_app::keys::TransitKek;
use tenon_app::push::GooglePush;
use tenon_app::{AppConfig, Ctx, Parts};
use tenon_connectors::google::{Google, PushIdentity};
use tenon_connectors::openid::OpenId;
use tenon_connectors::transit::Transit;
use tenon_model::{Scope, World};
use tenon_store::{Store, StoreConfig, StoreUrl};
use tenon_vault::{Graveyard, Kek, KekSource, Ring, Wrapped, open_kek};
use url::Url;

use crate::failure::Failure;
use crate::settings::{KekPlace, Settings};

/// Name of the list of destroyed keys in the data folder.
pub(crate) const GRAVEYARD: &str = "graveyard";

/// Name of the file in the data folder that checkpoints of the audit log are written to.
pub(crate) const CHECKPOINTS: &str = "audit-checkpoints";

/// Makes the data folder if it is missing, readable by its owner only, and sees that it can be
/// written.
pub(crate) fn prepare_data_dir(path: &Path) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::file("data folder", path, &e);
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed)?;
    let probe = path.join(".tenon-writable");
    std::fs::write(&probe, b"").map_err(failed)?;
    std::fs::remove_file(&probe).map_err(failed)
}

/// Opens the database.
pub(crate) async fn open_store(settings: &Settings, migrate: bool) -> Result<Store, Failure> {
    let config = StoreConfig {
        url: settings.database.clone(),
        migrate,
    };
    Store::open_pooled(&config, settings.direct.as_ref())
        .await
        .map_err(|error| match &settings.database {
            StoreUrl::Sqlite(path) => {
                let failure = Failure::from(error);
                Failure::new(format!("{}: {failure}", path.display()))
            }
            StoreUrl::Postgres(_) => error.into(),
        })
}

/// The key-encryption key, and the second one if there is one. Only a database without keys may get
/// a new one.
pub(crate) fn kek(
    settings: &Settings,
    world: &World,
    may_create: bool,
) -> Result<Box<dyn Kek>, Failure> {
    let own = one_kek(&settings.kek, world, may_create)?;
    let also = settings.kek_also.as_ref();
    let also = also.map(|place| one_kek(place, world, false)).transpose()?;
    Ok(Box::new(Ring::new(own, also)?))
}

fn one_kek(place: &KekPlace, world: &World, may_create: bool) -> Result<Box<dyn Kek>, Failure> {
    match place {
        KekPlace::Held(source) => {
            let secret = match source {
                KekSource::Env(name) => std::env::var(name).ok(),
                KekSource::File(_) => None,
            };
            Ok(open_kek(source, secret.as_deref(), world, may_create)?)
        }
        KekPlace::Transit(config) => {
            let transit = Transit::new((**config).clone(), world.clone()).map_err(|e| {
                Failure::usage(format!("the settings of Vault do not hold: {}", e.code))
            })?;
            Ok(Box::new(TransitKek::new(transit)))
        }
    }
}

/// Where people reach a server that listens on `address`.
pub(crate) fn public_url(settings: &Settings, address: std::net::SocketAddr) -> Url {
    let given = settings.public_url.clone();
    given.unwrap_or_else(|| address_url(address))
}

/// Opens keys and connectors over an open database.
pub(crate) async fn open_ctx(
    settings: &Settings,
    store: Store,
    config: AppConfig,
) -> Result<Ctx, Failure> {
    let world = World::system();
    // A key may live in another service: no transaction waits for it.
    let mut tx = store.read(&Scope::system()).await?;
    let first = tx.keys().deployment().await?;
    let counts = tx.keys().by_kek().await?;
    drop(tx);
    // A new file beside keys that another place wraps is where they are about to move.
    let moving = settings.kek_also.is_some();
    let in_file = counts.iter().any(|(kek, _)| kek.starts_with("file:"));
    let kek = kek(settings, &world, first.is_none() || moving && !in_file)?;
    if let Some(row) = first {
        // The wrong key is told before anything else is opened with it.
        let wrapped = Wrapped::stored(row.wrapped, &row.kek)?;
        kek.unwrap(row.id, &wrapped).await?;
    }
    let google = settings
        .google
        .clone()
        .map(|config| Google::new(config, world.clone()))
        .transpose();
    let google =
        google.map_err(|e| Failure::usage(format!("the settings of Google do not hold: {e}")))?;
    let mut issuers = Vec::new();
    for config in &settings.issuers {
        let name = config.name.clone();
        let issuer = OpenId::new(config.clone(), world.clone()).map_err(|e| {
            Failure::usage(format!(
                "the settings of the issuer {name} do not hold: {e}"
            ))
        })?;
        issuers.push(issuer);
    }
    let parts = Parts {
        store,
        kek,
        graveyard: Graveyard::new(settings.data_dir.join(GRAVEYARD)),
        world,
        google,
        issuers,
        config,
    };
    Ctx::open(parts)
        .await
        .map_err(|e| Failure::new(e.to_string()))
}

/// The application's settings for a server that people reach at `public_url`.
pub(crate) fn app_config(settings: &Settings, public_url: Url) -> AppConfig {
    let mut config = AppConfig::new(public_url);
    config.poll_interval = settings.poll;
    config.mail_days = settings.mail_days;
    config.audit_checkpoints = Some(settings.data_dir.join(CHECKPOINTS));
    config.push_poll_interval = settings.push_poll;
    config.files_interval = settings.files_poll;
    config.google_push = settings.push.as_ref().map(|push| GooglePush {
        topic: push.topic.clone(),
        identity: PushIdentity {
            audience: push
                .audience
                .clone()
                .unwrap_or_else(|| push_endpoint(&config.public_url).into()),
            account: push.account.clone(),
        },
    });
    config
}

/// Where Pub/Sub posts to.
pub(crate) fn push_endpoint(public_url: &Url) -> Url {
    let mut url = public_url.clone();
    url.set_path("/hooks/google/pubsub");
    url
}

/// Opens everything for a command that does not listen.
pub(crate) async fn open_offline(settings: &Settings, migrate: bool) -> Result<Ctx, Failure> {
    prepare_data_dir(&settings.data_dir)?;
    let store = open_store(settings, migrate).await?;
    let public_url = public_url(settings, settings.listen);
    open_ctx(settings, store, app_config(settings, public_url)).await
}

/// The address of a listener, for people: an unspecified address becomes loopback.
pub(crate) fn address_url(mut address: std::net::SocketAddr) -> Url {
    if address.ip().is_unspecified() {
        let loopback = if address.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        };
        address.set_ip(loopback);
    }
    let mut url = LOCAL.clone();
    // A socket address is always a valid host and port.
    let _ = url.set_ip_host(address.ip());
    let _ = url.set_port(Some(address.port()));
    url
}

static LOCAL: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant that a test opens")]
    Url::parse("http://localhost/").expect("a constant address")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_everywhere_is_shown_as_loopback() {
        for (address, url) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("0.0.0.0:81", "http://127.0.0.1:81/"),
            ("[::]:81", "http://[::1]:81/"),
            ("192.0.2.7:80", "http://192.0.2.7/"),
        ] {
            assert_eq!(address_url(address.parse().unwrap()).as_str(), url);
        }
    }

    #[test]
    fn a_data_folder_that_is_a_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, b"").unwrap();
        let failure = prepare_data_dir(&path).unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("is a file where a folder is needed"),
            "{failure}"
        );
    }
}
