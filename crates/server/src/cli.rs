//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tenon_model::member::Role;

use crate::settings::Given;

const EXAMPLES: &str = "Examples:
  tenon demo                                   look around, with a sandbox in place of Google
  tenon serve                                  a server on http://127.0.0.1:8080 with SQLite in ./tenon-data
  tenon serve --listen 0.0.0.0:8080 --public-url https://crm.example.com
  tenon doctor                                 is everything in order?

Settings come from tenon.toml (or --config, or TENON_CONFIG), then the environment, then flags.
`tenon doctor --settings` lists them all.";

/// Tenon: the self-hosted CRM in the inbox.
#[derive(Debug, Parser)]
#[command(name = "tenon", version, about, after_help = EXAMPLES, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// File of settings [default: tenon.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database and the key
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// postgres://… or the path of a SQLite file
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// What is logged: error, warn, info, debug
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// Any setting by its name or key, such as poll_seconds=30; may be repeated
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "must be NAME=VALUE".to_owned())
}

impl Common {
    /// What these flags say about settings, and what `more` flags of the command say.
    pub(crate) fn given(&self, more: &[(&str, Option<String>)]) -> Given {
        let own = [
            (
                "TENON_DATA_DIR",
                self.data_dir.as_ref().map(|p| p.display().to_string()),
            ),
            ("DATABASE_URL", self.database_url.clone()),
            ("TENON_LOG", self.log.clone()),
        ];
        let named = own
            .iter()
            .chain(more)
            .filter_map(|(n, v)| v.clone().map(|v| ((*n).to_owned(), v)));
        Given {
            config: self.config.clone(),
            flags: self.set.iter().cloned().chain(named).collect(),
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the server
    Serve(Serve),
    /// Runs a server with a sandbox in place of Google, and sample mail
    Demo(Demo),
    /// Runs only the sandbox, for developers of integrations
    Sandbox(Sandbox),
    /// Brings the database up to date; `serve` does it by itself unless told not to
    Migrate,
    /// Checks settings, database, keys, clock and providers
    Doctor(Doctor),
    /// Creates, lists and resets members
    #[command(subcommand)]
    Member(Member),
    /// Looks after encryption keys
    #[command(subcommand)]
    Key(Key),
    /// Checks the audit log
    #[command(subcommand)]
    Audit(Audit),
    /// Prints the OpenAPI document of the HTTP API
    Openapi,
    /// Writes the tables of the reference pages into a folder
    #[command(hide = true)]
    DocsTables {
        /// The folder
        dir: PathBuf,
    },
}

/// Flags of `tenon serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tenon serve
  tenon serve --listen 127.0.0.1:0             takes a free port and prints it
  TENON_PUBLIC_URL=https://crm.example.com tenon serve --listen 0.0.0.0:8080
  DATABASE_URL=postgres://tenon:…@db/tenon tenon serve

The first SIGTERM or SIGINT lets running work end (10 seconds at most), the second one stops at once.")]
pub(crate) struct Serve {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// Where people reach the server [default: http:// and the address listened on]
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Do not run database migrations; stop when some are missing
    #[arg(long)]
    pub(crate) no_migrate: bool,
}

/// Flags of `tenon demo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tenon demo
  tenon demo --messages 100000 --quota 6000    as slow as a real mailbox
  tenon demo --data-dir ./demo                 keeps the data for the next time

Nothing leaves this machine: the sandbox listens on loopback. Settings of a real server (tenon.toml,
environment) are not looked at.")]
pub(crate) struct Demo {
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Messages in each sandbox mailbox
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(0..=2_000_000))]
    pub(crate) messages: u64,
    /// Seed of the sample mail: the same seed gives the same mail
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Quota units a minute for reading the mailbox, 0 for no limit
    /// [default: so many that the first sync takes about 40 seconds and can be watched]
    #[arg(long, value_name = "UNITS")]
    pub(crate) quota: Option<u32>,
}

/// Flags of `tenon sandbox`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tenon sandbox --port 8090 --messages 1000
  tenon sandbox --quota 2026 --faults faults.json

