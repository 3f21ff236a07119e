//! Words that many answers share: ids, times, lists.

use std::fmt::Display;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use tenon_model::{MemberId, Time};
use utoipa::ToSchema;

/// An id: a prefix for the kind of thing, `_`, 26 characters (TypeID 0.3).
#[derive(Clone, Serialize, ToSchema)]
#[schema(value_type = String, pattern = "^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "con_01h455vb4pex5vsknk084sn02q")]
pub(crate) struct Id(String);

impl<T: Display> From<T> for Id {
    fn from(id: T) -> Self {
        Self(id.to_string())
    }
}

/// A moment in UTC (RFC 3339).
#[derive(Clone, Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T09:00:00Z")]
pub(crate) struct Timestamp(Time);

impl From<Time> for Timestamp {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

/// A colleague.
#[derive(Serialize, ToSchema)]
pub(crate) struct Colleague {
    id: Id,
    name: String,
}

impl From<(MemberId, String)> for Colleague {
    fn from((id, name): (MemberId, String)) -> Self {
        Self {
            id: id.into(),
            name,
        }
    }
}

/// Closed lists of words as schemas: what builds a page from the document knows them all.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $words:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
                ObjectBuilder::new()
                    .schema_type(SchemaType::new(Type::String))
                    .enum_values(Some($words))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}
pub(crate) use words;

/// All of a short list.
#[derive(Serialize, ToSchema)]
pub(crate) struct List<T: ToSchema> {
    /// The things.
    items: Vec<T>,
}

impl<T: ToSchema> List<T> {
    /// From views of the app.
    pub(crate) fn of<V: Into<T>>(views: impl IntoIterator<Item = V>) -> axum::Json<Self> {
        axum::Json(Self {
            items: views.into_iter().map(Into::into).collect(),
        })
    }
}

/// One page of a long list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T: ToSchema> {
    /// The things.
    pub(crate) items: Vec<T>,
    /// For `?after=`; null at the end.
    #[schema(required)]
    pub(crate) next: Option<String>,
}

/// How many of what.
#[derive(Serialize, ToSchema)]
pub(crate) struct Count {
    /// A kind of thing, such as `messages`.
    #[schema(example = "messages")]
    pub(crate) what: String,
    /// How many.
    pub(crate) count: u64,
}

impl From<(String, u64)> for Count {
    fn from((what, count): (String, u64)) -> Self {
        Self { what, count }
    }
}

/// A thing that has versions, with its own as entity tag (RFC 9110, 8.8.3).
pub(crate) fn tagged(status: StatusCode, version: u64, body: impl Serialize) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
