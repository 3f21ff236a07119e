//! Remote images of a message, fetched when a person asks for them, so that the sender learns only
//! that somebody did (policy checks H3 and W6).
//!
//! Addresses come from mail, so they are an attacker's: only the public internet is reached, on the
//! ports of the web, by the very addresses that were checked; redirects are few and each is checked
//! anew; no cookie, referrer, credential or trace of the reader goes along; and only what is a
//! picture by its bytes comes back.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderValue, LOCATION};
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::transport::address::{Resolver, is_loopback, is_public};
use tenon_model::sabotage::{self, Saboteur};

/// The same for everybody; it says what asks, not who.
const USER_AGENT: &str = "Mozilla/5.0 (compatible; Tenon image proxy)";
/// Bytes of an image, at most.
const LARGEST: usize = 5 << 20;
/// From the first connection to the last byte, redirects included.
const DEADLINE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(4);
const REDIRECTS: usize = 3;
/// Images fetched at the same time by the whole server.
const AT_ONCE: usize = 24;

/// A picture.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its bytes.
    pub bytes: Bytes,
    /// What it is, by its first bytes.
    pub content_type: &'static str,
}

/// Why there is none. Never says more: what answers how is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageRefused {
    /// The address is not one that may be reached.
    #[error("the address may not be reached")]
    Address,
    /// Too many redirects.
    #[error("too many redirects")]
    Redirects,
    /// It did not come, or not in time.
    #[error("it could not be fetched")]
    Unavailable,
    /// It is too large.
    #[error("it is too large")]
    TooLarge,
    /// It is no picture of a kind that is shown.
    #[error("it is not a picture")]
    Kind,
}

/// Fetches images.
pub struct ImageFetcher {
    client: reqwest::Client,
    /// Loopback on any port, for tests and the demo's sandbox.
    loopback: bool,
    turns: Semaphore,
}

impl ImageFetcher {
    /// Builds it. `loopback` lets it reach this machine: for tests only.
    pub fn new(loopback: bool) -> Result<Arc<Self>, ImageRefused> {
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .no_gzip()
            .connect_timeout(CONNECT)
            // Nothing of one message is left open for the next.
            .pool_max_idle_per_host(0)
            .http1_max_headers(100)
            .dns_resolver(Resolver::default())
            .build()
            .map_err(|_| ImageRefused::Unavailable)?;
        Ok(Arc::new(Self {
            client,
            loopback,
            turns: Semaphore::new(AT_ONCE),
        }))
    }

    /// The picture at an address.
    pub async fn fetch(&self, address: &str) -> Result<Image, ImageRefused> {
        let work = async {
            let _turn = self.turns.acquire().await;
            self.follow(address).await
        };
        tokio::time::timeout(DEADLINE, work)
            .await
            .unwrap_or(Err(ImageRefused::Unavailable))
    }

    async fn follow(&self, address: &str) -> Result<Image, ImageRefused> {
        let mut url = Url::parse(address).map_err(|_| ImageRefused::Address)?;
        for _ in 0..=REDIRECTS {
            url.set_fragment(None);
            self.check(&url)?;
            let mut request = reqwest::Request::new(reqwest::Method::GET, url.clone());
            let headers = request.headers_mut();
            headers.insert(ACCEPT, HeaderValue::from_static("image/*"));
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            if sabotage::on(Saboteur::ImageReferrer) {
                headers.insert("referer", HeaderValue::from_static("https://crm.example/"));
            }
            let response = self
                .client
                .execute(request)
                .await
                .map_err(|_| ImageRefused::Unavailable)?;
            if !response.status().is_redirection() {
                return read(response).await;
            }
            let target = response.headers().get(LOCATION);
            let target = target.and_then(|v| v.to_str().ok());
            url = url
                .join(target.ok_or(ImageRefused::Unavailable)?)
                .map_err(|_| ImageRefused::Address)?;
        }
        Err(ImageRefused::Redirects)
    }

    /// Names are checked where they are resolved; addresses are checked here.
    fn check(&self, url: &Url) -> Result<(), ImageRefused> {
        let port = match url.scheme() {
            "http" | "https" => url.port_or_known_default(),
            _ => None,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ImageRefused::Address);
        }
        let host = url.host().ok_or(ImageRefused::Address)?;
        if self.loopback && !matches!(host, Host::Domain(_)) && is_loopback(&host) {
            return Ok(());
        }
        let public = match host {
            Host::Ipv4(ip) => is_public(ip.into()),
            Host::Ipv6(ip) => is_public(ip.into()),
            // One label is a name of somebody's own network.
            Host::Domain(name) => name.trim_end_matches('.').contains('.'),
        };
        if public && matches!(port, Some(80 | 443)) || sabotage::on(Saboteur::ImageAnywhere) {
            Ok(())
        } else {
            Err(ImageRefused::Address)
        }
    }
}

async fn read(mut response: reqwest::Response) -> Result<Image, ImageRefused> {
    if !response.status().is_success() {
        return Err(ImageRefused::Unavailable);
    }
    if response.content_length().unwrap_or(0) > LARGEST as u64 {
        return Err(ImageRefused::TooLarge);
    }
    let mut bytes = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(_) => return Err(ImageRefused::Unavailable),
        }
        if bytes.len() > LARGEST {
            return Err(ImageRefused::TooLarge);
        }
    }
    let content_type = kind(&bytes).ok_or(ImageRefused::Kind)?;
    Ok(Image {
        bytes: bytes.freeze(),
        content_type,
    })
}

/// What a picture is by its first bytes, whatever its server says. No SVG: that is a document.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if starts(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some("image/gif")
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else if bytes.get(4..12) == Some(b"ftypavif") {
        Some("image/avif")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w6_addresses_of_networks_are_refused_in_every_spelling() {
        let fetcher = ImageFetcher::new(false).unwrap();
        for address in [
            "http://127.0.0.1/a.png",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://0/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[ff02::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://localhost/",
            "http://localhost./",
            "http://intranet/",
            "http://example.com:22/",
            "http://example.com:8080/",
            "https://example.com:6443/",
            "http://user@example.com/",
            "http://user:secret@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "gopher://example.com:80/",
            "data:image/png;base64,AA==",
        ] {
            let checked = Url::parse(address)
                .map_err(|_| ImageRefused::Address)
                .and_then(|url| fetcher.check(&url));
            assert_eq!(checked, Err(ImageRefused::Address), "{address}");
        }
        for address in [
            "http://example.com/a.png",
            "https://example.com:443/a",
            "http://142.250.74.78/",
        ] {
            assert_eq!(
                fetcher.check(&Url::parse(address).unwrap()),
                Ok(()),
                "{address}"
            );
        }
    }

    #[test]
    fn pictures_are_told_by_their_bytes() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(kind(b"GIF89a"), Some("image/gif"));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        for no in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'>",
            b"<html>",
            b"%PDF-1.7",
            b"RIFF\0\0\0\0WAVE",
            b"PK\x03\x04",
        ] {
            assert_eq!(kind(no), None);
        }
    }
}
