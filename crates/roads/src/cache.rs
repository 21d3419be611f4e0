//! Keeps what was built from an extract, so that the next start need not build it again.
//!
//! One file for each extract, named after its content and the version of this format, little-endian, with a checksum at the
//! end. A file that is damaged or from another version counts as absent. Not here: what is worth keeping (`city`).

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{
    Address, AddressKind, Bounds, LatLon, RoadsError,
    addresses::Known,
    geo::Spot,
    network::{Class, Edge, Network, Pace, Segment},
    tiles::Tiles,
};

/// Grows whenever the format or the way in which things are built changes.
const VERSION: u32 = 5;
/// Tells apart unfinished files of one process, which may open a city twice at the same time.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Everything worth keeping of a city.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kept {
    pub(crate) bounds: Bounds,
    /// Network and contraction order of each profile.
    pub(crate) networks: Vec<(Network, Vec<u32>)>,
    pub(crate) addresses: Vec<Address>,
    /// What they are found by.
    pub(crate) known: Known,
    pub(crate) tiles: Tiles,
}

/// File in which a city built from this extract is kept.
pub(crate) fn file(folder: &Path, name: &str, extract: &[u8]) -> PathBuf {
    let stem: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    folder.join(format!("{stem}-{:016x}-{}-v{VERSION}.city", fingerprint(extract), extract.len()))
}

/// The newest city of this version in a folder.
pub(crate) fn newest(folder: &Path) -> Option<PathBuf> {
    let end = format!("-v{VERSION}.city");
    let files = fs::read_dir(folder).ok()?.flatten();
    let cities = files.filter(|file| file.file_name().to_string_lossy().ends_with(&end));
    cities.max_by_key(|file| file.metadata().and_then(|m| m.modified()).ok()).map(|file| file.path())
}

/// The name of the city in a file that [`file`] has named.
pub(crate) fn name_in(path: &Path) -> Option<String> {
    let file = path.file_name()?.to_string_lossy().into_owned();
    let parts: Vec<&str> = file.split('-').collect();
    let words = parts.get(..parts.len().checked_sub(3)?)?.iter().map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    });
    Some(words.collect::<Vec<_>>().join(" "))
}

/// Reads a kept city; none when there is none or it cannot be trusted.
pub(crate) fn read(path: &Path) -> Option<Kept> {
    let bytes = fs::read(path).ok()?;
    let (content, checksum) = bytes.split_last_chunk::<8>()?;
    if fingerprint(content) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let mut reader = Reader(content);
    let kept = reader.kept()?;
    reader.0.is_empty().then_some(kept)
}

/// Writes a city so that a reader sees either all of it or nothing.
pub(crate) fn write(path: &Path, kept: &Kept) -> Result<(), RoadsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| RoadsError::Cache { path, what: error.to_string() }
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    let mut writer = Writer(Vec::new());
    writer.kept(kept);
    let checksum = fingerprint(&writer.0);
    writer.0.extend(checksum.to_le_bytes());
    let turn = WRITTEN.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_extension(format!("part-{}-{turn}", std::process::id()));
    fs::write(&unfinished, &writer.0).map_err(failed(&unfinished))?;
    fs::rename(&unfinished, path).map_err(failed(path))
}

/// FNV-1a over eight bytes at a time: quick, and good enough to tell extracts and damage apart; no defence against malice.
fn fingerprint(bytes: &[u8]) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| step(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, &byte| step(hash, u64::from(byte)))
}

struct Writer(Vec<u8>);

impl Writer {
    fn kept(&mut self, kept: &Kept) {
        let Bounds { south, west, north, east } = kept.bounds;
        [south, west, north, east].into_iter().for_each(|edge| self.f64(edge));
        self.u32(kept.networks.len() as u32);
        for (network, order) in &kept.networks {
            self.network(network);
            self.u32s(order);
        }
        self.u32(kept.addresses.len() as u32);
        kept.addresses.iter().for_each(|address| self.address(address));
        self.bytes(&serde_json::to_vec(&kept.known).unwrap_or_default());
        self.u32(kept.tiles.ends.len() as u32);
        for &(key, end) in &kept.tiles.ends {
            self.0.extend(key.to_le_bytes());
            self.u32(end);
        }
        self.bytes(&kept.tiles.bytes);
    }

