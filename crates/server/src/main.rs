#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod failure;
mod harden;
mod http;
mod logging;
mod settings;
mod signals;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

/// Its feature `no_thp`: see [`harden::use_small_pages`].
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Few threads beside the workers: password hashing and file work only.
const BLOCKING_THREADS: usize = 8;

fn main() -> ExitCode {
    harden::use_small_pages();
    let cli = cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("tenon: threads cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        signals::survive_file_limit();
        commands::run(cli).await
    });
    // Whatever still hangs about has had its grace period.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("tenon: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
