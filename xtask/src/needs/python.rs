//! A Python environment in `target/venv`, for judges and tools that come from PyPI.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Stamp;
use crate::command::{Run, executable};
use crate::workspace;

/// The interpreter of `target/venv` with this requirements file (path below the root) installed.
pub fn python(requirements: &str) -> Result<PathBuf> {
    let venv = workspace::target().join("venv");
    let python = venv.join("bin/python3");
    if Run::new(&python).args(["-c", "import pip"]).read().is_err() {
        eprintln!("   making a Python environment in target/venv");
        Run::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&venv)
            .quiet()
            .must()
            .context("python3 with its venv module is needed")?;
    }
    let file = workspace::root().join(requirements);
    let wanted =
        fs::read_to_string(&file).with_context(|| format!("cannot read {requirements}"))?;
    let stamp = Stamp::new(
        &venv.join(format!(".{}", requirements.replace('/', "-"))),
        wanted,
    );
    if !stamp.fresh() {
        eprintln!("   installing {requirements}");
        Run::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--no-input"])
            .args(["--disable-pip-version-check", "--requirement"])
            .arg(&file)
            .quiet()
            .must()?;
        stamp.write()?;
    }
    Ok(python)
}

/// A program that a requirements file brings along.
pub fn python_tool(requirements: &str, program: &str) -> Result<PathBuf> {
    let python = python(requirements)?;
    let path = python.with_file_name(program);
    anyhow::ensure!(
        executable(&path),
        "{requirements} does not bring {program} on this machine"
    );
    Ok(path)
}
