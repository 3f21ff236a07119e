//! Whether a connection may be written to, for a feature.

use std::sync::Arc;

use tenon_connectors::ports::{MailWritePort, Priority};
use tenon_model::Scope;
use tenon_model::connection::{ConnectionStatus, FeatureState, Provider, feature_state};
use tenon_model::feature::Feature;
use tenon_store::ConnectionRow;

use crate::connections::tokens::ConnectionTokens;
use crate::{Ctx, Error, Result};

/// Refuses what the connection is not allowed, not able or not meant to do now.
pub(crate) fn usable(row: &ConnectionRow, feature: Feature) -> Result<()> {
    if row.status == ConnectionStatus::Paused {
        return Err(Error::Paused);
    }
    if matches!(
        row.status,
        ConnectionStatus::Revoked | ConnectionStatus::Stopped
    ) {
        return Err(Error::NeedsReauthorization);
    }
    match feature_state(feature, &row.features, &row.scopes, row.status) {
        FeatureState::On => Ok(()),
        FeatureState::Off => Err(Error::FeatureOff(feature)),
        FeatureState::NeedsReauthorization => Err(Error::NeedsReauthorization),
    }
}

/// The writing side of a connection's mailbox.
pub(crate) async fn writer(
    ctx: &Ctx,
    row: &ConnectionRow,
    priority: Priority,
) -> Result<Arc<dyn MailWritePort>> {
    let mut tx = ctx.store.read(&Scope::job(row.workspace_id)).await?;
    let key = ctx.keys.get(&mut tx, row.key_id).await?;
    drop(tx);
    match row.provider {
        Provider::Google => {
            let google = ctx.google.as_ref().ok_or(Error::ProviderNotConfigured)?;
            let tokens = Arc::new(ConnectionTokens::new(ctx, row, key));
            Ok(google.mail_writer(row.subject_index, tokens, priority))
        }
    }
}
