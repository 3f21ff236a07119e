//! The provider sends the browser back: check everything, then make or renew the connection.

use secrecy::ExposeSecret as _;
use tenon_connectors::ports::{Subject, Tokens};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::feature::{FEATURES, Feature, google_scopes, is_granted};
use tenon_model::mail::SyncState;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, RecordId, Scope};
use tenon_store::{ConnectionRow, Flow, Mailbox, TokenRow, Tx};
use tenon_vault::{Context, DataKey, Sealed};

use super::authorize::flow_context;
use super::disconnect::holds_grant;
use super::start::{Start, start};
use super::tokens::seal_token;
use crate::access::{acting, token_hash};
use crate::audit::note;
use crate::keys::NewKey;
use crate::records::{PickAnswer, Picked};
use crate::{Actor, Ctx, Error, Result};

/// What the browser brings.
#[derive(Default)]
pub struct Callback {
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// `picked_file_ids`: what was chosen on the page for files.
    pub picked_file_ids: Option<String>,
}

/// What came of an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// A connection was made or renewed.
    Connected(ConnectionId),
    /// Files were chosen for a record.
    Picked(Picked),
}

/// Why no connection came of it; a word for the web app's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackError(pub &'static str);

impl From<Error> for CallbackError {
    fn from(e: Error) -> Self {
        tracing::warn!(code = e.code(), "oauth callback");
        Self(match e {
            Error::ProviderUnavailable(_) | Error::Quota(_) => "provider_unavailable",
            Error::Unauthenticated => "state_invalid",
            _ => "exchange_failed",
        })
    }
}

impl From<tenon_store::StoreError> for CallbackError {
    fn from(e: tenon_store::StoreError) -> Self {
        Error::from(e).into()
    }
}

/// Finishes an authorization. The state is good once, for the session that began it.
pub async fn callback(
    ctx: &Ctx,
    actor: &Actor,
    input: Callback,
) -> std::result::Result<Came, CallbackError> {
    let state_hash = token_hash(
        input
            .state
            .as_deref()
            .ok_or(CallbackError("state_invalid"))?,
    );
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let flow = tx.flows().take(state_hash).await?;
    tx.commit().await?;
    let flow = flow.ok_or(CallbackError("state_invalid"))?;
    if flow.session_id != actor.session || flow.member_id != actor.member {
        return Err(CallbackError("state_invalid"));
    }
    if let Some(record) = flow.record_id {
        let linked = picked(ctx, actor, &flow, record, &input).await;
        return Ok(Came::Picked(Picked { record, linked }));
    }
    if ctx.world.now() > flow.expires_at {
        return Err(CallbackError("flow_expired"));
    }
    if let Some(error) = input.error.as_deref() {
        // Fault A7: standing refusals of an organisation are not the person's own "no".
        return Err(CallbackError(match error {
            "access_denied" => "access_denied",
            "admin_policy_enforced" | "org_internal" => "admin_policy",
            _ => "exchange_failed",
        }));
    }
    let code = input
        .code
        .as_deref()
        .ok_or(CallbackError("exchange_failed"))?;
    let google = ctx
        .google
        .as_ref()
        .ok_or(CallbackError("exchange_failed"))?;
    let verifier = verifier(ctx, &flow)?;
    let (tokens, subject) = google
        .grants()
        .exchange(code, &verifier, &flow.nonce, &flow.redirect_uri)
        .await
        .map_err(|e| exchange_error(&e))?;
    let outcome = connect(ctx, actor, &flow, &tokens, &subject).await;
    if outcome.is_err() {
        give_back(ctx, flow.provider, &tokens, &subject).await;
    }
    outcome.map(Came::Connected)
}

/// The PKCE verifier of a flow.
fn verifier(ctx: &Ctx, flow: &Flow) -> std::result::Result<String, CallbackError> {
    let opened = ctx
        .keys
        .deployment()
        .open(&flow_context(&flow.state_hash), &flow.verifier)
        .map_err(Error::from)?;
    let text = std::str::from_utf8(&opened).map_err(|_| CallbackError("state_invalid"))?;
    Ok(text.to_owned())
}

/// Files were chosen for a record.
async fn picked(
    ctx: &Ctx,
    actor: &Actor,
    flow: &Flow,
    record: RecordId,
    input: &Callback,
) -> std::result::Result<usize, CallbackError> {
    if ctx.world.now() > flow.expires_at {
        return Err(CallbackError("flow_expired"));
    }
    let verifier = verifier(ctx, flow)?;
    let answer = PickAnswer {
        error: input.error.as_deref(),
        code: input.code.as_deref(),
        files: input.picked_file_ids.as_deref(),
        verifier: &verifier,
    };
    crate::records::picked(ctx, actor, flow, record, answer).await
}

