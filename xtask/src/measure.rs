//! What a process cost: CPU from `/proc/PID/stat`, memory from `/proc/PID/status`.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// USER_HZ, which Linux fixes at 100 for what it shows to programs (proc(5)).
const TICKS_PER_SECOND: u64 = 100;

/// CPU and memory of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// User and system time, its waited-for children included.
    pub cpu: Duration,
    /// Resident memory now, in KiB.
    pub rss_kib: u64,
    /// Highest resident memory so far, in KiB.
    pub peak_kib: u64,
}

/// The usage of a running process.
pub fn usage(pid: u32) -> Result<Usage> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is gone"))?;
    let status = fs::read_to_string(format!("/proc/{pid}/status"))
        .with_context(|| format!("process {pid} is gone"))?;
    Ok(Usage {
        cpu: cpu(&stat).context("/proc/PID/stat has another shape than proc(5) says")?,
        rss_kib: status_kib(&status, "VmRSS:").unwrap_or(0),
        peak_kib: status_kib(&status, "VmHWM:").unwrap_or(0),
    })
}

/// CPU of a whole tree: the process and all its living descendants.
pub fn tree_cpu(pid: u32) -> Duration {
    let mut total = Duration::ZERO;
    let mut open = vec![pid];
    while let Some(pid) = open.pop() {
        if let Some(cpu) = fs::read_to_string(format!("/proc/{pid}/stat"))
            .ok()
            .as_deref()
            .and_then(cpu)
        {
            total += cpu;
        }
        open.extend(children(pid));
    }
    total
}

fn children(pid: u32) -> Vec<u32> {
    fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|p| p.parse().ok())
        .collect()
}

/// The fields after the command name, which may itself hold spaces and parentheses.
fn fields(stat: &str) -> Option<Vec<&str>> {
    Some(stat.rsplit_once(')')?.1.split_whitespace().collect())
}

/// The process state letter (field 3 of proc(5)).
pub fn state(stat: &str) -> Option<char> {
    fields(stat)?.first()?.chars().next()
}

/// utime + stime + cutime + cstime (fields 14 to 17).
fn cpu(stat: &str) -> Option<Duration> {
    let fields = fields(stat)?;
    let mut ticks = 0;
    for field in fields.get(11..15)? {
        ticks += field.parse::<u64>().ok()?;
    }
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

fn status_kib(status: &str, key: &str) -> Option<u64> {
    status
        .lines()
        .find_map(|line| line.strip_prefix(key))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// The user id this tool runs as.
pub fn user_id() -> Option<u32> {
    fs::read_to_string("/proc/self/status")
        .ok()?
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

/// The value below which this share (0 to 1) of the sorted samples lies, nearest rank.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// Sorted copy of samples.
pub fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 600 900 0 0 250 50 7 3 20 0 1 0 99 8000 200 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0";

    #[test]
    fn cpu_is_read_past_a_name_with_parentheses() {
        assert_eq!(cpu(STAT), Some(Duration::from_millis(3_100)));
        assert_eq!(state(STAT), Some('S'));
        assert_eq!(cpu("4242 (x) S 1"), None);
        assert_eq!(cpu("nonsense"), None);
    }

    #[test]
    fn memory_is_read_by_its_key() {
        let status = "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(status_kib(status, "VmRSS:"), Some(1024));
        assert_eq!(status_kib(status, "VmHWM:"), Some(2048));
        assert_eq!(status_kib(status, "VmSwap:"), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = usage(std::process::id()).unwrap();
        assert!(usage.rss_kib > 100 && usage.peak_kib >= usage.rss_kib);
        assert!(user_id().is_some());
    }

    #[test]
    fn percentiles_are_nearest_rank() {
        let samples = sorted(&[5.0, 1.0, 4.0, 2.0, 3.0]);
        assert!((percentile(&samples, 0.5) - 3.0).abs() < f64::EPSILON);
        assert!((percentile(&samples, 0.95) - 5.0).abs() < f64::EPSILON);
        assert!((percentile(&samples, 0.0) - 1.0).abs() < f64::EPSILON);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
