//! One line on the terminal that says how the search goes.

use std::sync::Mutex;
use std::time::Duration;

use optimizer::Progress;
use optimizer::check::check;
use optimizer::io::Instance;

/// Between two changes of the line.
const PAUSE: Duration = Duration::from_millis(100);

/// Writes the line over and over.
pub struct Ticker<'a> {
    instance: &'a Instance,
    /// When the line was written last, since the start of the search.
    last: Mutex<Option<Duration>>,
}

impl<'a> Ticker<'a> {
    /// A ticker for plans of that instance.
    pub fn new(instance: &'a Instance) -> Self {
        Self { instance, last: Mutex::new(None) }
    }

    /// Shows a better plan, unless the last one has only just been shown.
    pub fn show(&self, progress: &Progress<'_>) {
        let Ok(mut last) = self.last.lock() else { return };
        if last.is_some_and(|last| progress.elapsed < last + PAUSE) {
            return;
        }
        *last = Some(progress.elapsed);
        let report = check(&self.instance.problem, progress.solution);
        let cost = self.instance.cost_text(self.instance.cost(progress.solution, &report));
        let left_out = match report.unserved {
            0 => String::new(),
            count => format!("  {count} left out"),
        };
        eprint!(
            "\r\x1b[K{:7.1} s  {:>12} iterations  cost {cost}  {} routes{left_out}",
            progress.elapsed.as_secs_f64(),
            progress.iterations,
            report.vehicles_used
        );
    }

    /// Leaves the line behind.
    pub fn end(&self) {
        if self.last.lock().is_ok_and(|last| last.is_some()) {
            eprintln!();
        }
    }
}