    fn network(&mut self, network: &Network) {
        self.u32(network.spots.len() as u32);
        for spot in &network.spots {
            self.u32(spot.lat_e7.cast_unsigned());
            self.u32(spot.lon_e7.cast_unsigned());
        }
        self.u32(network.segments.len() as u32);
        for segment in &network.segments {
            let flags = segment.class as u32 | u32::from(segment.dense) << 8 | u32::from(segment.no_van) << 9;
            [segment.first, segment.end, segment.forward, segment.backward, segment.name, flags]
                .into_iter()
                .for_each(|v| self.u32(v));
        }
        self.u32(network.edges.len() as u32);
        for edge in &network.edges {
            let flags = u32::from(edge.reversed) | u32::from(edge.local) << 1;
            [edge.segment, flags, edge.decimetres].into_iter().for_each(|v| self.u32(v));
        }
        self.u32(network.names.len() as u32);
        network.names.iter().for_each(|name| self.text(Some(name)));
        [&network.first_arc, &network.arc_head].into_iter().for_each(|values| self.u32s(values));
        self.u32(network.paces.len() as u32);
        for pace in &network.paces {
            self.u32s(&pace.edges);
            self.u32s(&pace.turns);
        }
        self.u32(network.twins.len() as u32);
        for &(original, twin) in &network.twins {
            [original, twin].into_iter().for_each(|v| self.u32(v));
        }
        self.u32(u32::from(network.left_hand));
    }

    fn address(&mut self, address: &Address) {
        self.text(Some(&address.text));
        self.text(address.name.as_deref());
        self.text(address.house_number.as_deref());
        self.text(Some(&address.street));
        self.text(address.locality.as_deref());
        self.f64(address.at.lat);
        self.f64(address.at.lon);
        self.u32(match address.kind {
            AddressKind::Numbered => 0,
            AddressKind::Place => 1,
            AddressKind::Building => 2,
        });
    }

    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn f64(&mut self, value: f64) {
        self.0.extend(value.to_le_bytes());
    }

    fn u32s(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        values.iter().for_each(|&value| self.u32(value));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend(bytes);
    }

