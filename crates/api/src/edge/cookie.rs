//! The session cookie (RFC 6265).
//!
//! Under TLS it is `__Host-tenon_session`, which browsers accept only as `Secure`, for this host
//! alone and for all its paths; on plain loopback it has to do without.

use std::time::Duration;

use http::header::{COOKIE, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::edge::Site;

const fn name(site: &Site) -> &'static str {
    if site.is_https() {
        "__Host-tenon_session"
    } else {
        "tenon_session"
    }
}

/// The session token that came with a request.
pub(crate) fn read(headers: &HeaderMap, site: &Site) -> Option<SecretString> {
    let pairs = headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|v| v.to_str().ok());
    pairs
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, v)| *n == name(site) && !v.is_empty())
        .map(|(_, v)| SecretString::from(v))
}

/// The `Set-Cookie` of a session that lives for `age`. The token is base64url, so it fits.
pub(crate) fn give(
    site: &Site,
    token: &SecretString,
    age: Duration,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if site.is_https() { "; Secure" } else { "" };
    let mut value = HeaderValue::from_str(&format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}",
        name(site),
        token.expose_secret(),
        age.as_secs(),
    ))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The `Set-Cookie` that takes it away.
pub(crate) fn take(site: &Site) -> Result<HeaderValue, InvalidHeaderValue> {
    give(site, &SecretString::from(""), Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_tls_the_cookie_is_bound_to_the_host() {
        let site = Site::new(&"https://crm.example.com".parse().unwrap());
        let value = give(&site, &SecretString::from("t0k"), Duration::from_mins(1)).unwrap();
        assert_eq!(
            value.to_str().unwrap(),
            "__Host-tenon_session=t0k; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
        assert!(value.is_sensitive());
    }

    #[test]
    fn the_right_cookie_is_found_among_others() {
        let site = Site::new(&"http://127.0.0.1:8080".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; xtenon_session=no"));
        assert!(read(&headers, &site).is_none());
        headers.append(
            COOKIE,
            HeaderValue::from_static("c=d; tenon_session=yes; e=f"),
        );
        assert_eq!(read(&headers, &site).unwrap().expose_secret(), "yes");
    }
}
