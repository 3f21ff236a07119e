//! `cargo xtask demo`: from a fresh clone to a running Tenon.

use std::io::IsTerminal;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use rustix::process::Signal;

use crate::build;
use crate::children::Running;
use crate::command::{Run, which};
use crate::http::Client;

/// Builds, starts and waits until the person stops it.
pub fn run(port: u16, no_open: bool) -> Result<bool> {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err() {
        bail!(
            "port {port} is taken by another program: stop that one, or choose another with `cargo xtask demo --port N`"
        );
    }
    println!("Installing web packages (first time only)");
    let node = build::web_packages()?;
    println!("Building the web app");
    build::web(&node)?;
    println!("Building the server (about ten minutes the first time)");
    let tenon = {
        let built = Run::cargo()
            .args(["build", "--release", "--package", "tenon"])
            .run()?;
        if !built.ok {
            bail!("the server does not build; cargo's messages are above");
        }
        crate::workspace::tenon(true)
    };
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(tenon);
    command
        .current_dir(crate::workspace::root())
        .args(["demo", "--listen", &address]);
    let mut demo = Running::start("tenon demo", &mut command, Signal::TERM)?;
    if !no_open && std::io::stdout().is_terminal() {
        open_browser(&format!("http://{address}"));
    }
    let status = demo.wait()?;
    if !status.success() {
        bail!("tenon demo ended with {status}; its reason is above");
    }
    Ok(true)
}

/// Opens the person's browser once the server answers; there may be none, which is fine.
fn open_browser(url: &str) {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let Some(opener) = which("xdg-open").filter(|_| display) else {
        return;
    };
    let url = url.to_owned();
    std::thread::spawn(move || {
        for _ in 0..300 {
            let answers = Client::new(&url).is_ok_and(|mut client| client.get("/healthz").is_ok());
            if answers {
                let _ = Run::new(opener).arg(&url).quiet().run();
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}
