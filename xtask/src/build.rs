//! The web app and the `tenon` binary, built when needed.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{Run, which};
use crate::needs::{Node, install_packages, node};
use crate::report::say;
use crate::workspace;

/// Node.js with the web packages installed.
pub fn web_packages() -> Result<Node> {
    let node = node()?;
    install_packages(&node, "web")?;
    Ok(node)
}

/// Builds the web app, which the server carries inside.
pub fn web(node: &Node) -> Result<()> {
    say("building the web app");
    node.npm("web")
        .args(["run", "build"])
        .quiet()
        .must()
        .map(drop)
}

/// A debug build of something, chosen among the targets of the whole workspace: chosen as a package, it would have its
/// dependencies with fewer features, and all of them would be compiled once more beside those of the tests.
pub fn debug(arguments: &[&str]) -> Run {
    let (command, rest) = arguments.split_at(1.min(arguments.len()));
    Run::cargo().args(command).arg("--workspace").args(rest)
}

/// The server with the web app inside; gives its path.
pub fn tenon(release: bool) -> Result<PathBuf> {
    let built = workspace::root().join("web/apps/web/dist/index.html");
    if !built.exists() {
        web(&web_packages()?)?;
    }
    say(format!(
        "building tenon ({})",
        if release { "release" } else { "debug" }
    ));
    let run = if release {
        Run::cargo().args(["build", "--release", "--quiet", "--package", "tenon"])
    } else {
        debug(&["build", "--quiet", "--bin", "tenon"])
    };
    if which("cc").is_none() {
        bail!("no C compiler: please install gcc (Debian: build-essential)");
    }
    run.quiet().must().context("tenon does not build")?;
    Ok(workspace::tenon(release))
}