/// A grant that came but is not kept would live on at the provider with nobody to end it. It is
/// ended, unless a connection of the same account needs it (fault A10). Best effort: the person can
/// always end it themselves.
async fn give_back(ctx: &Ctx, provider: Provider, tokens: &Tokens, subject: &Subject) {
    let index = ctx
        .keys
        .deployment()
        .blind_index("subject", &subject.subject);
    let needed = async {
        let mut tx = ctx.store.read(&Scope::system()).await?;
        tx.connections().by_subject_index(provider, index).await
    };
    let free = needed.await.is_ok_and(|all| !all.iter().any(holds_grant));
    if let (Some(google), true) = (&ctx.google, free) {
        let token = tokens.refresh.as_ref().unwrap_or(&tokens.access);
        if let Err(e) = google.grants().revoke(token).await {
            tracing::warn!(error = %e, "a grant that was not kept could not be ended");
        }
    }
}

fn exchange_error(e: &ProviderError) -> CallbackError {
    tracing::warn!(error = %e, "code exchange");
    CallbackError(match e.reaction {
        Reaction::Retry(_) | Reaction::Slow(_) => "provider_unavailable",
        _ => "exchange_failed",
    })
}

async fn connect(
    ctx: &Ctx,
    actor: &Actor,
    flow: &Flow,
    tokens: &Tokens,
    subject: &Subject,
) -> std::result::Result<ConnectionId, CallbackError> {
    let index = ctx
        .keys
        .deployment()
        .blind_index("subject", &subject.subject);
    // A token answer that does not name scopes granted what was asked (RFC 6749, 5.1).
    let granted = tokens.scopes.clone().unwrap_or_else(|| {
        google_scopes(&flow.features)
            .into_iter()
            .map(str::to_owned)
            .collect()
    });
    // Keys come first: no transaction waits for the service that wraps them.
    let new_key = ctx.keys.make().await?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let known = tx.connections().list().await?;
    drop(tx);
    for row in known.iter().filter(|c| c.subject_index == index) {
        ctx.keys.warm(&actor.scope(), row.key_id).await?;
    }
    let (mut tx, new_key) = ctx.keys.begin(&actor.scope(), new_key).await?;
    // The session may have ended while the provider was asked, by a reset that disconnects everything.
    acting(ctx, &mut tx, actor).await?;
    let existing = match flow.connection_id {
        Some(id) => {
            let row = tx
                .connections()
                .get(id)
                .await?
                .ok_or(CallbackError("exchange_failed"))?;
            if row.subject_index != index {
                return Err(CallbackError("wrong_account"));
            }
            Some(row)
        }
        // One grant per account (fault A3): connecting the same account again renews it.
        None => tx
            .connections()
            .list()
            .await?
            .into_iter()
            .find(|c| c.subject_index == index && c.provider == flow.provider),
    };
    let has_refresh = match &existing {
        Some(row) => tx
            .tokens()
            .get(row.id)
            .await?
            .is_some_and(|t| t.refresh.is_some()),
        None => false,
    };
    if tokens.refresh.is_none() && !has_refresh {
        return Err(CallbackError("no_refresh_token")); // fault A8
    }
    let action = match &existing {
        None => AuditAction::ConnectionMade,
        Some(row) if same_scopes(&row.scopes, &granted) => AuditAction::ConnectionRenewed,
        Some(_) => AuditAction::ScopesChanged,
    };
    let id = if let Some(row) = existing {
        renew(ctx, &mut tx, flow, &row, tokens, subject, &granted).await?
    } else {
        let parts = (tokens, subject, index);
        create(ctx, actor, &mut tx, flow, parts, &granted, new_key).await?
    };
    tx.consents().attach(flow.consent_id, id).await?;
    let mail = flow.features.contains(&Feature::Mail) && is_granted(Feature::Mail, &granted);
    if mail {
        ensure_mailbox(ctx, &mut tx, actor, id).await?;
    }
    let what = Start {
        workspace: actor.workspace,
        member: actor.member,
        connection: id,
        mail,
    };
    start(ctx, &mut tx, what).await?;
    if flow.features.contains(&Feature::Files) && is_granted(Feature::Files, &granted) {
        crate::records::adopt_files(ctx, &mut tx, actor, id).await?;
    }
    note(action)
        .by(actor.member)
        .about(AuditTarget::Connection(id))
        .with(AuditDetail::Provider, flow.provider.as_str())
        .with(AuditDetail::Features, granted_features(&granted))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    Ok(id)
}

fn same_scopes(old: &[String], new: &[String]) -> bool {
    let sorted = |scopes: &[String]| {
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    };
    sorted(old) == sorted(new)
}

/// The features that these scopes allow, as words.
fn granted_features(scopes: &[String]) -> String {
    let all = FEATURES.iter().map(|info| info.feature);
    let granted = all.filter(|feature| is_granted(*feature, scopes));
    let words: Vec<&str> = granted.map(Feature::as_str).collect();
    words.join(",")
}

