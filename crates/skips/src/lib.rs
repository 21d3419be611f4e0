//! Tests that cannot run where they are: they say so, are counted, and fail where everything they need has to be there.
//!
//! `cargo xtask test` sets `DOORSTEP_MUST_RUN`, because it brings a database and the extracts, and `DOORSTEP_SKIPS`, the
//! file in which it counts.

use std::{env, fs::OpenOptions, io::Write};

/// A test lacks what `cargo xtask test` brings; `why` says what to do.
///
/// # Panics
/// Where `DOORSTEP_MUST_RUN` is set.
#[expect(clippy::panic, reason = "a test that has to run and cannot has failed")]
pub fn skip(test: &str, why: &str) {
    if env::var_os("DOORSTEP_MUST_RUN").is_some() {
        panic!("{test} has to run here and cannot: {why}");
    }
    skip_all_the_same(test, why);
}

/// A test lacks what a machine may do without: shared data, or a peer's program.
pub fn skip_all_the_same(test: &str, why: &str) {
    eprintln!("SKIPPED {test}: {why}");
    let Some(file) = env::var_os("DOORSTEP_SKIPS") else { return };
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .and_then(|mut file| writeln!(file, "{test}: {why}"));
    if let Err(fault) = written {
        eprintln!("the skip was not counted: {fault}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_test_that_has_to_run_fails_when_it_cannot() {
        let skipped = std::panic::catch_unwind(|| super::skip("this one", "it only tries"));
        assert_eq!(skipped.is_err(), std::env::var_os("DOORSTEP_MUST_RUN").is_some());
    }
}
