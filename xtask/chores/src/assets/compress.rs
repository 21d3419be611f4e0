//! Compressed copies beside each file, made once here so that the server never compresses an asset.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Effort;
use xtask::files::files_below;

/// Kinds of file that become smaller; pictures are compressed already.
const KINDS: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Makes the copies for every file below a folder.
///
/// # Errors
/// When a file cannot be read or written.
pub fn all(folder: &Path, effort: Effort) -> Result<String> {
    let mut count = 0;
    for file in files_below(folder)? {
        count += usize::from(one(&file, effort)?);
    }
    Ok(format!("{count} files"))
}

/// Makes the copies for one file, and says whether it is of a kind that has them.
///
/// # Errors
/// When it cannot be read or a copy cannot be written.
pub fn one(file: &Path, effort: Effort) -> Result<bool> {
    if is_copy(file)
        || !file.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| KINDS.contains(&kind))
    {
        return Ok(false);
    }
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let (brotli_quality, gzip_level) = match effort {
        Effort::Quick => (5, Compression::fast()),
        Effort::Release => (11, Compression::best()),
    };
    let parameters = BrotliEncoderParams {
        quality: brotli_quality,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut small = create(&with(file, "br"))?;
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut small, &parameters)?;
    let mut small = GzEncoder::new(create(&with(file, "gz"))?, gzip_level);
    small.write_all(&bytes)?;
    small.finish()?;
    Ok(true)
}

/// Whether the file is a compressed copy.
pub fn is_copy(file: &Path) -> bool {
    file.extension().is_some_and(|kind| kind == "br" || kind == "gz")
}

/// The name of a file's compressed copy.
pub fn with(file: &Path, kind: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(kind);
    PathBuf::from(name)
}

fn create(file: &Path) -> Result<File> {
    File::create(file).with_context(|| format!("could not write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_copies_give_the_file_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.css");
        let text = ".a{color:red}".repeat(500);
        fs::write(&file, &text).unwrap();
        for effort in [Effort::Quick, Effort::Release] {
            assert!(one(&file, effort).unwrap());
            let mut back = Vec::new();
            let mut small = fs::read(with(&file, "br")).unwrap();
            assert!(small.len() < text.len() / 10);
            brotli::BrotliDecompress(&mut small.as_slice(), &mut back).unwrap();
            assert_eq!(back, text.as_bytes());
            small = fs::read(with(&file, "gz")).unwrap();
            let mut back = String::new();
            flate2::read::GzDecoder::new(small.as_slice()).read_to_string(&mut back).unwrap();
            assert_eq!(back, text);
        }
    }

    #[test]
    fn pictures_and_copies_have_no_copies() {
        for name in ["a.png", "a.js.br", "a"] {
            assert!(!one(Path::new(name), Effort::Quick).unwrap(), "{name}");
        }
    }
}
