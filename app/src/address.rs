//! Addresses of ours, and the hub that they name.

use domain::HubId;

/// The hub that the query of an address names.
#[cfg(any(test, feature = "ssr"))]
pub fn hub_in(query: &str) -> Option<HubId> {
    query.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("hub=")?.parse().ok())
}

/// The path with the hub in its query; as it is without one.
pub fn with_hub(hub: Option<HubId>, path: &str) -> String {
    match hub {
        None => path.to_owned(),
        Some(hub) => format!("{path}{}hub={hub}", if path.contains('?') { '&' } else { '?' }),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_hub() {
        let hub = HubId("00000000-0000-0000-0000-000000000007".parse().unwrap());
        let path = with_hub(Some(hub), "/figures?day=2026-11-29");
        assert_eq!(path, format!("/figures?day=2026-11-29&hub={hub}"));
        assert_eq!(path.split_once('?').and_then(|(_, query)| hub_in(query)), Some(hub));
        assert_eq!(with_hub(None, "/roads"), "/roads");
        assert_eq!((hub_in("hub=x"), hub_in("")), (None, None));
    }
}
