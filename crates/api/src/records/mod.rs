//! `/records`: contacts, companies, boxes, tasks, activities, notes; `/lookup`.

mod bin;
mod bulk;
mod convert;
mod defaults;
mod duplicates;
mod exports;
mod files;
mod history;
mod imports;
mod list;
mod lookup;
mod merge;
mod record;
mod search;
mod sharing;
mod timeline;

use serde::{Deserialize, Serialize};
use tenon_app::records::{RecordRef, RecordView};
use tenon_model::records::{Kind, Values};
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::problem::Problem;
use crate::record_words::RecordKind;
use crate::wire::{Id, Timestamp};

pub(crate) use exports::attachment;
pub(crate) use history::PageInput;
pub(crate) use list::RecordsFilter;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    let files = OpenApiRouter::new()
        .routes(routes!(imports::create_import))
        .layer(axum::extract::DefaultBodyLimit::max(imports::FILE_BYTES));
    OpenApiRouter::new()
        .merge(files)
        .routes(routes!(imports::list_imports))
        .routes(routes!(
            imports::get_import,
            imports::change_import,
            imports::delete_import
        ))
        .routes(routes!(imports::check_import))
        .routes(routes!(imports::start_import))
        .routes(routes!(imports::cancel_import))
        .routes(routes!(imports::undo_import))
        .routes(routes!(imports::list_import_rows))
        .routes(routes!(imports::get_import_failures))
        .routes(routes!(exports::export_records))
        .routes(routes!(exports::export_everything))
        .routes(routes!(record::create_record))
        .routes(routes!(
            record::get_record,
            record::edit_record,
            record::delete_record
        ))
        .routes(routes!(record::restore_record))
        .routes(routes!(record::delete_record_forever))
        .routes(routes!(record::move_record))
        .routes(routes!(list::query_records))
        .routes(routes!(list::count_records))
        .routes(routes!(history::get_record_history))
        .routes(routes!(history::revert_record))
        .routes(routes!(
            sharing::get_record_sharing,
            sharing::set_record_sharing
        ))
        .routes(routes!(files::list_record_files, files::link_record_files))
        .routes(routes!(files::unlink_record_file))
        .routes(routes!(files::restore_record_file))
        .routes(routes!(files::pick_record_files))
        .routes(routes!(timeline::get_record_timeline))
        .routes(routes!(defaults::list_record_defaults))
        .routes(routes!(defaults::set_record_default))
        .routes(routes!(convert::convert_lead))
        .routes(routes!(bulk::change_records))
        .routes(routes!(bulk::undo_change_of_records))
        .routes(routes!(lookup::look_up))
        .routes(routes!(search::search_records))
        .routes(routes!(bin::empty_record_bin))
        .routes(routes!(duplicates::get_record_duplicates))
        .routes(routes!(duplicates::list_duplicates))
        .routes(routes!(duplicates::check_duplicates))
        .routes(routes!(duplicates::dismiss_duplicates))
        .routes(routes!(merge::merge_records))
        .routes(routes!(merge::undo_merge))
        .routes(routes!(merge::list_record_merges))
}

/// Values by field, of any form. What each field holds is told by `GET /objects`.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FieldValues(pub(crate) Values);

impl PartialSchema for FieldValues {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some(
                "Values by field; what each holds is told by `GET /objects`.",
            ))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .build()
            .into()
    }
}

impl ToSchema for FieldValues {}

/// What a record is.
pub(crate) fn kind(text: &str) -> Result<Kind, Problem> {
    Kind::parse(text).ok_or_else(|| Problem::invalid("kind", "is no kind of record"))
}

/// A record that another one names.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct LinkedRecord {
    id: Id,
    #[schema(value_type = RecordKind)]
    kind: &'static str,
    title: String,
    /// Whether it is in the bin.
    deleted: bool,
}

impl From<RecordRef> for LinkedRecord {
    fn from(r: RecordRef) -> Self {
        Self {
            id: r.id.into(),
            kind: r.kind.as_str(),
            title: r.title,
            deleted: r.deleted,
        }
    }
}

/// A record.
#[derive(Serialize, ToSchema)]
pub(crate) struct Record {
    id: Id,
    #[schema(value_type = RecordKind)]
    kind: &'static str,
    /// What it is called in lists.
    title: String,
    /// Links to records that the member does not see are left out.
    values: FieldValues,
    /// Counts its changes; for `If-Match`.
    version: i64,
    /// What the member may do: `view`, `edit`, or `owner`, who also shares it.
    access: &'static str,
    /// Who sees it beside its owner: `private` (nobody), `shared` (members and teams that are named), `workspace`
    /// (everybody), `parent` (whoever sees the record it belongs to).
    sharing: &'static str,
    created_at: Timestamp,
    #[schema(required)]
    created_by: Option<Id>,
    updated_at: Timestamp,
    /// Since when it is in the bin, which it leaves for good after 30 days.
    #[schema(required)]
    deleted_at: Option<Timestamp>,
    /// Titles of the records that its values name.
    linked: Vec<LinkedRecord>,
    /// In the bin, because it went into this record.
    #[schema(required)]
    merged_into: Option<Id>,
    /// When something last happened with a contact, a company or a box: mail with its people or joined to it, of
    /// the member's own or shared with them, a note, an activity that has begun. Told by `GET /records/{id}` and
    /// `POST /records/query`; null elsewhere.
    #[schema(required)]
    last_touch: Option<Timestamp>,
}

impl From<RecordView> for Record {
    fn from(v: RecordView) -> Self {
        Self {
            id: v.id.into(),
            kind: v.kind.as_str(),
            title: v.title,
            values: FieldValues(v.values),
            version: v.version,
            access: v.access.as_str(),
            sharing: v.sharing.as_str(),
            created_at: v.created_at.into(),
            created_by: v.created_by.map(Into::into),
            updated_at: v.updated_at.into(),
            deleted_at: v.deleted_at.map(Into::into),
            linked: v.linked.into_iter().map(Into::into).collect(),
            merged_into: v.merged_into.map(Into::into),
            last_touch: v.last_touch.map(Into::into),
        }
    }
}
