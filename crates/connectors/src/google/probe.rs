//! Looks at Google from outside, for `tenon doctor`: nothing is changed and nobody's token is used.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use secrecy::SecretString;
use url::Url;

use super::operation::Operation;
use super::{Google, identity};
use crate::ports::{GrantPort as _, Result};
use crate::transport::Call;
use crate::{ProviderError, Reaction};

const PATIENCE: Duration = Duration::from_secs(10);

/// What Google says of our redirect address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectUri {
    /// The client knows it.
    Known,
    /// The client does not know it: connecting would end at `redirect_uri_mismatch`.
    Unknown,
    /// The answer does not tell.
    Unclear,
}

/// What was found.
#[derive(Debug)]
pub struct Probe {
    /// Whether the token endpoint answers and accepts client id and secret.
    pub client: Result<()>,
    /// Whether the signing keys of id tokens can be had, and how many there are.
    pub keys: Result<usize>,
    /// Whether the Gmail API answers.
    pub gmail: Result<()>,
    /// Whether the redirect address is registered.
    pub redirect: Result<RedirectUri>,
}

impl Google {
    /// Looks whether everything that connecting needs is there.
    pub async fn probe(&self, redirect_uri: &str) -> Probe {
        Probe {
            client: self.probe_client().await,
            keys: identity::fetch(self).await.map(|set| set.keys.len()),
            gmail: self.probe_gmail().await,
            redirect: self.probe_redirect(redirect_uri).await,
        }
    }

    /// Asks to renew a token that cannot exist. Where everything is right the token is refused
    /// (`invalid_grant`); a wrong client is refused by its own code.
    async fn probe_client(&self) -> Result<()> {
        match self.refresh(&SecretString::from("tenon-doctor")).await {
            Err(error) if error.code == "invalid_grant" => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(ProviderError::new(
                Operation::Refresh.name(),
                "renewed_a_token_that_does_not_exist",
                Reaction::Alarm,
            )),
        }
    }

    /// Without a token Gmail must answer 401, and so say that it is there.
    async fn probe_gmail(&self) -> Result<()> {
        let mut url = self.config.endpoints.gmail_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["gmail", "v1", "users", "me", "profile"]);
        }
        let operation = Operation::Profile;
        let call = Call {
            operation: operation.name(),
            method: Method::GET,
            url,
            bearer: None,
            body: None,
            deadline: PATIENCE,
            max_body: operation.max_body(),
            units: 0,
        };
        let answer = self.transport.call(call).await?;
        if answer.head.is_success() || (400..500).contains(&answer.head.status) {
            return Ok(());
        }
        Err(ProviderError {
            status: Some(answer.head.status),
            ..ProviderError::passing(operation.name(), "server_error")
        })
    }

    /// Asks the consent screen to answer without showing anything (`prompt=none`, OpenID Connect
    /// Core 3.1.2.1): where the redirect address is registered, the refusal comes back to it.
    async fn probe_redirect(&self, redirect_uri: &str) -> Result<RedirectUri> {
        let mut url = self.config.endpoints.auth_url.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", "tenon-doctor")
            .append_pair("prompt", "none");
        let (status, location) = self
            .transport
            .location("google.authorize", url, PATIENCE)
            .await?;
        Ok(judge(status, location.as_deref(), redirect_uri))
    }
}

/// Google shows its error page on an address of its own, with the reason inside `authError`,
/// base64 of a small binary message; other servers answer 400.
fn judge(status: u16, location: Option<&str>, redirect_uri: &str) -> RedirectUri {
    let Some(location) = location else {
        return if status == 400 {
            RedirectUri::Unknown
        } else {
            RedirectUri::Unclear
        };
    };
    let back = location
        .strip_prefix(redirect_uri)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '#', '&']));
    if back {
        return RedirectUri::Known;
    }
    let named = Url::parse(location).is_ok_and(|url| {
        url.query_pairs().any(|(key, value)| {
            let decoded = URL_SAFE_NO_PAD.decode(value.trim_end_matches('='));
            let decoded = decoded.unwrap_or_default();
            key == "authError"
                && String::from_utf8_lossy(&decoded).contains("redirect_uri_mismatch")
                || value == "redirect_uri_mismatch"
        })
    });
    if named {
        RedirectUri::Unknown
    } else {
        RedirectUri::Unclear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_consent_screen_are_told_apart() {
        let ours = "https://crm.example.com/oauth/callback/google";
        let error = |text: &str| {
            let message = URL_SAFE_NO_PAD.encode(format!("\n\u{15}{text}\u{12}"));
            format!("https://accounts.google.com/signin/oauth/error?authError={message}&flowName=x")
        };
        for (status, location, expected) in [
            (
                302,
                Some(format!(
                    "{ours}?error=interaction_required&state=tenon-doctor"
                )),
                RedirectUri::Known,
            ),
            (
                302,
                Some(error("redirect_uri_mismatch")),
                RedirectUri::Unknown,
            ),
            (302, Some(error("invalid_client")), RedirectUri::Unclear),
            (400, None, RedirectUri::Unknown),
            (200, None, RedirectUri::Unclear),
            (
                302,
                Some(format!("{ours}.evil.example/")),
                RedirectUri::Unclear,
            ),
            (302, Some("/signin".to_owned()), RedirectUri::Unclear),
        ] {
            assert_eq!(
                judge(status, location.as_deref(), ours),
                expected,
                "{status} {location:?}"
            );
        }
    }
}
