//! Running the binary with nothing of the surrounding environment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A folder to work in, and the binary.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The binary with these words, in this folder, with an empty environment.
    pub(crate) fn tenon(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenon"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear();
        // Nothing of the machine's settings, but what the checks of checks switch on.
        if let Some(word) = std::env::var_os("TENON_SABOTEUR") {
            command.env("TENON_SABOTEUR", word);
        }
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        finish(self.tenon(words))
    }

    /// Runs it to its end with something to read.
    pub(crate) fn run_with_input(&self, words: &[&str], input: &str) -> Output {
        let mut child = self
            .tenon(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// Starts `tenon serve` on a free port.
    pub(crate) fn serve(&self) -> Server {
        Self::start(self.tenon(&["serve", "--listen", "127.0.0.1:0"]))
    }

    /// Starts a server and waits for the line with its address.
    pub(crate) fn start(mut command: Command) -> Server {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = child.stderr.take().unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some((_, address)) = line.trim().split_once("http://") else {
            let mut rest = String::new();
            let mut stderr = stderr;
            let _ = stderr.read_to_string(&mut rest);
            panic!("no address: {line:?} {rest}");
        };
        Server {
            address: address.to_owned(),
            child,
            stdout,
            stderr: Some(stderr),
        }
    }
}

/// A bare HTTP/1.1 request with further header lines, each with its end.
pub(crate) fn send(address: &str, head: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let length = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let text = format!(
        "{head} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Tenon-Request: 1\r\nContent-Type: application/json\r\n{headers}{length}\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Runs a command to its end, at most a minute.
#[track_caller]
pub(crate) fn finish(mut command: Command) -> Output {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    receiver.recv_timeout(Duration::from_mins(1)).map_or_else(
        |_| {
            let _ = Command::new("kill")
                .args(["-KILL", &id.to_string()])
                .status();
            panic!("does not end: {command:?}");
        },
        Result::unwrap,
    )
}

/// It failed with this code and one line on stderr, which is given back.
#[track_caller]
pub(crate) fn sentence(output: &Output, code: i32) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    let lines: Vec<&str> = stderr
        .lines()
        .filter(|l| l.starts_with("tenon: "))
        .collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    lines[0].trim_start_matches("tenon: ").to_owned()
}

#[track_caller]
pub(crate) fn stdout(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Option<ChildStderr>,
}

impl Server {
    /// The next line it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// A bare HTTP/1.1 request; status line, headers and body as one text.
    pub(crate) fn request(&self, head: &str) -> String {
        self.send(head, "")
    }

    pub(crate) fn send(&self, head: &str, body: &str) -> String {
        send(&self.address, head, "", body)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Asks it to stop; the exit code, how long it took, and what it logged.
    pub(crate) fn stop(mut self) -> (Option<i32>, Duration, String) {
        let begun = Instant::now();
        self.signal("TERM");
        self.wait(begun)
    }

    pub(crate) fn wait(&mut self, begun: Instant) -> (Option<i32>, Duration, String) {
        let mut stderr = self.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut log = String::new();
            let _ = stderr.read_to_string(&mut log);
            log
        });
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), begun.elapsed(), reader.join().unwrap());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("does not stop");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}
