//! `prove main-job`: the whole slice in Chromium on the sandbox.

use anyhow::{Result, bail};

use super::Options;
use crate::build;
use crate::counts;
use crate::launch::Demo;
use crate::report::Report;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let node = build::web_packages()?;
    build::web(&node)?;
    let tenon = options.tenon()?;
    for locale in ["en", "fr"] {
        let demo = Demo::start(&tenon, &[])?;
        let outcome = demo
            .script(&node, "web/e2e/main-job.mjs")
            .args(["--locale", locale])
            .quiet()
            .run()?;
        let counted = counts::script(&outcome.text).with_exit(outcome.ok);
        if counted.none() {
            bail!("the browser script counted nothing: {}", demo.output());
        }
        let how = "Playwright drives Debian's Chromium: sign in, both consent steps, first sync, open, disconnect, receipt; axe on every screen";
        report.exactly(&format!("{locale}: steps failed"), counted.failed, 0, how);
        report.tell(&format!("{locale}: steps passed"), counted.passed, how);
    }
    Ok(())
}
