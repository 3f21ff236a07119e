//! Settings: one table, read from `tenon.toml`, then the environment, then flags.

mod kek;
mod load;
mod oidc;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tenon_connectors::google::{GoogleConfig, GoogleEndpoints};
use tenon_connectors::openid::OpenIdConfig;
use tenon_connectors::quota::QuotaSettings;
use tenon_store::StoreUrl;
use tenon_vault::KekSource;
use url::Url;

use crate::failure::Failure;
pub(crate) use kek::KekPlace;
pub(crate) use load::{Given, Values, unknown_variables};
pub(crate) use oidc::of_google;
pub(crate) use table::SETTINGS;

/// The settings of a server, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) database: StoreUrl,
    /// PostgreSQL without the pooler, if one stands in between.
    pub(crate) direct: Option<StoreUrl>,
    pub(crate) listen: SocketAddr,
    pub(crate) metrics: MetricsListen,
    pub(crate) public_url: Option<Url>,
    pub(crate) kek: KekPlace,
    /// A second one, while data keys move from the one to the other.
    pub(crate) kek_also: Option<KekPlace>,
    pub(crate) log: String,
    pub(crate) log_json: bool,
    pub(crate) poll: Duration,
    pub(crate) google: Option<GoogleConfig>,
    pub(crate) push: Option<Push>,
    pub(crate) push_poll: Duration,
    /// How often Drive is asked what has become of linked files.
    pub(crate) files_poll: Duration,
    pub(crate) mail_days: u32,
    pub(crate) issuers: Vec<OpenIdConfig>,
    pub(crate) proxies: usize,
    pub(crate) security_contact: Option<String>,
}

/// Where Gmail announces changes, and who brings them.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) topic: String,
    pub(crate) account: String,
    /// `None`: the address that is posted to.
    pub(crate) audience: Option<String>,
}

/// Where `/metrics` is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetricsListen {
    /// Nowhere.
    Off,
    /// Nobody said where: at the usual place, unless it is taken.
    Usual(SocketAddr),
    /// There, or not at all.
    At(SocketAddr),
}

impl Settings {
    /// Reads and checks everything; the first thing that is wrong is told with its name and place.
    pub(crate) fn load(given: &Given) -> Result<Self, Failure> {
        Self::from_values(&Values::load(given)?)
    }

    pub(crate) fn from_values(values: &Values) -> Result<Self, Failure> {
        let data_dir = PathBuf::from(values.text("TENON_DATA_DIR"));
        let database = match values.given("DATABASE_URL") {
            Some(text) => {
                StoreUrl::parse(text).map_err(|e| values.wrong("DATABASE_URL", &e.to_string()))?
            }
            None => StoreUrl::Sqlite(data_dir.join("tenon.db")),
        };
        let kek = kek::place(values, "TENON_KEK")?;
        let kek = kek.unwrap_or_else(|| KekPlace::Held(KekSource::File(data_dir.join("kek"))));
        let public_url = values
            .given("TENON_PUBLIC_URL")
            .map(|text| origin(values, text))
            .transpose()?;
        let google = google(values)?;
        Ok(Self {
            issuers: oidc::issuers(values, google.as_ref())?,
            proxies: values.number("TENON_PROXIES")? as usize,
            kek,
            kek_also: kek::place(values, "TENON_KEK_ALSO")?,
            public_url,
            direct: direct(values, &database)?,
            database,
            listen: address(values, "TENON_LISTEN")?,
            metrics: metrics(values)?,
            log: values.text("TENON_LOG").to_owned(),
            log_json: values.text("TENON_LOG_FORMAT") == "json",
            poll: Duration::from_secs(values.number("TENON_POLL_SECONDS")?),
            google,
            push: push(values)?,
            mail_days: values.number("TENON_MAIL_DAYS")? as u32,
            push_poll: Duration::from_secs(values.number("TENON_PUSH_POLL_SECONDS")?),
            files_poll: Duration::from_secs(values.number("TENON_FILES_POLL_SECONDS")?),
            security_contact: contact(values)?,
            data_dir,
        })
    }
}

fn direct(values: &Values, database: &StoreUrl) -> Result<Option<StoreUrl>, Failure> {
    const NAME: &str = "TENON_DATABASE_LISTEN_URL";
    let Some(text) = values.given(NAME) else {
        return Ok(None);
    };
    match (StoreUrl::parse(text), database) {
        (Ok(direct @ StoreUrl::Postgres(_)), StoreUrl::Postgres(_)) => Ok(Some(direct)),
        (_, StoreUrl::Sqlite(_)) => {
            Err(values.wrong(NAME, "is for PostgreSQL: DATABASE_URL names none"))
        }
        _ => Err(values.wrong(NAME, "must be a postgres:// address")),
    }
}

fn metrics(values: &Values) -> Result<MetricsListen, Failure> {
    const NAME: &str = "TENON_METRICS_LISTEN";
    match values.given(NAME) {
        Some("off") => Ok(MetricsListen::Off),
        Some(_) => Ok(MetricsListen::At(address(values, NAME)?)),
        None => Ok(MetricsListen::Usual(address(values, NAME)?)),
    }
}

fn address(values: &Values, name: &'static str) -> Result<SocketAddr, Failure> {
    let text = values.text(name).replace("localhost", "127.0.0.1");
    text.parse().map_err(|_| {
        values.wrong(
            name,
            "must be an address and a port such as 127.0.0.1:8080 or [::]:8080",
        )
    })
}

