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
    /// Li and Lim: 200 customers, from one to another, time windows
    Pdptw200,
    /// Li and Lim: 1,000 customers, from one to another, time windows
    Pdptw1000,
    /// Vidal and others: 360 to 960 customers, several depots, time windows, longest routes
    Mdvrptw,
    /// Cordeau and Laporte: 48 to 960 customers, whom only some vehicles may serve, time windows
    Sdvrptw,
    /// Uchoa and others: 100 to 1,000 customers, vehicles that differ in size and costs
    Hfvrp,
    /// 1,000 customers with prizes, who may be left out, time windows
    Pcvrptw,
    /// Queiroga and others: 523 to 1,000 customers, deliveries before pickups
    Vrpb,
    /// Yang: 100 to 200 customers, reloads, releases, time windows
    Mtvrptwr,
    /// Bektas and others: 100 to 1,200 places, one of several is enough
    Gvrp,
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
            Self::Pdptw200 => (
                "pdptw-lilim200",
                "txt",
                ["LC1_2_9", "LR1_2_2", "LRC2_2_2", "LC2_2_2", "LR2_2_9", "LRC1_2_9"],
            ),
            Self::Pdptw1000 => (
                "pdptw-lilim1000",
                "txt",
                ["LC1_10_2", "LR1_10_2", "LC2_10_9", "LC1_10_9", "LRC1_10_2", "LC2_10_2"],
            ),
            Self::Mdvrptw => ("mdvrptw", "vrp", ["PR11A", "PR16B", "PR20A", "PR24A", "PR13B", "PR18B"]),
            Self::Sdvrptw => {
                ("sdvrptw-skills", "vrp.gz", ["PR01", "PR15B", "PR20A", "PR24B", "PR08", "PR11A"])
            }
            Self::Hfvrp => (
                "hfvrp",
                "vrp.gz",
                ["X101-FSMFD", "X1001-FSMF", "X393-HVRP", "X599-FSMD", "X783-HD", "X190-FSMF"],
            ),
            Self::Pcvrptw => (
                "pcvrptw-optional",
                "vrp",
                ["C1_10_1", "R1_10_9", "RC2_10_3", "C2_10_8", "R2_10_2", "RC1_10_10"],
            ),
            Self::Vrpb => (
                "vrpb-backhaul",
                "vrp",
                [
                    "X-n524-50-k125",
                    "X-n749-66-k63",
                    "X-n1001-80-k34",
                    "X-n561-50-k22",
                    "X-n856-66-k63",
                    "X-n936-80-k143",
                ],
            ),
            Self::Mtvrptwr => (
                "mtvrptw-reload-release",
                "vrp",
                ["C204R0.5", "R205R0.25", "RC208R0.75", "C2_2_10R0.75", "R2_2_02R0.25", "RC2_2_04R0.5"],
            ),
            Self::Gvrp => (
                "gvrp-alternative-locations",
                "vrp",
                [
                    "M-n121-k7-C61-V4",
                    "L-560-C113-R5",
                    "L-1120-C225-R5",
                    "G-n262-k25-C88-V9",
                    "M-n200-k16-C100-V8",
                    "L-840-C169-R5",
                ],
            ),
        }
    }

    /// Seconds of search, with how many of the instances are run for so long and with which seeds.
    fn times(self) -> &'static [(u64, usize, &'static [u64])] {
        match self {
            Self::Belgium => &[(60, 6, &[1])],
            _ if self.is_rich() => &[(10, 6, &[1, 2]), (60, 6, &[1])],
            _ => &[(2, 6, &[1, 2]), (10, 6, &[1, 2]), (30, 3, &[1, 2])],
        }
    }

    /// Whether its problems have more in them than capacities and time windows.
    fn is_rich(self) -> bool {
        self > Self::Belgium
    }

    /// Whether it is run only when it is asked for.
    fn is_on_request(self) -> bool {
        self >= Self::Belgium
    }

    /// What one of the units in which the best costs are published is in those of the instances.
    fn published_unit(self) -> f64 {
        match self {
            Self::Mdvrptw | Self::Sdvrptw => 0.001,
            Self::Pcvrptw | Self::Mtvrptwr => 0.1,
            Self::Hfvrp => 100.0,
            _ => 1.0,
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
            Self::Pdptw200 => "pickup and delivery, 200",
            Self::Pdptw1000 => "pickup and delivery, 1000",
            Self::Mdvrptw => "several depots",
            Self::Sdvrptw => "skills",
            Self::Hfvrp => "mixed fleet",
            Self::Pcvrptw => "optional stops",
            Self::Vrpb => "backhauls",
            Self::Mtvrptwr => "several trips",
            Self::Gvrp => "alternative places",
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
            _ => return self.goal_in_a_minute().filter(|_| time == 60),
        };
        let at = [2, 10, 30].iter().position(|&known| known == time)?;
        goals.get(at).copied()
    }

    fn goal_in_a_minute(self) -> Option<f64> {
        match self {
            Self::Belgium | Self::Pdptw1000 => Some(3.0),
            Self::Mdvrptw => Some(1.3),
            Self::Hfvrp => Some(1.0),
            Self::Vrpb => Some(0.9),
            Self::Pcvrptw => Some(0.6),
            Self::Mtvrptwr => Some(0.7),
            Self::Gvrp => Some(0.8),
            _ => None,
        }
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
            Self::Ours | Self::Pyvrp => true,
            _ if family.is_rich() => false,
            Self::PyvrpPair => true,
            Self::HgsCvrp => matches!(family, Family::X | Family::Belgium),
            Self::Vroom | Self::OrTools | Self::VrpCli => {
                (time == 10 || family == Family::Belgium) && seed == 1
            }
        }
    }
}

