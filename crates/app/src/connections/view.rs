//! Connections as their owner sees them.

use tenon_model::connection::{AccountProfile, ConnectionStatus, FeatureState, feature_state};
use tenon_model::feature::{FEATURES, Feature};
use tenon_model::mail::{SyncState, normalize_address};
use tenon_model::policy::reason_text;
use tenon_model::{ConnectionId, Time};
use tenon_store::{ConnectionRow, Mailbox, Tx};
use tenon_vault::{Context, DataKey};

use crate::{Actor, Ctx, Error, Result};

/// A connection.
#[derive(Clone)]
pub struct ConnectionView {
    /// Id.
    pub id: ConnectionId,
    /// `google`.
    pub provider: &'static str,
    /// `active`, `paused`, `needs_reauthorization`, `revoked`.
    pub status: &'static str,
    /// Machine code of the reason, if it does not work.
    pub status_reason: Option<String>,
    /// Plain words for it.
    pub status_reason_text: Option<&'static str>,
    /// Account address.
    pub address: String,
    /// Account name.
    pub name: String,
    /// `sales`, `type`, or none.
    pub profile: Option<String>,
    /// Every feature and its state.
    pub features: Vec<FeatureStateView>,
    /// Scopes granted.
    pub scopes_granted: Vec<String>,
    /// When it was connected.
    pub created_at: Time,
    /// When the grant was found gone.
    pub revoked_at: Option<Time>,
    /// When the metadata goes unless it is reconnected.
    pub purge_at: Option<Time>,
    /// Sending addresses.
    pub aliases: Vec<AliasView>,
    /// The mail area, if it is on.
    pub mailbox: Option<MailboxView>,
}

/// A feature of a connection.
#[derive(Debug, Clone)]
pub struct FeatureStateView {
    /// Feature id.
    pub id: &'static str,
    /// Its state.
    pub state: FeatureState,
}

/// A sending address.
#[derive(Clone)]
pub struct AliasView {
    /// Address.
    pub address: String,
    /// Name.
    pub name: String,
    /// Whether it is used unless another is chosen.
    pub is_default: bool,
    /// Whether a signature is set.
    pub signature_html_present: bool,
}

/// The mail area.
#[derive(Debug, Clone)]
pub struct MailboxView {
    /// `waiting`, `first_sync`, `live`, `resync`, `stalled`, `parked`.
    pub state: &'static str,
    /// Why it does not move, as a code.
    pub reason: Option<String>,
    /// Plain words for it.
    pub reason_text: Option<&'static str>,
    /// How far a snapshot is.
    pub progress: Option<ProgressView>,
    /// Messages stored.
    pub messages: u64,
    /// Threads stored.
    pub threads: u64,
    /// Threads with unread messages.
    pub unread: u64,
    /// Last contact.
    pub last_sync_at: Option<Time>,
    /// Next one.
    pub next_sync_at: Option<Time>,
}

/// How far a snapshot is.
#[derive(Debug, Clone, Copy)]
pub struct ProgressView {
    /// Messages listed so far.
    pub done: u64,
    /// Messages in all, as the provider says; within a time box an estimate, 0 before there is one.
    pub total: u64,
    /// Percent.
    pub percent: f64,
    /// Estimated rest in seconds, when there is ground for an estimate.
    pub eta_seconds: Option<u64>,
    /// Estimated quota units left to use.
    pub units_left: u64,
}

/// The row, if it is the member's own; the answer for another's is the same as for none.
pub(crate) async fn visible(tx: &mut Tx, id: ConnectionId) -> Result<ConnectionRow> {
    tx.connections()
        .get(id)
        .await?
        .ok_or(Error::NotFound("connection"))
}

/// What the provider said of the account.
pub(crate) async fn account(ctx: &Ctx, tx: &mut Tx, row: &ConnectionRow) -> Result<AccountProfile> {
    let key = ctx.keys.get(tx, row.key_id).await?;
    open_account(&key, row)
}

/// The account's addresses, made equal for comparing.
pub(crate) fn own_addresses(account: &AccountProfile) -> Vec<String> {
    let aliases = account.aliases.iter().map(|a| &a.address);
    aliases
        .chain([&account.address])
        .map(|a| normalize_address(a))
        .collect()
}

pub(super) fn open_account(key: &DataKey, row: &ConnectionRow) -> Result<AccountProfile> {
    let json = key.open(
        &Context::new("connections", "account", row.id.0),
        &row.account,
    )?;
    serde_json::from_slice(&json).map_err(|_| Error::Internal("account_json".into()))
}

/// The member's connections, oldest first.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ConnectionView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut out = Vec::new();
    for row in tx.connections().list().await? {
        out.push(view(ctx, &mut tx, actor, &row).await?);
    }
    Ok(out)
}

/// One connection.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<ConnectionView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    view(ctx, &mut tx, actor, &row).await
}

async fn view(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: &ConnectionRow,
) -> Result<ConnectionView> {
    let account = account(ctx, tx, row).await?;
    let features: Vec<FeatureStateView> = FEATURES
        .iter()
        .filter(|f| f.feature != Feature::Identity)
        .map(|f| FeatureStateView {
            id: f.feature.as_str(),
            state: feature_state(f.feature, &row.features, &row.scopes, row.status),
        })
        .collect();
    let lacking = features
        .iter()
        .any(|f| f.state == FeatureState::NeedsReauthorization);
    let status = match row.status {
        ConnectionStatus::Revoked => "revoked",
        ConnectionStatus::Paused => "paused",
        ConnectionStatus::Active if !lacking => "active",
        ConnectionStatus::Active | ConnectionStatus::Stopped => "needs_reauthorization",
    };
    let status_reason = row
        .status_reason
        .clone()
        .or_else(|| (status == "needs_reauthorization").then(|| "scope_missing".to_owned()));
    let mailbox = match tx.mailboxes().get(row.id).await? {
        Some(mailbox) => Some(mailbox_view(ctx, tx, actor, row, &mailbox).await?),
        None => None,
    };
    Ok(ConnectionView {
        id: row.id,
        provider: row.provider.as_str(),
        status,
        status_reason_text: status_reason
            .as_deref()
            .map(|c| reason_text(c, actor.locale)),
        status_reason,
        address: account.address,
        name: account.name,
        profile: row.profile.clone(),
        features,
        scopes_granted: row.scopes.clone(),
        created_at: row.created_at,
        revoked_at: row.revoked_at,
        purge_at: row.purge_at,
        aliases: account
            .aliases
            .into_iter()
            .map(|a| AliasView {
                address: a.address,
                name: a.name,
                is_default: a.is_default,
                signature_html_present: !a.signature.is_empty(),
            })
            .collect(),
        mailbox,
    })
}

async fn mailbox_view(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    row: &ConnectionRow,
    mailbox: &Mailbox,
) -> Result<MailboxView> {
    let messages = tx.messages().count(row.id).await?;
    let (threads, unread) = tx.threads().counts(row.id).await?;
    let state = match mailbox.state {
        SyncState::Parked => "parked",
        _ if mailbox.reason.is_some() => "stalled",
        other => other.as_str(),
    };
    Ok(MailboxView {
        state,
        reason_text: mailbox
            .reason
            .as_deref()
            .map(|c| reason_text(c, actor.locale)),
        reason: mailbox.reason.clone(),
        progress: crate::sync::progress_view(ctx, tx, row, mailbox).await?,
        messages,
        threads,
        unread,
        last_sync_at: mailbox.last_sync_at,
        next_sync_at: mailbox.next_sync_at,
    })
}
