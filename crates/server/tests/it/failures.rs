//! Each thing that can be wrong outside: one sentence that says what to do, the right exit code,
//! and nothing lost.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Instant;

use crate::support::{PASSWORD, Place, finish, read, sentence, stdout};

#[test]
fn malformed_settings() {
    let place = Place::new();
    for (file, expected) in [
        (
            "listn = \"127.0.0.1:0\"",
            "the settings file tenon.toml has the unknown key \"listn\"; did you mean \"listen\"?",
        ),
        (
            "listen = 8080",
            "the setting listen in tenon.toml must be a text in quotes",
        ),
        (
            "listen = \"somewhere\"",
            "the setting listen in tenon.toml must be an address and a port such as 127.0.0.1:8080 or [::]:8080",
        ),
        (
            "public_url = \"http://crm.example.com\"",
            "the setting public_url in tenon.toml must be https:// unless it is on loopback: sessions would travel readable",
        ),
        (
            "kek = \"secret\"",
            "the setting kek in tenon.toml must be file:PATH, env:NAME or vault:MOUNT/KEY",
        ),
        (
            "google_client_id = \"x\"",
            "the setting TENON_GOOGLE_CLIENT_SECRET is missing beside TENON_GOOGLE_CLIENT_ID",
        ),
        (
            "[google]\nclient_id = \"x\"\nclient_secret = \"y\"\ntoken_url = \"http://10.0.0.1/token\"",
            "the setting google_token_url in tenon.toml must be https://: http:// is accepted on loopback only",
        ),
    ] {
        place.write("tenon.toml", file);
        assert_eq!(sentence(&place.run(&["serve"]), 2), expected);
    }
    assert!(
        !place.path("tenon-data").exists(),
        "nothing is made before the settings hold"
    );
    place.write("tenon.toml", "= 1");
    assert!(
        sentence(&place.run(&["serve"]), 2)
            .starts_with("the settings file tenon.toml is not valid TOML in line 1")
    );
    let missing = sentence(&place.run(&["serve", "--config", "other.toml"]), 2);
    assert_eq!(missing, "the settings file other.toml does not exist");
    place.write("tenon.toml", "");
    let mut command = place.tenon(&["serve"]);
    command.env("TENON_POLL_SECONDS", "never");
    assert_eq!(
        sentence(&finish(command), 2),
        "the setting TENON_POLL_SECONDS in the environment must be a whole number from 5 to 86400"
    );
    assert!(sentence(&place.run(&["serve", "--set", "nonsense=1"]), 2).contains("\"nonsense\""));
}

#[test]
fn a_taken_port() {
    let place = Place::new();
    let server = place.serve();
    let output = place.run(&["serve", "--listen", &server.address, "--data-dir", "other"]);
    let expected = format!(
        "the address {} is taken by another program; stop it, or choose another with --listen or TENON_LISTEN",
        server.address
    );
    assert_eq!(sentence(&output, 1), expected);
    assert!(
        !place.path("other/tenon.db").exists(),
        "the port comes first"
    );
    assert!(
        server.request("GET /readyz").contains("\"ready\":true"),
        "the first one goes on"
    );
}

