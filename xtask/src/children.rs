//! Every process this tool starts, so that none outlives it.
//!
//! A child gets its own process group: a signal to the group reaches what it started in turn (npm's node, cargo's
//! test binaries) and nothing else on the machine. Ctrl-C and SIGTERM are received here, passed on to all groups,
//! and temporary folders are removed before this process ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};

struct Known {
    /// Process group (= pid of its leader) and the signal that asks it to stop.
    groups: BTreeMap<u32, Signal>,
    folders: Vec<PathBuf>,
}

static KNOWN: Mutex<Known> = Mutex::new(Known {
    groups: BTreeMap::new(),
    folders: Vec::new(),
});

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes this folder too when interrupted.
pub fn remember_folder(path: &Path) {
    known().folders.push(path.to_path_buf());
}

/// The folder is gone already.
pub fn forget_folder(path: &Path) {
    known().folders.retain(|p| p != path);
}

/// How long a child may take to end on its own before it is killed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running child; dropping it stops it.
pub struct Running {
    child: Child,
    name: String,
    stop: Signal,
    over: bool,
}

impl Running {
    /// Starts a command in a process group of its own.
    pub fn start(name: &str, command: &mut Command, stop: Signal) -> Result<Self> {
        use std::os::unix::process::CommandExt;
        // The lock is held over the start, so that an interrupt cannot miss the newborn.
        let mut known = known();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        known.groups.insert(child.id(), stop);
        Ok(Self {
            child,
            name: name.to_owned(),
            stop,
            over: false,
        })
    }

    /// The process id, which is also the id of its group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The pipes and handle of the child.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait().with_context(|| self.name.clone())?;
        self.ended();
        Ok(status)
    }

    /// The exit status if it has ended.
    pub fn poll(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait().with_context(|| self.name.clone())?;
        if status.is_some() {
            self.ended();
        }
        Ok(status)
    }

    /// Waits for the end, at most this long.
    pub fn wait_at_most(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.poll()? {
                return Ok(Some(status));
            }
            if start.elapsed() > limit {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to stop, and kills it when it does not.
    pub fn stop(&mut self) -> Result<Option<ExitStatus>> {
        if self.over {
            return Ok(None);
        }
        signal(self.pid(), self.stop);
        if let Some(status) = self.wait_at_most(PATIENCE)? {
            return Ok(Some(status));
        }
        self.kill().map(Some)
    }

    /// SIGKILL, as a power cut would do it: nothing in the child runs afterwards.
    pub fn kill(&mut self) -> Result<ExitStatus> {
        signal(self.pid(), Signal::KILL);
        self.wait()
    }

    /// Sends a signal to the child and what it started.
    pub fn signal(&self, which: Signal) {
        if !self.over {
            signal(self.pid(), which);
        }
    }

    fn ended(&mut self) {
        if !self.over {
            self.over = true;
            known().groups.remove(&self.child.id());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is left to tell anyone here; the process is gone either way.
        let _ = self.stop();
    }
}

fn signal(group: u32, signal: Signal) {
    let pid = i32::try_from(group).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // ESRCH: it ended by itself meanwhile.
        let _ = kill_process_group(pid, signal);
    }
}

/// From now on Ctrl-C, SIGTERM and SIGHUP stop all children, remove temporary folders and end this process.
pub fn handle_interrupts() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])
        .context("cannot listen for Ctrl-C")?;
    std::thread::spawn(move || {
        if let Some(number) = signals.forever().next() {
            stop_everything();
            std::process::exit(128 + number);
        }
    });
    Ok(())
}

fn stop_everything() {
    // The lock is kept to the end: nothing new may start while everything is being stopped.
    let known = known();
    for (group, stop) in &known.groups {
        signal(*group, *stop);
    }
    let start = Instant::now();
    while start.elapsed() < PATIENCE && known.groups.keys().any(|g| alive(*g)) {
        std::thread::sleep(Duration::from_millis(20));
    }
    for group in known.groups.keys() {
        signal(*group, Signal::KILL);
    }
    for folder in &known.folders {
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// Runs, and is not just a zombie waiting to be reaped.
fn alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| crate::measure::state(&stat).is_some_and(|s| s != 'Z' && s != 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    #[test]
    fn dropping_stops_the_child_and_what_it_started() {
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 600 & echo $!; wait"])
            .stdout(Stdio::piped());
        let mut running = Running::start("sh", &mut command, Signal::TERM).unwrap();
        let mut line = String::new();
        let out = running.child().stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line).unwrap();
        let grandchild: u32 = line.trim().parse().unwrap();
        let child = running.pid();
        assert!(alive(child) && alive(grandchild));
        drop(running);
        assert!(!alive(child));
        let start = Instant::now();
        while alive(grandchild) {
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "the grandchild lives on"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn an_ended_child_is_forgotten() {
        let mut running = Running::start("true", &mut Command::new("true"), Signal::TERM).unwrap();
        let pid = running.pid();
        assert!(running.wait().unwrap().success());
        assert!(!known().groups.contains_key(&pid));
    }
}
