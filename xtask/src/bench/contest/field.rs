//! What is run: the families and their instances, the solvers, and which of them meet for how long.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A set of instances of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Family {
    /// Solomon: 100 customers with time windows
    Solomon,
    /// Gehring and Homberger: 200 customers with time windows
    Gh200,
    /// Gehring and Homberger: 400 customers with time windows
    Gh400,
    /// Gehring and Homberger: 1,000 customers with time windows
    Gh1000,
    /// Grocery deliveries of EURO-NeurIPS 2022: 200 to 700 customers, time windows, real road times
    Ortec,
    /// Uchoa and others: 100 to 1,000 customers, capacities only
    X,
    /// Arnold and others: 3,000 to 30,000 customers, capacities only
    Belgium,
}

/// Who solves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Solver {
    /// This project, on two threads
    Ours,
    /// PyVRP, one process
    Pyvrp,
    /// PyVRP, the better of two seeds run in parallel
    PyvrpPair,
    /// HGS-CVRP, one process; capacities only
    HgsCvrp,
    /// VROOM, on two threads
    Vroom,
    /// OR-Tools, one process
    OrTools,
    /// vrp-cli, on two threads
    VrpCli,
}

/// The peers are given matrices, and these would not fit into memory.
const TOO_LARGE_FOR_MATRICES: [&str; 2] = ["Brussels2", "Flanders2"];

impl Family {
    /// Where its files lie below the data folder, their ending, and the instances that are run, the first of each class
    /// and size that differs most.
    fn files(self) -> (&'static str, &'static str, [&'static str; 6]) {
        match self {
            Self::Solomon => ("vrptw-solomon100", "txt", ["C104", "R112", "RC207", "C203", "R206", "RC104"]),
            Self::Gh200 => {
                ("vrptw-gh200", "txt", ["C1_2_4", "R1_2_6", "RC2_2_6", "C2_2_5", "R2_2_4", "RC1_2_5"])
            }
            Self::Gh400 => {
                ("vrptw-gh400", "txt", ["C1_4_4", "R1_4_6", "RC2_4_6", "C2_4_5", "R2_4_4", "RC1_4_5"])
            }
            Self::Gh1000 => {
                ("vrptw-gh1000", "txt", ["C1_10_4", "R1_10_6", "RC2_10_6", "C2_10_5", "R2_10_4", "RC1_10_5"])
            }
            Self::Ortec => (
                "vrptw-ortec-real",
                "txt.gz",
                [
                    "ORTEC-VRPTW-ASYM-114d6c71-d1-n238-k30",
                    "ORTEC-VRPTW-ASYM-5d7c8922-d1-n320-k26",
                    "ORTEC-VRPTW-ASYM-ab71ae29-d1-n696-k40",
                    "ORTEC-VRPTW-ASYM-cc05bba4-d1-n200-k15",
                    "ORTEC-VRPTW-ASYM-a82ecd5f-d1-n360-k19",
                    "ORTEC-VRPTW-ASYM-e4d359d2-d1-n408-k35",
                ],
            ),
            Self::X => (
                "cvrp-x",
                "vrp",
                ["X-n157-k13", "X-n439-k37", "X-n1001-k43", "X-n256-k16", "X-n336-k84", "X-n670-k130"],
            ),
            Self::Belgium => (
                "cvrp-xxl-belgium",
                "vrp",
                ["Leuven1", "Antwerp1", "Flanders2", "Leuven2", "Ghent1", "Brussels2"],
            ),
        }
    }

    /// Seconds of search, with how many of the instances are run for so long and with which seeds.
    fn times(self) -> &'static [(u64, usize, &'static [u64])] {
        match self {
            Self::Belgium => &[(60, 6, &[1])],
            _ => &[(2, 6, &[1, 2]), (10, 6, &[1, 2]), (30, 3, &[1, 2])],
        }
    }

    /// What a table calls it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Solomon => "Solomon",
            Self::Gh200 => "Homberger 200",
            Self::Gh400 => "Homberger 400",
            Self::Gh1000 => "Homberger 1000",
            Self::Ortec => "ORTEC (real roads)",
            Self::X => "X (100-1000)",
            Self::Belgium => "Belgium (3,000-30,000)",
        }
    }

    /// The mean gap in percent that is aimed for.
    pub(super) fn goal(self, time: u64) -> Option<f64> {
        let goals = match self {
            Self::Solomon => [0.4, 0.1, 0.05],
            Self::Gh200 => [0.7, 0.3, 0.15],
            Self::Gh400 => [2.0, 1.0, 0.6],
            Self::Gh1000 => [5.0, 2.0, 1.2],
            Self::Ortec => [2.0, 0.8, 0.4],
            Self::X => [1.0, 0.5, 0.35],
            Self::Belgium => return (time == 60).then_some(3.0),
        };
        let at = [2, 10, 30].iter().position(|&known| known == time)?;
        goals.get(at).copied()
    }
}

