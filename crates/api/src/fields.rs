//! `/objects` and `/fields`: what each kind of record looks like, and the fields that a workspace adds.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::fields::{self, ChangeField, NewField, NewOption};
use tenon_model::FieldId;
use tenon_model::records::{Choice, Field, FieldType, Kind, Shape};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::{RecordFieldType, RecordKind};
use crate::session::SignedIn;
use crate::wire::{Id, List};

problems!(ListProblems: "unauthenticated");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");
problems!(ArchiveProblems: "unauthenticated", "forbidden", "not_found");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_objects))
        .routes(routes!(add_field))
        .routes(routes!(change_field, archive_field))
}

/// A kind of record.
#[derive(Serialize, ToSchema)]
struct RecordObject {
    #[schema(value_type = RecordKind)]
    kind: Kind,
    /// Standard ones first.
    fields: Vec<RecordField>,
}

/// A field of a kind.
#[derive(Serialize, ToSchema)]
struct RecordField {
    /// Its place in the values of a record; of one's own fields `c_…`. It never changes.
    #[schema(example = "close_date")]
    key: String,
    /// Null for standard fields.
    #[schema(required)]
    id: Option<Id>,
    /// Null for standard fields.
    #[schema(required)]
    label: Option<String>,
    /// It never changes.
    #[serde(rename = "type")]
    #[schema(value_type = RecordFieldType)]
    ty: FieldType,
    /// Whether it must be filled in.
    required: bool,
    /// Of choices; empty for others.
    options: Vec<FieldOption>,
    /// The kind of record that it links to; null for any.
    #[schema(value_type = Option<RecordKind>, required)]
    links_to: Option<Kind>,
    /// Put away: nobody fills it in any more.
    archived: bool,
}

/// An option of a choice.
#[derive(Serialize, ToSchema)]
struct FieldOption {
    /// What records hold. It never changes.
    value: String,
    /// Null for options of standard fields.
    #[schema(required)]
    label: Option<String>,
    /// A number of the palette, 0 to 15.
    #[schema(required)]
    color: Option<u8>,
}

impl From<Choice> for FieldOption {
    fn from(c: Choice) -> Self {
        Self {
            value: c.value,
            label: c.label,
            color: c.color,
        }
    }
}

impl From<Field> for RecordField {
    fn from(f: Field) -> Self {
        Self {
            key: f.key,
            id: f.custom.map(Into::into),
            label: f.label,
            ty: f.ty,
            required: f.required,
            options: f.options.into_iter().map(Into::into).collect(),
            links_to: f.links_to,
            archived: f.archived,
        }
    }
}

impl From<Shape> for RecordObject {
    fn from(shape: Shape) -> Self {
        Self {
            kind: shape.kind,
            fields: shape.fields.into_iter().map(Into::into).collect(),
        }
    }
}

/// An option of a choice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldOptionInput {
    /// Of an option that there is; made from the label when left out.
    #[serde(default)]
    value: Option<String>,
    label: String,
    #[serde(default)]
    #[schema(maximum = 15)]
    color: Option<u8>,
}

impl From<FieldOptionInput> for NewOption {
    fn from(o: FieldOptionInput) -> Self {
        Self {
            value: o.value,
            label: o.label,
            color: o.color,
        }
    }
}

/// A field to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldInput {
    label: String,
    #[serde(rename = "type")]
    #[schema(value_type = RecordFieldType)]
    ty: FieldType,
    /// 1 to 200 for choices, none for others.
    #[serde(default)]
    options: Vec<FieldOptionInput>,
    /// For links; any kind when left out.
    #[serde(default)]
    #[schema(value_type = Option<RecordKind>)]
    links_to: Option<Kind>,
    #[serde(default)]
    required: bool,
}

/// What changes of a field; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldChangeInput {
    #[serde(default)]
    label: Option<String>,
    /// All of them. Records keep an option that is left out, but nobody can choose it any more.
    #[serde(default)]
    options: Option<Vec<FieldOptionInput>>,
    #[serde(default)]
    required: Option<bool>,
    /// Its place among the kind's own fields that are in use, from 0.
    #[serde(default)]
    position: Option<u32>,
    /// False brings a field back that was put away.
    #[serde(default)]
    archived: Option<bool>,
}

/// The kinds of records and their fields
///
/// Fields that were put away are among them.
#[utoipa::path(get, path = "/objects", tag = "records", responses((status = 200, body = List<RecordObject>), ListProblems))]
async fn list_objects(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<RecordObject>>> {
    Ok(List::of(fields::objects(&api.ctx, &actor).await?))
}

/// Adds a field to a kind
///
/// By owners and administrators. At most 200 fields of a kind are in use.
#[utoipa::path(post, path = "/objects/{kind}/fields", tag = "records", params(("kind" = RecordKind, Path, description = "Kind")), request_body = FieldInput, responses((status = 201, body = RecordField), ChangeProblems))]
async fn add_field(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(kind): extract::Id<String>,
    extract::Json(input): extract::Json<FieldInput>,
) -> Answer<(StatusCode, Json<RecordField>)> {
    let kind = Kind::parse(&kind).ok_or_else(Problem::not_found)?;
    let new = NewField {
        label: input.label,
        ty: input.ty,
        options: input.options.into_iter().map(Into::into).collect(),
        links_to: input.links_to,
        required: input.required,
    };
    let field = fields::add_field(&api.ctx, &actor, kind, new).await?;
    Ok((StatusCode::CREATED, Json(field.into())))
}

/// Changes a field
///
/// By owners and administrators.
#[utoipa::path(patch, path = "/fields/{id}", tag = "records", params(("id" = Id, Path, description = "Field")), request_body = FieldChangeInput, responses((status = 200, body = RecordField), ChangeProblems))]
async fn change_field(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<FieldId>,
    extract::Json(input): extract::Json<FieldChangeInput>,
) -> Answer<Json<RecordField>> {
    let options = input.options;
    let change = ChangeField {
        label: input.label,
        options: options.map(|all| all.into_iter().map(Into::into).collect()),
        required: input.required,
        position: input.position.map(|p| p as usize),
        archived: input.archived,
    };
    let field = fields::change_field(&api.ctx, &actor, id, change).await?;
    Ok(Json(field.into()))
}

/// Puts a field away
///
/// By owners and administrators. What records hold in it stays, and it can be brought back.
#[utoipa::path(delete, path = "/fields/{id}", tag = "records", params(("id" = Id, Path, description = "Field")), responses((status = 204), ArchiveProblems))]
async fn archive_field(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<FieldId>,
) -> Answer<StatusCode> {
    fields::archive_field(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
