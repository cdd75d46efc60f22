//! Addresses: networks as people write them, which of them are public, and where a request came from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};

/// `203.0.113.0/24`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

/// What the settings say about addresses.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Our own reverse proxies: only their `X-Forwarded-For` is believed.
    pub proxies: Vec<Network>,
    /// Networks that outgoing webhooks may reach although they are not public.
    pub outgoing: Vec<Network>,
    /// Outgoing webhooks may go to this machine by plain HTTP: demos and tests.
    pub loopback: bool,
}

impl Network {
    /// Reads one network; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (base, bits) = match text.trim().split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let base = plain(base.parse().ok()?);
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { base, bits })
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, plain(address)) {
            (IpAddr::V4(base), IpAddr::V4(it)) => {
                same(base.to_bits().into(), it.to_bits().into(), 32 - self.bits)
            }
            (IpAddr::V6(base), IpAddr::V6(it)) => same(base.to_bits(), it.to_bits(), 128 - self.bits),
            _ => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

const fn same(a: u128, b: u128, ignored: u8) -> bool {
    ignored >= 128 || a >> ignored == b >> ignored
}

/// An IPv4 address in IPv6 clothes is the IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether an address lies in the public Internet. Everything else is refused: this machine, private and shared
/// networks, link-local (where clouds keep their metadata), multicast, documentation, reserved, and the IPv6 forms that
/// carry an IPv4 address to somewhere else.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127, ..) | (224.., ..) => true,
        (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true,
        // Protocol assignments, documentation, relays, benchmarks.
        (192, 0, 0 | 2) | (192, 31, 196) | (192, 52, 193) | (192, 88, 99) | (192, 175, 48) => true,
        (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    };
    // The two hosts by which one large cloud offers metadata from public-looking space.
    !special && address != Ipv4Addr::new(168, 63, 129, 16) && address != Ipv4Addr::new(100, 100, 100, 200)
}

const fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only 2000::/3 is handed out to the public; within it Teredo and other protocol space (2001:0::/23), documentation
    // (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16) are not ours to reach.
    a & 0xe000 == 0x2000
        && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8))
        && a != 0x2002
        && !(a == 0x3fff && b < 0x1000)
}

/// Where a request came from: the peer, or what one of our own proxies says about it. `None` when nobody knows.
#[must_use]
pub fn came_from(request: &Request, proxies: &[Network]) -> Option<IpAddr> {
    let peer = plain(request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip());
    let ours = |address: IpAddr| proxies.iter().any(|n| n.contains(address));
    if !ours(peer) {
        return Some(peer);
    }
    let said: Vec<IpAddr> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .filter_map(|part| part.trim().parse().ok())
        .map(plain)
        .collect();
    // The last one that is not ours: whatever stands before it is the client's own word.
    Some(said.into_iter().rev().find(|a| !ours(*a)).unwrap_or(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let net = Network::parse("10.1.0.0/16").expect("a network");
        assert!(net.contains(ip("10.1.255.1")) && net.contains(ip("::ffff:10.1.0.1")));
        assert!(!net.contains(ip("10.2.0.1")) && !net.contains(ip("::1")));
        assert!(Network::parse("2001:db8::/32").expect("a network").contains(ip("2001:db8:1::1")));
        assert!(Network::parse("0.0.0.0/0").expect("a network").contains(ip("8.8.8.8")));
        assert!(Network::parse("198.51.100.7").expect("one address").contains(ip("198.51.100.7")));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "example.com", "10.0.0.0/x"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_the_public_internet_is_public() {
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "100.100.100.200",
            "127.0.0.1",
            "127.8.8.8",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(ip(inside)), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "169.253.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "198.20.0.1",
            "223.255.255.1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "2400:3200::1",
        ] {
            assert!(is_public(ip(outside)), "{outside}");
        }
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        let request = |peer: &str, said: &str| {
            let mut request =
                Request::builder().header("x-forwarded-for", said).body(axum::body::Body::empty());
            let request = request.as_mut().expect("a request");
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip(peer), 1)));
            std::mem::take(request)
        };
        let ours = [Network::parse("10.0.0.0/8").expect("a network")];
        assert_eq!(came_from(&request("8.8.8.8", "1.1.1.1"), &ours), Some(ip("8.8.8.8")));
        assert_eq!(came_from(&request("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.3"), &ours), Some(ip("1.1.1.1")));
        assert_eq!(came_from(&request("10.0.0.2", ""), &ours), Some(ip("10.0.0.2")));
        assert_eq!(came_from(&Request::default(), &ours), None);
    }
}
