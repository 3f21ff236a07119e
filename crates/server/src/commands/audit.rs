//! `tenon audit`: checks the audit log without the server.

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};
use tenon_app::audit::{self, BadCheckpoint, Report, VerifyError};
use tenon_model::{Scope, WorkspaceId, World};
use tenon_store::{Store, StoreUrl};
use tenon_vault::{CheckpointFile, CheckpointLine, DataKey, PublicKey, Wrapped};

use crate::cli::Audit;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

pub(super) async fn run(settings: &Settings, command: Audit) -> Result<ExitCode, Failure> {
    let Audit::Verify {
        checkpoints,
        public_key,
        json: as_json,
    } = command;
    let known = public_key.map(|text| text.parse::<PublicKey>());
    let known = known
        .transpose()
        .map_err(|why| Failure::usage(format!("--public-key {why}")))?;
    let files = read_files(settings, checkpoints)?;
    if let StoreUrl::Sqlite(path) = &settings.database
        && !path.exists()
    {
        let shown = path.display();
        return Err(Failure::new(format!("there is no database at {shown}")));
    }
    let store = wiring::open_store(settings, false).await?;
    let key = deployment_key(settings, &store).await?;
    let report = audit::verify(&store, &key, &files).await?;
    store.close().await;
    if let Some(known) = known.filter(|known| *known != report.public_key) {
        return Err(Failure::new(format!(
            "this installation signs with the public key {}, not with {known}: it is another one, or its keys were replaced",
            report.public_key
        )));
    }
    if as_json {
        super::print_json(&as_value(&report));
    } else {
        tell(&report);
    }
    Ok(ExitCode::from(u8::from(!report.holds())))
}

type File = (String, Vec<CheckpointLine>);

/// The files that were named, and the one in the data folder.
fn read_files(settings: &Settings, named: Vec<PathBuf>) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for path in named {
        let name = path.display().to_string();
        let lines = CheckpointFile::new(path).read()?;
        let lines = lines.ok_or_else(|| Failure::usage(format!("there is no file {name}")))?;
        files.push((name, lines));
    }
    let own = settings.data_dir.join(wiring::CHECKPOINTS);
    let name = own.display().to_string();
    if !files.iter().any(|(known, _)| *known == name)
        && let Some(lines) = CheckpointFile::new(own).read()?
    {
        files.push((name, lines));
    }
    Ok(files)
}

/// Opens the deployment's data key; unlike a server that starts it makes nothing.
async fn deployment_key(settings: &Settings, store: &Store) -> Result<DataKey, Failure> {
    let mut tx = store.read(&Scope::system()).await?;
    let row = tx.keys().deployment().await?;
    drop(tx);
    let row = row.ok_or_else(|| {
        Failure::new("the database holds no keys yet, so there is no log; start the server first")
    })?;
    let kek = wiring::kek(settings, &World::system(), false)?;
    let wrapped = Wrapped {
        bytes: row.wrapped,
        kek: row.kek.parse()?,
    };
    Ok(kek.unwrap(row.id, &wrapped).await?)
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Store(error) => error.into(),
            VerifyError::Vault(error) => error.into(),
        }
    }
}

fn name(workspace: Option<WorkspaceId>) -> String {
    workspace.map_or_else(|| "installation".to_owned(), |id| id.to_string())
}

fn tell(report: &Report) {
    for chain in &report.chains {
        let at = chain
            .last_at
            .map_or_else(String::new, |at| format!(", the newest of {at}"));
        super::print(&format!(
            "{:<32} {} entries hold{at}; checkpoints cover {}",
            name(chain.workspace),
            chain.entries,
            chain.covered
        ));
    }
    super::print(&format!(
        "{} checkpoints were read; public key {}",
        report.checkpoints, report.public_key
    ));
    for bad in &report.bad_entries {
        super::print(&format!("BAD  {bad}"));
    }
    for bad in &report.bad_checkpoints {
        super::print(&format!("BAD  {bad}"));
    }
    super::print(if report.holds() {
        "The audit log holds."
    } else {
        "The audit log does not hold."
    });
}

fn as_value(report: &Report) -> Value {
    let chain = |workspace: Option<WorkspaceId>| workspace.map(|id| id.to_string());
    let chains: Vec<Value> = report
        .chains
        .iter()
        .map(|c| {
            json!({
                "workspace": chain(c.workspace), "entries": c.entries, "head": c.head,
                "last_at": c.last_at, "covered": c.covered,
            })
        })
        .collect();
    let entries: Vec<Value> = report
        .bad_entries
        .iter()
        .map(|b| {
            json!({
                "workspace": chain(b.workspace), "seq": b.seq, "fault": b.fault.as_str(), "text": b.to_string(),
            })
        })
        .collect();
    let checkpoint = |b: &BadCheckpoint| {
        json!({
            "file": b.file, "line": b.line, "fault": b.fault.as_str(), "text": b.to_string(),
            "workspace": b.checkpoint.as_ref().and_then(|c| chain(c.workspace)),
            "count": b.checkpoint.as_ref().map(|c| c.count),
        })
    };
    let checkpoints: Vec<Value> = report.bad_checkpoints.iter().map(checkpoint).collect();
    json!({
        "holds": report.holds(), "chains": chains, "checkpoints": report.checkpoints,
        "bad_entries": entries, "bad_checkpoints": checkpoints, "public_key": report.public_key.to_string(),
    })
}