It prints the settings that point a server to it.")]
pub(crate) struct Sandbox {
    #[command(flatten)]
    pub(crate) args: tenon_sandbox::SandboxArgs,
    /// Prints the addresses as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `tenon doctor`.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tenon doctor
  tenon doctor --json | jq '.checks[] | select(.ok | not)'
  tenon doctor --settings
  tenon doctor --ready                         for a container's health check

It changes nothing. Exit code 0: in order, perhaps with warnings. 1: something fails. 2: a setting is wrong.")]
pub(crate) struct Doctor {
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Lists every setting instead, with what it is for
    #[arg(long)]
    pub(crate) settings: bool,
    /// Asks only whether the server that runs here is ready, for health checks of containers
    #[arg(long, conflicts_with = "settings")]
    pub(crate) ready: bool,
    /// Looks instead at what the privacy page promises, as far as a look at the database can tell
    #[arg(long, conflicts_with_all = ["settings", "ready"])]
    pub(crate) privacy: bool,
    /// Language of the sentences of --privacy: en or fr
    #[arg(long, default_value = "en", value_parser = ["en", "fr"])]
    pub(crate) locale: String,
}

/// `tenon member …`.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  tenon member create --email ann@example.com --name Ann --role owner --password-stdin < password
  tenon member list --json
  tenon member invite --email bob@example.com --role admin
  tenon member role --email ann@example.com --role admin
  tenon member disable --email ann@example.com
  tenon member reset --email ann@example.com --password-stdin < password")]
pub(crate) enum Member {
    /// Creates a member; the first one also makes the workspace
    Create {
        /// Sign-in address
        #[arg(long)]
        email: String,
        /// Name
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long, value_enum, default_value = "member")]
        role: RoleWord,
        /// Workspace, by name; needed when there are several
        #[arg(long)]
        workspace: Option<String>,
        /// Language: en or fr
        #[arg(long, default_value = "en")]
        locale: String,
        /// Time zone
        #[arg(long, default_value = "UTC")]
        time_zone: String,
        #[command(flatten)]
        password: Password,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists members
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Makes a link by which somebody joins; it works once, for seven days
    Invite {
        /// Whose address it is for
        #[arg(long)]
        email: String,
        /// What they will be allowed to do
        #[arg(long, value_enum, default_value = "member")]
        role: RoleWord,
        /// Workspace, by name; needed when there are several
        #[arg(long)]
        workspace: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Changes what a member may do, and ends their sessions
    Role {
        /// Sign-in address
        #[arg(long)]
        email: String,
        /// What they may do from now on
        #[arg(long, value_enum)]
        role: RoleWord,
    },
    /// Switches an account off and ends its sessions
    Disable {
        /// Sign-in address
        #[arg(long)]
        email: String,
    },
    /// Switches an account on again
    Enable {
        /// Sign-in address
        #[arg(long)]
        email: String,
    },
    /// Sets a new password, switches the second factor off and ends all sessions
    Reset {
        /// Sign-in address
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: Password,
    },
}

/// Where a password comes from; never from the command line, which other users can see.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// Reads the password from standard input
    #[arg(long, required = true)]
    pub(crate) password_stdin: bool,
}

/// `tenon key …`.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  tenon key status --json
  tenon key rotate && tenon key rewrap         one server, key in a file: that is all
  tenon key retire 1                           once no backup from before is needed any more
  TENON_KEK=vault:transit/tenon TENON_KEK_ALSO=file:/etc/tenon/kek tenon key rewrap

Servers may run meanwhile. See \"Keys and backups\" in the manual for several servers, and for moving to Vault.")]
pub(crate) enum Key {
    /// Shows what wraps the data keys, and how many of them each version wraps
    Status {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Adds a version to the key-encryption key; nothing uses it before `rewrap`
    Rotate,
    /// Wraps all data keys with the newest version of TENON_KEK, and new ones from then on
    Rewrap,
    /// Takes away an old version that no data key needs
    Retire {
        /// The version
        version: u32,
    },
    /// Opens every sealed value in the database, and tells which do not open
    Check {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists the destroyed data keys
    Graveyard {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// `tenon audit …`.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Checks every entry, every chain and every checkpoint; changes nothing
    #[command(after_help = "Examples:
  tenon audit verify
  tenon audit verify --checkpoints /mnt/elsewhere/audit-checkpoints --checkpoints other-node
  tenon audit verify --json | jq .holds

The server may run meanwhile. The file audit-checkpoints in the data folder is always looked at; give
the copies that you keep elsewhere as well. Exit code 0: everything fits. 1: something does not, or the
log cannot be read. 2: a setting is wrong.")]
    Verify {
        /// File of checkpoints, one a line; may be repeated
        #[arg(long, value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        /// The public key that signatures must fit, as an earlier check printed it
        #[arg(long, value_name = "KEY")]
        public_key: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
}

/// A role.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleWord {
    /// Everything
    Owner,
    /// Members and settings
    Admin,
    /// Work
    Member,
    /// Reading
    Viewer,
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Owner => Self::Owner,
            RoleWord::Admin => Self::Admin,
            RoleWord::Member => Self::Member,
            RoleWord::Viewer => Self::Viewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
