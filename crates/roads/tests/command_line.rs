//! The program `doorstep-roads` as somebody types it. Needs `DOORSTEP_EXTRACTS`; skipped loudly without it.

#![expect(clippy::expect_used, reason = "a test stops at the first thing that is missing")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

fn niue() -> Option<PathBuf> {
    let path = std::env::var_os("DOORSTEP_EXTRACTS").map(|f| PathBuf::from(f).join("niue-230109.osm.pbf"));
    let found = path.filter(|path| path.is_file());
    if found.is_none() {
        skips::skip("the command line", "no niue-230109.osm.pbf in the folder that DOORSTEP_EXTRACTS names");
    }
    found
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_doorstep-roads")).args(arguments).output().expect("the program")
}

fn json(arguments: &[&str]) -> Value {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn a_city_is_built_once_and_then_asked() {
    let Some(extract) = niue() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let city = folder.path().join("city");
    let city = text(&city);
    let places = folder.path().join("places.csv");
    fs::write(&places, "lat,lon\n-19.0554,-169.9186\n-19.0156,-169.9220\n\n-19.1000,-169.8700\n")
        .expect("a file");
    let unbuilt = run(&["info", text(folder.path())]);
    assert!(
        !unbuilt.status.success()
            && String::from_utf8_lossy(&unbuilt.stderr).contains("build one from an extract")
    );
    assert!(run(&["build", text(&extract), "--out", city]).status.success());
    let info = json(&["info", city]);
    assert_eq!(info["name"], "Niue");
    assert!(info["open_seconds"].as_f64().is_some_and(|s| s < 1.0) && info["tiles"].as_u64() > Some(10));

    let free = json(&["matrix", city, text(&places), "--profile", "van", "--json"]);
    assert_eq!((free["code"].as_str(), free["durations"].as_array().map(Vec::len)), (Some("Ok"), Some(3)));
    let at = |matrix: &Value, of: &str| matrix[of][0][1].as_f64().expect("a number");
    assert!(at(&free, "durations") > 60.0 && at(&free, "distances") > 3_000.0);
    assert!(free["compute_seconds"].as_f64().is_some_and(|s| s > 0.0));
    let rush = ["matrix", city, text(&places), "--profile", "van", "--depart", "2026-11-23T17:00", "--json"];
    assert!(at(&json(&rush), "durations") > at(&free, "durations"));

    let route = json(&["route", city, text(&places), "--json"]);
    let line = route["routes"][0]["geometry"]["coordinates"].as_array().expect("a line").clone();
    assert!(line.len() > 5 && route["routes"][0]["legs"].as_array().map(Vec::len) == Some(2));

    // What the route runs over is closed in its middle: the way gets longer, or there is none.
    let some: Vec<String> = line[line.len() / 3..line.len() / 3 + 3].iter().map(Value::to_string).collect();
    let closed = folder.path().join("closed.geojson");
    let feature = format!(
        "{{\"type\":\"Feature\",\"properties\":{{\"profiles\":[\"car\"]}},\"geometry\":{{\"type\":\"LineString\",\"coordinates\":[{}]}}}}",
        some.join(",")
    );
    fs::write(&closed, format!("{{\"type\":\"FeatureCollection\",\"features\":[{feature}]}}"))
        .expect("a file");
    let around = json(&["matrix", city, text(&places), "--closures", text(&closed), "--json"]);
    let open = json(&["matrix", city, text(&places), "--json"]);
    assert!(around["durations"] != open["durations"]);

    let fixes = folder.path().join("fixes.csv");
    let rows: Vec<String> =
        line.iter().enumerate().map(|(n, at)| format!("{},{},{}", n * 10, at[1], at[0])).collect();
    fs::write(&fixes, format!("time,lat,lon\n{}\n", rows.join("\n"))).expect("a file");
    assert_eq!(json(&["match", city, text(&fixes), "--json"])["code"], "Ok");

    let reach = json(&["reach", city, text(&places), "--minutes", "5", "--json"]);
    assert!(reach["geometry"]["coordinates"].as_array().is_some_and(|rings| !rings.is_empty()));

    let tiles = folder.path().join("tiles");
    assert!(run(&["tiles", city, "--out", text(&tiles)]).status.success());
    assert!(tiles.join("14").is_dir());
}

#[test]
fn what_is_wrong_is_said() {
    let Some(extract) = niue() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let city = folder.path().join("city");
    assert!(run(&["build", text(&extract), "--out", text(&city)]).status.success());
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    };
    let good = file("good.csv", "lat,lon\n-19.0554,-169.9186\n");
    for (arguments, said) in [
        (vec![text(&file("a.csv", "x,y\n1,2\n")).to_owned()], "the first line has to be lat,lon"),
        (vec![text(&file("b.csv", "lat,lon\n1,two\n")).to_owned()], "line 2"),
        (vec![text(&file("c.csv", "lat,lon\n99,2\n")).to_owned()], "not on Earth"),
        (vec![text(&file("d.csv", "lat,lon\n48.85,2.35\n")).to_owned()], "not near any road"),
        (vec![text(&good).to_owned(), "--profile".into(), "boat".into()], "there is no profile boat"),
        (vec![text(&good).to_owned(), "--depart".into(), "noon".into()], "is no time"),
        (vec![text(&good).to_owned(), "--closures".into(), text(&good).to_owned()], "is no GeoJSON"),
    ] {
        let all: Vec<&str> =
            ["matrix", text(&city)].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let output = run(&all);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && words.contains(said), "{arguments:?}: {words}");
    }
}
