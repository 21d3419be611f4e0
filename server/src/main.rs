//! The binary `doorstep`: chooses a verb.

mod history;
mod roster;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use operations::{Caller, OpsError, Replay};
use server::{
    installation::{self, Installation},
    settings::{CitySettings, DatabaseSettings, DemoSettings, ServeSettings},
};
use std::{
    io::{IsTerminal, Read},
    process::ExitCode,
};
use tracing_subscriber::EnvFilter;
use wire::Role;

/// Doorstep, the control room of a last-mile delivery operation.
#[derive(Parser)]
#[command(name = "doorstep", version, about)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the product on real time.
    Serve {
        #[command(flatten)]
        settings: Box<ServeSettings>,
    },
    /// Serve a simulated day in a database of its own.
    Demo {
        #[command(flatten)]
        settings: Box<DemoSettings>,
    },
    /// Bring the database's schema up to date.
    Migrate {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Add a person, or give one a new role and password; the password is read from standard input.
    AddUser {
        /// Name by which the person signs in.
        name: String,
        /// dispatcher, manager, agent or administrator.
        role: String,
        /// Print a one-time sign-in link's path instead of reading a password.
        #[arg(long)]
        link: bool,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Make an administrator's API key and print it once.
    AddKey {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// See and change who may sign in; every change ends the person's sessions.
    People {
        #[command(subcommand)]
        what: People,
    },
    /// See and revoke keys and devices' tokens.
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// See and change who drives what when.
    Roster {
        #[command(subcommand)]
        what: roster::Roster,
    },
    /// Bring in what happened before: a file of JSON lines (.jsonl, .ndjson) or a table (.csv).
    ImportHistory {
        #[command(flatten)]
        what: history::Import,
    },
    /// Rebuild the present from all of history, count again what is counted, and say where the tables hold something else.
    #[command(alias = "replay")]
    CheckHistory {
        /// Of the demo's database.
        #[arg(long)]
        demo: bool,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Forget for good who received an order and where exactly, and what was written about it.
    Erase {
        /// The order's reference, or its id.
        #[arg(long)]
        order: String,
        /// The same for all orders of its recipient, by phone or e-mail address.
        #[arg(long, alias = "same-phone")]
        same_recipient: bool,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Name every endpoint: the methods and paths of all APIs and server functions.
    Endpoints,
    /// Keep the embedded database up and print its address.
    Db {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Read a map extract and say what is in it.
    City {
        #[command(flatten)]
        city: CitySettings,
    },
}

#[derive(Subcommand)]
enum People {
    /// Everybody: role, whether disabled, sessions.
    List {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Nobody of that name comes in any more: no password, no link, no session.
    Disable {
        /// The person's name.
        name: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// The person may come in again.
    Enable {
        /// The person's name.
        name: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Give a person another role.
    Role {
        /// The person's name.
        name: String,
        /// dispatcher, manager, agent or administrator.
        role: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Give a person another password, read from standard input.
    Password {
        /// The person's name.
        name: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Sign a person out everywhere.
    EndSessions {
        /// The person's name.
        name: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// All keys and devices: whose they are, when they were made and revoked.
    List {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Revoke at once: one by its id, or all of a shop or of a vehicle by its name.
    Revoke {
        /// An id from `keys list`, a shop's name or a vehicle's label.
        which: String,
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("DOORSTEP_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.with_ansi(false).init();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Into::into);
    match runtime.and_then(|runtime| runtime.block_on(run(Arguments::parse().verb))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("doorstep: {}", installation::explain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Serve { settings } => installation::serve(*settings).await,
        Verb::Demo { settings } => installation::demo(*settings).await,
        Verb::Migrate { database } => {
            let installation = Installation::without_streets(&database).await?;
            installation.database.migrate().await?;
            println!("the schema is up to date");
            installation.close().await
        }
        Verb::AddUser { name, role, link, database } => {
            let role = read_role(&role)?;
            let password = if link { None } else { Some(read_password()?) };
            let installation = Installation::without_streets(&database).await?;
            let ops = installation.operations();
            let person = ops.add_person(&name, role, password.as_deref()).await?;
            if link {
                println!("/sign-in/link/{}", ops.add_sign_in_link(person).await?);
            } else {
                println!("{name} can sign in as {}", role.code());
            }
            installation.close().await
        }
        Verb::AddKey { database } => {
            let installation = Installation::without_streets(&database).await?;
            println!("{}", installation.operations().add_administrator_key().await?);
            installation.close().await
        }
        Verb::People { what } => people(what).await,
        Verb::Keys { what } => keys(what).await,
        Verb::Roster { what } => roster::roster(what).await,
        Verb::ImportHistory { what } => history::import(what).await,
        Verb::CheckHistory { demo, database } => check_history(demo, &database).await,
        Verb::Erase { order, same_recipient, database } => erase(&order, same_recipient, &database).await,
        Verb::Endpoints => {
            for (method, path) in server::endpoints() {
                println!("{method} {path}");
            }
            Ok(())
        }
        Verb::Db { database } => installation::keep_database(&database).await,
        Verb::City { city } => installation::describe_city(&city),
    }
}

async fn check_history(demo: bool, database: &DatabaseSettings) -> Result<()> {
    let installation = if demo {
        Installation::demo_without_streets(database).await?
    } else {
        Installation::without_streets(database).await?
    };
    let replay = installation.operations().replay().await?;
    for line in &replay.differing {
        println!("{line}");
    }
    installation.close().await?;
    let Replay { events, orders, differing, .. } = replay;
    if !differing.is_empty() {
        bail!("{} rows are not what {events} events add up to", differing.len());
    }
    println!("{events} events and {orders} orders add up to what the tables hold");
    Ok(())
}

async fn erase(which: &str, all: bool, database: &DatabaseSettings) -> Result<()> {
    let installation = Installation::without_streets(database).await?;
    let (ops, caller) = (installation.operations(), Caller::command_line());
    let erased = async { ops.erase_recipient(&caller, ops.order_named(&caller, which).await?, all).await };
    let erased = match erased.await {
        Err(OpsError::NotFound) => {
            bail!("there is no order {which}: give its reference as the shop wrote it, or its id")
        }
        other => other?,
    };
    for reference in &erased.erased {
        println!("{reference}\terased");
    }
    for (reference, _) in &erased.left {
        println!("{reference}\tleft alone: it is still open; cancel it or wait, then erase it");
    }
    installation.close().await
}

async fn people(what: People) -> Result<()> {
    let database = match &what {
        People::List { database }
        | People::Disable { database, .. }
        | People::Enable { database, .. }
        | People::Role { database, .. }
        | People::Password { database, .. }
        | People::EndSessions { database, .. } => database.clone(),
    };
    let password = if let People::Password { .. } = what { read_password()? } else { String::new() };
    let installation = Installation::without_streets(&database).await?;
    let (ops, caller) = (installation.operations(), Caller::command_line());
    let ended = |name: &str, count: u64, what: &str| println!("{name} {what}; {count} sessions ended");
    let of = |name: &str| format!("there is nobody named {name}: `doorstep people list` names everybody");
    match what {
        People::List { .. } => {
            for p in ops.people(&caller).await? {
                let state = match p.disabled_since {
                    Some(since) => format!("disabled since {}", since.format("%F %R")),
                    None if p.has_password => "may sign in".to_owned(),
                    None => "signs in by link only".to_owned(),
                };
                let seen =
                    p.last_seen.map(|at| format!(", last seen {}", at.format("%F %R"))).unwrap_or_default();
                println!("{}\t{}\t{state}\t{} sessions{seen}", p.name, p.role.code(), p.sessions);
            }
        }
        People::Disable { name, .. } => {
            let count = ops.disable_person(&caller, &name).await.with_context(|| of(&name))?;
            ended(&name, count, "cannot come in any more");
        }
        People::Enable { name, .. } => {
            ops.enable_person(&caller, &name).await.with_context(|| of(&name))?;
            println!("{name} may come in again");
        }
        People::Role { name, role, .. } => {
            let role = read_role(&role)?;
            let count = ops.change_role(&caller, &name, role).await.with_context(|| of(&name))?;
            ended(&name, count, &format!("is {} now", role.code()));
        }
        People::Password { name, .. } => {
            let count = ops.change_password(&caller, &name, &password).await?;
            ended(&name, count, "has another password");
        }
        People::EndSessions { name, .. } => {
            let count = ops.end_sessions(&caller, &name).await.with_context(|| of(&name))?;
            ended(&name, count, "is signed out everywhere");
        }
    }
    installation.close().await
}

async fn keys(what: Keys) -> Result<()> {
    let database = match &what {
        Keys::List { database } | Keys::Revoke { database, .. } => database.clone(),
    };
    let installation = Installation::without_streets(&database).await?;
    let (ops, caller) = (installation.operations(), Caller::command_line());
    match what {
        Keys::List { .. } => {
            for k in ops.keys(&caller).await? {
                let revoked =
                    k.revoked.map(|at| format!("\trevoked {}", at.format("%F %R"))).unwrap_or_default();
                let used = k.used.map(|at| format!("\tused {}", at.format("%F %R"))).unwrap_or_default();
                let whose = [Some(k.holder), k.name].into_iter().flatten().filter(|name| !name.is_empty());
                let whose = whose.collect::<Vec<_>>().join(", ");
                println!("{}\t{}\t{whose}\tmade {}{used}{revoked}", k.id, k.kind, k.made.format("%F %R"));
            }
        }
        Keys::Revoke { which, .. } => match ops.revoke_keys(&caller, &which).await? {
            0 => bail!(
                "no key that opens anything has the id or the holder {which}: `doorstep keys list` names all"
            ),
            count => println!("{count} revoked"),
        },
    }
    installation.close().await
}

fn read_role(role: &str) -> Result<Role> {
    Role::parse(role).with_context(|| {
        format!("there is no role {role}: choose dispatcher, manager, agent or administrator")
    })
}

fn read_password() -> Result<String> {
    if std::io::stdin().is_terminal() {
        eprintln!("Type the password (10 to 200 characters) and press Enter, then Ctrl-D:");
    }
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .context("the password could not be read from standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
