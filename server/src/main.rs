//! The binary `doorstep`: chooses a verb.

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use server::{
    house::{self, House},
    settings::{CitySettings, DatabaseSettings, DemoSettings, ServeSettings},
};
use std::io::{IsTerminal, Read};
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

fn main() -> Result<()> {
    let filter = EnvFilter::try_from_env("DOORSTEP_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.init();
    } else {
        log.with_ansi(false).init();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(Arguments::parse().verb))
}

async fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Serve { settings } => house::serve(*settings).await,
        Verb::Demo { settings } => house::demo(*settings).await,
        Verb::Migrate { database } => {
            let house = House::open_database(&database, "doorstep", false).await?;
            house.database.migrate().await?;
            println!("the schema is up to date");
            house.close().await
        }
        Verb::AddUser { name, role, link, database } => {
            let Some(role) = Role::parse(&role) else {
                bail!("there is no role {role}: choose dispatcher, manager, agent or administrator");
            };
            let password = if link { None } else { Some(read_password()?) };
            let house = House::open_database(&database, "doorstep", false).await?;
            house.database.migrate().await?;
            let ops = house.desk();
            let person = ops.add_person(&name, role, password.as_deref()).await?;
            if link {
                println!("/sign-in/link/{}", ops.add_sign_in_link(person).await?);
            } else {
                println!("{name} can sign in as {}", role.code());
            }
            house.close().await
        }
        Verb::AddKey { database } => {
            let house = House::open_database(&database, "doorstep", false).await?;
            house.database.migrate().await?;
            println!("{}", house.desk().add_administrator_key().await?);
            house.close().await
        }
        Verb::Db { database } => house::keep_database(&database).await,
        Verb::City { city } => house::describe_city(&city),
    }
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
