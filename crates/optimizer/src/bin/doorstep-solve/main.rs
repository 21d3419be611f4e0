//! `doorstep-solve`: one instance file in, the best plan found in the given time out.

mod answer;
mod options;
mod progress;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use optimizer::check::check;
use optimizer::io::PlanFile;
use optimizer::{Settings, StopRule, io, solve};

use crate::answer::Answer;
use crate::options::Options;
use crate::progress::Ticker;

/// Kept for writing the answer, so that the program ends in its time.
const WRITING: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let began = Instant::now();
    match carry_out(&Options::parse(), began) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// Reads, solves or checks, and writes; what went wrong comes back as the text for the reader.
fn carry_out(options: &Options, began: Instant) -> Result<(), String> {
    let instance =
        io::read_instance(&options.instance, options.convention()).map_err(|bad| bad.to_string())?;
    if options.plot.is_some() && instance.places.is_empty() {
        return Err(format!("{}: has no coordinates; leave --plot out", options.instance.display()));
    }
    let read = |file: &Path| -> Result<PlanFile, String> {
        let bytes = io::load(file).map_err(|bad| bad.to_string())?;
        io::read_plan(&file.display().to_string(), &bytes, &instance).map_err(|bad| bad.to_string())
    };
    let answer = if let Some(file) = &options.check {
        let plan = read(file)?;
        Answer {
            instance: &instance,
            report: check(&instance.problem, &plan.solution),
            solution: plan.solution.clone(),
            file: Some((file.display().to_string(), plan)),
            iterations: 0,
            seconds: began.elapsed().as_secs_f64(),
        }
    } else {
        let start = options.start.as_deref().map(read).transpose()?;
        let cancel = stop_on_signal()?;
        let ticker = Ticker::new(&instance);
        let shown = std::io::stderr().is_terminal() && !options.quiet;
        let show = |progress: &optimizer::Progress<'_>| ticker.show(progress);
        let stop = StopRule {
            time: options.time().map(|time| time.saturating_sub(began.elapsed() + WRITING)),
            iterations: options.iterations,
            cancel: Some(&cancel),
        };
        let settings = Settings {
            near: &[],
            seed: options.seed,
            threads: options.threads,
            start: start.as_ref().map(|plan| &plan.solution),
            on_improvement: shown.then_some(&show),
        };
        let outcome = solve(&instance.problem, &stop, &settings);
        if shown {
            ticker.end();
        }
        let report = check(&instance.problem, &outcome.solution);
        Answer {
            instance: &instance,
            report,
            file: None,
            iterations: outcome.iterations,
            seconds: began.elapsed().as_secs_f64(),
            solution: outcome.solution,
        }
    };
    if let Some(file) = &options.out {
        save(file, &answer.solution_file())?;
    }
    if let (Some(file), Some(picture)) = (&options.plot, answer.plot()) {
        save(file, &picture)?;
    }
    print!("{}", if options.json { answer.json() } else { answer.table() });
    Ok(())
}

/// Set by Ctrl-C, or when the system asks us to end; a second time ends at once, without an answer.
fn stop_on_signal() -> Result<Arc<AtomicBool>, String> {
    let cancel = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&cancel);
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(|error| format!("Ctrl-C could not be prepared for: {error}"))?;
    Ok(cancel)
}

fn save(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|error| format!("{}: could not be written: {error}", file.display()))
}