impl Solver {
    /// What a table calls it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Ours => "Doorstep",
            Self::Pyvrp => "PyVRP",
            Self::PyvrpPair => "PyVRP ×2",
            Self::HgsCvrp => "HGS-CVRP",
            Self::Vroom => "VROOM",
            Self::OrTools => "OR-Tools",
            Self::VrpCli => "vrp-cli",
        }
    }

    /// Its name in `xtask/peers/run.py`, or none for ourselves.
    pub(super) fn peer(self) -> Option<&'static str> {
        match self {
            Self::Ours => None,
            Self::Pyvrp | Self::PyvrpPair => Some("pyvrp"),
            Self::HgsCvrp => Some("hgs-cvrp"),
            Self::Vroom => Some("vroom"),
            Self::OrTools => Some("or-tools"),
            Self::VrpCli => Some("vrp-cli"),
        }
    }

    /// How many cores it keeps busy all the time.
    pub(super) fn cores(self) -> u32 {
        match self {
            Self::Ours | Self::PyvrpPair => 2,
            Self::Pyvrp | Self::HgsCvrp | Self::OrTools | Self::Vroom | Self::VrpCli => 1,
        }
    }

    /// Whether it has two threads of its own and so is given seconds of the clock, not of its threads.
    pub(super) fn is_timed_by_the_clock(self) -> bool {
        matches!(self, Self::Ours | Self::Vroom | Self::VrpCli)
    }

    fn takes_part(self, family: Family, instance: &str, time: u64, seed: u64) -> bool {
        if self != Self::Ours && TOO_LARGE_FOR_MATRICES.contains(&instance) {
            return false;
        }
        match self {
            Self::Ours | Self::Pyvrp | Self::PyvrpPair => true,
            Self::HgsCvrp => matches!(family, Family::X | Family::Belgium),
            Self::Vroom | Self::OrTools | Self::VrpCli => {
                (time == 10 || family == Family::Belgium) && seed == 1
            }
        }
    }
}

/// One run of one solver.
#[derive(Clone, Debug)]
pub(super) struct Heat {
    pub(super) solver: Solver,
    pub(super) family: Family,
    pub(super) instance: &'static str,
    pub(super) time: u64,
    pub(super) seed: u64,
}

/// Which heats are wanted; an empty list wants all.
pub(super) struct Wanted<'a> {
    pub(super) families: &'a [Family],
    pub(super) solvers: &'a [Solver],
    pub(super) times: &'a [u64],
    pub(super) seeds: &'a [u64],
}

/// All heats that are wanted, in the order in which they are best run: a solver at a time.
pub(super) fn heats(wanted: &Wanted<'_>) -> Vec<Heat> {
    let mut heats = Vec::new();
    for &solver in Solver::value_variants() {
        for &family in Family::value_variants() {
            let (_, _, instances) = family.files();
            for &(time, count, seeds) in family.times() {
                for &seed in seeds {
                    let of = |instance| Heat { solver, family, instance, time, seed };
                    heats.extend(instances.into_iter().take(count).map(of));
                }
            }
        }
    }
    heats.retain(|heat| {
        let asked = |family| wanted.families.contains(&family);
        heat.solver.takes_part(heat.family, heat.instance, heat.time, heat.seed)
            && (asked(heat.family) || (wanted.families.is_empty() && heat.family != Family::Belgium))
            && (wanted.solvers.is_empty() || wanted.solvers.contains(&heat.solver))
            && (wanted.times.is_empty() || wanted.times.contains(&heat.time))
            && (wanted.seeds.is_empty() || wanted.seeds.contains(&heat.seed))
    });
    heats
}

impl Heat {
    /// The instance's file.
    pub(super) fn file(&self, data: &Path) -> PathBuf {
        let (folder, ending, _) = self.family.files();
        data.join(folder).join(format!("{}.{ending}", self.instance))
    }

    /// The best cost that is known, from the data's `bks.json`.
    pub(super) fn best_known(&self, data: &Path) -> Result<f64> {
        let (folder, _, _) = self.family.files();
        let file = data.join(folder).join("bks.json");
        let text = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        let all: Value = serde_json::from_str(&text)?;
        let values = all.get(self.instance);
        let best =
            values.and_then(|values| values.get("distance_bks").or_else(|| values.get("bks"))?.as_f64());
        best.with_context(|| format!("{} has no best cost of {}", file.display(), self.instance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Wanted<'_> = Wanted { families: &[], solvers: &[], times: &[], seeds: &[] };

    #[test]
    fn everything_is_run_but_belgium_unless_it_is_asked_for() {
        let all = heats(&ALL);
        let of = |solver| all.iter().filter(|heat| heat.solver == solver).count();
        assert_eq!((of(Solver::Ours), of(Solver::Pyvrp)), (6 * 30, 6 * 30));
        assert_eq!((of(Solver::HgsCvrp), of(Solver::Vroom)), (30, 6 * 6));
        assert!(all.iter().all(|heat| heat.family != Family::Belgium));
        let belgium = heats(&Wanted { families: &[Family::Belgium], solvers: &[Solver::Ours], ..ALL });
        assert_eq!((belgium.len(), belgium[0].time), (6, 60));
    }

    #[test]
    fn a_piece_can_be_asked_for() {
        let wanted = Wanted { families: &[Family::X], solvers: &[Solver::Pyvrp], times: &[30], seeds: &[2] };
        let piece = heats(&wanted);
        assert_eq!(piece.len(), 3);
        assert!(piece.iter().all(|heat| heat.seed == 2 && heat.instance.starts_with("X-")));
    }
}
