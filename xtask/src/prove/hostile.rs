//! `prove hostile-mail`: systematically made hostile mail, shown by the product in Chromium with a network recorder; the
//! same mail without walls shows that it would act. Each wall alone lets nothing run and nothing be requested; that the policy
//! alone does not stop a bare connection (of a frame, of `preconnect`) is told.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Options;
use crate::build;
use crate::command::Run;
use crate::counts;
use crate::launch::Demo;
use crate::report::{Report, say};
use crate::workspace::{self, TempDir};

/// Fewer samples than this are not the corpus; of them, so many vectors as they are.
const LEAST: f64 = 1_500.0;
const LEAST_BASE: f64 = 200.0;
/// Percent of the base that has to act in Chromium where nothing stops it.
const LEAST_ACTING: f64 = 70.0;

pub(super) fn run(options: &Options, report: &mut Report) -> Result<()> {
    let generator = Run::new("python3")
        .arg(workspace::root().join("tools/hostile/hostile.py"))
        .arg("--check")
        .quiet()
        .run()?;
    let checked = counts::script(&generator.text).with_exit(generator.ok);
    if checked.none() {
        bail!("the generator's own check counted nothing");
    }
    report.exactly(
        "generator: checks failed",
        checked.failed,
        0,
        "tools/hostile/hostile.py --check: ids, the same bytes twice, every pair of class and encoding, class and context",
    );
    let node = build::web_packages()?;
    build::web(&node)?;
    let tenon = options.tenon()?;
    let demo = Demo::start(&tenon, &["--messages", "50", "--quota", "0"])?;
    let folder = TempDir::new("hostile")?;
    let figures = folder.path().join("figures.json");
    let outcome = demo
        .script(&node, "web/e2e/hostile.mjs")
        .arg("--figures")
        .arg(&figures)
        .quiet()
        .run()?;
    let counted = counts::script(&outcome.text).with_exit(outcome.ok);
    if counted.none() {
        bail!("the browser script counted nothing: {}", demo.output());
    }
    let text = std::fs::read_to_string(&figures)
        .with_context(|| format!("the browser script kept no figures: {}", outcome.text))?;
    let figures = serde_json::from_str(&text).context("the figures are not JSON")?;
    tell(report, &figures, counted.failed);
    if counted.failed > 0 {
        for line in outcome.text.lines().filter(|l| l.starts_with("FAIL")) {
            say(line);
        }
    }
    Ok(())
}

fn tell(report: &mut Report, figures: &Value, failed: u64) {
    let number = |key: &str| figures[key].as_u64().unwrap_or(0);
    report.at_least(
        "base samples",
        number("base samples") as f64,
        LEAST_BASE,
        "each vector as it is, in a plain body",
    );
    report.at_least(
        "samples with their variants",
        (number("base samples") + number("variants")) as f64,
        LEAST,
        "variants by pairs of vector, encoding and context",
    );
    report.at_least(
        "without walls: base samples that act, in percent",
        number("without walls: base samples that act, in percent") as f64,
        LEAST_ACTING,
        "the same documents from a server without policy, in frames without sandbox",
    );
    // What is not there was not looked at.
    for what in [
        "in the product: scripts run",
        "in the product: connections and requests to others",
        "in the product: navigations, windows, downloads",
        "names looked up in the product",
        "with images wanted: connections and requests to others",
        "as a quote: connections and requests to others",
        "policy and sandbox alone: scripts run",
        "sanitizer alone: scripts run",
        "sanitizer alone: connections and requests to others",
    ] {
        report.exactly(
            what,
            figures[what].as_u64().unwrap_or(u64::MAX),
            0,
            "Chromium whose every name leads to a listener of ours; its log of look-ups; the console of every frame",
        );
    }
    report.exactly(
        "checks failed",
        failed,
        0,
        "web/e2e/hostile.mjs, each check by name",
    );
    for what in [
        "without walls: attachments that act",
        "samples shown as a quote",
        "seconds",
    ] {
        report.tell(what, figures[what].clone(), "web/e2e/hostile.mjs");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_decide() {
        let holds = |figures: &Value, failed| {
            let mut report = Report::new("hostile-mail");
            tell(&mut report, figures, failed);
            report.holds()
        };
        let good = json!({
            "base samples": 225, "variants": 1579, "without walls: base samples that act, in percent": 79,
            "in the product: scripts run": 0, "in the product: connections and requests to others": 0,
            "in the product: navigations, windows, downloads": 0, "names looked up in the product": 0,
            "with images wanted: connections and requests to others": 0,
            "as a quote: connections and requests to others": 0, "policy and sandbox alone: scripts run": 0,
            "sanitizer alone: scripts run": 0, "sanitizer alone: connections and requests to others": 0
        });
        assert!(holds(&good, 0));
        assert!(!holds(&good, 1));
        assert!(!holds(&json!({}), 0), "nothing was counted");
        for (key, value) in [
            ("base samples", json!(20)),
            ("variants", json!(100)),
            (
                "without walls: base samples that act, in percent",
                json!(50),
            ),
            ("in the product: scripts run", json!(1)),
            ("names looked up in the product", json!(null)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert!(!holds(&bad, 0), "{key}");
        }
    }
}
