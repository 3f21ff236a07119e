//! Pictures as tables of text, for spreadsheets.

use tenon_app::records::exchange::csv_line;
use tenon_model::records::exchange::guard;

use super::wire::{ActivityReport, Boxed, FunnelReport, ResponseReport, ValueReport, Waits, Worth};

/// What is drawn, as rows; the first one has the names of the columns.
pub(super) trait Table {
    /// The rows.
    fn rows(&self) -> Vec<Vec<String>>;
}

/// RFC 4180, in UTF-8.
pub(super) fn csv(table: &impl Table) -> Vec<u8> {
    table.rows().iter().flat_map(|row| csv_line(row)).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&w| w.to_owned()).collect()
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

/// Amounts of all currencies in one cell.
fn amounts(worths: &[Worth]) -> String {
    let one = |w: &Worth| format!("{} {}", w.amount, w.currency);
    worths.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn weighted(worths: &[Worth]) -> String {
    let one = |w: &Worth| format!("{} {}", w.weighted, w.currency);
    worths.iter().map(one).collect::<Vec<_>>().join("; ")
}

impl Table for FunnelReport {
    fn rows(&self) -> Vec<Vec<String>> {
        let mut out = vec![words(&[
            "stage",
            "outcome",
            "reached",
            "share",
            "median_seconds",
        ])];
        out.extend(self.stages.iter().map(|s| {
            vec![
                guard(&s.name).into_owned(),
                s.outcome.clone(),
                s.reached.to_string(),
                s.share
                    .map(|share| format!("{share:.4}"))
                    .unwrap_or_default(),
                text(s.median_seconds),
            ]
        }));
        out
    }
}

impl Table for ValueReport {
    fn rows(&self) -> Vec<Vec<String>> {
        let mut out = vec![words(&[
            "start",
            "end",
            "open",
            "open_amounts",
            "open_weighted",
            "won",
            "won_amounts",
            "lost",
            "lost_amounts",
        ])];
        out.extend(self.buckets.iter().map(|b| {
            let of = |boxed: &Boxed| [boxed.count.to_string(), amounts(&boxed.amounts)];
            let mut row = vec![b.start.clone(), b.end.clone()];
            row.extend(of(&b.open));
            row.push(weighted(&b.open.amounts));
            row.extend(of(&b.won));
            row.extend(of(&b.lost));
            row
        }));
        out
    }
}

impl Table for ActivityReport {
    fn rows(&self) -> Vec<Vec<String>> {
        let mut out = vec![words(&[
            "member",
            "calls",
            "meetings",
            "notes",
            "tasks_done",
            "boxes_won",
            "amounts_won",
        ])];
        out.extend(self.members.iter().map(|m| {
            let counts = [m.calls, m.meetings, m.notes, m.tasks_done, m.boxes_won];
            let mut row = vec![guard(&m.member.name).into_owned()];
            row.extend(counts.map(|n| n.to_string()));
            row.push(amounts(&m.amounts_won));
            row
        }));
        out
    }
}

impl Table for ResponseReport {
    fn rows(&self) -> Vec<Vec<String>> {
        let mut out = vec![words(&[
            "start",
            "end",
            "received",
            "answered",
            "median_seconds",
            "p90_seconds",
        ])];
        out.extend(self.buckets.iter().map(|w: &Waits| {
            vec![
                w.start.clone(),
                w.end.clone(),
                w.received.to_string(),
                w.answered.to_string(),
                text(w.median_seconds),
                text(w.p90_seconds),
            ]
        }));
        out
    }
}
