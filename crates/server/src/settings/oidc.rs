//! Issuers at which people may sign in: settings whose names hold a name that the operator chooses,
//! `TENON_OIDC_<NAME>_ISSUER` or `[oidc.<name>]` in the file.

use std::collections::BTreeMap;

use tenon_connectors::google::GoogleConfig;
use tenon_connectors::openid::{Metadata, OpenIdConfig};

use super::{Values, upstream};
use crate::failure::Failure;

/// What can be said of an issuer; the first three have to be.
pub(super) const FIELDS: [&str; 4] = ["issuer", "client_id", "client_secret", "label"];

/// The parts of a setting's name or key, if it is one of an issuer: `acme-corp` and `client_id`.
pub(super) fn parse(name: &str) -> Option<(String, &'static str)> {
    let key = name.to_ascii_lowercase();
    let key = key.strip_prefix("tenon_").unwrap_or(&key);
    let rest = key.strip_prefix("oidc_")?;
    let (field, issuer) = FIELDS.iter().find_map(|field| {
        let issuer = rest.strip_suffix(field)?.strip_suffix('_')?;
        Some((*field, issuer))
    })?;
    Some((issuer_name(issuer)?, field))
}

/// An issuer's name as it stands in addresses.
pub(super) fn issuer_name(text: &str) -> Option<String> {
    let sound = (1..=40).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    sound.then(|| text.to_ascii_lowercase().replace('_', "-"))
}

/// The name of the variable that says `field` of `issuer`.
pub(super) fn variable(issuer: &str, field: &str) -> String {
    format!("TENON_OIDC_{issuer}_{field}")
        .replace('-', "_")
        .to_ascii_uppercase()
}

/// Every issuer that was given, and Google when it is set up for mail.
pub(super) fn issuers(
    values: &Values,
    google: Option<&GoogleConfig>,
) -> Result<Vec<OpenIdConfig>, Failure> {
    let mut out: Vec<OpenIdConfig> = google.map(of_google).into_iter().collect();
    for (name, given) in values.issuers() {
        out.push(issuer(name, given)?);
    }
    Ok(out)
}

/// Where people have addresses in domains of others, and `hd` says for which it may speak.
const GOOGLE: &str = "https://accounts.google.com";

fn issuer(name: &str, given: &BTreeMap<&'static str, String>) -> Result<OpenIdConfig, Failure> {
    let wrong = |field: &str, what: &str| {
        Failure::usage(format!("the setting {} {what}", variable(name, field)))
    };
    if name == "google" {
        return Err(wrong(
            "issuer",
            "names an issuer that TENON_GOOGLE_CLIENT_ID sets up; choose another name",
        ));
    }
    let text = |field: &'static str| {
        given
            .get(field)
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| wrong(field, "is missing beside others of this issuer"))
    };
    let issuer = text("issuer")?;
    let url = upstream(issuer).map_err(|what| wrong("issuer", what))?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("issuer", "must have no ? and no #"));
    }
    Ok(OpenIdConfig {
        name: name.to_owned(),
        label: given.get("label").unwrap_or(&name.to_owned()).clone(),
        issuer: issuer.clone(),
        client_id: text("client_id")?.clone(),
        client_secret: text("client_secret")?.clone().into(),
        metadata: None,
        // Whoever set it up under another name meant the same issuer.
        hosted_domains: issuer.trim_end_matches('/') == GOOGLE,
        prompt: "login",
    })
}

/// Google, from the same settings as for mail: one client, one redirect address.
pub(crate) fn of_google(google: &GoogleConfig) -> OpenIdConfig {
    OpenIdConfig {
        name: "google".to_owned(),
        label: "Google".to_owned(),
        issuer: google.endpoints.issuer.clone(),
        client_id: google.client_id.clone(),
        client_secret: google.client_secret.clone(),
        metadata: Some(Metadata {
            authorization_endpoint: google.endpoints.auth_url.clone(),
            token_endpoint: google.endpoints.token_url.clone(),
            jwks_uri: google.endpoints.jwks_url.clone(),
            userinfo_endpoint: None,
            takes_basic: false,
            answers_name_the_issuer: false,
        }),
        hosted_domains: true,
        prompt: "select_account",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_and_put_together() {
        for (name, wanted) in [
            ("TENON_OIDC_ACME_ISSUER", Some(("acme", "issuer"))),
            (
                "TENON_OIDC_ACME_CORP_CLIENT_ID",
                Some(("acme-corp", "client_id")),
            ),
            ("oidc_acme_client_secret", Some(("acme", "client_secret"))),
            ("TENON_OIDC_A_LABEL", Some(("a", "label"))),
            ("TENON_OIDC__ISSUER", None),
            ("TENON_OIDC_ISSUER", None),
            ("TENON_OIDC_ACME_SECRET", None),
            ("TENON_GOOGLE_ISSUER", None),
        ] {
            let found = parse(name);
            let found = found
                .as_ref()
                .map(|(issuer, field)| (issuer.as_str(), *field));
            assert_eq!(found, wanted, "{name}");
        }
        assert_eq!(
            variable("acme-corp", "client_id"),
            "TENON_OIDC_ACME_CORP_CLIENT_ID"
        );
        for wrong in ["", "a/b", "-a", "a b", "é"] {
            assert_eq!(issuer_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_issuer_is_whole_or_refused_with_the_name_of_what_is_wrong() {
        let good = [
            ("issuer", "https://id.example/realms/acme"),
            ("client_id", "tenon"),
            ("client_secret", "s"),
        ];
        let check = |name: &str, pairs: &[(&'static str, &str)]| {
            let given = pairs.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
            issuer(name, &given).map_err(|e| e.to_string())
        };
        let made = check("acme", &good).unwrap();
        assert_eq!(
            (made.label.as_str(), made.metadata.is_none()),
            ("acme", true)
        );
        let missing = check("acme", &good[..2]).unwrap_err();
        assert!(
            missing.contains("TENON_OIDC_ACME_CLIENT_SECRET is missing"),
            "{missing}"
        );
        assert!(
            check("google", &good)
                .unwrap_err()
                .contains("choose another name")
        );
        for wrong in [
            "http://id.example",
            "id.example",
            "https://id.example/?x",
            "ftp://id.example",
        ] {
            let mut pairs = good;
            pairs[0].1 = wrong;
            assert!(
                check("acme", &pairs)
                    .unwrap_err()
                    .contains("TENON_OIDC_ACME_ISSUER"),
                "{wrong}"
            );
        }
        let mut local = good;
        local[0].1 = "http://127.0.0.1:4831";
        assert!(check("acme", &local).is_ok());
        let mut google = good;
        for (url, hosts) in [
            ("https://accounts.google.com", true),
            ("https://accounts.google.com/", true),
            ("https://id.example", false),
        ] {
            google[0].1 = url;
            assert_eq!(check("workspace", &google).unwrap().hosted_domains, hosts);
        }
    }
}
