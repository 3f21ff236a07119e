//! Where an issuer's endpoints are (OpenID Connect Discovery 1.0, section 4).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::{OpenId, Result};
use crate::{ProviderError, Reaction};

const OPERATION: &str = "openid.discovery";
/// Asked anew after this long.
const LIVE: Duration = Duration::from_hours(1);

/// What is needed of an issuer's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Sign-in page.
    pub authorization_endpoint: Url,
    /// Token endpoint.
    pub token_endpoint: Url,
    /// Signing keys.
    pub jwks_uri: Url,
    /// Claims about the person.
    pub userinfo_endpoint: Option<Url>,
    /// Whether the client's secret goes by HTTP Basic, which is what holds unless said otherwise.
    pub takes_basic: bool,
    /// Whether answers always carry `iss` (RFC 9207, section 3).
    pub answers_name_the_issuer: bool,
}

/// Remembers the metadata.
#[derive(Default)]
pub(super) struct Discovery {
    found: Mutex<Option<(Arc<Metadata>, Duration)>>,
}

impl Discovery {
    pub(super) async fn get(&self, openid: &OpenId) -> Result<Arc<Metadata>> {
        let mut found = self.found.lock().await;
        let now = openid.world.monotonic();
        if let Some((metadata, at)) = &*found
            && now <= *at + LIVE
        {
            return Ok(metadata.clone());
        }
        let issuer = openid.config.issuer.trim_end_matches('/');
        let url = Url::parse(&format!("{issuer}/.well-known/openid-configuration"))
            .map_err(|_| wrong("issuer_malformed"))?;
        let body = openid.get(OPERATION, url).await?;
        let metadata = Arc::new(read(&body, &openid.config.issuer)?);
        *found = Some((metadata.clone(), now));
        Ok(metadata)
    }
}

fn read(body: &[u8], issuer: &str) -> Result<Metadata> {
    let json: Value =
        serde_json::from_slice(body).map_err(|_| ProviderError::passing(OPERATION, "not_json"))?;
    // Another issuer's metadata would let that one answer in this one's name (section 4.3).
    if json["issuer"] != issuer {
        return Err(wrong("issuer_differs"));
    }
    let url = |name: &'static str| -> Result<Url> {
        json[name]
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| wrong("endpoint_missing"))
    };
    let methods = &json["token_endpoint_auth_methods_supported"];
    let authorization_endpoint = url("authorization_endpoint")?;
    let is_web = |url: &Url| url.scheme() == "https" || issuer.starts_with("http://");
    if !is_web(&authorization_endpoint) {
        return Err(wrong("endpoint_not_secure"));
    }
    Ok(Metadata {
        authorization_endpoint,
        token_endpoint: url("token_endpoint")?,
        jwks_uri: url("jwks_uri")?,
        userinfo_endpoint: url("userinfo_endpoint").ok(),
        takes_basic: methods
            .as_array()
            .is_none_or(|list| list.iter().any(|m| m == "client_secret_basic")),
        answers_name_the_issuer: json["authorization_response_iss_parameter_supported"] == true,
    })
}

fn wrong(code: &'static str) -> ProviderError {
    ProviderError::new(OPERATION, code, Reaction::Alarm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metadata_of_another_issuer_is_refused() {
        let good = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://id.example/keys",
            "authorization_response_iss_parameter_supported": true,
        });
        let check = |json: Value| {
            read(json.to_string().as_bytes(), "https://id.example").map_err(|e| e.code)
        };
        let metadata = check(good.clone()).unwrap();
        assert!(metadata.takes_basic && metadata.answers_name_the_issuer);
        assert_eq!(metadata.userinfo_endpoint, None);
        for (name, value, wanted) in [
            ("issuer", json!("https://id.example/"), "issuer_differs"),
            ("issuer", json!("https://evil.example"), "issuer_differs"),
            ("issuer", json!(null), "issuer_differs"),
            ("token_endpoint", json!(7), "endpoint_missing"),
            ("jwks_uri", json!(null), "endpoint_missing"),
            (
                "authorization_endpoint",
                json!("javascript:alert(1)"),
                "endpoint_not_secure",
            ),
            (
                "authorization_endpoint",
                json!("http://id.example/auth"),
                "endpoint_not_secure",
            ),
        ] {
            let mut json = good.clone();
            json[name] = value;
            assert_eq!(check(json), Err(wanted.to_owned()), "{name}");
        }
        let mut post = good;
        post["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        assert!(!check(post).unwrap().takes_basic);
    }
}