    /// An absent text is written as an empty one; an empty one never occurs.
    fn text(&mut self, text: Option<&str>) {
        self.bytes(text.unwrap_or_default().as_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn kept(&mut self) -> Option<Kept> {
        let bounds = Bounds { south: self.f64()?, west: self.f64()?, north: self.f64()?, east: self.f64()? };
        let networks = self.list(|r| Some((r.network()?, r.u32s()?)))?;
        let addresses = self.list(Reader::address)?;
        let known = serde_json::from_slice(self.bytes()?).ok()?;
        let ends = self.list(|r| Some((r.u64()?, r.u32()?)))?;
        let tiles = Tiles { ends, bytes: self.bytes()?.to_vec() };
        Some(Kept { bounds, networks, addresses, known, tiles })
    }

    fn network(&mut self) -> Option<Network> {
        Some(Network {
            spots: self
                .list(|r| Some(Spot { lat_e7: r.u32()?.cast_signed(), lon_e7: r.u32()?.cast_signed() }))?,
            segments: self.list(Reader::segment)?,
            edges: self.list(Reader::edge)?,
            names: self.list(|r| Some(r.text()?.unwrap_or_default()))?,
            first_arc: self.u32s()?,
            arc_head: self.u32s()?,
            paces: self.list(|r| Some(Pace { edges: r.u32s()?, turns: r.u32s()? }))?,
            twins: self.list(|r| Some((r.u32()?, r.u32()?)))?,
            left_hand: self.u32()? != 0,
        })
    }

    fn segment(&mut self) -> Option<Segment> {
        let [first, end, forward, backward, name, flags] =
            [self.u32()?, self.u32()?, self.u32()?, self.u32()?, self.u32()?, self.u32()?];
        let class = Class::ALL.into_iter().find(|class| *class as u32 == flags & 0xff)?;
        let (dense, no_van) = (flags >> 8 & 1 == 1, flags >> 9 & 1 == 1);
        Some(Segment { first, end, forward, backward, name, class, dense, no_van })
    }

    fn edge(&mut self) -> Option<Edge> {
        let [segment, flags, decimetres] = [self.u32()?, self.u32()?, self.u32()?];
        Some(Edge { segment, reversed: flags & 1 == 1, local: flags >> 1 & 1 == 1, decimetres })
    }

    fn address(&mut self) -> Option<Address> {
        Some(Address {
            text: self.text()?.unwrap_or_default(),
            name: self.text()?,
            house_number: self.text()?,
            street: self.text()?.unwrap_or_default(),
            locality: self.text()?,
            at: LatLon { lat: self.f64()?, lon: self.f64()? },
            kind: match self.u32()? {
                0 => AddressKind::Numbered,
                1 => AddressKind::Place,
                2 => AddressKind::Building,
                _ => return None,
            },
        })
    }

    /// A list whose length is written first. Nothing is reserved by that length, which may be damaged.
    fn list<T>(&mut self, mut entry: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.u32()?;
        (0..count).map(|_| entry(self)).collect()
    }

    fn u32s(&mut self) -> Option<Vec<u32>> {
        self.list(Reader::u32)
    }

    fn u32(&mut self) -> Option<u32> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*value))
    }

    fn u64(&mut self) -> Option<u64> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*value))
    }

    fn f64(&mut self) -> Option<f64> {
        Some(f64::from_bits(self.u64()?))
    }

    fn bytes(&mut self) -> Option<&[u8]> {
        let count = self.u32()? as usize;
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<Option<String>> {
        let text = std::str::from_utf8(self.bytes()?).ok()?;
        Some((!text.is_empty()).then(|| text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        let address = Address {
            text: "12, Triq il-Kbira, Mosta".to_owned(),
            name: None,
            house_number: Some("12".to_owned()),
            street: "Triq il-Kbira".to_owned(),
            locality: Some("Mosta".to_owned()),
            at: LatLon { lat: 35.9, lon: -14.4 },
            kind: AddressKind::Numbered,
        };
        let network = Network {
            spots: vec![Spot { lat_e7: 359_000_000, lon_e7: -144_000_000 }],
            segments: vec![Segment {
                first: 0,
                end: 1,
                forward: 0,
                backward: u32::MAX,
                name: 0,
                class: Class::Tertiary,
                dense: true,
                no_van: false,
            }],
            names: vec!["Triq il-Kbira".to_owned()],
            edges: vec![Edge { segment: 0, reversed: true, local: true, decimetres: 770 }],
            first_arc: vec![0, 1],
            arc_head: vec![0],
            paces: vec![Pace { edges: vec![77], turns: vec![200] }],
            twins: vec![(0, 0)],
            left_hand: true,
        };
        let tiles = Tiles { ends: vec![(1 << 56, 3)], bytes: vec![1, 2, 3] };
        let bounds = Bounds { south: 35.8, west: -14.6, north: 36.1, east: -14.2 };
        let addresses = vec![address];
        let known = Known::plain(&addresses);
        Kept { bounds, networks: vec![(network, vec![0])], addresses, known, tiles }
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = file(&folder.path().join("deep"), "Malta latest", b"extract");
        assert!(read(&path).is_none());
        write(&path, &kept()).expect("a written cache");
        assert_eq!(read(&path), Some(kept()));
    }

    #[test]
    fn a_damaged_or_shortened_file_counts_as_absent() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = file(folder.path(), "malta", b"extract");
        write(&path, &kept()).expect("a written cache");
        let whole = fs::read(&path).expect("the cache");
        for place in [0, whole.len() / 2, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            fs::write(&path, damaged).expect("a damaged cache");
            assert_eq!(read(&path), None);
            fs::write(&path, &whole[..place]).expect("a shortened cache");
            assert_eq!(read(&path), None);
        }
    }

    #[test]
    fn another_extract_has_another_file() {
        let folder = Path::new("cache");
        assert_ne!(file(folder, "malta", b"one"), file(folder, "malta", b"two"));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blocked = folder.path().join("blocked");
        fs::write(&blocked, b"a file").expect("a file in the way");
        let refusal = write(&blocked.join("city"), &kept());
        assert!(matches!(refusal, Err(RoadsError::Cache { path, .. }) if path == blocked));
    }
}
