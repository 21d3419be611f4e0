//! The real binary on free ports, in a folder of its own, for tests that need the whole product.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A folder that the database's user can enter, with a site that has nothing but a manifest.
pub struct TestSetup {
    folder: tempfile::TempDir,
    city: PathBuf,
}

/// A running server.
pub struct TestServer {
    child: Child,
    pub url: String,
    pub admin_key: String,
    pub links: Value,
    log: PathBuf,
}

#[expect(clippy::disallowed_methods, reason = "tests find the extracts by this variable")]
fn extracts() -> Option<PathBuf> {
    std::env::var("DOORSTEP_EXTRACTS").ok().map(PathBuf::from)
}

impl TestSetup {
    /// Nothing, said loudly, without the island of Niue or without PostgreSQL's programs.
    pub fn prepare(test: &str) -> Option<Self> {
        Self::prepare_in("niue-230109.osm.pbf", test)
    }

    /// The same in another city.
    pub fn prepare_in(city: &str, test: &str) -> Option<Self> {
        let found = extracts().map(|folder| folder.join(city)).filter(|file| file.is_file());
        let Some(city) = found else {
            skips::skip(test, "set DOORSTEP_EXTRACTS, or run `cargo xtask test`");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut open = std::fs::metadata(folder.path()).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut open, 0o755);
        std::fs::set_permissions(folder.path(), open).unwrap();
        std::fs::create_dir_all(folder.path().join("site/assets/test")).unwrap();
        std::fs::write(folder.path().join("site/manifest.json"), r#"{"assets":"assets/test"}"#).unwrap();
        Some(Self { folder, city })
    }

    /// The same setup with another extract.
    pub fn in_city(mut self, city: PathBuf) -> Self {
        self.city = city;
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
        command
            .arg("demo")
            .arg("--var")
            .arg(self.path().join("var"))
            .arg("--site")
            .arg(self.path().join("site"));
        command.arg("--city").arg(&self.city).args(["--zone", "Europe/Malta"]).args(more);
        command.env_remove("DATABASE_URL");
        command
    }

    /// Carries out a verb of the binary on the embedded database; answers what it printed.
    pub fn verb(&self, verb: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorstep"));
        command.arg(verb).arg("--var").arg(self.path().join("var")).env_remove("DATABASE_URL");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Carries out a verb with more words on the database of the demo beside a running server; `typed` is its standard input.
    pub fn beside(&self, words: &[&str], typed: &str) -> (bool, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_doorstep"))
            .args(words)
            .args(["--database-url", &self.database_of_the_demo()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Where the database of the demo is found, while a server runs.
    pub fn database_of_the_demo(&self) -> String {
        let majors = std::fs::read_dir(self.path().join("var/pg")).unwrap();
        let sockets = majors.map(|m| m.unwrap().path().join("sockets")).find(|s| s.is_dir()).unwrap();
        format!("postgres://doorstep@localhost/doorstep_demo?host={}", sockets.display())
    }

    /// Every endpoint by method and path, as the binary names them.
    pub fn endpoints() -> Vec<String> {
        let output = Command::new(env!("CARGO_BIN_EXE_doorstep")).arg("endpoints").output().unwrap();
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// What the servers on these setup have logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path().join("server.log")).unwrap_or_default()
    }

    /// Starts a server that must be ready within two minutes. Its log is kept.
    pub fn open(&self, more: &[&str]) -> TestServer {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path().join("server.log"));
        let mut child = self
            .command(&[&["--port", "0"], more].concat())
            .stdout(Stdio::piped())
            .stderr(log.unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DOORSTEP_READY ").map(str::to_owned))
            .expect("the server said nothing and ended");
        let ready: Value = serde_json::from_str(&ready).unwrap();
        TestServer {
            child,
            url: ready["url"].as_str().unwrap().to_owned(),
            admin_key: ready["admin_key"].as_str().unwrap().to_owned(),
            links: ready["sign_in"].clone(),
            log: self.path().join("server.log"),
        }
    }

    /// Starts a server that must not open; answers what it said.
    pub fn refused(&self, more: &[&str]) -> String {
        let output = self.command(more).output().unwrap();
        assert!(!output.status.success(), "it opened");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The process that PostgreSQL's children belong to.
    pub fn postmaster(&self) -> i32 {
        let majors = std::fs::read_dir(self.path().join("var/pg")).unwrap();
        let file =
            majors.map(|m| m.unwrap().path().join("data/postmaster.pid")).find(|f| f.is_file()).unwrap();
        std::fs::read_to_string(file).unwrap().lines().next().unwrap().trim().parse().unwrap()
    }
}

/// Ends a process without a chance to say anything.
pub fn kill_9(pid: i32) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
}

impl TestServer {
    /// Its process.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Ends it without a chance to say anything.
    pub fn kill_9(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to close, and waits until it has.
    pub fn close(mut self) {
        let pid = nix::unistd::Pid::from_raw(self.pid());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let began = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(30), "it does not close");
            std::thread::yield_now();
        }
    }

    pub fn client() -> reqwest::Client {
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let sent =
            Self::client().post(format!("{}{path}", self.url)).bearer_auth(key).json(body).send().await;
        match sent {
            Ok(answer) => {
                let status = answer.status().as_u16();
                (status, answer.json().await.unwrap_or(Value::Null))
            }
            Err(_) => (0, Value::Null),
        }
    }

    /// Signs somebody in by the link of a role; answers the cookies to send.
    pub async fn sign_in(&self, role: &str) -> String {
        let signed = Self::client().post(self.links[role].as_str().unwrap()).send().await.unwrap();
        assert_eq!(signed.status(), 303);
        let cookies = signed.headers().get_all("set-cookie").iter();
        let pairs: Vec<_> =
            cookies.map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        pairs.join("; ")
    }

    /// A page or an answer, asked for with cookies: status and body.
    pub async fn get(&self, path: &str, cookies: &str) -> (u16, String) {
        let ask = Self::client().get(format!("{}{path}", self.url)).header("cookie", cookies);
        let answer = ask.header("accept", "text/html").send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// What a server function or an endpoint answers to a program: status and body.
    pub async fn fetch(&self, path: &str, cookies: &str) -> (u16, String) {
        let ask = Self::client().get(format!("{}{path}", self.url)).header("cookie", cookies);
        let answer = ask.header("accept", "application/json").send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends a form to a server function as our own pages do; answers status and body.
    pub async fn call(&self, path: &str, cookies: &str, form: &[(&str, &str)]) -> (u16, String) {
        let ask = Self::client().post(format!("{}{path}", self.url)).header("cookie", cookies);
        let ask = ask.header("sec-fetch-site", "same-origin").header("accept", "application/json");
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        let body = serde_urlencoded::to_string(form).unwrap();
        let answer = ask.body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The world's time.
    pub async fn now(&self) -> DateTime<Utc> {
        let ask = Self::client().get(format!("{}/api/v1/clock", self.url)).bearer_auth(&self.admin_key);
        let clock: Value = ask.send().await.unwrap().json().await.unwrap();
        serde_json::from_value(clock["now"].clone()).unwrap()
    }

    /// Sets up one van and one shop; answers the shop's key and the van's token.
    pub async fn set_up(&self) -> (String, String) {
        let ask = json!({
            "hub": { "name": "Test hub", "at": { "lat": -19.05, "lon": -169.92 }, "zone": "Pacific/Niue",
                     "plan_at": "23:00:00" },
            "shops": ["Books"],
            "vehicles": [{ "label": "Van 01", "kind": "diesel_van", "driver": "Driver 01", "capacity_g": 500_000,
                           "capacity_ml": 4_000_000, "shift_from": "07:30:00", "shift_until": "16:30:00" }],
        });
        let (status, keys) = self.post("/api/v1/operation", &self.admin_key, &ask).await;
        assert_eq!(status, 200, "{keys}\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        let key = |of: &str| keys[of][0]["key"].as_str().unwrap().to_owned();
        (key("shops"), key("vehicles"))
    }
}

/// A test that fails leaves nothing running.
impl Drop for TestServer {
    fn drop(&mut self) {
        let _ended_before = self.child.kill();
        let _ended_before = self.child.wait();
    }
}

impl Drop for TestSetup {
    fn drop(&mut self) {
        let Ok(majors) = std::fs::read_dir(self.path().join("var/pg")) else { return };
        for file in majors.flatten().map(|m| m.path().join("data/postmaster.pid")) {
            let pid =
                std::fs::read_to_string(file).ok().and_then(|text| text.lines().next()?.trim().parse().ok());
            if let Some(pid) = pid {
                let postmaster = nix::unistd::Pid::from_raw(pid);
                let _ended_before = nix::sys::signal::kill(postmaster, nix::sys::signal::Signal::SIGQUIT);
            }
        }
    }
}
