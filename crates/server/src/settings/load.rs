//! Reading settings: file, environment, flags; later ones win.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::oidc;
use super::table::{CONFIG_VARIABLE, Kind, SETTINGS, Setting};
use crate::failure::Failure;

/// What the command line gave.
#[derive(Debug, Default, Clone)]
pub(crate) struct Given {
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// Flags, as names of settings and values.
    pub(crate) flags: Vec<(String, String)>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    File(PathBuf),
    Environment,
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Environment => f.write_str("in the environment"),
            Self::Flag => f.write_str("on the command line"),
        }
    }
}

/// Values by name, each with its source; of the right kind, not yet understood.
#[derive(Debug, Default)]
pub(crate) struct Values(
    BTreeMap<&'static str, (String, Source)>,
    BTreeMap<String, BTreeMap<&'static str, String>>,
);

impl Values {
    /// Reads everything.
    pub(crate) fn load(given: &Given) -> Result<Self, Failure> {
        let environment = |name: &str| std::env::var(name).ok();
        let names: Vec<String> = std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .collect();
        Self::load_from(given, environment, &names, Path::new("tenon.toml"))
    }

    fn load_from(
        given: &Given,
        environment: impl Fn(&str) -> Option<String>,
        names: &[String],
        default_file: &Path,
    ) -> Result<Self, Failure> {
        let mut values = Self::default();
        let named = given
            .config
            .clone()
            .or_else(|| environment(CONFIG_VARIABLE).map(PathBuf::from));
        let file = named.as_deref().unwrap_or(default_file);
        match std::fs::read_to_string(file) {
            Ok(text) => values.read_file(file, &text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Failure::usage(format!(
                    "the settings file {} does not exist",
                    file.display()
                )));
            }
            Err(error) => {
                return Err(Failure::usage(format!(
                    "the settings file {} cannot be read: {error}",
                    file.display()
                )));
            }
        }
        for setting in SETTINGS {
            // An empty variable counts as none: that is how containers leave one out.
            if let Some(text) = environment(setting.name).filter(|t| !t.is_empty()) {
                values.put(setting, text, Source::Environment)?;
            }
        }
        for name in names.iter().filter(|n| n.starts_with("TENON_OIDC_")) {
            if let (Some((issuer, field)), Some(text)) = (oidc::parse(name), environment(name))
                && !text.is_empty()
            {
                values.1.entry(issuer).or_default().insert(field, text);
            }
        }
        for (name, text) in &given.flags {
            if let Some((issuer, field)) = oidc::parse(name) {
                values
                    .1
                    .entry(issuer)
                    .or_default()
                    .insert(field, text.clone());
                continue;
            }
            let setting = find(name).ok_or_else(|| Failure::usage(format!("the command line names the setting {name:?}, which does not exist; see tenon help settings")))?;
            values.put(setting, text.clone(), Source::Flag)?;
        }
        Ok(values)
    }

    fn read_file(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(0, |span| {
                let before = text.get(..span.start).unwrap_or(text);
                1 + before.matches('\n').count()
            });
            Failure::usage(format!(
                "the settings file {} is not valid TOML in line {line}: {}",
                path.display(),
                error.message()
            ))
        })?;
        self.read_table(path, "", &table)
    }

    /// `[google]` with `client_id` below it is the same as `google_client_id`.
    fn read_table(
        &mut self,
        path: &Path,
        prefix: &str,
        table: &toml::Table,
    ) -> Result<(), Failure> {
        for (key, value) in table {
            let full = format!("{prefix}{key}");
            if let ("oidc", toml::Value::Table(issuers)) = (full.as_str(), value) {
                self.read_issuers(path, issuers)?;
                continue;
            }
            if let toml::Value::Table(inner) = value
                && SETTINGS
                    .iter()
                    .any(|s| s.key().starts_with(&format!("{full}_")))
            {
                self.read_table(path, &format!("{full}_"), inner)?;
                continue;
            }
            let setting = SETTINGS.iter().find(|s| s.key() == full).ok_or_else(|| {
                let near = nearest(&full)
                    .map(|n| format!("; did you mean {n:?}?"))
                    .unwrap_or_default();
                Failure::usage(format!(
                    "the settings file {} has the unknown key {full:?}{near}",
                    path.display()
                ))
            })?;
            let text = match (setting.kind, value) {
                (Kind::Number(..), toml::Value::Integer(n)) => n.to_string(),
                (Kind::Number(..), _) | (_, toml::Value::Table(_)) => {
                    return Err(wrong(
                        &full,
                        &Source::File(path.to_owned()),
                        &format!("must be a {}", setting.kind_text()),
                    ));
                }
                (_, toml::Value::String(text)) => text.clone(),
                (_, toml::Value::Integer(n)) if matches!(setting.kind, Kind::Choice(_)) => {
                    n.to_string()
                }
                _ => {
                    return Err(wrong(
                        &full,
                        &Source::File(path.to_owned()),
                        "must be a text in quotes",
                    ));
                }
            };
            self.put(setting, text, Source::File(path.to_owned()))?;
        }
        Ok(())
    }

    /// `[oidc.acme]` with `issuer`, `client_id`, `client_secret` and `label` below it.
    fn read_issuers(&mut self, path: &Path, issuers: &toml::Table) -> Result<(), Failure> {
        let source = Source::File(path.to_owned());
        for (name, table) in issuers {
            let shown = format!("oidc.{name}");
            let (Some(issuer), toml::Value::Table(table)) = (oidc::issuer_name(name), table) else {
                return Err(wrong(&shown, &source, "must be a table with a plain name"));
            };
            for (key, value) in table {
                let shown = format!("{shown}.{key}");
                let field = oidc::FIELDS.iter().find(|f| *f == key);
                let (Some(field), Some(text)) = (field, value.as_str()) else {
                    return Err(wrong(
                        &shown,
                        &source,
                        "must be issuer, client_id, client_secret or label, with a text in quotes",
                    ));
                };
                let of_issuer = self.1.entry(issuer.clone()).or_default();
                of_issuer.insert(field, text.to_owned());
            }
        }
        Ok(())
    }

    /// What was said of issuers, by name.
    pub(super) const fn issuers(&self) -> &BTreeMap<String, BTreeMap<&'static str, String>> {
        &self.1
    }

    fn put(
        &mut self,
        setting: &'static Setting,
        text: String,
        source: Source,
    ) -> Result<(), Failure> {
        let shown = if matches!(source, Source::File(_)) {
            setting.key()
        } else {
            setting.name.to_owned()
        };
        match setting.kind {
            Kind::Number(least, most)
                if !text
                    .parse::<u64>()
                    .is_ok_and(|n| (least..=most).contains(&n)) =>
            {
                return Err(wrong(
                    &shown,
                    &source,
                    &format!("must be a whole number from {least} to {most}"),
                ));
            }
            Kind::Choice(words) if !words.contains(&text.as_str()) => {
                return Err(wrong(
                    &shown,
                    &source,
                    &format!("must be {}", words.join(" or ")),
                ));
            }
            _ => {}
        }
        self.0.insert(setting.name, (text, source));
        Ok(())
    }

    /// The value that was given, if one was.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(text, _)| text.as_str())
    }

    /// The value that was given, or the default.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.given(name)
            .or_else(|| find(name).map(|s| s.default))
            .unwrap_or_default()
    }

    /// A number that was given, or the default.
    pub(crate) fn number(&self, name: &str) -> Result<u64, Failure> {
        self.text(name)
            .parse()
            .map_err(|_| self.wrong(name, "must be a whole number"))
    }

    /// A sentence about a value: where it stands, what it must be. Never the value.
    pub(crate) fn wrong(&self, name: &str, what: &str) -> Failure {
        match self.0.get(name) {
            Some((_, source @ Source::File(_))) => wrong(
                &find(name).map_or_else(|| name.to_owned(), Setting::key),
                source,
                what,
            ),
            Some((_, source)) => wrong(name, source, what),
            None => Failure::usage(format!("the setting {name} {what}")),
        }
    }
}

