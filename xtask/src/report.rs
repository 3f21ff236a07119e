//! Figures of a benchmark or proof, as a table for people or one JSON object for programs.

use serde::Serialize;
use serde_json::Value;

use crate::counts::Counts;

/// One thing measured or counted.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it is, with its unit.
    pub what: String,
    /// The number, rounded to what it is worth.
    pub value: Value,
    /// What it should be; empty when it is only told.
    pub goal: String,
    /// Whether the goal holds.
    pub holds: bool,
    /// How it was measured.
    pub how: String,
}

/// All figures of one name.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The benchmark or proof.
    pub name: String,
    /// In the order measured.
    pub figures: Vec<Figure>,
}

impl Report {
    /// An empty report.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            figures: Vec::new(),
        }
    }

    /// A figure that is only told.
    pub fn tell(&mut self, what: &str, value: impl Into<Value>, how: &str) {
        self.push(what, value.into(), String::new(), true, how);
    }

    /// At most this much.
    pub fn at_most(&mut self, what: &str, value: f64, limit: f64, how: &str) {
        self.push(
            what,
            number(value),
            format!("<= {limit}"),
            value <= limit,
            how,
        );
    }

    /// At least this much.
    pub fn at_least(&mut self, what: &str, value: f64, limit: f64, how: &str) {
        self.push(
            what,
            number(value),
            format!(">= {limit}"),
            value >= limit,
            how,
        );
    }

    /// Exactly this count.
    pub fn exactly(&mut self, what: &str, value: u64, wanted: u64, how: &str) {
        self.push(
            what,
            value.into(),
            format!("= {wanted}"),
            value == wanted,
            how,
        );
    }

    fn push(&mut self, what: &str, value: Value, goal: String, holds: bool, how: &str) {
        self.figures.push(Figure {
            what: what.to_owned(),
            value,
            goal,
            holds,
            how: how.to_owned(),
        });
    }

    /// Whether every goal holds; a report without goals proves nothing and does not.
    pub fn holds(&self) -> bool {
        self.figures.iter().all(|f| f.holds) && self.figures.iter().any(|f| !f.goal.is_empty())
    }

    /// Each goal counted as a test.
    pub fn counts(&self) -> Counts {
        let goals = self.figures.iter().filter(|f| !f.goal.is_empty());
        goals.map(|f| Counts::one(f.holds)).sum()
    }

    /// Prints it to standard output.
    pub fn print(&self, json: bool) {
        if json {
            match serde_json::to_string(self) {
                Ok(text) => println!("{text}"),
                Err(error) => eprintln!("error: {error}"),
            }
        } else {
            print!("{}", self.table());
        }
    }

    fn table(&self) -> String {
        let shown = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut rows = vec![["what", "value", "goal", ""].map(String::from)];
        for figure in &self.figures {
            let verdict = match (figure.goal.is_empty(), figure.holds) {
                (true, _) => "",
                (_, true) => "holds",
                (_, false) => "FAILS",
            };
            rows.push([
                figure.what.clone(),
                shown(&figure.value),
                figure.goal.clone(),
                verdict.to_owned(),
            ]);
        }
        let mut widths = [0; 4];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("{}\n", self.name);
        for row in &rows {
            let line = format!(
                "  {:<w0$}  {:>w1$}  {:<w2$}  {}",
                row[0],
                row[1],
                row[2],
                row[3],
                w0 = widths[0],
                w1 = widths[1],
                w2 = widths[2]
            );
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A JSON number with three significant digits or more, never more than three decimals.
fn number(value: f64) -> Value {
    let rounded = if value.abs() >= 100.0 {
        value.round()
    } else {
        (value * 1000.0).round() / 1000.0
    };
    serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}

/// A remark on the way, not on standard output, so that `--json` stays one object.
pub fn say(text: impl AsRef<str>) {
    eprintln!("   {}", text.as_ref());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_decide() {
        let mut report = Report::new("x");
        report.tell("told", 3, "counted");
        assert!(!report.holds(), "nothing was proved");
        report.at_most("CPU-ms", 79.96, 80.0, "/proc");
        report.at_least("ratio", 10.5, 10.0, "both sides");
        assert!(report.holds());
        report.exactly("missing", 1, 0, "compared");
        assert!(!report.holds());
        let counts = report.counts();
        assert_eq!((counts.passed, counts.failed), (2, 1));
        assert!(report.table().contains("missing"));
        assert!(report.table().contains("FAILS"));
    }

    #[test]
    fn not_a_number_never_holds() {
        let mut report = Report::new("x");
        report.at_most("ms", f64::NAN, 1.0, "");
        assert!(!report.holds());
        assert_eq!(report.figures[0].value, Value::Null);
    }

    #[test]
    fn json_has_the_promised_shape() {
        let mut report = Report::new("quota");
        report.at_most("units a message", 12.25, 12.5, "counted");
        let value = serde_json::to_value(&report).unwrap();
        assert_eq!(value["name"], "quota");
        assert_eq!(value["figures"][0]["what"], "units a message");
        assert_eq!(value["figures"][0]["value"], 12.25);
        assert_eq!(value["figures"][0]["goal"], "<= 12.5");
        assert_eq!(value["figures"][0]["holds"], true);
        assert_eq!(value["figures"][0]["how"], "counted");
    }
}
