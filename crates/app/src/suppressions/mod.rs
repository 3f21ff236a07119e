//! The suppression list (requirement S4): addresses and domains of a workspace that nothing goes to any more that goes
//! to many. People get onto it by the link in a message, by mail that comes back for good, or by hand; what a member
//! writes to one person is their own matter.

mod token;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tenon_model::audit::{AuditAction, AuditTarget};
use tenon_model::delivery::SuppressionCause;
use tenon_model::mail::normalize_address;
use tenon_model::records::exchange::guard;
use tenon_model::{MemberId, Scope, SuppressionId, Time, WorkspaceId};
use tenon_store::{SuppressionRow, Tx};
use tenon_vault::{Context, DataKey, Sealed};

use crate::audit::note;
use crate::compose::Addressee;
use crate::mail::Page;
use crate::record_setup::{managers_only, no_viewers};
use crate::records::exchange::{csv_line, csv_rows};
use crate::{Actor, Ctx, Error, Result};

pub(crate) use token::{TEST_LINK, address_of, link};
pub use token::{Unsubscribing, unsubscribe, unsubscribing};

/// Rows of one file.
const MOST_ROWS: usize = 100_000;
/// Characters of a note.
const NOTE: usize = 500;
/// Entries of one transaction.
const BATCH: usize = 500;

/// What is sealed of an entry.
#[derive(Default, Serialize, Deserialize)]
struct Content {
    /// An address, or a domain with its `@` in front.
    what: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

/// An entry.
#[derive(Clone)]
pub struct SuppressionView {
    /// Id.
    pub id: SuppressionId,
    /// An address, or a domain with its `@` in front.
    pub what: String,
    /// Why.
    pub cause: SuppressionCause,
    /// What somebody wrote to it.
    pub note: String,
    /// Who wrote it down; `None` when it came by itself.
    pub by: Option<MemberId>,
    /// Since when.
    pub created_at: Time,
}

/// What came of taking a file in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// New in the list.
    pub added: u64,
    /// There already, or twice in the file.
    pub known: u64,
    /// Neither an address nor a domain.
    pub unreadable: u64,
}

/// An address, or `@domain`, as it is compared.
fn normal(text: &str) -> Option<String> {
    let text = text.trim();
    let domain = text
        .strip_prefix('@')
        .or_else(|| (!text.contains('@')).then_some(text));
    if let Some(domain) = domain {
        // As part of an address it is checked like one.
        let to = Addressee::new("", &format!("x@{domain}")).ok()?;
        return to.normal().strip_prefix('x').map(str::to_owned);
    }
    Some(Addressee::new("", text).ok()?.normal())
}

fn index(key: &DataKey, what: &str) -> Vec<u8> {
    key.blind_index("suppression", what).to_vec()
}

fn seal(ctx: &Ctx, key: &DataKey, id: SuppressionId, content: &Content) -> Result<Sealed> {
    let json =
        serde_json::to_vec(content).map_err(|_| Error::Internal("suppression_json".into()))?;
    let context = Context::new("suppressions", "content", id.0);
    Ok(key.seal(&ctx.world, &context, &json)?)
}

fn view(key: &DataKey, row: &SuppressionRow) -> Result<SuppressionView> {
    let context = Context::new("suppressions", "content", row.id.0);
    let json = key.open(&context, &row.content)?;
    let content: Content =
        serde_json::from_slice(&json).map_err(|_| Error::Internal("suppression_json".into()))?;
    Ok(SuppressionView {
        id: row.id,
        what: content.what,
        cause: row.cause,
        note: content.note,
        by: row.member_id,
        created_at: row.created_at,
    })
}

/// The entry of something normalized.
fn row(
    ctx: &Ctx,
    key: &DataKey,
    workspace: WorkspaceId,
    what: &str,
    (cause, by, note): (SuppressionCause, Option<MemberId>, &str),
) -> Result<SuppressionRow> {
    let id = ctx.world.id();
    let content = Content {
        what: what.to_owned(),
        note: note.to_owned(),
    };
    Ok(SuppressionRow {
        id,
        workspace_id: workspace,
        address_index: index(key, what),
        cause,
        content: seal(ctx, key, id, &content)?,
        member_id: by,
        created_at: ctx.world.now(),
    })
}

