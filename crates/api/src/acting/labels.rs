//! Making, changing and deleting labels.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::acting::{self, LabelChange};
use tenon_model::{ConnectionId, LabelId};
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::mail::Label;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List};

problems!(CreateProblems: "unauthenticated", "not_found", "validation", "label_exists", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");
problems!(ChangeProblems: "unauthenticated", "not_found", "validation", "label_exists", "label_is_system", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");
problems!(ColorProblems: "unauthenticated");

/// Two colours that the provider offers for labels.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelColorInput {
    #[schema(example = "#16a765")]
    background: String,
    #[schema(example = "#000000")]
    text: String,
}

impl From<LabelColorInput> for (String, String) {
    fn from(color: LabelColorInput) -> Self {
        (color.background, color.text)
    }
}

/// A label to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelInput {
    /// Nested by `/`.
    #[schema(example = "Clients/Acme")]
    name: String,
    #[serde(default)]
    color: Option<LabelColorInput>,
}

/// What changes on a label; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelChangeInput {
    #[serde(default)]
    name: Option<String>,
    /// Null takes the colour away.
    #[expect(clippy::option_option, reason = "left out, null, or a colour")]
    #[serde(default, deserialize_with = "extract::given")]
    #[schema(value_type = Option<LabelColorInput>)]
    color: Option<Option<LabelColorInput>>,
}

/// Makes a label
#[utoipa::path(post, path = "/connections/{id}/labels", tag = "mail", params(("id" = Id, Path, description = "Connection")), responses((status = 201, body = Label), CreateProblems))]
pub(super) async fn create_label(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
    extract::Json(input): extract::Json<LabelInput>,
) -> Answer<(StatusCode, Json<Label>)> {
    let color = input.color.map(Into::into);
    let done = tokio::spawn(async move {
        acting::create_label(&api.ctx, &actor, id, &input.name, color).await
    });
    let view = done.await.map_err(|_| Problem::internal())??;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Renames or colours a label
///
/// The labels below it are renamed with it.
#[utoipa::path(patch, path = "/labels/{id}", tag = "mail", params(("id" = Id, Path, description = "Label")), responses((status = 200, body = Label), ChangeProblems))]
pub(super) async fn update_label(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<LabelId>,
    extract::Json(input): extract::Json<LabelChangeInput>,
) -> Answer<Json<Label>> {
    let change = LabelChange {
        name: input.name,
        color: input.color.map(|c| c.map(Into::into)),
    };
    let done =
        tokio::spawn(async move { acting::update_label(&api.ctx, &actor, id, change).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}

/// Deletes a label
///
/// Its messages stay.
#[utoipa::path(delete, path = "/labels/{id}", tag = "mail", params(("id" = Id, Path, description = "Label")), responses((status = 204, description = "It is gone"), ChangeProblems))]
pub(super) async fn delete_label(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<LabelId>,
) -> Answer<StatusCode> {
    let done = tokio::spawn(async move { acting::delete_label(&api.ctx, &actor, id).await });
    done.await.map_err(|_| Problem::internal())??;
    Ok(StatusCode::NO_CONTENT)
}

/// Colours for labels
#[utoipa::path(get, path = "/connections/{id}/label-colors", tag = "mail", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = List<LabelColorInput>), ColorProblems))]
pub(super) async fn list_label_colors(
    SignedIn(_actor): SignedIn,
    extract::Id(_id): extract::Id<ConnectionId>,
) -> Answer<Json<List<LabelColorInput>>> {
    let pair = |(background, text): &(&str, &str)| LabelColorInput {
        background: (*background).to_owned(),
        text: (*text).to_owned(),
    };
    Ok(List::of(acting::PAIRS.iter().map(pair)))
}
