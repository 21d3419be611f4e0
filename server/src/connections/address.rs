//! From which address a request comes, when proxies stand between.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
};

/// The address that asks, as the outermost endpoint has found it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// The proxies whose word about addresses counts. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trusted(std::sync::Arc<[IpNet]>);

impl Trusted {
    /// Reads addresses such as `127.0.0.1` and networks such as `10.0.0.0/8`; the first that is neither is the error.
    pub fn read(texts: &[String]) -> Result<Self, String> {
        let read = |text: &String| {
            let text = text.trim();
            text.parse::<IpNet>()
                .or_else(|_| text.parse().map(|ip: IpAddr| ip.into()))
                .map_err(|_| text.to_owned())
        };
        texts
            .iter()
            .filter(|text| !text.trim().is_empty())
            .map(read)
            .collect::<Result<Vec<_>, _>>()
            .map(|nets| Self(nets.into()))
    }

    /// Whether this address is one of theirs.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address.to_canonical()))
    }

    /// The address that asks: the nearest one that is no proxy of ours. What stands further left in the list was written
    /// by somebody whom we do not trust.
    ///
    /// `X-Forwarded-For` counts before `Forwarded`, so a proxy that writes only the latter has to drop the former.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer.to_canonical();
        let mut said = forwarded_for(headers);
        while self.holds(address) {
            match said.pop().and_then(|text| read_node(&text)) {
                Some(before) => address = before,
                None => break,
            }
        }
        address
    }
}

/// Who asked whom, the nearest last.
fn forwarded_for(headers: &HeaderMap) -> Vec<String> {
    let lines = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<String> = lines(header::HeaderName::from_static("x-forwarded-for"))
        .flat_map(|line| line.split(','))
        .map(str::to_owned)
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    let node = |element: &str| {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"').to_owned())
        };
        element.split(';').find_map(pair).unwrap_or_default()
    };
    lines(header::FORWARDED).flat_map(|line| line.split(',')).map(node).collect()
}

/// An address with or without a port, as either header writes it.
fn read_node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = |text: &str| text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    let bracketed = || text.strip_prefix('[')?.split_once(']').and_then(|(ip, _)| bare(ip));
    bare(text).or_else(bracketed).or_else(|| bare(text.rsplit_once(':')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, trusted: &[&str], headers: &[(&'static str, &str)]) -> String {
        let trusted = Trusted::read(&trusted.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()).unwrap();
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, value.parse().unwrap());
        }
        trusted.client(peer.parse().unwrap(), &all).to_string()
    }

    #[test]
    fn only_the_word_of_a_trusted_proxy_counts() {
        let spoofed = [("x-forwarded-for", "198.51.100.7, 203.0.113.9")];
        assert_eq!(client("192.0.2.1", &[], &spoofed), "192.0.2.1");
        assert_eq!(client("192.0.2.1", &["10.0.0.0/8"], &spoofed), "192.0.2.1");
        assert_eq!(client("10.1.1.1", &["10.0.0.0/8"], &spoofed), "203.0.113.9", "the rest is hearsay");
        let two = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "203.0.113.9, 10.2.2.2")];
        assert_eq!(client("10.1.1.1", &["10.0.0.0/8"], &two), "203.0.113.9");
        assert_eq!(client("10.1.1.1", &["10.0.0.0/8"], &[]), "10.1.1.1");
        assert_eq!(client("10.1.1.1", &["10.0.0.0/8"], &[("x-forwarded-for", "unknown")]), "10.1.1.1");
        assert_eq!(client("::ffff:10.1.1.1", &["10.0.0.0/8"], &spoofed), "203.0.113.9");
    }

    #[test]
    fn both_headers_and_ports_are_read() {
        let one = |name, value| client("127.0.0.1", &["127.0.0.1", "::1"], &[(name, value)]);
        assert_eq!(one("x-forwarded-for", "192.0.2.43:47011"), "192.0.2.43");
        assert_eq!(one("forwarded", "for=192.0.2.43;proto=https;by=203.0.113.43"), "192.0.2.43");
        assert_eq!(one("forwarded", "For=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
        assert_eq!(one("forwarded", "for=192.0.2.43, for=198.51.100.17"), "198.51.100.17");
        assert_eq!(one("forwarded", "for=_hidden"), "127.0.0.1");
        assert_eq!(Trusted::read(&["10.0.0.0/40".to_owned()]).unwrap_err(), "10.0.0.0/40");
    }
}