/// One run of one solver.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) solver: Solver,
    pub(super) family: Family,
    pub(super) instance: &'static str,
    pub(super) time: u64,
    pub(super) seed: u64,
}

/// Which trials are wanted; an empty list wants all.
pub(super) struct Wanted<'a> {
    pub(super) families: &'a [Family],
    pub(super) solvers: &'a [Solver],
    pub(super) times: &'a [u64],
    pub(super) seeds: &'a [u64],
}

/// All trials that are wanted, in the order in which they are best run: a solver at a time.
pub(super) fn trials(wanted: &Wanted<'_>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for &solver in Solver::value_variants() {
        for &family in Family::value_variants() {
            let (_, _, instances) = family.files();
            for &(time, count, seeds) in family.times() {
                for &seed in seeds {
                    let of = |instance| Trial { solver, family, instance, time, seed };
                    trials.extend(instances.into_iter().take(count).map(of));
                }
            }
        }
    }
    trials.retain(|trial| {
        let asked = |family| wanted.families.contains(&family);
        trial.solver.takes_part(trial.family, trial.instance, trial.time, trial.seed)
            && (asked(trial.family) || (wanted.families.is_empty() && !trial.family.is_on_request()))
            && (wanted.solvers.is_empty() || wanted.solvers.contains(&trial.solver))
            && (wanted.times.is_empty() || wanted.times.contains(&trial.time))
            && (wanted.seeds.is_empty() || wanted.seeds.contains(&trial.seed))
    });
    trials
}

impl Trial {
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
        let best = all.get(self.instance).and_then(|values| best_of(self.family, self.instance, values));
        best.with_context(|| format!("{} has no best cost of {}", file.display(), self.instance))
    }
}

/// Distances of Li and Lim's instances, from the solutions in github.com/PyVRP/Instances (PDPTW/Li200, January 2026), where
/// `bks.json` knows only what fewer vehicles and longer ways come to.
const LEAST_DISTANCES: [(&str, f64); 2] = [("LR2_2_9", 3198.436), ("LRC2_2_2", 2666.010)];

