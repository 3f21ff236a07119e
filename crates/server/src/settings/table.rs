//! The table of settings. The documentation page and `tenon doctor` are made from it.

/// What a value has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A text that is never shown.
    Secret,
    /// A path.
    Path,
    /// An address (URL).
    Url,
    /// A whole number within bounds.
    Number(u64, u64),
    /// One of some words.
    Choice(&'static [&'static str]),
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Name of the environment variable.
    pub(crate) name: &'static str,
    /// What a value has to be.
    pub(crate) kind: Kind,
    /// What holds when nothing is given; empty when nothing does.
    pub(crate) default: &'static str,
    /// Said of the default where it depends on other settings.
    pub(crate) default_note: &'static str,
    /// What it is for.
    pub(crate) help: &'static str,
}

impl Setting {
    /// Its key in `tenon.toml`: the name without the prefix, in lower case.
    pub(crate) fn key(&self) -> String {
        self.name
            .strip_prefix("TENON_")
            .unwrap_or(self.name)
            .to_ascii_lowercase()
    }

    /// The kind in words.
    pub(crate) fn kind_text(&self) -> String {
        match self.kind {
            Kind::Text => "text".to_owned(),
            Kind::Secret => "secret text".to_owned(),
            Kind::Path => "path".to_owned(),
            Kind::Url => "address (URL)".to_owned(),
            Kind::Number(least, most) => format!("whole number from {least} to {most}"),
            Kind::Choice(words) => words.join(" or "),
        }
    }
}

const fn setting(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting {
        name,
        kind,
        default,
        default_note: "",
        help,
    }
}

const fn noted(
    name: &'static str,
    kind: Kind,
    default_note: &'static str,
    help: &'static str,
) -> Setting {
    Setting {
        name,
        kind,
        default: "",
        default_note,
        help,
    }
}

