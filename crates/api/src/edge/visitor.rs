//! What a request tells of the browser that sends it, for sign-in and its limits.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{FromRef, FromRequestParts};
use http::HeaderMap;
use http::header::USER_AGENT;
use http::request::Parts;
use secrecy::ExposeSecret as _;
use tenon_app::access::Browser;

use crate::Api;
use crate::edge::cookie::Cookie;

/// The address at the other end of a connection; the server puts it into each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The browser that sends a request.
pub(crate) struct Visitor(pub(crate) Browser);

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Api: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let api = Api::from_ref(state);
        let headers = &parts.headers;
        let user_agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
        let device = Cookie::Device.read(headers, &api.site);
        let peer = parts.extensions.get::<Peer>().map(|p| p.0);
        Ok(Self(Browser {
            user_agent: user_agent.unwrap_or_default().to_owned(),
            device: device.map(|d| d.expose_secret().to_owned()),
            session: Cookie::Session.read(headers, &api.site),
            source: source(peer, headers, api.proxies),
        }))
    }
}

/// The client's address, as far as it can be trusted: that of the connection, or what the nearest of
/// `proxies` proxies has written down. A connection from within the own network, where nothing is said
/// of proxies, is probably one: then all clients would count as one, so none does.
fn source(peer: Option<IpAddr>, headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let Some(hop) = proxies.checked_sub(1) else {
        return peer.map(plain).filter(|ip| !is_inside(*ip));
    };
    let lines = headers.get_all("x-forwarded-for").into_iter();
    let names: Vec<&str> = lines
        .filter_map(|v| v.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    // Each proxy appends whom it was called by; what stands further left anybody may have written.
    let name = names.iter().rev().nth(hop)?;
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().map(plain)
}

/// An IPv4 address in IPv6 clothes is that IPv4 address.
fn plain(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

const fn is_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_cannot_choose_its_own_address() {
        let found = |peer: &str, forwarded: &[&'static str], proxies| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", http::HeaderValue::from_static(line));
            }
            source(Some(peer.parse().unwrap()), &headers, proxies).map(|ip| ip.to_string())
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(found("192.0.2.1", &["203.0.113.9"], 0), is("192.0.2.1"));
        assert_eq!(found("::ffff:192.0.2.1", &[], 0), is("192.0.2.1"));
        for inside in [
            "127.0.0.1",
            "10.0.0.7",
            "192.168.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
        ] {
            assert_eq!(found(inside, &["203.0.113.9"], 0), None, "{inside}");
        }
        assert_eq!(
            found("10.0.0.1", &["203.0.113.9, 198.51.100.2"], 1),
            is("198.51.100.2")
        );
        assert_eq!(
            found("10.0.0.1", &["203.0.113.9", "198.51.100.2"], 1),
            is("198.51.100.2")
        );
        assert_eq!(
            found("10.0.0.1", &["1.1.1.1, 198.51.100.2, 10.0.0.2"], 2),
            is("198.51.100.2")
        );
        assert_eq!(found("10.0.0.1", &[], 1), None);
        assert_eq!(found("10.0.0.1", &["unknown"], 1), None);
        assert_eq!(found("10.0.0.1", &["[2001:db8::1]"], 1), is("2001:db8::1"));
    }
}
