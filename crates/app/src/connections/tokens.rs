//! Access tokens: live ones from the database, refreshed by one worker at a time, never lost.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tenon_connectors::ports::{AccessTokens, Tokens};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::event::EventKind;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, Scope, WorkspaceId};
use tenon_store::{ConnectionRow, TokenRow};
use tenon_vault::{Context, DataKey, Sealed};

use super::alarms::{self, CLIENT_REFUSED};
use super::grace::PurgeConnection;
use crate::audit::note;
use crate::{Ctx, Error, Result};

/// How long one worker may hold the right to refresh. Losing it is harmless (fault A25): the
/// compare-and-set on the token row and the re-read decide.
const LEASE: Duration = Duration::from_secs(30);
const LEASE_POLL: Duration = Duration::from_millis(100);
/// How long a node needs at most, unless it hangs, to store the tokens it was given.
const STORING: Duration = Duration::from_millis(500);

pub(super) fn seal_token(
    ctx: &Ctx,
    key: &DataKey,
    id: ConnectionId,
    column: &'static str,
    token: &SecretString,
) -> Result<Sealed> {
    Ok(key.seal(
        &ctx.world,
        &Context::new("tokens", column, id.0),
        token.expose_secret().as_bytes(),
    )?)
}

fn open_token(
    key: &DataKey,
    id: ConnectionId,
    column: &'static str,
    sealed: &Sealed,
) -> Result<SecretString> {
    let bytes = key.open(&Context::new("tokens", column, id.0), sealed)?;
    String::from_utf8(bytes.to_vec())
        .map(SecretString::from)
        .map_err(|_| Error::Internal("token_text".into()))
}

/// The row to store after an exchange or a refresh; refreshed again at 80 % of its life (A22).
pub(super) fn fresh_row(
    ctx: &Ctx,
    key: &DataKey,
    id: ConnectionId,
    refresh: Option<Sealed>,
    tokens: &Tokens,
) -> Result<TokenRow> {
    let now = ctx.world.now();
    let life = tokens.expires_at.since(now);
    Ok(TokenRow {
        connection_id: id,
        version: 0,
        refresh,
        access: Some(seal_token(ctx, key, id, "access", &tokens.access)?),
        access_expires_at: Some(tokens.expires_at),
        refresh_after: Some(now + life.mul_f64(0.8)),
    })
}

/// The live refresh token of a connection, if it has one.
pub(super) fn open_refresh(key: &DataKey, row: &TokenRow) -> Result<Option<SecretString>> {
    row.refresh
        .as_ref()
        .map(|s| open_token(key, row.connection_id, "refresh", s))
        .transpose()
}

/// A live access token of a connection, as its connector gets it; `stale` is one that the provider
/// has refused. For proofs: nothing but a connector has a use for it.
#[doc(hidden)]
pub async fn access_token(
    ctx: &Ctx,
    workspace: WorkspaceId,
    id: ConnectionId,
    stale: Option<&SecretString>,
) -> Result<SecretString> {
    let mut tx = ctx.store.read(&Scope::job(workspace)).await?;
    let row = tx.connections().get(id).await?;
    let row = row.ok_or(Error::NotFound("connection"))?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    drop(tx);
    let tokens = ConnectionTokens::new(ctx, &row, key);
    Ok(tokens.access_token(stale).await?)
}

/// Hands out access tokens of one connection to its connector.
pub(crate) struct ConnectionTokens {
    ctx: Ctx,
    workspace: WorkspaceId,
    connection: ConnectionId,
    provider: Provider,
    key: Arc<DataKey>,
}

impl ConnectionTokens {
    pub(crate) fn new(ctx: &Ctx, row: &ConnectionRow, key: Arc<DataKey>) -> Self {
        Self {
            ctx: ctx.clone(),
            workspace: row.workspace_id,
            connection: row.id,
            provider: row.provider,
            key,
        }
    }

    fn scope(&self) -> Scope {
        Scope::job(self.workspace)
    }

    async fn stored(&self) -> Result<Option<TokenRow>> {
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        Ok(tx.tokens().get(self.connection).await?)
    }

