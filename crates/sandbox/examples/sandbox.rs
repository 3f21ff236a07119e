//! A sandbox by itself:
//!
//! ```text
//! cargo run -p tenon-sandbox --example sandbox -- --port 8085 --messages 1000
//! ```

use std::sync::Arc;

use clap::Parser;
use tenon_model::SystemClock;
use tenon_sandbox::SandboxArgs;

/// The sandbox Google on loopback
#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: SandboxArgs,
}

#[tokio::main]
async fn main() -> Result<(), tenon_sandbox::SandboxError> {
    let sandbox = Cli::parse()
        .args
        .start(Arc::new(SystemClock::default()))
        .await?;
    println!("sandbox Google on {}", sandbox.issuer());
    std::future::pending::<()>().await;
    sandbox.stop().await;
    Ok(())
}