/// Every setting there is.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "TENON_DATA_DIR",
        Kind::Path,
        "./tenon-data",
        "Folder of the SQLite database, the key file and the list of destroyed keys. Made at the first start, readable by its owner only.",
    ),
    noted(
        "DATABASE_URL",
        Kind::Secret,
        "SQLite in the data folder",
        "`postgres://USER:PASSWORD@HOST/NAME`, or a path of a SQLite file.",
    ),
    setting(
        "TENON_LISTEN",
        Kind::Text,
        "127.0.0.1:8080",
        "Address and port to listen on. Port 0 takes a free one. TLS is the proxy's business.",
    ),
    setting(
        "TENON_METRICS_LISTEN",
        Kind::Text,
        "127.0.0.1:9464",
        "Address and port of `/metrics` for Prometheus, a listener of its own; `off` for none. If the default is taken, the server runs without.",
    ),
    noted(
        "TENON_DATABASE_LISTEN_URL",
        Kind::Secret,
        "`DATABASE_URL`",
        "The same PostgreSQL by an address of the server itself, where `DATABASE_URL` leads through a pooler in transaction mode (PgBouncer): notifications need a connection that stays theirs.",
    ),
    noted(
        "TENON_PUBLIC_URL",
        Kind::Url,
        "`http://` and the address listened on",
        "Where people reach the server: scheme, host, port. Redirect addresses, cookies and the host check follow from it. `https://` unless on loopback.",
    ),
    noted(
        "TENON_KEK",
        Kind::Text,
        "`file:` and `kek` in the data folder",
        "Key-encryption key: `file:PATH` (made at the first start, mode 0600), `env:NAME` (base64 of 32 bytes in that variable) or `vault:MOUNT/KEY` (transit engine of HashiCorp Vault). Without it the database cannot be read: keep a copy elsewhere.",
    ),
    noted(
        "TENON_KEK_ALSO",
        Kind::Text,
        "none",
        "A second key-encryption key that is read too, while data keys move from the one to the other (`tenon key rewrap`).",
    ),
    noted(
        "TENON_VAULT_ADDR",
        Kind::Url,
        "none",
        "Address of HashiCorp Vault, for `vault:MOUNT/KEY`. `https://` unless on loopback.",
    ),
    noted(
        "TENON_VAULT_NAMESPACE",
        Kind::Text,
        "none",
        "Namespace of Vault Enterprise that the transit engine is in.",
    ),
    noted(
        "TENON_VAULT_TOKEN",
        Kind::Secret,
        "none",
        "Token that may encrypt and decrypt with the key in Vault.",
    ),
    noted(
        "TENON_VAULT_TOKEN_FILE",
        Kind::Path,
        "none",
        "File that holds the token instead, read for each call: Vault Agent keeps it fresh there.",
    ),
    setting(
        "TENON_LOG",
        Kind::Text,
        "info",
        "What is logged: `error`, `warn`, `info`, `debug`, or per module such as `info,tenon_app=debug`.",
    ),
    setting(
        "TENON_LOG_FORMAT",
        Kind::Choice(&["text", "json"]),
        "text",
        "How log lines are written to stderr.",
    ),
    setting(
        "TENON_POLL_SECONDS",
        Kind::Number(5, 86_400),
        "60",
        "How often a mailbox that is in step is asked for changes.",
    ),
    setting(
        "TENON_MAIL_DAYS",
        Kind::Number(0, 3650),
        "180",
        "How many days the metadata of mail is kept unless a workspace chooses; older mail is found by the provider's search. 0: as long as the mailbox is connected.",
    ),
    noted(
        "TENON_SECURITY_CONTACT",
        Kind::Url,
        "none",
        "Where weaknesses of this server are reported, `https:` or `mailto:`; shown in `/.well-known/security.txt`.",
    ),
    setting(
        "TENON_PROXIES",
        Kind::Number(0, 5),
        "0",
        "How many proxies stand in front and write `X-Forwarded-For`. Sign-in is limited per client address; with 0, connections from private addresses are taken for a proxy's and not counted.",
    ),
    noted(
        "TENON_OIDC_<NAME>_ISSUER",
        Kind::Url,
        "none",
        "Issuer identifier of an OpenID Connect issuer at which people may sign in. `<NAME>` is chosen freely, there may be several; the redirect address to register is `/oauth/callback/<name>`. In the file: `[oidc.<name>]`.",
    ),
    noted(
        "TENON_OIDC_<NAME>_CLIENT_ID",
        Kind::Text,
        "none",
        "Client id at that issuer.",
    ),
    noted(
        "TENON_OIDC_<NAME>_CLIENT_SECRET",
        Kind::Secret,
        "none",
        "Client secret at that issuer.",
    ),
    noted(
        "TENON_OIDC_<NAME>_LABEL",
        Kind::Text,
        "the name",
        "What the button on the sign-in page calls the issuer.",
    ),
    noted(
        "TENON_GOOGLE_CLIENT_ID",
        Kind::Text,
        "none",
        "OAuth client id of the Google Cloud project. Google can be connected, and signed in with, once id and secret are set.",
    ),
    noted(
        "TENON_GOOGLE_CLIENT_SECRET",
        Kind::Secret,
        "none",
        "OAuth client secret of the Google Cloud project.",
    ),
    setting(
        "TENON_GOOGLE_QUOTA",
        Kind::Choice(&["2026", "legacy", "off"]),
        "2026",
        "Which table of costs and limits the Google project has: `2026` for projects made since May 2026, `legacy` for older ones.",
    ),
    noted(
        "TENON_GOOGLE_UNITS_PER_MINUTE",
        Kind::Number(0, 100_000_000),
        "6000 with `2026`, 15000 with `legacy`",
        "Quota units a minute for one mailbox; 0 for no limit. See the project's quota page.",
    ),
    noted(
        "TENON_GOOGLE_PROJECT_UNITS_PER_MINUTE",
        Kind::Number(0, 100_000_000),
        "that of the table",
        "Quota units a minute for the whole project; 0 for no limit.",
    ),
    noted(
        "TENON_GOOGLE_PUBSUB_TOPIC",
        Kind::Text,
        "none",
        "`projects/PROJECT/topics/NAME`: where Gmail announces changes. Push is on once topic and account are set; without it mailboxes are polled.",
    ),
    noted(
        "TENON_GOOGLE_PUBSUB_ACCOUNT",
        Kind::Text,
        "none",
        "E-mail address of the service account that the topic's push subscription signs with. Pushes of anybody else are refused.",
    ),
    noted(
        "TENON_GOOGLE_PUBSUB_AUDIENCE",
        Kind::Text,
        "the public address and `/hooks/google/pubsub`",
        "Audience that the push subscription is set up with.",
    ),
    setting(
        "TENON_PUSH_POLL_SECONDS",
        Kind::Number(60, 86_400),
        "600",
        "How often a mailbox is asked for changes while its pushes come.",
    ),
    setting(
        "TENON_FILES_POLL_SECONDS",
        Kind::Number(60, 86_400),
        "900",
        "How often Google Drive is asked what has become of linked files.",
    ),
    noted(
        "TENON_GOOGLE_AUTH_URL",
        Kind::Url,
        "Google's own",
        "Consent screen.",
    ),
    noted(
        "TENON_GOOGLE_TOKEN_URL",
        Kind::Url,
        "Google's own",
        "Token endpoint.",
    ),
    noted(
        "TENON_GOOGLE_REVOKE_URL",
        Kind::Url,
        "Google's own",
        "Revocation endpoint.",
    ),
    noted(
        "TENON_GOOGLE_JWKS_URL",
        Kind::Url,
        "Google's own",
        "Signing keys of id tokens.",
    ),
    noted(
        "TENON_GOOGLE_ISSUER",
        Kind::Text,
        "Google's own",
        "Issuer of id tokens.",
    ),
    noted(
        "TENON_GOOGLE_GMAIL_URL",
        Kind::Url,
        "Google's own",
        "Root of the Gmail API, before `/gmail/v1`.",
    ),
    noted(
        "TENON_GOOGLE_BATCH_URL",
        Kind::Url,
        "`/batch/gmail/v1` beside the Gmail API",
        "Batch endpoint of the Gmail API.",
    ),
    noted(
        "TENON_GOOGLE_UPLOAD_URL",
        Kind::Url,
        "Google's own",
        "Root of the Gmail uploads, before `/upload/gmail/v1`.",
    ),
];

/// The variable that names the file of settings; it is no setting itself.
pub(crate) const CONFIG_VARIABLE: &str = "TENON_CONFIG";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_unique_and_explained() {
        for s in SETTINGS {
            assert_eq!(
                SETTINGS
                    .iter()
                    .filter(|o| o.name == s.name || o.key() == s.key())
                    .count(),
                1,
                "{}",
                s.name
            );
            assert!(s.help.ends_with('.'), "{}", s.name);
            assert!(
                s.default.is_empty() != s.default_note.is_empty(),
                "{}",
                s.name
            );
        }
    }
}