    /// The stored access token, if it is good and not the stale one.
    fn good(&self, row: &TokenRow, stale: Option<&SecretString>) -> Result<Option<SecretString>> {
        let Some(sealed) = &row.access else {
            return Ok(None);
        };
        if row.refresh_after.is_none_or(|t| self.ctx.world.now() >= t) && row.refresh.is_some() {
            return Ok(None);
        }
        let token = open_token(&self.key, self.connection, "access", sealed)?;
        if sabotage::on(Saboteur::TokenInLog) {
            tracing::debug!(token = token.expose_secret(), "found");
        }
        let same = stale.is_some_and(|s| s.expose_secret() == token.expose_secret());
        Ok((!same).then_some(token))
    }

    async fn token(&self, stale: Option<&SecretString>) -> Result<SecretString, Failure> {
        if let Some(token) = self.good(&self.stored().await?.ok_or_else(gone)?, stale)? {
            return Ok(token);
        }
        let flight = self.ctx.refreshing.of(self.connection);
        let mut turn = flight.turn().await;
        let row = self.stored().await?.ok_or_else(gone)?;
        if let Some(token) = self.good(&row, stale)? {
            return Ok(token); // somebody else was faster
        }
        let outcome = if let Some(failure) = turn.failed_meanwhile() {
            Err(Failure::Provider(failure))
        } else {
            let outcome = self.refresh_in_turn(stale).await;
            if let Err(failure) = &outcome {
                turn.fail(failure.as_provider());
            }
            outcome
        };
        self.or_still_good(&row, stale, outcome)
    }

    /// Refreshes as the only one of all nodes.
    async fn refresh_in_turn(&self, stale: Option<&SecretString>) -> Result<SecretString, Failure> {
        let deadline = self.ctx.world.monotonic() + LEASE;
        loop {
            if self.lease().await? {
                let outcome = self.refresh(stale).await;
                if let Err(e) = self.release().await {
                    tracing::warn!(error = %e, "the right to refresh ends by itself");
                }
                return outcome;
            }
            if self.ctx.world.monotonic() > deadline {
                return Err(Failure::Provider(error(
                    "refresh_busy",
                    Reaction::Retry(Duration::from_secs(5)),
                )));
            }
            tokio::time::sleep(LEASE_POLL).await;
            let row = self.stored().await?.ok_or_else(gone)?;
            if let Some(token) = self.good(&row, stale)? {
                return Ok(token); // another node was faster
            }
        }
    }

    /// A refresh that fails for a passing reason does not refuse a token that still works.
    fn or_still_good(
        &self,
        row: &TokenRow,
        stale: Option<&SecretString>,
        outcome: Result<SecretString, Failure>,
    ) -> Result<SecretString, Failure> {
        let passing = matches!(&outcome, Err(Failure::Provider(e)) if matches!(e.reaction, Reaction::Retry(_) | Reaction::Slow(_)));
        let soon = self.ctx.world.now() + Duration::from_secs(30);
        match &row.access {
            Some(access) if passing && stale.is_none() && row.access_expires_at > Some(soon) => {
                Ok(open_token(&self.key, self.connection, "access", access)?)
            }
            _ => outcome,
        }
    }

    async fn lease(&self) -> Result<bool> {
        let mut tx = self.ctx.store.begin(&self.scope()).await?;
        let ours = tx
            .tokens()
            .lease(self.connection, self.ctx.node, LEASE)
            .await?;
        tx.commit().await?;
        Ok(ours)
    }

