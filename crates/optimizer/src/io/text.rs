//! From the bytes of a file to numbered lines and numbers: unpacking, and words that say what they should have been.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::fault::{BadFile, Faults, FileFault};
use crate::json;

/// The most that a file may hold once it is unpacked.
const MOST_BYTES: u64 = 1 << 30;

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// How UTF-16 begins, either way round.
const UTF_16: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];
/// How much of a file is looked at to tell UTF-16 without that.
const SEEN: usize = 256;
/// What used to end a text.
const CTRL_Z: u8 = 0x1a;

/// Everything in the file, unpacked if it is gzip by its first bytes.
///
/// # Errors
/// When the file cannot be opened or read, is damaged, or holds more than 1 GiB.
pub fn load(path: &Path) -> Result<Vec<u8>, BadFile> {
    let name = path.display().to_string();
    let mut packed = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut packed))
        .map_err(|error| BadFile::whole(&name, format!("could not be read: {error}")))?;
    unpack(&name, packed)
}

/// The bytes themselves, or what they hold if they are gzip.
///
/// # Errors
/// When they are damaged or hold more than 1 GiB.
pub fn unpack(name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, BadFile> {
    let bytes = if bytes.starts_with(&GZIP) {
        let mut unpacked = Vec::new();
        MultiGzDecoder::new(bytes.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut unpacked).map_err(
            |error| BadFile::whole(name, format!("the gzip data is damaged ({error}); fetch the file again")),
        )?;
        unpacked
    } else {
        bytes
    };
    if bytes.len() as u64 > MOST_BYTES {
        return Err(BadFile::whole(name, "holds more than 1 GiB; is it an instance at all?"));
    }
    Ok(bytes)
}

/// The text in the bytes of a file, which every reader gets: UTF-8, or else Latin-1; without byte order marks and what old
/// systems put at the end, and every line ended alike.
///
/// # Errors
/// When they are UTF-16, or no text at all.
pub(super) fn decode(name: &str, bytes: &[u8]) -> Result<String, BadFile> {
    let end = bytes.iter().rposition(|byte| !matches!(*byte, 0 | CTRL_Z)).map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    let begin = &bytes[..end.min(SEEN)];
    let nothings = begin.iter().filter(|&&byte| byte == 0).count();
    if UTF_16.iter().any(|mark| bytes.starts_with(mark)) || nothings > begin.len() / 4 {
        return Err(BadFile::whole(name, "is UTF-16; save it as UTF-8"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    let text = json::unmarked(&text).replace("\r\n", "\n").replace('\r', "\n");
    match text.split('\0').next() {
        Some(before) if before.len() < text.len() => {
            let line = before.matches('\n').count() + 1;
            let what = "a NUL byte, so the file is damaged or no text; fetch it again, or save it as UTF-8"
                .to_owned();
            Err(BadFile { file: name.to_owned(), faults: vec![FileFault { line: Some(line), what }] })
        }
        _ => Ok(text),
    }
}

/// A line with something on it, trimmed, and its number counted from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) text: &'a str,
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines()
        .enumerate()
        .map(|(index, text)| Line { number: index + 1, text: text.trim() })
        .filter(|line| !line.text.is_empty())
}

impl<'a> Line<'a> {
    /// Exactly so many numbers, or a fault that says what belongs here.
    pub(super) fn numbers<const COUNT: usize>(self, form: &str, faults: &mut Faults) -> Option<[f64; COUNT]> {
        let mut numbers = [0.0; COUNT];
        let mut words = self.text.split_whitespace();
        for slot in &mut numbers {
            let Some(word) = words.next() else {
                faults.at(self.number, format!("`{}` is too short; write {form}", self.shown()));
                return None;
            };
            *slot = self.number_in(word, form, faults)?;
        }
        if words.next().is_some() {
            faults.at(self.number, format!("`{}` is too long; write {form}", self.shown()));
            return None;
        }
        Some(numbers)
    }

    fn number_in(self, word: &str, form: &str, faults: &mut Faults) -> Option<f64> {
        let number = word.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            let point = if word.contains(',') { " with a point for decimals and no commas" } else { "" };
            faults.at(self.number, format!("`{}` is not a number; write {form}{point}", clipped(word)));
        }
        number
    }

    pub(super) fn shown(self) -> &'a str {
        clipped(self.text)
    }
}

/// As much of a text as belongs in a message.
pub(super) fn clipped(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(end, _)| &text[..end])
}

/// The number as an integer if it is whole and between 0 and `most`.
pub(super) fn whole(number: f64, most: i64) -> Option<i64> {
    (number.fract() == 0.0 && (0.0..=most as f64).contains(&number)).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn gzip_is_unpacked_and_what_is_damaged_is_said_so() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(b"NAME : small").unwrap();
        let packed = packer.finish().unwrap();
        assert_eq!(unpack("a.gz", packed.clone()).unwrap(), b"NAME : small");
        let cut = unpack("a.gz", packed[..packed.len() - 6].to_vec()).unwrap_err();
        assert!(cut.to_string().starts_with("a.gz: the gzip data is damaged"), "{cut}");
        assert_eq!(unpack("a", b"plain".to_vec()).unwrap(), b"plain");
    }

    #[test]
    fn a_line_says_what_it_should_have_been() {
        let read = |text| {
            let mut faults = Faults::default();
            let line = Line { number: 7, text };
            let numbers = line.numbers::<2>("`id demand`", &mut faults);
            faults.settle("f", numbers).map_err(|error| error.to_string())
        };
        assert_eq!(read("1 2.5"), Ok([1.0, 2.5]));
        assert_eq!(read("1"), Err("f:7: `1` is too short; write `id demand`".to_owned()));
        assert_eq!(read("1 2 3"), Err("f:7: `1 2 3` is too long; write `id demand`".to_owned()));
        assert_eq!(read("1 x"), Err("f:7: `x` is not a number; write `id demand`".to_owned()));
        assert!(read("1 nan").is_err() && read("1 1e999").is_err());
    }

    #[test]
    fn only_whole_numbers_within_the_limit_are_whole() {
        assert_eq!(
            (whole(3.0, 5), whole(3.5, 5), whole(-1.0, 5), whole(6.0, 5)),
            (Some(3), None, None, None)
        );
    }
}
