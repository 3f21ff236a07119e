//! Plumbing of the wire: one call, one answer, Google's JSON, batches and uploads.

pub(crate) mod batch;
pub(crate) mod call;
pub(crate) mod errors;
pub(crate) mod fields;
pub(crate) mod json;
pub(crate) mod multipart;
pub(crate) mod text;
