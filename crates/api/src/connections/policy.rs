//! `/policy`: the text a person agrees to, for exactly the chosen features; also the privacy page.

use axum::Json;
use serde::{Deserialize, Serialize};
use tenon_app::connections::{self, SentenceView};
use tenon_model::feature::Feature;
use tenon_model::policy::{self, Ground, Locale, Section};
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
    sentences: Vec<PolicySentence>,
    sections: Vec<PolicySection>,
    terms: Vec<PolicySentence>,
    /// The checks that the sentences name.
    checks: Vec<PolicyCheck>,
}

/// A sentence, and why it may be believed.
#[derive(Serialize, ToSchema)]
struct PolicySentence {
    id: &'static str,
    text: &'static str,
    /// The feature it belongs to; none when it holds for all.
    feature: Option<&'static str>,
    ground: GroundWord,
    /// Ids of the checks that fail when it stops being true.
    checks: Vec<&'static str>,
}

/// Why a sentence may be believed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum GroundWord {
    /// Checks prove it.
    Checked,
    /// It is an agreement, which no program can check.
    Term,
}

/// A check that is run on every change of the program.
#[derive(Serialize, ToSchema)]
struct PolicyCheck {
    id: &'static str,
    /// What it does and when it passes.
    text: &'static str,
    /// Where.
    runs: RunWord,
    /// Whether `tenon doctor --privacy` runs a part of it on a live server.
    live: bool,
}

/// Where a check runs, at the furthest from the code. Each runs on every change of the program.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RunWord {
    /// In tests.
    EveryChange,
    /// On the real program, under faults and kills.
    Proof,
    /// In a browser.
    Browser,
}

impl PolicySentence {
    fn of(sentence: &'static policy::Sentence, locale: Locale) -> Self {
        Self {
            id: sentence.id,
            text: sentence.text(locale),
            feature: sentence.feature.map(Feature::as_str),
            ground: match sentence.ground {
                Ground::Checked => GroundWord::Checked,
                Ground::Term => GroundWord::Term,
            },
            checks: policy::checks_of(sentence).map(|c| c.id).collect(),
        }
    }
}

impl PolicyCheck {
    fn of(check: &'static policy::Check, locale: Locale) -> Self {
        let all = check.all_runs();
        let browser = all.iter().any(|r| matches!(r, policy::Run::Browser(_)));
        let proof = all.iter().any(|r| matches!(r, policy::Run::Proof(_)));
        Self {
            id: check.id,
            text: check.text(locale),
            runs: match (browser, proof) {
                (true, _) => RunWord::Browser,
                (false, true) => RunWord::Proof,
                (false, false) => RunWord::EveryChange,
            },
            live: check.live,
        }
    }
}

/// A sentence as somebody agreed to it.
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
    Server,
}

impl SectionWord {
    /// The sections that are shown; the terms are a list of their own.
    const fn of(section: Section) -> Option<Self> {
        match section {
            Section::Read => Some(Self::Read),
            Section::Stored => Some(Self::Stored),
            Section::Kept => Some(Self::Kept),
            Section::Ended => Some(Self::Ended),
            Section::Server => Some(Self::Server),
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
///
/// With `features`, exactly what a person agrees to who chooses them; without, all that the privacy page
/// says, each sentence with the checks that prove it.
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
    let view = match &query.features {
        Some(list) => {
            let features = read_features(list.split(',').filter(|w| !w.is_empty()))?;
            connections::policy(&features, locale)
        }
        None => connections::privacy(locale),
    };
    let of = |s: &'static policy::Sentence| PolicySentence::of(s, locale);
    let named = |check: &&policy::Check| view.sentences.iter().any(|s| check.proves(s.id));
    let checks = policy::CHECKS.iter().filter(named);
    let checks = checks.map(|c| PolicyCheck::of(c, locale)).collect();
    Ok(Json(Policy {
        version: view.version,
        sentences: view.sentences.into_iter().map(of).collect(),
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
        terms: view.terms.into_iter().map(of).collect(),
        checks,
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