fn wrong(name: &str, source: &Source, what: &str) -> Failure {
    Failure::usage(format!("the setting {name} {source} {what}"))
}

/// By name, or by key as in the file.
fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.name == name || s.key() == name)
}

/// Variables that look like settings but are none: perhaps misspelt. Only `tenon doctor` tells,
/// because orchestrators set variables of their own under a service's name.
pub(crate) fn unknown_variables() -> Vec<(String, Option<String>)> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names
        .filter(|n| {
            n.starts_with("TENON_")
                && n != CONFIG_VARIABLE
                && !n.starts_with("TENON_TEST_")
                && oidc::parse(n).is_none()
                && find(n).is_none()
        })
        .map(|n| {
            let near = nearest(&n.trim_start_matches("TENON_").to_ascii_lowercase());
            let near = near.and_then(|key| find(&key)).map(|s| s.name.to_owned());
            (n, near)
        })
        .collect()
}

/// The key that differs least, if by little.
fn nearest(key: &str) -> Option<String> {
    SETTINGS
        .iter()
        .map(|s| (distance(key, &s.key()), s.key()))
        .filter(|(d, _)| *d <= 3)
        .min()
        .map(|(_, key)| key)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Values, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenon.toml");
        std::fs::write(&path, file).unwrap();
        let given = Given {
            config: None,
            flags: flags
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        };
        let environment = |name: &str| {
            environment
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        };
        let names = ["TENON_OIDC_ACME_ISSUER", "TENON_OIDC_ACME_LABEL"].map(str::to_owned);
        Values::load_from(&given, environment, &names, &path).map_err(|failure| {
            assert_eq!(failure.code(), 2);
            failure
                .to_string()
                .replace(path.to_str().unwrap(), "tenon.toml")
        })
    }

    #[test]
    fn later_sources_win() {
        let values = load(
            "listen = \"127.0.0.1:1\"\nlog = \"debug\"\npoll_seconds = 30\n[google]\nclient_id = \"x\"",
            &[("TENON_LISTEN", "127.0.0.1:2"), ("TENON_LOG", "")],
            &[("listen", "127.0.0.1:3")],
        )
        .unwrap();
        assert_eq!(values.text("TENON_LISTEN"), "127.0.0.1:3");
        assert_eq!(values.text("TENON_LOG"), "debug");
        assert_eq!(values.number("TENON_POLL_SECONDS").unwrap(), 30);
        assert_eq!(values.text("TENON_GOOGLE_CLIENT_ID"), "x");
        assert_eq!(values.text("TENON_DATA_DIR"), "./tenon-data");
    }

    #[test]
    fn issuers_come_from_all_sources() {
        let values = load(
            "[oidc.acme]\nissuer = \"https://a.example\"\nclient_id = \"x\"\n[oidc.other_one]\nissuer = \"https://o.example\"",
            &[("TENON_OIDC_ACME_ISSUER", "https://b.example"), ("TENON_OIDC_ACME_LABEL", "")],
            &[("oidc_acme_client_secret", "s")],
        )
        .unwrap();
        let acme = &values.issuers()["acme"];
        assert_eq!(acme["issuer"], "https://b.example");
        assert_eq!(
            (acme["client_id"].as_str(), acme["client_secret"].as_str()),
            ("x", "s")
        );
        assert!(!acme.contains_key("label"));
        assert!(values.issuers().contains_key("other-one"));
        let wrong = load("[oidc.acme]\nsecret = \"x\"", &[], &[]).unwrap_err();
        assert!(
            wrong.starts_with("the setting oidc.acme.secret in tenon.toml must be"),
            "{wrong}"
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence_that_names_it() {
        let sentence = |file: &str| load(file, &[], &[]).unwrap_err();
        assert_eq!(
            sentence("lissten = \"x\""),
            "the settings file tenon.toml has the unknown key \"lissten\"; did you mean \"listen\"?"
        );
        assert_eq!(
            sentence("[google]\nclientid = \"x\""),
            "the settings file tenon.toml has the unknown key \"google_clientid\"; did you mean \"google_client_id\"?"
        );
        assert_eq!(
            sentence("listen = 8080"),
            "the setting listen in tenon.toml must be a text in quotes"
        );
        assert_eq!(
            sentence("poll_seconds = \"often\""),
            "the setting poll_seconds in tenon.toml must be a whole number from 5 to 86400"
        );
        assert_eq!(
            sentence("poll_seconds = 1"),
            "the setting poll_seconds in tenon.toml must be a whole number from 5 to 86400"
        );
        assert!(
            sentence("a = \n")
                .starts_with("the settings file tenon.toml is not valid TOML in line 1: ")
        );
        assert!(
            sentence("log = \"a\"\nlog = \"b\"\n")
                .starts_with("the settings file tenon.toml is not valid TOML in line 2: ")
        );
        let environment = load("", &[("TENON_LOG_FORMAT", "xml")], &[]).unwrap_err();
        assert_eq!(
            environment,
            "the setting TENON_LOG_FORMAT in the environment must be text or json"
        );
    }
}
