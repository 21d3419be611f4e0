//! `doorstep import-history`: brings in what happened before, for whoever holds the machine.

use anyhow::{Context, Result, bail};
use clap::Args;
use operations::{Caller, HistoryForm};
use server::{installation::Installation, settings::DatabaseSettings};
use std::path::PathBuf;
use wire::{HubId, history::HistoryAnswer};

/// What is brought in.
#[derive(Args)]
pub(crate) struct Import {
    /// The file; docs/history-import.md says what is in it.
    file: PathBuf,
    /// The hub's id; the oldest when left out.
    #[arg(long)]
    hub: Option<HubId>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Does it.
pub(crate) async fn import(what: Import) -> Result<()> {
    let form = match what.file.extension().and_then(|kind| kind.to_str()) {
        Some("csv") => HistoryForm::Table,
        Some("jsonl" | "ndjson") => HistoryForm::Lines,
        _ => bail!("{} ends neither in .csv nor in .jsonl or .ndjson", what.file.display()),
    };
    let body =
        std::fs::read(&what.file).with_context(|| format!("{} cannot be read", what.file.display()))?;
    let installation = Installation::without_streets(&what.database).await?;
    let answer =
        installation.operations().import_history(&Caller::command_line(), what.hub, form, body).await;
    installation.close().await?;
    report(&answer?)
}

fn report(answer: &HistoryAnswer) -> Result<()> {
    for refusal in &answer.refusals {
        println!("line {}\trefused\t{}\t{}", refusal.line, refusal.what, refusal.why);
    }
    let HistoryAnswer { orders, known, attempts, routes, positions, too_old, refused, .. } = answer;
    println!(
        "{orders} orders, {attempts} attempts, {routes} rounds and {positions} positions are stored; {known} orders were known"
    );
    if *too_old > 0 {
        println!("{too_old} positions are older than positions are kept, and were left out");
    }
    if *refused > 0 {
        bail!("{refused} lines were refused; everything else is stored");
    }
    Ok(())
}
