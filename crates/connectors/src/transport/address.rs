//! Which addresses may be connected to (fault N6).

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Host;

/// A name that is not configured led to an address inside somebody's network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a private address")]
pub(crate) struct PrivateAddress;

/// Resolves names; the checked addresses are the ones that are connected to.
#[derive(Default)]
pub(crate) struct Resolver {
    configured: Arc<HashSet<String>>,
}

impl Resolver {
    pub(crate) fn new(configured: HashSet<String>) -> Self {
        Self {
            configured: Arc::new(configured),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let configured = self.configured.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let trusted = configured.contains(name.as_str());
            let kept: Vec<SocketAddr> = found.filter(|a| trusted || is_public(a.ip())).collect();
            if kept.is_empty() {
                return Err(PrivateAddress.into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// Whether a host is this machine by its spelling.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Whether an address is one of the public internet (RFC 6890 and its successors).
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => v4_is_public(ip),
        IpAddr::V6(ip) => v6_is_public(ip),
    }
}

fn v4_is_public(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || a == 100 && (64..128).contains(&b) // shared address space
        || a == 192 && b == 0 && c == 0
        || a == 198 && (18..20).contains(&b) // benchmarking
        || a >= 224) // multicast, reserved, broadcast
}

fn v6_is_public(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let embedded =
        |high: u16, low: u16| v4_is_public(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    if let Some(v4) = ip.to_ipv4_mapped() {
        return v4_is_public(v4);
    }
    match s[0] {
        0x0064 if s[1] == 0xff9b => s[2..6] == [0; 4] && embedded(s[6], s[7]), // NAT64
        0x2002 => embedded(s[1], s[2]),                                        // 6to4
        0x2001 if s[1] == 0x0db8 || s[1] < 0x0200 => false, // documentation, protocol assignments
        first => (0x2000..0x4000).contains(&first),         // global unicast
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n6_only_addresses_of_the_public_internet_count_as_public() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:a00:1::1",
            "2001:db8::1",
        ];
        for ip in private {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "142.250.74.78",
            "8.8.8.8",
            "2a00:1450:4001:80e::200e",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
