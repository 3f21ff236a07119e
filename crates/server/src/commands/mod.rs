//! One file per command.

mod audit;
mod demo;
mod docs_tables;
mod doctor;
mod key;
mod member;
mod migrate;
mod openapi;
mod sandbox;
mod serve;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::logging;
use crate::settings::{Given, Settings};

/// Runs the command that was asked for.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let common = cli.common;
    match cli.command {
        Command::Serve(flags) => {
            let more = [
                ("TENON_LISTEN", flags.listen),
                ("TENON_PUBLIC_URL", flags.public_url),
            ];
            let settings = start(&common.given(&more))?;
            serve::run(&settings, !flags.no_migrate).await?;
        }
        Command::Demo(flags) => {
            logging::start(common.log.as_deref().unwrap_or("warn"), false)?;
            demo::run(&common, &flags).await?;
        }
        Command::Sandbox(flags) => {
            logging::start(common.log.as_deref().unwrap_or("warn"), false)?;
            sandbox::run(flags).await?;
        }
        Command::Migrate => migrate::run(&start(&common.given(&[]))?).await?,
        Command::Doctor(flags) => return doctor::run(&common.given(&[]), &flags).await,
        Command::Member(member) => member::run(&start(&common.given(&[]))?, member).await?,
        Command::Key(key) => key::run(&start(&common.given(&[]))?, key).await?,
        Command::Audit(command) => {
            return audit::run(&start(&common.given(&[]))?, command).await;
        }
        Command::Openapi => openapi::run()?,
        Command::DocsTables { dir } => docs_tables::run(&dir)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the settings and starts the log.
fn start(given: &Given) -> Result<Settings, Failure> {
    let settings = Settings::load(given)?;
    logging::start(&settings.log, settings.log_json)?;
    Ok(settings)
}

/// Prints a line to standard output; a reader that has gone away is no error of ours.
fn print(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Prints a value as JSON.
fn print_json(value: &serde_json::Value) {
    print(&format!("{value:#}"));
}
