//! `/exports`: records as files.

use std::io;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use http::{HeaderValue, header};
use serde::Deserialize;
use serde_json::Value;
use tenon_app::records::Which;
use tenon_app::records::exchange::{self, Export, ExportFormat};
use utoipa::ToSchema;

use super::kind;
use super::list::{RecordsSort, read_sort};
use crate::Api;
use crate::edge::headers::DOWNLOAD_CSP;
use crate::extract::{self, named_id};
use crate::mail::download::disposition;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;

problems!(ExportProblems: "unauthenticated", "not_found", "validation", "malformed");
problems!(EverythingProblems: "unauthenticated");

/// Which records, and how they are written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportInput {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// `csv`, `json` (a line for each), `vcard` (contacts) or `icalendar` (activities and tasks).
    format: String,
    /// As of `/records/query`.
    #[serde(default)]
    filter: Option<Value>,
    /// At most one; the kind's usual order when there is none.
    #[serde(default)]
    sort: Vec<RecordsSort>,
    /// Words that begin words of the record.
    #[serde(default)]
    search: Option<String>,
    /// In this pipeline.
    #[serde(default)]
    pipeline: Option<String>,
    /// Only these, at most 5,000; the rest does not count then.
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// Only these fields, in this order; all when there are none. CSV only.
    #[serde(default)]
    fields: Option<Vec<String>>,
}

impl ExportInput {
    fn read(self) -> Result<Export, Problem> {
        let format = match self.format.as_str() {
            "csv" => ExportFormat::Csv,
            "json" => ExportFormat::Json,
            "vcard" => ExportFormat::Vcard,
            "icalendar" => ExportFormat::Icalendar,
            _ => {
                let sentence = "must be csv, json, vcard or icalendar";
                return Err(Problem::invalid("format", sentence));
            }
        };
        let id = |t: &String| named_id(t, "record");
        Ok(Export {
            which: Which {
                kind: kind(&self.kind)?,
                filter: self.filter,
                search: self.search,
                pipeline: self
                    .pipeline
                    .map(|t| named_id(&t, "pipeline"))
                    .transpose()?,
                stage: None,
                linked_to: None,
                deleted: false,
            },
            sort: read_sort(self.sort)?,
            ids: self
                .ids
                .map(|ids| ids.iter().map(id).collect())
                .transpose()?,
            fields: self.fields,
            format,
        })
    }
}

/// A file on its way: to be saved, never shown.
pub(crate) fn attachment(
    name: &str,
    content_type: &'static str,
    stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(DOWNLOAD_CSP),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(name));
    response
}

/// Records as a file
///
/// Those that the member sees. In CSV a cell that begins with `=`, `+`, `-`, `@` or a tab has a `'` before it, which an
/// import takes away again.
#[utoipa::path(
    post, path = "/exports", tag = "records", request_body = ExportInput,
    responses((status = 200, description = "The file, as an attachment", content_type = "application/octet-stream", body = Vec<u8>), ExportProblems)
)]
pub(super) async fn export_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<ExportInput>,
) -> Answer<Response> {
    let file = exchange::export(&api.ctx, &actor, input.read()?).await?;
    Ok(attachment(&file.name, file.content_type, file.stream))
}

/// All that the member may see, as a zip
///
/// For each kind a CSV and a file of JSON lines; fields, pipelines, teams and members in `workspace.json`.
#[utoipa::path(
    post, path = "/exports/everything", tag = "records",
    responses((status = 200, description = "The file, as an attachment", content_type = "application/zip", body = Vec<u8>), EverythingProblems)
)]
pub(super) async fn export_everything(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Response> {
    let file = exchange::everything(&api.ctx, &actor).await?;
    Ok(attachment(&file.name, file.content_type, file.stream))
}
