//! `/policy`: the text a person agrees to, for exactly the chosen features; also the privacy page.

use axum::Json;
use serde::{Deserialize, Serialize};
use tenon_app::connections::{self, SentenceView};
use tenon_model::feature::{FEATURES, Feature};
use tenon_model::policy::Section;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Language, Query};
use crate::problem::{Answer, Problem, problems};

problems!(Problems: "validation");

/// Which text.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PolicyQuery {
    /// `google`.
    #[serde(default)]
    provider: Option<String>,
    /// Feature ids with commas between; all when left out.
    #[serde(default)]
    #[param(example = "mail,sending")]
    features: Option<String>,
}

/// The text of step 1.
#[derive(Serialize, ToSchema)]
pub(super) struct Policy {
    /// Hash of exactly these sentences; *Activate* sends it back.
    version: String,
    sentences: Vec<Sentence>,
    sections: Vec<PolicySection>,
    terms: Vec<Sentence>,
}

/// One sentence.
#[derive(Serialize, ToSchema)]
pub(super) struct Sentence {
    id: String,
    text: String,
}

/// A part of the text.
#[derive(Serialize, ToSchema)]
struct PolicySection {
    id: SectionWord,
    title: &'static str,
    sentence_ids: Vec<&'static str>,
}

/// What a part is about.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SectionWord {
    Read,
    Stored,
    Kept,
    Ended,
}

impl SectionWord {
    /// The sections that are shown; the terms are a list of their own.
    const fn of(section: Section) -> Option<Self> {
        match section {
            Section::Read => Some(Self::Read),
            Section::Stored => Some(Self::Stored),
            Section::Kept => Some(Self::Kept),
            Section::Ended => Some(Self::Ended),
            Section::Terms => None,
        }
    }
}

impl From<SentenceView> for Sentence {
    fn from(v: SentenceView) -> Self {
        Self {
            id: v.id,
            text: v.text,
        }
    }
}

/// The text for some features
#[utoipa::path(
    get, path = "/policy", tag = "connecting", security(()),
    params(PolicyQuery, ("locale" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, body = Policy), Problems)
)]
pub(super) async fn get_policy(
    Language(locale): Language,
    Query(query): Query<PolicyQuery>,
) -> Answer<Json<Policy>> {
    if let Some(provider) = &query.provider {
        super::authorize::read_provider(provider)?;
    }
    let features = match &query.features {
        Some(list) => read_features(list.split(',').filter(|w| !w.is_empty()))?,
        None => FEATURES.iter().map(|f| f.feature).collect(),
    };
    let view = connections::policy(&features, locale);
    Ok(Json(Policy {
        version: view.version,
        sentences: view.sentences.into_iter().map(Into::into).collect(),
        sections: view
            .sections
            .into_iter()
            .filter_map(|(section, title, sentence_ids)| {
                SectionWord::of(section).map(|id| PolicySection {
                    id,
                    title,
                    sentence_ids,
                })
            })
            .collect(),
        terms: view.terms.into_iter().map(Into::into).collect(),
    }))
}

/// Feature ids, read.
pub(super) fn read_features<'a>(words: impl IntoIterator<Item = &'a str>) -> Answer<Vec<Feature>> {
    words
        .into_iter()
        .map(|word| {
            Feature::parse(word.trim())
                .ok_or_else(|| Problem::invalid("features", "holds a word that is no feature"))
        })
        .collect()
}
