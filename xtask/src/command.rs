//! Running other programs: shown, watched, their output kept for counting.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::children::Running;
use crate::failures;

/// One program to run.
pub struct Run {
    command: Command,
    name: String,
    shows: Shows,
}

/// What is shown of a program's output.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Each line as it comes.
    All,
    /// Everything at the end, when it fails.
    Failures,
    /// Nothing: it is meant to fail, and its lines would be taken for real failures.
    Nothing,
}

/// What a program printed (both streams, as lines arrived) and whether it ended well.
pub struct Outcome {
    /// Exit status 0.
    pub ok: bool,
    /// Everything printed, colours removed.
    pub text: String,
}

impl Run {
    /// A program found in `PATH` or by path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let name = Path::new(program.as_ref())
            .file_name()
            .unwrap_or(program.as_ref())
            .to_string_lossy()
            .into_owned();
        let mut command = Command::new(program.as_ref());
        command
            .stdin(Stdio::null())
            .current_dir(crate::workspace::root())
            .env("NO_COLOR", "1")
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("FORCE_COLOR");
        Self {
            command,
            name,
            shows: Shows::All,
        }
    }

    /// The cargo that started this tool.
    pub fn cargo() -> Self {
        let mut run = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        // Settings of this crate's own build must not leak into the builds it starts.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                run.command.env_remove(&name);
            }
        }
        run
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in this folder instead of the root.
    #[must_use]
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Shows the output only when the program fails.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.shows = Shows::Failures;
        self
    }

    /// Shows no output, even when the program fails, as it is meant to.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.shows = Shows::Nothing;
        self
    }

    /// The command as a person would type it.
    pub fn shown(&self) -> String {
        let mut line = self.name.clone();
        for arg in self.command.get_args() {
            line.push(' ');
            line.push_str(&arg.to_string_lossy());
        }
        line
    }

    /// The underlying command, for children that live longer than one call.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Standard output as text; an error when it fails.
    pub fn read(mut self) -> Result<String> {
        let shown = self.shown();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = self
            .command
            .output()
            .with_context(|| format!("cannot run {shown}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{shown}` failed: {}", said.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs to the end; an error when it fails.
    pub fn must(self) -> Result<Outcome> {
        let shown = self.shown();
        let outcome = self.run()?;
        if !outcome.ok {
            bail!("`{shown}` failed");
        }
        Ok(outcome)
    }

    /// Runs to the end, printing what comes, with a sign of life every minute without any.
    pub fn run(mut self) -> Result<Outcome> {
        let shown = self.shown();
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let start = Instant::now();
        let mut running = Running::start(&self.name, &mut self.command, Signal::TERM)?;
        let text = Arc::new(Mutex::new(String::new()));
        let readers: Vec<_> = [
            running.child().stdout.take().map(boxed),
            running.child().stderr.take().map(boxed),
        ]
        .into_iter()
        .flatten()
        .map(|pipe| {
            let text = Arc::clone(&text);
            let quiet = self.shows != Shows::All;
            std::thread::spawn(move || keep_lines(pipe, &text, quiet))
        })
        .collect();
        let (mut told, mut seen) = (Instant::now(), 0);
        let status = loop {
            if let Some(status) = running.wait_at_most(Duration::from_secs(2))? {
                break status;
            }
            let length = text.lock().unwrap_or_else(PoisonError::into_inner).len();
            if length != seen && self.shows == Shows::All {
                (told, seen) = (Instant::now(), length);
            } else if told.elapsed() >= Duration::from_mins(1) {
                told = Instant::now();
                eprintln!("   … {shown}: {} s", start.elapsed().as_secs());
            }
        };
        for reader in readers {
            // A grandchild may hold the pipe open; the lines so far are what counts.
            let deadline = Instant::now();
            while !reader.is_finished() && deadline.elapsed() < Duration::from_secs(5) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let text = text.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if !status.success() {
            match self.shows {
                Shows::Failures => eprint!("{text}"),
                Shows::All | Shows::Nothing => {}
            }
            if self.shows != Shows::Nothing {
                failures::keep(&shown, &text);
            }
        }
        Ok(Outcome {
            ok: status.success(),
            text,
        })
    }
}

fn boxed(pipe: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(pipe)
}

fn keep_lines(pipe: Box<dyn Read + Send>, text: &Mutex<String>, quiet: bool) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe
        .read_until(b'\n', &mut line)
        .is_ok_and(|length| length > 0)
    {
        let plain = without_colours(&String::from_utf8_lossy(&line));
        let plain = plain.trim_end_matches(['\n', '\r']);
        let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(plain);
        text.push('\n');
        if !quiet {
            // A closed output is no reason to stop the work.
            let _ = writeln!(std::io::stdout(), "{plain}");
        }
        line.clear();
    }
}

/// Removes terminal control sequences (ECMA-48 CSI and OSC).
pub fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            Some('[') => {
                for c in chars.by_ref() {
                    if ('@'..='~').contains(&c) {
                        break;
                    }
                }
            }
            Some(']') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            // A character set is chosen: intermediate bytes, then a final one.
            Some(' '..='/') => {
                while chars.next_if(|c| (' '..='/').contains(c)).is_some() {}
                chars.next();
            }
            _ => {}
        }
    }
    plain
}

/// The full path of a program in `PATH`.
pub fn which(program: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|dir| dir.join(program))
        .find(|path| executable(path))
}

/// A regular file that somebody may execute.
pub fn executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_and_colours_go() {
        let outcome = Run::new("sh")
            .args(["-c", r"printf '\033[1;31mred\033[0m\nmore' >&2; exit 3"])
            .quiet()
            .run()
            .unwrap();
        assert!(!outcome.ok);
        assert_eq!(outcome.text, "red\nmore\n");
        assert_eq!(
            without_colours("\u{1b}]8;;x\u{1b}\\link\u{1b}]0;t\u{7}!"),
            "link!"
        );
        assert_eq!(without_colours("\u{1b}(B\u{1b}[m+ x"), "+ x");
    }

    #[test]
    fn a_missing_program_is_said_by_name() {
        let error = Run::new("no-such-program-here")
            .run()
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("no-such-program-here"), "{error}");
        assert!(which("sh").is_some() && which("no-such-program-here").is_none());
    }
}
