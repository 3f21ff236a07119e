//! What the process uses, from `/proc` (proc(5)); nothing elsewhere.

use std::fs;

/// USER_HZ, which Linux fixes at 100 for what it shows to programs.
const TICKS: f64 = 100.0;

/// What the process uses.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Usage {
    pub(super) resident_bytes: u64,
    pub(super) cpu_seconds: f64,
    /// Seconds since the epoch.
    pub(super) started: f64,
    pub(super) threads: u64,
    pub(super) open_files: u64,
    pub(super) max_files: u64,
}

/// Reads it.
pub(super) fn usage() -> Option<Usage> {
    let read = |path: &str| fs::read_to_string(path).ok();
    let open_files = fs::read_dir("/proc/self/fd").map_or(0, |files| files.count() as u64);
    Some(Usage {
        open_files,
        max_files: limit(&read("/proc/self/limits")?).unwrap_or(0),
        ..parse(
            &read("/proc/self/stat")?,
            &read("/proc/self/status")?,
            &read("/proc/stat")?,
        )?
    })
}

fn parse(stat: &str, status: &str, system: &str) -> Option<Usage> {
    // The command name, in parentheses, may hold anything; fields are counted from behind it.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |number: usize| -> Option<u64> { fields.get(number - 3)?.parse().ok() };
    let line = |text: &str, key: &str| -> Option<u64> {
        let rest = text.lines().find_map(|l| l.strip_prefix(key))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    Some(Usage {
        resident_bytes: line(status, "VmRSS:")? * 1024,
        cpu_seconds: (field(14)? + field(15)?) as f64 / TICKS,
        started: line(system, "btime")? as f64 + field(22)? as f64 / TICKS,
        threads: field(20)?,
        ..Usage::default()
    })
}

/// The soft limit of open files.
fn limit(limits: &str) -> Option<u64> {
    let rest = limits
        .lines()
        .find_map(|l| l.strip_prefix("Max open files"))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_writes_is_understood() {
        let stat = "42 (a b) c) S 1 42 42 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 7 0 1000 1 2 3";
        let usage = parse(
            stat,
            "Name:\tx\nVmRSS:\t  2048 kB\n",
            "cpu 1\nbtime 1700000000\n",
        );
        let expected = Usage {
            resident_bytes: 2 << 20,
            cpu_seconds: 2.0,
            started: 1_700_000_010.0,
            threads: 7,
            ..Usage::default()
        };
        assert_eq!(usage, Some(expected));
        let limits = "Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(limit(limits), Some(1_024));
        assert!(parse("cut off", "", "").is_none());
    }

    #[test]
    fn this_process_uses_something() {
        let usage = usage().unwrap();
        assert!(usage.resident_bytes > 1 << 20 && usage.open_files > 0 && usage.threads > 0);
        assert!(usage.max_files >= usage.open_files);
    }
}
