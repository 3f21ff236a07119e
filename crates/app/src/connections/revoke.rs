//! A revocation that the provider did not answer, as a durable job (fault A11).

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tenon_connectors::Reaction;
use tenon_connectors::ports::Revoked;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::connection::Provider;
use tenon_model::event::EventKind;
use tenon_model::{KeyId, MemberId, ReceiptId, Scope, Time, WorkspaceId};
use tenon_store::{ConnectionRow, Tx};
use tenon_vault::{Context, Sealed};

use super::disconnect::holds_grant;
use crate::keys::NewKey;
use crate::sync::job_error;
use crate::{Ctx, Error, Result};

/// How long the provider is asked before the person is given the link instead.
const GIVE_UP: Duration = Duration::from_hours(168);

/// Ends a grant whose connection is gone already. The token is sealed under a key made for this
/// job alone, which is destroyed with its end.
#[derive(Serialize, Deserialize)]
pub struct RevokeGrant {
    workspace: WorkspaceId,
    member: MemberId,
    receipt: ReceiptId,
    key: KeyId,
    sealed: String,
    provider: Provider,
    /// Blind index of the account: a connection made meanwhile shares the grant (fault A10).
    subject_index: String,
    since: Time,
}

impl RevokeGrant {
    pub(super) async fn seal(
        ctx: &Ctx,
        tx: &mut Tx,
        row: &ConnectionRow,
        receipt: ReceiptId,
        (token, key): (SecretString, NewKey),
    ) -> Result<Self> {
        let key = ctx.keys.insert_one_use(tx, key, row.workspace_id).await?;
        let sealed = key.seal(
            &ctx.world,
            &Context::new("jobs", "args", receipt.0),
            token.expose_secret().as_bytes(),
        )?;
        Ok(Self {
            workspace: row.workspace_id,
            member: row.member_id,
            receipt,
            key: key.id(),
            sealed: STANDARD.encode(sealed.0),
            provider: row.provider,
            subject_index: STANDARD.encode(row.subject_index),
            since: ctx.world.now(),
        })
    }

    /// The token, or `None` when an earlier run has come to its end.
    async fn token(&self, ctx: &Ctx) -> Result<Option<SecretString>> {
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        if tx.keys().get(self.key).await?.is_none() {
            return Ok(None);
        }
        let key = ctx.keys.get(&mut tx, self.key).await?;
        let bytes = STANDARD
            .decode(&self.sealed)
            .map_err(|_| Error::Internal("job_args".into()))?;
        let plain = key.open(
            &Context::new("jobs", "args", self.receipt.0),
            &Sealed(bytes),
        )?;
        String::from_utf8(plain.to_vec())
            .map(|t| Some(t.into()))
            .map_err(|_| Error::Internal("job_args".into()))
    }

    async fn shared(&self, ctx: &Ctx) -> Result<bool> {
        let index = STANDARD
            .decode(&self.subject_index)
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| Error::Internal("job_args".into()))?;
        let mut tx = ctx.store.read(&Scope::system()).await?;
        let all = tx
            .connections()
            .by_subject_index(self.provider, index)
            .await?;
        Ok(all.iter().any(holds_grant))
    }

    async fn finish(&self, ctx: &Ctx, grant: &str) -> Result<()> {
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        tx.receipts().set_grant(self.receipt, grant).await?;
        ctx.keys.destroy(&mut tx, self.key).await?;
        tx.events()
            .append(
                EventKind::ReceiptAdded,
                Some(self.member),
                self.receipt.to_string(),
            )
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end(&self, ctx: &Ctx) -> std::result::Result<(), JobError> {
        let Some(google) = &ctx.google else {
            return Err(JobError::Park("provider_not_configured".into()));
        };
        let Some(token) = self.token(ctx).await.map_err(job_error)? else {
            return Ok(());
        };
        if self.shared(ctx).await.map_err(job_error)? {
            return self.finish(ctx, "shared_kept").await.map_err(job_error);
        }
        let grant = match google.grants().revoke(&token).await {
            Ok(Revoked::Now) => "revoked",
            Ok(Revoked::Already) => "already_revoked",
            Err(e) => match e.reaction {
                Reaction::Retry(d) | Reaction::Slow(d)
                    if ctx.world.now().since(self.since) < GIVE_UP =>
                {
                    return Err(JobError::Backoff(d.max(Duration::from_mins(1)), e.code));
                }
                _ => "link",
            },
        };
        self.finish(ctx, grant).await.map_err(job_error)
    }
}

#[async_trait]
impl Job for RevokeGrant {
    const KIND: &'static str = "revoke_grant";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        None
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        self.end(ctx).await
    }
}
