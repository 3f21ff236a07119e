//! Keys: the key-encryption key, the data keys it opens, and the list of destroyed ones.

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tenon_model::{KeyId, World};
use tenon_store::{KeyRow, Store};
use tenon_vault::{Graveyard, Kek, KekSource, Wrapped, newest};

use super::check::Check;
use crate::settings::{KekPlace, Settings};
use crate::wiring;

const NAME: &str = "keys";

pub(super) async fn check(settings: &Settings, store: Option<&Store>, checks: &mut Vec<Check>) {
    let read = async {
        let Some(store) = store else {
            return Ok((Vec::new(), 0));
        };
        let mut tx = super::read(store).await?;
        let rows = tx.keys().list_all().await?;
        let receipts = tx.figures().receipts().await?;
        Ok::<_, tenon_store::StoreError>((rows, receipts))
    };
    let (rows, receipts) = match read.await {
        Ok(found) => found,
        Err(error) => {
            checks.push(Check::fail(
                NAME,
                format!("cannot be read: {error}"),
                "mend the database first",
            ));
            return;
        }
    };
    checks.push(opened(settings, &rows).await);
    checks.extend(rotation(settings, &rows).await);
    if let KekPlace::Held(KekSource::File(path)) = &settings.kek
        && let Some(check) = permissions(path)
    {
        checks.push(check);
    }
    checks.push(graveyard(
        &settings.data_dir.join(wiring::GRAVEYARD),
        &rows,
        receipts,
    ));
}

/// Opens every data key, as the server would.
async fn opened(settings: &Settings, rows: &[KeyRow]) -> Check {
    if rows.is_empty() {
        return match &settings.kek {
            KekPlace::Held(KekSource::File(path)) if !path.exists() => Check::ok(
                NAME,
                format!(
                    "{} does not exist yet; tenon serve makes it",
                    path.display()
                ),
            ),
            _ => match open(settings) {
                Ok(_) => Check::ok(NAME, "the key-encryption key can be read"),
                Err(check) => check,
            },
        };
    }
    let kek = match open(settings) {
        Ok(kek) => kek,
        Err(check) => return check,
    };
    for row in rows {
        if let Err(error) = opens(kek.as_ref(), row).await {
            return failed(&error.to_string());
        }
    }
    Check::ok(
        NAME,
        format!("the key-encryption key opens all {} data keys", rows.len()),
    )
}

async fn opens(kek: &dyn Kek, row: &KeyRow) -> Result<(), tenon_vault::VaultError> {
    let wrapped = Wrapped::stored(row.wrapped.clone(), &row.kek)?;
    kek.unwrap(row.id, &wrapped).await.map(drop)
}

/// A sentence that may say behind a semicolon what to do.
fn failed(text: &str) -> Check {
    let (text, next) = text.split_once("; ").unwrap_or((
        text,
        "point TENON_KEK to the key this database was made with",
    ));
    Check::fail(NAME, text, next)
}

fn open(settings: &Settings) -> Result<Box<dyn Kek>, Check> {
    wiring::kek(settings, &World::system(), false).map_err(|error| failed(&error.to_string()))
}

/// Whether a rotation, or a move to another key, has been left half way.
async fn rotation(settings: &Settings, rows: &[KeyRow]) -> Option<Check> {
    const NAME: &str = "key rotation";
    const REWRAP: &str = "tenon key rewrap";
    let kek = open(settings).ok().filter(|_| !rows.is_empty())?;
    let newest = match newest(kek.as_ref()).await {
        Ok(newest) => newest,
        Err(error) => {
            let text = format!("versions cannot be read: {error}");
            let next = "rotating needs them; running does not";
            return Some(Check::warn(NAME, text, next));
        }
    };
    let name = newest.to_string();
    let behind = rows.iter().filter(|row| row.kek != name).count();
    if behind > 0 {
        let text = format!("{behind} data keys are not wrapped with {newest} yet");
        return Some(Check::warn(NAME, text, REWRAP));
    }
    settings.kek_also.as_ref().map(|_| {
        let text = "TENON_KEK_ALSO names a key that no data key needs any more";
        Check::warn(NAME, text, "take it out of the settings of all servers")
    })
}

/// The key file must be its owner's alone; a group may have been given it on purpose.
fn permissions(path: &Path) -> Option<Check> {
    const NAME: &str = "key file";
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let shown = path.display();
    let next = format!("chmod 600 {shown}");
    if mode & 0o007 != 0 {
        let text = format!("everybody on this machine may read {shown} (mode {mode:o})");
        return Some(Check::fail(NAME, text, next));
    }
    (mode & 0o070 != 0).then(|| {
        let text = format!("its group may read {shown} (mode {mode:o})");
        Check::warn(NAME, text, next)
    })
}

/// Compares the list of destroyed keys with what the database remembers.
fn graveyard(path: &Path, rows: &[KeyRow], receipts: u64) -> Check {
    const NAME: &str = "graveyard";
    const PUT_BACK: &str =
        "put the newest copy of the graveyard file into the data folder before the next start";
    let buried = match Graveyard::new(path.to_owned()).buried() {
        Ok(buried) => buried,
        Err(error) => {
            return Check::fail(
                NAME,
                error.to_string(),
                "give the file to the user that runs tenon",
            );
        }
    };
    if let Some(error) = std::fs::OpenOptions::new()
        .append(true)
        .open(path)
        .err()
        .filter(|e| e.kind() != std::io::ErrorKind::NotFound)
    {
        return Check::fail(
            NAME,
            format!("{} cannot be written: {error}", path.display()),
            "give the file to the user that runs tenon: disconnecting writes to it first",
        );
    }
    judge(&buried, rows, receipts, PUT_BACK)
}

fn judge(buried: &HashSet<KeyId>, rows: &[KeyRow], receipts: u64, put_back: &str) -> Check {
    const NAME: &str = "graveyard";
    let back = rows.iter().filter(|row| buried.contains(&row.id)).count();
    if back > 0 {
        return Check::warn(
            NAME,
            format!("{back} destroyed keys are back, as after restoring a backup"),
            "tenon serve destroys them again when it starts",
        );
    }
    let count = buried.len() as u64;
    if count < receipts {
        return Check::warn(
            NAME,
            format!("lists {count} destroyed keys, but {receipts} accounts were disconnected"),
            put_back,
        );
    }
    Check::ok(
        NAME,
        format!("lists {count} destroyed keys, none of them is back"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::check::State;
    use super::*;

    #[test]
    fn a_list_that_does_not_fit_the_database_is_told() {
        let world = World::system();
        let row = |id: KeyId| KeyRow {
            id,
            workspace_id: None,
            connection_id: None,
            wrapped: Vec::new(),
            kek: "file:1".to_owned(),
            created_at: world.now(),
        };
        let (dead, live): (KeyId, KeyId) = (world.id(), world.id());
        let state = |buried: &[KeyId], rows: &[KeyId], receipts| {
            let rows: Vec<_> = rows.iter().map(|id| row(*id)).collect();
            judge(&buried.iter().copied().collect(), &rows, receipts, "").state
        };
        assert_eq!(state(&[dead], &[live], 1), State::Ok);
        assert_eq!(state(&[], &[live], 0), State::Ok);
        assert_eq!(state(&[dead], &[live, dead], 1), State::Warn, "restored");
        assert_eq!(state(&[], &[live], 1), State::Warn, "an old list, or none");
    }
}