fn sealed_json<T: serde::Serialize>(
    ctx: &Ctx,
    key: &DataKey,
    column: &str,
    id: ConnectionId,
    value: &T,
) -> Result<Sealed> {
    let json = serde_json::to_vec(value).map_err(|_| Error::Internal("json".into()))?;
    Ok(key.seal(
        &ctx.world,
        &Context::new("connections", column, id.0),
        &json,
    )?)
}

async fn create(
    ctx: &Ctx,
    actor: &Actor,
    tx: &mut Tx,
    flow: &Flow,
    (tokens, subject, index): (&Tokens, &Subject, [u8; 16]),
    granted: &[String],
    key: NewKey,
) -> Result<ConnectionId> {
    let id: ConnectionId = ctx.world.id();
    let key = ctx.keys.insert(tx, key, actor.workspace, Some(id)).await?;
    let mut profile = subject.profile.clone();
    if sabotage::on(Saboteur::TokenShown) {
        profile.name = tokens.access.expose_secret().to_owned();
    }
    let row = ConnectionRow {
        id,
        workspace_id: actor.workspace,
        member_id: actor.member,
        provider: flow.provider,
        status: ConnectionStatus::Active,
        status_reason: None,
        subject_index: index,
        subject: key.seal(
            &ctx.world,
            &Context::new("connections", "subject", id.0),
            subject.subject.as_bytes(),
        )?,
        account: sealed_json(ctx, &key, "account", id, &profile)?,
        profile: flow.profile.clone(),
        features: flow.features.clone(),
        scopes: granted.to_vec(),
        key_id: key.id(),
        fence: 0,
        created_at: ctx.world.now(),
        revoked_at: None,
        purge_at: None,
    };
    tx.connections().insert(&row).await?;
    put_tokens(ctx, tx, &key, id, tokens, None).await?;
    Ok(id)
}

async fn renew(
    ctx: &Ctx,
    tx: &mut Tx,
    flow: &Flow,
    row: &ConnectionRow,
    tokens: &Tokens,
    subject: &Subject,
    granted: &[String],
) -> Result<ConnectionId> {
    let key = ctx.keys.get(tx, row.key_id).await?;
    let mut features = row.features.clone();
    features.extend(flow.features.iter().copied());
    features.sort_unstable();
    features.dedup();
    let profile = flow.profile.clone().or_else(|| row.profile.clone());
    tx.connections()
        .update_grant(row.id, &features, granted, profile.as_deref())
        .await?;
    let mut account = super::view::open_account(&key, row)?;
    account.address.clone_from(&subject.profile.address);
    account.name.clone_from(&subject.profile.name);
    tx.connections()
        .set_account(row.id, sealed_json(ctx, &key, "account", row.id, &account)?)
        .await?;
    // A paused connection stays paused: the person has not asked to go on.
    let status = if row.status == ConnectionStatus::Paused {
        ConnectionStatus::Paused
    } else {
        ConnectionStatus::Active
    };
    tx.connections()
        .set_status(row.id, status, None, None, None)
        .await?;
    let old = tx.tokens().get(row.id).await?;
    put_tokens(ctx, tx, &key, row.id, tokens, old).await?;
    Ok(row.id)
}

async fn put_tokens(
    ctx: &Ctx,
    tx: &mut Tx,
    key: &DataKey,
    id: ConnectionId,
    tokens: &Tokens,
    old: Option<TokenRow>,
) -> Result<()> {
    let version = old.as_ref().map_or(0, |o| o.version);
    let refresh = match &tokens.refresh {
        Some(token) => Some(seal_token(ctx, key, id, "refresh", token)?),
        None => old.and_then(|o| o.refresh),
    };
    let row = super::tokens::fresh_row(ctx, key, id, refresh, tokens)?;
    if tx.tokens().put(&row, version).await? {
        Ok(())
    } else {
        Err(Error::Internal("token_version".into()))
    }
}

async fn ensure_mailbox(ctx: &Ctx, tx: &mut Tx, actor: &Actor, id: ConnectionId) -> Result<()> {
    let now = ctx.world.now();
    if let Some(mut mailbox) = tx.mailboxes().get(id).await? {
        if mailbox.state == SyncState::Parked {
            return Ok(()); // waits for the person's answer, which is another question
        }
        mailbox.reason = None;
        mailbox.next_sync_at = Some(now);
        let fence = tx.connections().fence(id).await?.unwrap_or(0);
        tx.mailboxes().save(&mailbox, fence).await?;
        return Ok(());
    }
    let mailbox = Mailbox {
        connection_id: id,
        workspace_id: actor.workspace,
        state: SyncState::Waiting,
        reason: None,
        cursor: None,
        generation: 0,
        shadow: None,
        page_token: None,
        pages_done: 0,
        listed: 0,
        gone: 0,
        provider_total: 0,
        snapshot_started_at: None,
        last_sync_at: None,
        next_sync_at: Some(now),
        cursor_at: None,
        resyncs: Vec::new(),
        updated_at: now,
    };
    tx.mailboxes().insert(&mailbox).await?;
    Ok(())
}
