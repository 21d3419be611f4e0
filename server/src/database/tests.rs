//! The embedded database against real PostgreSQL programs; loud about it when there are none.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Binaries, DatabaseError, Embedded, Settings, escape, postmaster, url_for};

fn settings(root: &Path) -> Option<Settings> {
    let settings = Settings { data_root: root.to_path_buf(), binaries: None };
    match Binaries::find(&settings, &[]) {
        Ok(_) => Some(settings),
        Err(error) => {
            skips::skip("the embedded database", &error.to_string());
            None
        }
    }
}

/// A new folder with these permission bits: 755 may be entered by the database's user, 700 only by us.
fn folder_with(mode: u32) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    folder
}

/// One statement by psql over the socket; `None` when psql is not installed or the server did not answer.
fn ask(database: &Embedded, sql: &str) -> Option<String> {
    let output = Command::new("psql")
        .args(["-h", database.place.sockets.to_str()?, "-U", "doorstep", "-d", "postgres", "-Atc", sql])
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn have_psql() -> bool {
    let have = Command::new("psql").arg("--version").output().is_ok();
    if !have {
        skips::skip_all_the_same(
            "the embedded database",
            "psql is not installed, so nothing can be asked of it",
        );
    }
    have
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "waited 30 s until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn kill_hard(pid: u32) {
    kill(Pid::from_raw(i32::try_from(pid).unwrap()), Signal::SIGKILL).unwrap();
}

#[test]
fn the_address_carries_the_socket_folder_escaped() {
    let url = url_for(Path::new("/a b/pg%/s"), "demo");
    assert_eq!(url, "postgres://doorstep@localhost/demo?host=/a%20b/pg%25/s");
    assert_eq!(escape("é&?"), "%C3%A9%26%3F");
}

#[tokio::test]
async fn it_starts_durable_and_private_and_stops_without_a_trace() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    let database = Embedded::start(&settings).await.unwrap();
    let pid = database.pid();
    assert!(database.url().ends_with("/sockets"), "{}", database.url());
    if nix::unistd::geteuid().is_root() {
        let owner = std::fs::metadata(format!("/proc/{pid}")).unwrap();
        assert_ne!(std::os::unix::fs::MetadataExt::uid(&owner), 0, "root's rights are dropped");
    }
    if have_psql() {
        let asked = ["fsync", "synchronous_commit", "listen_addresses", "server_encoding"]
            .map(|name| ask(&database, &format!("show {name}")).unwrap());
        assert_eq!(asked, ["on", "on", "", "UTF8"]);
    }
    let second = Embedded::start(&settings).await;
    assert!(matches!(second, Err(DatabaseError::InUse { .. })), "{second:?}");
    database.stop().await.unwrap();
    assert!(!postmaster::alive(pid));
}

#[tokio::test]
async fn killed_postgres_comes_back_with_every_commit() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    if !have_psql() {
        return;
    }
    let database = Embedded::start(&settings).await.unwrap();
    ask(&database, "create table kept as select 42 as answer").unwrap();
    let before = database.pid();
    kill_hard(before);
    until("PostgreSQL runs again", || database.pid() != before).await;
    assert_eq!(ask(&database, "select answer from kept").as_deref(), Some("42"));
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_postgres_left_by_a_killed_server_is_adopted_and_watched() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    let abandoned = Embedded::start(&settings).await.unwrap();
    let pid = abandoned.pid();
    let Embedded { supervisor, place, .. } = abandoned;
    let sockets = place.sockets.clone();
    supervisor.abandon().await;
    drop(place);
    assert!(postmaster::alive(pid), "an abandoned PostgreSQL runs on");

    let database = Embedded::start(&settings).await.unwrap();
    assert_eq!((database.pid(), &database.place.sockets), (pid, &sockets));
    kill_hard(pid);
    until("the adopted PostgreSQL was replaced", || database.pid() != pid).await;
    let second = database.pid();
    database.stop().await.unwrap();
    assert!(!postmaster::alive(second));
}

#[tokio::test]
async fn a_broken_cluster_says_what_postgres_said() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    let database = Embedded::start(&settings).await.unwrap();
    let data = database.data().to_path_buf();
    database.stop().await.unwrap();
    std::fs::remove_file(data.join("global/pg_control")).unwrap();
    let said = Embedded::start(&settings).await.unwrap_err().to_string();
    assert!(said.contains("pg_control") && said.contains("postgres.log"), "{said}");
}

#[tokio::test]
async fn data_of_another_version_is_left_alone() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    let foreign = folder.path().join("pg/7/data");
    std::fs::create_dir_all(&foreign).unwrap();
    std::fs::write(foreign.join("PG_VERSION"), "7\n").unwrap();
    let refused = Embedded::start(&settings).await;
    assert!(matches!(refused, Err(DatabaseError::OtherVersion { wrote: 7, .. })), "{refused:?}");
}

#[tokio::test]
async fn an_interrupted_making_is_made_again() {
    let folder = folder_with(0o755);
    let Some(settings) = settings(folder.path()) else { return };
    let major = Binaries::find(&settings, &[]).unwrap().major;
    let unfinished = folder.path().join(format!("pg/{major}/data.new"));
    std::fs::create_dir_all(&unfinished).unwrap();
    std::fs::write(unfinished.join("PG_VERSION"), "half").unwrap();
    let database = Embedded::start(&settings).await.unwrap();
    assert!(!unfinished.exists());
    database.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_the_database_user_cannot_enter_is_replaced() {
    let private = folder_with(0o700);
    let Some(settings) = settings(private.path()) else { return };
    let database = Embedded::start(&settings).await.unwrap();
    let data = database.data().to_path_buf();
    database.stop().await.unwrap();
    let inside = data.starts_with(private.path().canonicalize().unwrap());
    if nix::unistd::Uid::effective().is_root() {
        assert!(!inside && data.starts_with("/var/lib"), "{}", data.display());
        let elsewhere =
            data.ancestors().find(|folder| folder.parent() == Some(Path::new("/var/lib"))).unwrap();
        std::fs::remove_dir_all(elsewhere).unwrap();
    } else {
        assert!(inside, "{}", data.display());
    }
}
