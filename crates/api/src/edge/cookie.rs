//! The cookies (RFC 6265): the session, the mark of a browser that has signed in before, and the mark
//! of one that is at an issuer right now.
//!
//! Under TLS their names begin with `__Host-`, which browsers accept only as `Secure`, for this host
//! alone and for all its paths; on plain loopback they have to do without.

use std::time::Duration;

use http::header::{COOKIE, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::edge::Site;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The session's token.
    Session,
    /// The mark of a browser that has signed in before. It opens nothing.
    Device,
    /// The mark of a browser for the time of its sign-ins at issuers.
    Flow,
}

/// How long a browser is known after a sign-in.
pub(crate) const DEVICE_LIFE: Duration = Duration::from_hours(365 * 24);

impl Cookie {
    const fn name(self, site: &Site) -> &'static str {
        match (self, site.is_https()) {
            (Self::Session, true) => "__Host-tenon_session",
            (Self::Session, false) => "tenon_session",
            (Self::Device, true) => "__Host-tenon_device",
            (Self::Device, false) => "tenon_device",
            (Self::Flow, true) => "__Host-tenon_flow",
            (Self::Flow, false) => "tenon_flow",
        }
    }

    /// `Lax` where a navigation from an issuer or a link in a mail has to bring the cookie along.
    const fn same_site(self) -> &'static str {
        match self {
            Self::Session | Self::Flow => "Lax",
            Self::Device => "Strict",
        }
    }

    /// What came with a request.
    pub(crate) fn read(self, headers: &HeaderMap, site: &Site) -> Option<SecretString> {
        let pairs = headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|v| v.to_str().ok());
        pairs
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(n, v)| *n == self.name(site) && !v.is_empty() && v.len() <= 200)
            .map(|(_, v)| SecretString::from(v))
    }

    /// The `Set-Cookie` of a value that holds for `age`. Values are base64url and dots, so they fit.
    pub(crate) fn give(
        self,
        site: &Site,
        value: &SecretString,
        age: Duration,
    ) -> Result<HeaderValue, InvalidHeaderValue> {
        let secure = if site.is_https() { "; Secure" } else { "" };
        let mut value = HeaderValue::from_str(&format!(
            "{}={}; Path=/; HttpOnly; SameSite={}; Max-Age={}{secure}",
            self.name(site),
            value.expose_secret(),
            self.same_site(),
            age.as_secs(),
        ))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The `Set-Cookie` that takes it away.
    pub(crate) fn take(self, site: &Site) -> Result<HeaderValue, InvalidHeaderValue> {
        self.give(site, &SecretString::from(""), Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_tls_every_cookie_is_bound_to_the_host() {
        let site = Site::new(&"https://crm.example.com".parse().unwrap());
        for (cookie, text) in [
            (
                Cookie::Session,
                "__Host-tenon_session=t0k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure",
            ),
            (
                Cookie::Device,
                "__Host-tenon_device=t0k; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure",
            ),
            (
                Cookie::Flow,
                "__Host-tenon_flow=t0k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure",
            ),
        ] {
            let value = cookie
                .give(&site, &SecretString::from("t0k"), Duration::from_mins(1))
                .unwrap();
            assert_eq!(value.to_str().unwrap(), text);
            assert!(value.is_sensitive());
        }
    }

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let site = Site::new(&"http://127.0.0.1:8080".parse().unwrap());
        let mut headers = HeaderMap::new();
        let read = |headers: &HeaderMap| Cookie::Session.read(headers, &site);
        headers.append(COOKIE, HeaderValue::from_static("a=b; xtenon_session=no"));
        assert!(read(&headers).is_none());
        headers.append(
            COOKIE,
            HeaderValue::from_static("c=d; tenon_session=yes; tenon_device=d; e=f"),
        );
        assert_eq!(read(&headers).unwrap().expose_secret(), "yes");
        let device = Cookie::Device.read(&headers, &site).unwrap();
        assert_eq!(device.expose_secret(), "d");
        let long = format!("tenon_flow={}", "x".repeat(201));
        headers.append(COOKIE, HeaderValue::from_str(&long).unwrap());
        assert!(Cookie::Flow.read(&headers, &site).is_none());
    }
}
