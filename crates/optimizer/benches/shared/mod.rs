//! What the benches of live use share: seconds that do not depend on what else the machine does.

/// Seconds of processor that all threads of this process have had; none where nobody says (not Linux).
pub fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything, the 12th and 13th fields are ticks of a hundredth of a second.
    let ticks: Vec<u64> = stat
        .rsplit(')')
        .next()?
        .split_whitespace()
        .skip(11)
        .take(2)
        .map_while(|field| field.parse().ok())
        .collect();
    (ticks.len() == 2).then(|| ticks.iter().sum::<u64>() as f64 / 100.0)
}

/// What that takes: its answer, and seconds of processor or, where those are not known, 0.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = processor_seconds();
    let answer = work();
    let seconds = begun.zip(processor_seconds()).map_or(0.0, |(begun, ended)| ended - begun);
    (answer, seconds)
}
