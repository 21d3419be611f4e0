//! What may be asked on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use optimizer::Rounding;
use optimizer::io::{Convention, Objective};

/// Seconds of search when neither --time nor --iterations is given.
const USUAL_SECONDS: f64 = 10.0;

/// A year; nobody waits longer.
const MOST_SECONDS: f64 = 31_536_000.0;

/// Solve a vehicle-routing instance: the best plan found in the given time.
///
/// Reads Solomon's form (also Gehring and Homberger's), Li and Lim's, VRPLIB (coordinates or explicit matrices; also PyVRP's
/// sets with several depots, mixed fleets, prizes, backhauls, reloads and alternative locations) and Doorstep's JSON,
/// recognised by their content, gzip or not.
#[derive(Debug, Parser)]
#[command(
    name = "doorstep-solve",
    version,
    after_help = "\
Exit codes:
  0    a plan was made or checked; whether it is complete and keeps the rules is `feasible`
  1    a file is faulty or could not be read or written; each fault is named with its line
  2    the command line is wrong
  130  Ctrl-C twice; once stops the search and writes the best plan so far

Places in solution files are numbered from 0, the depots first: with one depot, customers from 1. A depot within a route
is where the vehicle reloads. Breaks and charges are among them as `break#1` or `charge#1`: the first of the vehicle's
breaks or charging stations. Problems in JSON have `reload#1` too.

Example:
  doorstep-solve R112.txt --time 10 --threads 2 --seed 1 --out R112.sol --plot R112.svg"
)]
pub struct Options {
    /// The instance file
    pub instance: PathBuf,
    /// Seconds from the start of the program to its end [default: 10, or no limit with --iterations]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    time: Option<f64>,
    /// Stop after so many iterations; the same seed, threads and iterations give the same plan
    #[arg(long, value_name = "N")]
    pub iterations: Option<u64>,
    /// Threads to search with
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = threads)]
    pub threads: usize,
    /// Seed of the search
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// How coordinates become distances and times [default: dimacs for Solomon's form, exact for Li and Lim's, what is
    /// usual with its TYPE for VRPLIB]; explicit matrices are taken as given
    #[arg(long, value_enum, value_name = "NAME")]
    convention: Option<Distances>,
    /// What is least in the best plan; Doorstep's JSON, and VRPLIB with costs of vehicles or prizes, have prices of their
    /// own
    #[arg(long, value_enum, default_value = "distance", value_name = "NAME")]
    objective: Goal,
    /// Begin with the plan of this solution file; the answer is never worse
    #[arg(long, value_name = "FILE.sol")]
    pub start: Option<PathBuf>,
    /// Do not solve: check the plan of this solution file
    #[arg(long, value_name = "FILE.sol", conflicts_with_all = ["start", "time", "iterations"])]
    pub check: Option<PathBuf>,
    /// Write the plan: `Route #1: 3 5 8` for each route, and its cost
    #[arg(long, value_name = "FILE.sol")]
    pub out: Option<PathBuf>,
    /// Draw the plan
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Print one line of JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Show no progress; it is shown only on a terminal
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Distances {
    /// Ten times the Euclidean distance, cut off; reported in tenths
    Dimacs,
    /// The Euclidean distance, rounded to the nearest whole number
    Round,
    /// The Euclidean distance to three decimals
    Exact,
    /// As exact, and the cost is reported in double precision
    Double,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Goal {
    /// The distance
    Distance,
    /// The number of vehicles, then the distance
    Vehicles,
}

impl Options {
    /// How the instance is to be understood.
    pub fn convention(&self) -> Convention {
        let rounding = self.convention.map(|distances| match distances {
            Distances::Dimacs => Rounding::Dimacs,
            Distances::Round => Rounding::Round,
            Distances::Exact => Rounding::Exact,
            Distances::Double => Rounding::Double,
        });
        let objective = match self.objective {
            Goal::Distance => Objective::Distance,
            Goal::Vehicles => Objective::Vehicles,
        };
        Convention { rounding, objective }
    }

    /// How long it may take in all, or none if only iterations count.
    pub fn time(&self) -> Option<Duration> {
        let usual = self.iterations.is_none().then_some(USUAL_SECONDS);
        self.time.or(usual).map(Duration::from_secs_f64)
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=MOST_SECONDS).contains(seconds));
    seconds.ok_or_else(|| format!("seconds from 0 to {MOST_SECONDS}"))
}

fn threads(text: &str) -> Result<usize, String> {
    let threads = text.parse().ok().filter(|threads| (1..=256).contains(threads));
    threads.ok_or_else(|| "a number from 1 to 256".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_limited_unless_iterations_are() {
        let time = |words: &[&str]| {
            Options::try_parse_from([&["doorstep-solve", "a"], words].concat()).unwrap().time()
        };
        assert_eq!(time(&[]), Some(Duration::from_secs(10)));
        assert_eq!(time(&["--iterations", "5"]), None);
        assert_eq!(time(&["--iterations", "5", "--time", "0.5"]), Some(Duration::from_millis(500)));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [["--time", "-1"], ["--time", "nan"], ["--threads", "0"], ["--convention", "metric"]] {
            assert!(
                Options::try_parse_from([&["doorstep-solve", "a"], &words[..]].concat()).is_err(),
                "{words:?}"
            );
        }
    }
}