    async fn release(&self) -> Result<()> {
        let mut tx = self.ctx.store.begin(&self.scope()).await?;
        tx.tokens().release(self.connection, self.ctx.node).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refreshes with the right to do so. `invalid_grant` counts only when the stored token is
    /// still the one that was refused (fault A17), and after a second try of it (fault A18).
    async fn refresh(&self, stale: Option<&SecretString>) -> Result<SecretString, Failure> {
        let google = self
            .ctx
            .google
            .as_ref()
            .ok_or(Error::ProviderNotConfigured)?;
        for attempt in 1.. {
            let row = self.stored().await?.ok_or_else(gone)?;
            if let Some(token) = self.good(&row, stale)? {
                return Ok(token); // somebody else was faster
            }
            let refresh = open_refresh(&self.key, &row)?.ok_or_else(gone)?;
            match google.grants().refresh(&refresh).await {
                Ok(tokens) => {
                    if self.store(&row, &tokens).await? {
                        return Ok(tokens.access);
                    }
                }
                Err(e) if e.reaction == Reaction::Reauth => {
                    let unchanged = self
                        .stored()
                        .await?
                        .is_some_and(|now| now.version == row.version);
                    if unchanged && (attempt >= 2 || sabotage::on(Saboteur::RefusalBelieved)) {
                        self.withdrawn(&e.code, row.version).await?;
                        return Err(Failure::Provider(e));
                    }
                    if unchanged {
                        // Whoever was faster may be about to store what they got (fault A25).
                        tokio::time::sleep(STORING).await;
                    }
                }
                Err(e) => {
                    let row = self.stored().await?.ok_or_else(gone)?;
                    if let Some(token) = self.good(&row, stale)? {
                        return Ok(token); // another node's try went well meanwhile
                    }
                    if e.reaction == Reaction::Alarm {
                        alarms::raise(&self.ctx, self.provider, CLIENT_REFUSED, 1).await?;
                    }
                    return Err(Failure::Provider(e));
                }
            }
            if attempt >= 4 {
                break;
            }
        }
        Err(Failure::Provider(error(
            "refresh_raced",
            Reaction::Retry(Duration::from_secs(1)),
        )))
    }

    /// The grant is gone (requirement C7): tokens are destroyed at once, sync stops, the person is
    /// told, and the metadata's grace period begins. Nothing of it happens when the token was
    /// replaced meanwhile: somebody has reconnected.
    async fn withdrawn(&self, reason: &str, version: i64) -> Result<()> {
        let ctx = &self.ctx;
        if sabotage::on(Saboteur::WithdrawalUnnoticed) {
            return Ok(());
        }
        let now = ctx.world.now();
        let purge_at = now + ctx.config.grace;
        let mut tx = ctx.store.begin(&self.scope()).await?;
        let Some(row) = tx.connections().get(self.connection).await? else {
            return Ok(());
        };
        let token = tx.tokens().get(self.connection).await?;
        if row.status == ConnectionStatus::Revoked || token.is_none_or(|t| t.version != version) {
            return Ok(());
        }
        tx.tokens().destroy(row.id).await?;
        tx.connections()
            .set_status(
                row.id,
                ConnectionStatus::Revoked,
                Some(reason),
                Some(now),
                Some(purge_at),
            )
            .await?;
        tx.connections().bump_fence(row.id).await?;
        let purge = PurgeConnection {
            workspace: self.workspace,
            connection: row.id,
        };
        tenon_jobs::enqueue(&mut tx, &purge, purge_at).await?;
        tx.events()
            .append(
                EventKind::ConnectionChanged,
                Some(row.member_id),
                row.id.to_string(),
            )
            .await?;
        note(AuditAction::GrantWithdrawn)
            .about(AuditTarget::Connection(row.id))
            .with(AuditDetail::Provider, row.provider.as_str())
            .with(AuditDetail::Reason, reason)
            .add(&ctx.keys, &mut tx, self.workspace)?;
        tx.commit().await?;
        tracing::info!(connection = %row.id, reason, "the grant was withdrawn at the provider");
        alarms::review(ctx, row.provider).await
    }

    async fn store(&self, old: &TokenRow, tokens: &Tokens) -> Result<bool> {
        let refresh = match &tokens.refresh {
            Some(token) => Some(seal_token(
                &self.ctx,
                &self.key,
                self.connection,
                "refresh",
                token,
            )?),
            None => old.refresh.clone(),
        };
        let row = fresh_row(&self.ctx, &self.key, self.connection, refresh, tokens)?;
        let mut tx = self.ctx.store.begin(&self.scope()).await?;
        let stored = tx.tokens().put(&row, old.version).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

enum Failure {
    Provider(ProviderError),
    Own(Error),
}

impl Failure {
    /// As those see it who call the provider.
    fn as_provider(&self) -> ProviderError {
        match self {
            Self::Provider(e) => e.clone(),
            Self::Own(e) => error(e.code(), Reaction::Retry(Duration::from_secs(5))),
        }
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Own(e)
    }
}

fn error(code: &str, reaction: Reaction) -> ProviderError {
    ProviderError {
        operation: "oauth.token",
        status: None,
        code: code.to_owned(),
        reaction,
        provider_time: None,
    }
}

fn gone() -> Failure {
    Failure::Provider(error("no_grant", Reaction::Reauth))
}

#[async_trait]
impl AccessTokens for ConnectionTokens {
    async fn access_token(
        &self,
        stale: Option<&SecretString>,
    ) -> Result<SecretString, ProviderError> {
        self.token(stale).await.map_err(|f| f.as_provider())
    }
}
