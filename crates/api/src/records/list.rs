//! Lists and counts of records.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenon_app::records::{self, RecordsQuery, Which};
use utoipa::ToSchema;

use super::{Record, kind};
use crate::Api;
use crate::extract::{self, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "validation", "malformed");

/// Which records. In a body, because filters hold names and addresses, and addresses of requests are logged by
/// proxies.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordsFilter {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// `{"all": […]}`, `{"any": […]}`, `{"not": …}` or `{"field", "op", "value"}`. Comparisons are `is`, `is_not`,
    /// `in`, `contains`, `not_contains`, `starts_with`, `empty`, `not_empty`, and for what has an order `lt`, `lte`,
    /// `gt`, `gte`, `between` (two values), and for days `within` (`{"last": 7, "unit": "days"}`). `me` is a person.
    #[serde(default)]
    filter: Option<Value>,
    /// Words that begin words of the record: of its name, addresses, numbers and short texts. Where nothing has them,
    /// words that differ by a slip count too.
    #[serde(default)]
    search: Option<String>,
    /// In this pipeline.
    #[serde(default)]
    pipeline: Option<String>,
    /// In this stage.
    #[serde(default)]
    stage: Option<String>,
    /// That link to this record, by whatever field.
    #[serde(default)]
    linked_to: Option<String>,
    /// In the bin.
    #[serde(default)]
    deleted: bool,
}

impl RecordsFilter {
    pub(crate) fn read(self) -> Result<Which, Problem> {
        Ok(Which {
            kind: kind(&self.kind)?,
            filter: self.filter,
            search: self.search,
            pipeline: self
                .pipeline
                .map(|t| named_id(&t, "pipeline"))
                .transpose()?,
            stage: self.stage.map(|t| named_id(&t, "stage")).transpose()?,
            linked_to: self.linked_to.map(|t| named_id(&t, "record")).transpose()?,
            deleted: self.deleted,
        })
    }
}

/// By what a list is ordered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordsSort {
    /// A field, or `title`, `created_at`, `updated_at`, `position` (in the stage).
    field: String,
    /// `asc` or `desc`; records without a value come last either way.
    #[serde(default = "ascending")]
    direction: String,
}

/// The field of an order, and whether the largest comes first.
pub(super) fn read_sort(sorts: Vec<RecordsSort>) -> Result<Option<(String, bool)>, Problem> {
    let mut sorts = sorts.into_iter();
    match (sorts.next(), sorts.next()) {
        (None, _) => Ok(None),
        (Some(sort), None) => match sort.direction.as_str() {
            "asc" => Ok(Some((sort.field, false))),
            "desc" => Ok(Some((sort.field, true))),
            _ => Err(Problem::invalid("sort[0].direction", "must be asc or desc")),
        },
        (Some(_), Some(_)) => Err(Problem::invalid("sort", "must have at most one entry")),
    }
}

fn ascending() -> String {
    "asc".to_owned()
}

/// A page of records.
#[derive(Deserialize, ToSchema)]
pub(super) struct RecordsPage {
    #[serde(flatten)]
    which: RecordsFilter,
    /// At most one; the kind's usual order when there is none.
    #[serde(default)]
    sort: Vec<RecordsSort>,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

/// A page of records.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordList {
    items: Vec<Record>,
    /// For `after`; null at the end.
    #[schema(required)]
    next: Option<String>,
    /// Whether nothing has the words of `search` as they were typed, so that these have words which differ by a slip.
    similar: bool,
}

/// Records that the member sees
#[utoipa::path(post, path = "/records/query", tag = "records", request_body = RecordsPage, responses((status = 200, body = RecordList), Problems))]
pub(super) async fn query_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RecordsPage>,
) -> Answer<Json<RecordList>> {
    let sort = read_sort(input.sort)?;
    let query = RecordsQuery {
        which: input.which.read()?,
        sort,
        limit: input.limit,
        after: input.after,
    };
    let found = records::listed(&api.ctx, &actor, query).await?;
    Ok(Json(RecordList {
        items: found.page.items.into_iter().map(Into::into).collect(),
        next: found.page.next,
        similar: found.similar,
    }))
}

/// Money of one currency.
#[derive(Serialize, ToSchema)]
struct Amount {
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    #[schema(example = "1234.5")]
    amount: String,
}

/// What stands in a stage.
#[derive(Serialize, ToSchema)]
struct StageCount {
    stage: Id,
    count: u64,
    /// Sums of the field `amount`.
    amounts: Vec<Amount>,
}

/// How many records.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordCount {
    count: u64,
    /// Of each stage that has some, when a pipeline was asked for.
    #[schema(required)]
    by_stage: Option<Vec<StageCount>>,
}

/// How many records the member sees
#[utoipa::path(post, path = "/records/count", tag = "records", request_body = RecordsFilter, responses((status = 200, body = RecordCount), Problems))]
pub(super) async fn count_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RecordsFilter>,
) -> Answer<Json<RecordCount>> {
    let (count, stages) = records::count(&api.ctx, &actor, input.read()?).await?;
    let stage = |s: tenon_app::records::StageSum| StageCount {
        stage: s.stage.into(),
        count: s.count,
        amounts: s
            .amounts
            .into_iter()
            .map(|(currency, amount)| Amount {
                currency,
                amount: tenon_model::records::decimal(amount),
            })
            .collect(),
    };
    Ok(Json(RecordCount {
        count,
        by_stage: stages.map(|list| list.into_iter().map(stage).collect()),
    }))
}
