//! Where people reach this server, and which `Host` and `Origin` therefore are its own.
//!
//! A page of another site cannot choose these headers. Checking them stops DNS rebinding, by which
//! a foreign name is made to point at this server to read it with the browser's help.

use url::{Host, Url};

/// The public address, taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    https: bool,
    host: String,
    port: u16,
    loopback: bool,
}

impl Site {
    /// From `TENON_PUBLIC_URL`.
    pub(crate) fn new(public: &Url) -> Self {
        Self {
            https: public.scheme() == "https",
            host: public.host_str().unwrap_or_default().to_ascii_lowercase(),
            port: public.port_or_known_default().unwrap_or(80),
            loopback: is_loopback(public),
        }
    }

    /// Whether people come by TLS.
    pub(crate) const fn is_https(&self) -> bool {
        self.https
    }

    /// Whether a `Host` header (or `:authority`) means this server. On loopback every loopback
    /// name does, with any port: people forward ports, and nobody else can own these names.
    pub(crate) fn is_own_host(&self, host: &str) -> bool {
        let scheme = if self.https { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{host}")).is_ok_and(|url| {
            url.path() == "/"
                && url.username().is_empty()
                && url.query().is_none()
                && self.matches(&url)
        })
    }

    /// Whether an `Origin` header means this server's own pages.
    pub(crate) fn is_own_origin(&self, origin: &str) -> bool {
        Url::parse(origin).is_ok_and(|url| {
            url.scheme() == if self.https { "https" } else { "http" } && self.matches(&url)
        })
    }

    fn matches(&self, url: &Url) -> bool {
        let same = url
            .host_str()
            .is_some_and(|h| h.eq_ignore_ascii_case(&self.host))
            && url.port_or_known_default() == Some(self.port);
        same || (self.loopback && is_loopback(url))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // RFC 6761, 6.3: these names never leave the machine.
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str) -> Site {
        Site::new(&url.parse().unwrap())
    }

    #[test]
    fn a_public_server_knows_only_its_own_name() {
        let s = site("https://crm.example.com");
        assert!(s.is_own_host("crm.example.com"));
        assert!(s.is_own_host("CRM.example.com:443"));
        assert!(s.is_own_origin("https://crm.example.com"));
        for foreign in [
            "evil.example.com",
            "crm.example.com.evil.example",
            "crm.example.com:8443",
            "127.0.0.1",
            "localhost",
            "",
            "crm.example.com/x",
            "x@crm.example.com",
        ] {
            assert!(!s.is_own_host(foreign), "{foreign}");
        }
        assert!(!s.is_own_origin("http://crm.example.com"));
        assert!(!s.is_own_origin("null"));
    }

    #[test]
    fn on_loopback_every_loopback_name_is_ours_and_no_other() {
        let s = site("http://127.0.0.1:8080");
        for own in [
            "127.0.0.1:8080",
            "localhost:9000",
            "[::1]:8080",
            "tenon.localhost",
        ] {
            assert!(s.is_own_host(own), "{own}");
        }
        for foreign in [
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "10.0.0.1:8080",
            "localhost.evil.example",
        ] {
            assert!(!s.is_own_host(foreign), "{foreign}");
        }
    }
}
