//! How long a city takes to open and to answer: medians on the extracts in `DOORSTEP_EXTRACTS`.
//!
//! Not here: comparisons with other engines, and pass or fail; figures depend on the machine.

use std::{
    env, fs, hint,
    path::PathBuf,
    time::{Duration, Instant},
};

use roads::{Addresses, City, LatLon, Profile, TravelTimes};

fn main() {
    let Some(folder) = extracts() else {
        println!("SKIPPED: set DOORSTEP_EXTRACTS to a folder that holds malta-latest.osm.pbf");
        return;
    };
    let extract = folder.join("malta-latest.osm.pbf");
    let cache = env::temp_dir().join(format!("doorstep-bench-{}", std::process::id()));
    let open = || City::open(&extract, &cache).unwrap_or_else(|error| panic!("{error}"));

    let (cold, city) = timed(open);
    println!("open, cold            {cold:>10.1?}");
    println!("open, warm            {:>10.1?}", median(5, open));
    println!("addresses             {:>10}", city.addresses().len());

    let step = (city.addresses().len() / 1000).max(1);
    let places: Vec<LatLon> =
        city.addresses().iter().step_by(step).take(1000).map(|address| address.at).collect();
    for profile in [Profile::Car, Profile::Van] {
        for count in [200, 1000] {
            let places = &places[..count.min(places.len())];
            let time = median(5, || city.matrix(places, places, profile, None));
            println!("matrix {count}×{count}, {profile:?} {time:>10.1?}");
        }
        let pairs: Vec<&[LatLon]> = places.windows(2).collect();
        let time = median(5, || {
            pairs.iter().map(|pair| city.path(pair, profile, None)).filter(Result::is_ok).count()
        });
        println!("one path, {profile:?}     {:>10.1?}", time / pairs.len() as u32);
        let time = median(5, || city.path(&places[..50.min(places.len())], profile, None));
        println!("path of 49 legs, {profile:?} {time:>10.1?}");
    }
    let time = median(5, || places.iter().filter(|&&at| city.snap(at, Profile::Car).is_some()).count());
    println!("one snap              {:>10.1?}", time / places.len() as u32);
    println!("one search            {:>10.1?}", median(5, || city.search("triq il-kbira mosat", 10)));
    // The cache was made above; leaving it behind would only fill the temporary folder.
    if let Err(error) = fs::remove_dir_all(&cache) {
        println!("could not remove {}: {error}", cache.display());
    }
}

fn extracts() -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os("DOORSTEP_EXTRACTS")?);
    folder.join("malta-latest.osm.pbf").is_file().then_some(folder)
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn median<T>(rounds: usize, work: impl Fn() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..rounds).map(|_| timed(|| hint::black_box(work())).0).collect();
    times.sort_unstable();
    times[rounds / 2]
}
