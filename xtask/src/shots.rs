//! `cargo xtask shots`: every screen, light and dark, 1440 and 390 pixels wide.

use std::path::Path;

use anyhow::{Context, Result};

use crate::build;
use crate::launch::Demo;
use crate::needs::debian_packages;

/// Starts a demo and photographs it.
pub fn run(dir: &Path) -> Result<bool> {
    debian_packages()?;
    let node = build::web_packages()?;
    build::web(&node)?;
    let tenon = build::tenon(false)?;
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))?;
    let dir = dir.canonicalize()?;
    let demo = Demo::start(&tenon, &[])?;
    let outcome = demo.script(&node, "web/e2e/shots.mjs").arg(&dir).run()?;
    println!("screenshots are in {}", dir.display());
    Ok(outcome.ok)
}