/// Writes an address down by itself, in the caller's transaction; whether it was not in the list.
pub(crate) async fn suppress(
    ctx: &Ctx,
    tx: &mut Tx,
    workspace: WorkspaceId,
    address: &str,
    cause: SuppressionCause,
) -> Result<bool> {
    let key = ctx.keys.workspace(tx, workspace).await?;
    let row = row(
        ctx,
        &key,
        workspace,
        &normalize_address(address),
        (cause, None, ""),
    )?;
    Ok(tx.suppressions().add(&[row]).await? == 1)
}

/// Why nobody writes to an address, in the caller's transaction; `None` when nothing stands against it. The address
/// itself counts more than its domain.
pub(crate) async fn suppressed(
    ctx: &Ctx,
    tx: &mut Tx,
    workspace: WorkspaceId,
    address: &str,
) -> Result<Option<SuppressionCause>> {
    let key = ctx.keys.workspace(tx, workspace).await?;
    let address = normalize_address(address);
    let own = index(&key, &address);
    let mut sought = vec![own.clone()];
    if let Some((_, domain)) = address.rsplit_once('@') {
        sought.push(index(&key, &format!("@{domain}")));
    }
    let found = tx.suppressions().of(&sought).await?;
    let first = found.iter().find(|r| r.address_index == own);
    Ok(first.or(found.first()).map(|r| r.cause))
}