#[test]
fn n9_a_read_only_data_folder() {
    let place = Place::new();
    let folder = place.path("data");
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = place.tenon(&["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
    if is_root {
        // Root may write everywhere, so somebody else tries, with a copy of the binary where they can reach it.
        std::fs::set_permissions(place.path("."), std::fs::Permissions::from_mode(0o755)).unwrap();
        let copy = place.path("tenon-copy");
        std::fs::copy(env!("CARGO_BIN_EXE_tenon"), &copy).unwrap();
        std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut other = Command::new(copy);
        other
            .args(command.get_args())
            .current_dir(place.path("."))
            .env_clear()
            .uid(65_534)
            .gid(65_534);
        command = other;
    }
    let said = sentence(&finish(command), 1);
    assert_eq!(
        said,
        "the data folder data cannot be used: permission denied; give it to the user that runs tenon"
    );
}

#[test]
fn the_wrong_key_or_none() {
    let place = Place::new();
    let created = place.run_with_input(
        &[
            "member",
            "create",
            "--email",
            "a@example.com",
            "--name",
            "A",
            "--role",
            "owner",
            "--password-stdin",
        ],
        PASSWORD,
    );
    stdout(&created);
    let key = place.path("tenon-data/kek");
    let right = read(&key);
    std::fs::write(&key, format!("1 {}=\n", "A".repeat(43))).unwrap();
    let said = sentence(&place.run(&["serve", "--listen", "127.0.0.1:0"]), 1);
    assert!(
        said.starts_with("the key-encryption key (")
            && said
                .contains("it is not the key they were wrapped with; point TENON_KEK to the key"),
        "{said}"
    );
    std::fs::write(&key, "1 short\n").unwrap();
    sentence(&place.run(&["serve", "--listen", "127.0.0.1:0"]), 1);
    std::fs::remove_file(&key).unwrap();
    let said = sentence(&place.run(&["serve", "--listen", "127.0.0.1:0"]), 1);
    assert!(
        said.contains("the file is missing, but the database holds data sealed under it"),
        "{said}"
    );
    assert!(!key.exists(), "no new key is made beside an old database");
    let mut command = place.tenon(&["key", "status"]);
    command.env("TENON_KEK", "env:TENON_TEST_KEK");
    assert!(sentence(&finish(command), 1).contains("TENON_TEST_KEK: is not set"));

    std::fs::write(&key, right).unwrap();
    assert!(
        stdout(&place.run(&["member", "list"])).contains("a@example.com"),
        "nothing is lost"
    );
}

#[test]
fn a_database_of_a_newer_release() {
    let place = Place::new();
    stdout(&place.run(&["migrate"]));
    let script =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let file = place.path("tenon-data/tenon.db");
    let change = |statement: &str| {
        let done = Command::new("python3")
            .args(["-c", script])
            .arg(&file)
            .arg(statement)
            .status()
            .unwrap();
        assert!(done.success());
    };
    change("insert into schema_versions values (999, 0)");
    let before = std::fs::read(&file).unwrap();
    let said = sentence(&place.run(&["serve", "--listen", "127.0.0.1:0"]), 1);
    assert!(
        said.contains("the database has schema version 999, but this program knows only up to"),
        "{said}"
    );
    assert!(
        said.contains("run the newer program, or restore a backup"),
        "{said}"
    );
    let after = std::fs::read(&file).unwrap();
    assert!(after == before, "the file is as it was");
    change("delete from schema_versions where version = 999");
    stdout(&place.run(&["migrate"]));
}

#[test]
fn a_file_that_is_no_database() {
    let place = Place::new();
    std::fs::create_dir(place.path("tenon-data")).unwrap();
    place.write("tenon-data/tenon.db", &"no database at all ".repeat(500));
    let said = sentence(&place.run(&["serve", "--listen", "127.0.0.1:0"]), 1);
    assert!(
        said.ends_with("the database file is damaged or not a database: restore a backup"),
        "{said}"
    );
    assert!(
        read(&place.path("tenon-data/tenon.db")).starts_with("no database"),
        "it is left alone"
    );
}

/// A test that cannot be run has not passed, unless somebody has said so.
fn not_mounted(why: &str) {
    const LEFT_OUT: &str = "TENON_TEST_WITHOUT_MOUNTS";
    assert!(
        std::env::var_os(LEFT_OUT).is_some(),
        "this machine does not let tests mount a small file system (set {LEFT_OUT}=1 to leave them out): {why}"
    );
}

#[test]
fn n9_a_full_disk() {
    let place = Place::new();
    std::fs::create_dir(place.path("disk")).unwrap();
    // A file system of one's own of 300 kB, less than the empty schema needs.
    let script = "mount -t tmpfs -o size=300k tenon disk && exec \"$0\" serve --listen 127.0.0.1:0 --data-dir disk/data";
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
        .arg(env!("CARGO_BIN_EXE_tenon"));
    command
        .current_dir(place.path("."))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = finish(command);
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !stderr.contains("tenon: ") {
        not_mounted(&stderr);
        return;
    }
    let said = sentence(&output, 1);
    assert!(
        said.contains("full") && said.contains("free some space"),
        "{said}"
    );
}

#[test]
fn n9_a_disk_that_fills_while_the_server_runs() {
    let place = Place::new();
    std::fs::create_dir(place.path("disk")).unwrap();
    let script = "mount -t tmpfs -o size=3m tenon disk && exec \"$0\" serve --listen 127.0.0.1:0 --data-dir disk/data";
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", script])
            .arg(env!("CARGO_BIN_EXE_tenon"))
            .current_dir(place.path("."))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    };
    if !unshare("mount -t tmpfs tenon disk")
        .status()
        .unwrap()
        .success()
    {
        not_mounted("");
        return;
    }
    let mut server = Place::start(unshare(script));
    let link = server.line();
    let (_, token) = link.split_once("/setup#token=").unwrap();
    // Its own view of the file system, seen from outside.
    let filler = format!(
        "/proc/{}/root{}/fill",
        server.id(),
        place.path("disk").display()
    );
    let fill = std::fs::write(&filler, vec![0; 4 << 20]);
    assert!(fill.is_err(), "the disk is full");
    let body = format!(
        r#"{{"token":"{token}","workspace_name":"W","name":"Ann","email":"a@example.com","password":"{PASSWORD}","locale":"en","time_zone":"UTC"}}"#
    );
    for _ in 0..3 {
        let answer = server.send("POST /api/v1/setup", &body);
        assert!(answer.starts_with("HTTP/1.1 507 "), "{answer}");
        assert!(answer.contains("storage_full"), "{answer}");
    }
    std::fs::remove_file(&filler).unwrap();
    let answer = server.send("POST /api/v1/setup", &body);
    assert!(
        answer.starts_with("HTTP/1.1 201 "),
        "works again by itself: {answer}"
    );
    let (code, _, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn an_unreachable_postgresql() {
    let place = Place::new();
    let begun = Instant::now();
    let url = "postgres://tenon:hunter2@127.0.0.1:1/tenon";
    let output = place.run(&["serve", "--listen", "127.0.0.1:0", "--database-url", url]);
    let said = sentence(&output, 1);
    assert!(
        said.starts_with(
            "the database server cannot be reached: check DATABASE_URL and that the server runs"
        ),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "{said}");
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    let wrong = place.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        "mysql://x/y",
    ]);
    assert!(sentence(&wrong, 2).contains("DATABASE_URL"));
}