/// The best cost in the instance's own units. The distance of the fewest vehicles stands in for the least distance where
/// that is not known; in the instances that are run they are nearly the same.
fn best_of(family: Family, instance: &str, values: &Value) -> Option<f64> {
    let number = |key: &str| values.get(key)?.as_f64();
    let least = LEAST_DISTANCES.iter().find(|(name, _)| *name == instance).map(|(_, distance)| *distance);
    least
        .or_else(|| number("distance_bks"))
        .or_else(|| Some(number("distance_bks_x1000")? / 1000.0))
        .or_else(|| Some(number("bks")? * family.published_unit()))
        .or_else(|| values.get("hierarchical_bks")?.get(1)?.as_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Wanted<'_> = Wanted { families: &[], solvers: &[], times: &[], seeds: &[] };

    #[test]
    fn everything_is_run_but_belgium_and_rich_problems_unless_they_are_asked_for() {
        let all = trials(&ALL);
        let of = |solver| all.iter().filter(|trial| trial.solver == solver).count();
        assert_eq!((of(Solver::Ours), of(Solver::Pyvrp)), (6 * 30, 6 * 30));
        assert_eq!((of(Solver::HgsCvrp), of(Solver::Vroom)), (30, 6 * 6));
        assert!(all.iter().all(|trial| trial.family < Family::Belgium));
        let belgium = trials(&Wanted { families: &[Family::Belgium], solvers: &[Solver::Ours], ..ALL });
        assert_eq!((belgium.len(), belgium[0].time), (6, 60));
    }

    #[test]
    fn a_piece_can_be_asked_for() {
        let wanted = Wanted { families: &[Family::X], solvers: &[Solver::Pyvrp], times: &[30], seeds: &[2] };
        let piece = trials(&wanted);
        assert_eq!(piece.len(), 3);
        assert!(piece.iter().all(|trial| trial.seed == 2 && trial.instance.starts_with("X-")));
    }
    #[test]
    fn rich_problems_are_run_by_us_and_pyvrp() {
        let wanted = Wanted { families: &[Family::Hfvrp], ..ALL };
        let rich = trials(&wanted);
        let of =
            |solver, time| rich.iter().filter(|trial| (trial.solver, trial.time) == (solver, time)).count();
        assert_eq!((of(Solver::Ours, 10), of(Solver::Ours, 60)), (12, 6));
        assert_eq!((of(Solver::Pyvrp, 10), of(Solver::Pyvrp, 60)), (12, 6));
        assert_eq!(rich.len(), 36, "and by nobody else");
        assert_eq!((Family::Hfvrp.goal(60), Family::Hfvrp.goal(10)), (Some(1.0), None));
    }

    #[test]
    fn best_costs_are_in_the_units_of_the_instances() {
        let best =
            |family, instance, text| best_of(family, instance, &serde_json::from_str(text).unwrap()).unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-6;
        assert!(near(best(Family::Mdvrptw, "PR11A", r#"{"bks": 6655548.0}"#), 6655.548));
        assert!(near(best(Family::Pcvrptw, "C1_10_1", r#"{"bks": 245391.0}"#), 24539.1));
        assert!(near(best(Family::Hfvrp, "X101-FSMFD", r#"{"bks": 35170.24}"#), 3_517_024.0));
        let pairs = r#"{"distance_bks_x1000": 4093053, "hierarchical_bks": [17, 4621.21]}"#;
        assert!(near(best(Family::Pdptw200, "LR1_2_2", pairs), 4093.053));
        assert!(near(best(Family::Pdptw200, "LC1_2_9", r#"{"hierarchical_bks": [18, 2724.24]}"#), 2724.24));
        assert!(near(best(Family::Pdptw200, "LRC2_2_2", r#"{"hierarchical_bks": [5, 3158.25]}"#), 2666.01));
        assert!(near(best(Family::X, "X-n157-k13", r#"{"bks": 16876.0}"#), 16876.0));
        assert!(near(best(Family::Solomon, "C104", r#"{"distance_bks": 822.9, "bks": 1}"#), 822.9));
    }

    #[test]
    fn every_instance_that_is_run_is_there_with_its_best_cost() {
        let Some(data) = super::super::data_folder() else {
            println!(
                "SKIPPED: the instances of the comparison, because DOORSTEP_DATA does not name their folder"
            );
            return;
        };
        for trial in trials(&Wanted { families: Family::value_variants(), ..ALL }) {
            let file = trial.file(&data);
            assert!(file.is_file(), "{}", file.display());
            assert!(trial.best_known(&data).unwrap() > 0.0, "{}", trial.instance);
        }
    }
}