/// The list, newest first; only what stands against one address when it is asked for.
pub async fn suppressions(
    ctx: &Ctx,
    actor: &Actor,
    sought: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<(Page<SuppressionView>, u64)> {
    no_viewers(actor.role)?;
    ctx.keys.warm_workspace(actor.workspace).await?;
    let after = after.map(crate::page::decode).transpose()?;
    let limit = limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let count = tx.suppressions().count().await?;
    let rows = match sought.map(str::trim).filter(|s| !s.is_empty()) {
        None => tx.suppressions().list(after, limit).await?,
        Some(sought) => {
            let what = normal(sought).ok_or_else(|| {
                Error::field(
                    "address",
                    "must be a whole address or domain: the list is sealed",
                )
            })?;
            let mut wanted = vec![index(&key, &what)];
            if let Some((name, domain)) = what.rsplit_once('@')
                && !name.is_empty()
            {
                wanted.push(index(&key, &format!("@{domain}")));
            }
            tx.suppressions().of(&wanted).await?
        }
    };
    let full = sought.is_none() && rows.len() as u32 == limit;
    let next = rows
        .last()
        .filter(|_| full)
        .map(|r| crate::page::encode(r.created_at, r.id));
    let items: Result<Vec<_>> = rows.iter().map(|r| view(&key, r)).collect();
    Ok((
        Page {
            items: items?,
            next,
        },
        count,
    ))
}

/// Writes an address or a domain down; what stands there when it is known already.
pub async fn add_suppression(
    ctx: &Ctx,
    actor: &Actor,
    what: &str,
    note: &str,
) -> Result<SuppressionView> {
    no_viewers(actor.role)?;
    let what =
        normal(what).ok_or_else(|| Error::field("address", "must be an address or a domain"))?;
    if note.chars().count() > NOTE {
        return Err(Error::field("note", "must have at most 500 characters"));
    }
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let said = (SuppressionCause::ByHand, Some(actor.member), note.trim());
    let row = row(ctx, &key, actor.workspace, &what, said)?;
    tx.suppressions().add(std::slice::from_ref(&row)).await?;
    let known = tx.suppressions().of(&[row.address_index]).await?;
    tx.commit().await?;
    let known = known
        .into_iter()
        .next()
        .ok_or(Error::NotFound("suppression"))?;
    view(&key, &known)
}

/// Takes an entry out: it can be written to again. For those who run the workspace.
pub async fn remove_suppression(ctx: &Ctx, actor: &Actor, id: SuppressionId) -> Result<()> {
    managers_only(actor.role)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if !tx.suppressions().remove(id).await? {
        return Err(Error::NotFound("suppression"));
    }
    note(AuditAction::SuppressionRemoved)
        .by(actor.member)
        .about(AuditTarget::Record(id.0))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

/// Takes the list of another program in: CSV, an address in each row, or a domain by itself.
pub async fn import_suppressions(ctx: &Ctx, actor: &Actor, bytes: Bytes) -> Result<Imported> {
    no_viewers(actor.role)?;
    let rows = csv_rows(&bytes, "list.csv")?;
    if rows.len() > MOST_ROWS {
        return Err(Error::field("file", "has more than 100,000 rows; split it"));
    }
    let mut out = Imported::default();
    let mut found = Vec::new();
    for (n, cells) in rows.iter().enumerate() {
        match of_row(cells) {
            Some(what) => found.push(what),
            None if n > 0 && cells.iter().any(|c| !c.trim().is_empty()) => out.unreadable += 1,
            None => {}
        }
    }
    let all = found.len() as u64;
    found.sort_unstable();
    found.dedup();
    ctx.keys.warm_workspace(actor.workspace).await?;
    for part in found.chunks(BATCH) {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
        let said = (SuppressionCause::Imported, Some(actor.member), "");
        let rows: Result<Vec<_>> = part
            .iter()
            .map(|what| row(ctx, &key, actor.workspace, what, said))
            .collect();
        out.added += tx.suppressions().add(&rows?).await?;
        tx.commit().await?;
    }
    out.known = all - out.added;
    Ok(out)
}

/// An entry in a file: a domain as `*@domain`, which no spreadsheet takes for a formula.
fn written(what: &str) -> String {
    if what.starts_with('@') {
        format!("*{what}")
    } else {
        guard(what).into_owned()
    }
}

/// The address of a row, wherever it stands; a domain only where the row says nothing else, or writes it as `*@domain`: a
/// column of web sites puts no companies on the list.
fn of_row(cells: &[String]) -> Option<String> {
    // What is written so that spreadsheets take it for no formula is read back as it was.
    let cells = cells.iter().map(|c| c.trim().trim_start_matches('\''));
    let cells: Vec<&str> = cells.filter(|c| !c.is_empty()).collect();
    let addresses = cells.iter().filter(|c| c.contains('@'));
    let mut addresses = addresses.map(|c| c.strip_prefix('*').unwrap_or(c));
    match (addresses.find_map(normal), cells.as_slice()) {
        (Some(address), _) => Some(address),
        (None, [only]) if only.contains('.') => normal(only),
        _ => None,
    }
}

/// The whole list as CSV. For those who run the workspace.
pub async fn export_suppressions(ctx: &Ctx, actor: &Actor) -> Result<Vec<u8>> {
    managers_only(actor.role)?;
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    note(AuditAction::SuppressionsExported)
        .by(actor.member)
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    let titles = ["address", "cause", "since", "note"];
    let mut out = csv_line(&titles.map(str::to_owned));
    let mut after = None;
    loop {
        let mut tx = ctx
            .store
            .read(&Scope::member(actor.workspace, actor.member))
            .await?;
        let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
        let rows = tx.suppressions().list(after, 500).await?;
        drop(tx);
        let Some(last) = rows.last() else {
            return Ok(out);
        };
        after = Some((last.created_at, last.id));
        for row in rows {
            let entry = view(&key, &row)?;
            out.extend(csv_line(&[
                written(&entry.what),
                entry.cause.as_str().to_owned(),
                entry.created_at.to_rfc3339(),
                guard(&entry.note).into_owned(),
            ]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{normal, of_row, written};

    #[test]
    fn rows_give_an_address_and_sites_put_no_company_on_the_list() {
        for (row, wanted) in [
            (
                &["1.5", "Zoe@Example.com", "x.example"][..],
                Some("zoe@example.com"),
            ),
            (&["Acme", "www.acme.example", ""], None),
            (&["acme.example"], Some("@acme.example")),
            (&["*@acme.example", "by_hand"], Some("@acme.example")),
            (&["'=a@x.example"], Some("=a@x.example")),
            (&["", ""], None),
        ] {
            let cells: Vec<String> = row.iter().map(|c| (*c).to_owned()).collect();
            assert_eq!(of_row(&cells).as_deref(), wanted, "{row:?}");
        }
        assert_eq!(written("@acme.example"), "*@acme.example");
    }

    #[test]
    fn addresses_and_domains_are_told_apart() {
        for (given, wanted) in [
            ("Zoe@Example.COM", Some("zoe@example.com")),
            (" @Example.com ", Some("@example.com")),
            ("example.com", Some("@example.com")),
            ("a b", None),
            ("@", None),
            ("a@b@c", None),
            ("", None),
        ] {
            assert_eq!(normal(given).as_deref(), wanted, "{given}");
        }
    }
}
