//! One search over records of every kind.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Hit};
use utoipa::ToSchema;

use super::{LinkedRecord, kind};
use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::record_words::{MatchWord, RecordKind};
use crate::session::SignedIn;
use crate::wire::{List, Timestamp};

problems!(Problems: "unauthenticated", "validation", "malformed");

/// What is searched for. In a body: what people type is no part of an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordSearch {
    /// Words in any order, at most 200 characters: each may be a whole word of a record, begin one, or differ from one
    /// by a slip (by two from 8 letters on).
    text: String,
    /// Of these kinds; of all when left out.
    #[serde(default)]
    #[schema(value_type = Option<Vec<RecordKind>>)]
    kinds: Option<Vec<String>>,
    /// How many, 1 to 50.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 50, default = 20)]
    limit: u32,
}

const fn default_limit() -> u32 {
    20
}

/// Something that a search found.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordHit {
    record: LinkedRecord,
    /// What tells it from others of its name: its company, address, stage, amount.
    #[schema(required)]
    hint: Option<String>,
    /// How the words were found: as the worst of them was.
    #[schema(value_type = MatchWord)]
    r#match: &'static str,
    updated_at: Timestamp,
}

impl From<Hit> for RecordHit {
    fn from(h: Hit) -> Self {
        Self {
            record: h.record.into(),
            hint: h.hint,
            r#match: h.by.as_str(),
            updated_at: h.updated_at.into(),
        }
    }
}

/// Records of all kinds that the member sees, best first
///
/// Those with all words come before those with beginnings of words, and these before similar words; among them those that
/// have the words in their title, then what changed last. Of each kind the best are chosen among 150 that have the rarest
/// of the words.
#[utoipa::path(post, path = "/records/search", tag = "records", request_body = RecordSearch, responses((status = 200, body = List<RecordHit>), Problems))]
pub(super) async fn search_records(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<RecordSearch>,
) -> Answer<Json<List<RecordHit>>> {
    let kinds = input.kinds.map(|all| {
        let mut kinds = all
            .iter()
            .map(|k| kind(k))
            .collect::<Result<Vec<_>, Problem>>()?;
        kinds.sort_unstable();
        kinds.dedup();
        Ok::<_, Problem>(kinds)
    });
    let hits = records::search(
        &api.ctx,
        &actor,
        &input.text,
        kinds.transpose()?,
        input.limit,
    );
    Ok(List::of(hits.await?))
}
