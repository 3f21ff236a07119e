//! Choosing files on the provider's own page (decision 0066): the browser goes there with a short authorization of its
//! own, and comes back with the ids of what was chosen. The connection's grant is left as it is.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use tenon_connectors::ports::{AccessTokens, PickRequest, Priority};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::feature::Feature;
use tenon_model::files::is_drive_id;
use tenon_model::{ConnectionId, RecordId};
use tenon_store::Flow;
use url::Url;

use super::{AT_ONCE, Linking, connection, editable, link_files, port};
use crate::access::{acting, random_token, token_hash};
use crate::connections::view::{account, visible};
use crate::connections::{CallbackError, FLOW_LIFE, flow_context};
use crate::{Actor, Ctx, Error, Result};

/// What came of choosing files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picked {
    /// The record that the person comes back to.
    pub record: RecordId,
    /// How many files are linked; none when the page was closed.
    pub linked: std::result::Result<usize, CallbackError>,
}

/// The address of the provider's page on which files are chosen for a record. The feature must have been switched on for
/// the connection, with its consent.
pub async fn pick_files(
    ctx: &Ctx,
    actor: &Actor,
    record: RecordId,
    named: Option<ConnectionId>,
) -> Result<Url> {
    let google = ctx.google.as_ref().ok_or(Error::ProviderNotConfigured)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    editable(&mut tx, actor, record).await?;
    let row = connection(&mut tx, named).await?;
    let row = row.ok_or(Error::FeatureOff(Feature::Files))?;
    let consents = tx.consents().list().await?;
    let consent = consents
        .iter()
        .find(|c| c.connection_id == Some(row.id) && c.withdrawn_at.is_none())
        .ok_or(Error::FeatureOff(Feature::Files))?
        .id;
    let login_hint = Some(account(ctx, &mut tx, &row).await?.address);
    drop(tx);
    let (state, verifier) = (random_token(&ctx.world), random_token(&ctx.world));
    let state_hash = token_hash(&state);
    let sealed =
        ctx.keys
            .deployment()
            .seal(&ctx.world, &flow_context(&state_hash), verifier.as_bytes())?;
    let redirect_uri = ctx.config.redirect_uri(row.provider);
    let now = ctx.world.now();
    let flow = Flow {
        state_hash,
        workspace_id: actor.workspace,
        member_id: actor.member,
        session_id: actor.session,
        connection_id: Some(row.id),
        provider: row.provider,
        nonce: String::new(), // no id token comes of it
        verifier: sealed,
        features: vec![Feature::Files],
        profile: None,
        consent_id: consent,
        redirect_uri: redirect_uri.clone(),
        created_at: now,
        expires_at: now + FLOW_LIFE,
        record_id: Some(record),
    };
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.flows().insert(&flow).await?;
    let url = google.grants().pick_url(&PickRequest {
        state,
        verifier,
        redirect_uri,
        login_hint,
    })?;
    tx.commit().await?;
    Ok(url)
}

/// What the browser brings back from that page.
pub(crate) struct Answer<'a> {
    pub(crate) error: Option<&'a str>,
    pub(crate) code: Option<&'a str>,
    pub(crate) files: Option<&'a str>,
    pub(crate) verifier: &'a str,
}

/// Links what was chosen; how many. A page that was closed has chosen nothing.
pub(crate) async fn came_back(
    ctx: &Ctx,
    actor: &Actor,
    flow: &Flow,
    record: RecordId,
    answer: Answer<'_>,
) -> std::result::Result<usize, CallbackError> {
    match answer.error {
        None => {}
        Some("access_denied") => return Ok(0),
        Some("admin_policy_enforced" | "org_internal") => {
            return Err(CallbackError("admin_policy"));
        }
        Some(_) => return Err(CallbackError("exchange_failed")),
    }
    let ids = chosen(answer.files)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let code = answer.code.ok_or(CallbackError("exchange_failed"))?;
    let google = ctx.google.as_ref();
    let google = google.ok_or(CallbackError("exchange_failed"))?;
    let id = flow.connection_id;
    let id = id.ok_or(CallbackError("exchange_failed"))?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    drop(tx);
    let tokens = google
        .grants()
        .exchange_pick(code, answer.verifier, &flow.redirect_uri)
        .await
        .map_err(Error::from)?;
    // Whoever has chosen must be whose connection it is: another account's files would stay without access, and a person
    // who sees two accounts mixed has reason to doubt all else.
    let theirs = Arc::new(Given(tokens.access));
    let theirs = google.files(row.subject_index, theirs, Priority::Interactive);
    let own = port(ctx, &row, Priority::Interactive).await?;
    let (theirs, own) = futures::try_join!(theirs.whose(), own.whose()).map_err(Error::from)?;
    if theirs != own {
        return Err(CallbackError("wrong_account"));
    }
    // The session may have ended while the provider was asked.
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    acting(ctx, &mut tx, actor).await?;
    drop(tx);
    let what = Linking {
        connection: Some(id),
        links: Vec::new(),
        ids,
    };
    match link_files(ctx, actor, record, what).await {
        Ok(files) => Ok(files.len()),
        Err(Error::Forbidden) => Err(CallbackError("forbidden")),
        Err(Error::NotFound("record") | Error::RecordDeleted) => Err(CallbackError("record_gone")),
        Err(error) => Err(error.into()),
    }
}

/// The ids of the files, as they stand in the address.
fn chosen(text: Option<&str>) -> std::result::Result<Vec<String>, CallbackError> {
    let ids = text.unwrap_or_default().split(',').map(str::trim);
    let mut out: Vec<String> = Vec::new();
    for id in ids.filter(|id| !id.is_empty()) {
        if out.len() >= AT_ONCE {
            return Err(CallbackError("too_many_files"));
        }
        if !is_drive_id(id) {
            return Err(CallbackError("file_ids_invalid"));
        }
        out.push(id.to_owned());
    }
    Ok(out)
}

/// The one token that came of choosing: used for one question, and forgotten.
struct Given(SecretString);

#[async_trait]
impl AccessTokens for Given {
    async fn access_token(
        &self,
        stale: Option<&SecretString>,
    ) -> std::result::Result<SecretString, ProviderError> {
        match stale {
            None => Ok(self.0.clone()),
            Some(_) => Err(ProviderError {
                operation: "pick",
                status: None,
                code: "token_refused".to_owned(),
                reaction: Reaction::Stop,
                provider_time: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_an_address_are_taken_apart_carefully() {
        let id = |n: usize| format!("1AbC-dEf_0123456789{n:03}");
        assert_eq!(chosen(None), Ok(vec![]));
        assert_eq!(chosen(Some("")), Ok(vec![]));
        let two = format!("{}, {},", id(1), id(2));
        assert_eq!(chosen(Some(&two)), Ok(vec![id(1), id(2)]));
        let many: Vec<String> = (0..51).map(id).collect();
        assert_eq!(chosen(Some(&many[..50].join(","))).unwrap().len(), 50);
        assert_eq!(
            chosen(Some(&many.join(","))),
            Err(CallbackError("too_many_files"))
        );
        for odd in [
            "../../about",
            "a b c d e f g h i j",
            "<script>alert(1)</script>",
        ] {
            assert_eq!(
                chosen(Some(odd)),
                Err(CallbackError("file_ids_invalid")),
                "{odd}"
            );
        }
    }
}