/// The public address: scheme, host and port only, because cookies and the OAuth redirect address
/// belong to all of it.
fn origin(values: &Values, text: &str) -> Result<Url, Failure> {
    let wrong = |what: &str| values.wrong("TENON_PUBLIC_URL", what);
    let url: Url = text
        .parse()
        .map_err(|_| wrong("must be an address such as https://crm.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("must begin with https:// (or http:// on loopback)"));
    }
    if url.path() != "/"
        || url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
    {
        return Err(wrong("must be scheme, host and port only, without a path"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(wrong(
            "must be https:// unless it is on loopback: sessions would travel readable",
        ));
    }
    Ok(url)
}

/// RFC 9116, 2.5.3: an address that a person can click or write to.
fn contact(values: &Values) -> Result<Option<String>, Failure> {
    const NAME: &str = "TENON_SECURITY_CONTACT";
    let Some(text) = values.given(NAME) else {
        return Ok(None);
    };
    let holds =
        Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "mailto" | "tel"));
    if holds && !text.contains(char::is_control) {
        return Ok(Some(text.to_owned()));
    }
    Err(values.wrong(NAME, "must begin with https:// or mailto:"))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn google(values: &Values) -> Result<Option<GoogleConfig>, Failure> {
    let (id, secret) = (
        values.given("TENON_GOOGLE_CLIENT_ID"),
        values.given("TENON_GOOGLE_CLIENT_SECRET"),
    );
    let (client_id, client_secret) = match (id, secret) {
        (Some(id), Some(secret)) => (id.to_owned(), secret.into()),
        (None, None) => return Ok(None),
        (Some(_), None) => {
            return Err(values.wrong(
                "TENON_GOOGLE_CLIENT_SECRET",
                "is missing beside TENON_GOOGLE_CLIENT_ID",
            ));
        }
        (None, Some(_)) => {
            return Err(values.wrong(
                "TENON_GOOGLE_CLIENT_ID",
                "is missing beside TENON_GOOGLE_CLIENT_SECRET",
            ));
        }
    };
    let mut endpoints = GoogleEndpoints::default();
    let put = |name: &str, target: &mut Url| -> Result<(), Failure> {
        if let Some(text) = values.given(name) {
            *target = upstream(text).map_err(|what| values.wrong(name, what))?;
        }
        Ok(())
    };
    put("TENON_GOOGLE_AUTH_URL", &mut endpoints.auth_url)?;
    put("TENON_GOOGLE_TOKEN_URL", &mut endpoints.token_url)?;
    put("TENON_GOOGLE_REVOKE_URL", &mut endpoints.revoke_url)?;
    put("TENON_GOOGLE_JWKS_URL", &mut endpoints.jwks_url)?;
    put("TENON_GOOGLE_GMAIL_URL", &mut endpoints.gmail_url)?;
    put("TENON_GOOGLE_UPLOAD_URL", &mut endpoints.upload_url)?;
    put("TENON_GOOGLE_BATCH_URL", &mut endpoints.batch_url)?;
    if let Some(issuer) = values.given("TENON_GOOGLE_ISSUER") {
        issuer.clone_into(&mut endpoints.issuer);
    }
    let mut quota = match values.text("TENON_GOOGLE_QUOTA") {
        "legacy" => QuotaSettings::legacy(),
        "off" => QuotaSettings::unlimited(),
        _ => QuotaSettings::y2026(),
    };
    let units = |name: &str| -> Result<Option<u32>, Failure> {
        let number = values
            .given(name)
            .map(|_| values.number(name))
            .transpose()?;
        Ok(number
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n > 0))
    };
    if values.given("TENON_GOOGLE_UNITS_PER_MINUTE").is_some() {
        quota.units_per_minute_user = units("TENON_GOOGLE_UNITS_PER_MINUTE")?;
    }
    if values
        .given("TENON_GOOGLE_PROJECT_UNITS_PER_MINUTE")
        .is_some()
    {
        quota.units_per_minute_project = units("TENON_GOOGLE_PROJECT_UNITS_PER_MINUTE")?;
    }
    Ok(Some(GoogleConfig {
        client_id,
        client_secret,
        endpoints,
        quota,
    }))
}

fn push(values: &Values) -> Result<Option<Push>, Failure> {
    let (topic, account) = ("TENON_GOOGLE_PUBSUB_TOPIC", "TENON_GOOGLE_PUBSUB_ACCOUNT");
    let (said, by) = match (values.given(topic), values.given(account)) {
        (Some(said), Some(by)) => (said, by),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(values.wrong(account, &format!("is missing beside {topic}"))),
        (None, Some(_)) => return Err(values.wrong(topic, &format!("is missing beside {account}"))),
    };
    let parts: Vec<&str> = said.split('/').collect();
    if !matches!(parts.as_slice(), ["projects", project, "topics", name] if !project.is_empty() && !name.is_empty())
    {
        return Err(values.wrong(topic, "must be projects/PROJECT/topics/NAME"));
    }
    if !by.contains('@') {
        return Err(values.wrong(account, "must be the e-mail address of a service account"));
    }
    Ok(Some(Push {
        topic: said.to_owned(),
        account: by.to_owned(),
        audience: values
            .given("TENON_GOOGLE_PUBSUB_AUDIENCE")
            .map(str::to_owned),
    }))
}

/// An address of a provider: TLS, except on loopback, where stand-ins run.
fn upstream(text: &str) -> Result<Url, &'static str> {
    let url: Url = text.parse().map_err(|_| "must be an https:// address")?;
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err("must be https://: http:// is accepted on loopback only"),
        _ => Err("must be an https:// address"),
    }
}
