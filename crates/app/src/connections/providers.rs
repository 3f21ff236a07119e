//! What can be connected, what each permission means, and the text a person agrees to.

use tenon_model::feature::{FEATURES, Feature, Profile};
use tenon_model::policy::{self, Locale, Section};

use crate::Ctx;

/// A provider to choose.
#[derive(Debug, Clone)]
pub struct ProviderView {
    /// `google`.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Whether the operator has set it up.
    pub configured: bool,
    /// Which profile is preset.
    pub default_profile: &'static str,
    /// Ready sets of features.
    pub profiles: Vec<ProfileView>,
    /// All features.
    pub features: Vec<FeatureView>,
}

/// A ready set of features.
#[derive(Debug, Clone)]
pub struct ProfileView {
    /// `sales` or `type`.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Feature ids.
    pub features: Vec<&'static str>,
}

/// A feature with its explained permissions.
#[derive(Debug, Clone)]
pub struct FeatureView {
    /// Id.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Whether this release does something with it.
    pub available: bool,
    /// Whether it cannot be left out.
    pub required: bool,
    /// Permissions.
    pub scopes: Vec<ScopeView>,
}

/// A permission in plain words (requirement C3).
#[derive(Debug, Clone)]
pub struct ScopeView {
    /// The provider's name of it.
    pub scope: &'static str,
    /// Short name.
    pub name: &'static str,
    /// Why.
    pub why: &'static str,
    /// What it lets Tenon read or change.
    pub allows: &'static str,
    /// What is stored.
    pub stored: &'static str,
}

/// The text of step 1.
#[derive(Debug, Clone)]
pub struct PolicyView {
    /// Hash of exactly these sentences.
    pub version: String,
    /// Sections with the ids of their sentences; those without any are left out.
    pub sections: Vec<(Section, &'static str, Vec<&'static str>)>,
    /// The sentences, terms apart.
    pub sentences: Vec<&'static policy::Sentence>,
    /// The terms.
    pub terms: Vec<&'static policy::Sentence>,
}

/// One sentence.
#[derive(Debug, Clone)]
pub struct SentenceView {
    /// Id.
    pub id: String,
    /// Text.
    pub text: String,
}

/// What can be connected here.
pub fn providers(ctx: &Ctx, locale: Locale) -> Vec<ProviderView> {
    let profiles = [Profile::Sales, Profile::Type]
        .map(|p| {
            let (name, description) = policy::profile_text(p, locale);
            let features = p.features().iter().map(|f| f.as_str()).collect();
            ProfileView {
                id: p.as_str(),
                name,
                description,
                features,
            }
        })
        .to_vec();
    let features = FEATURES
        .iter()
        .map(|info| {
            let (name, summary) = policy::feature_text(info.feature, locale);
            let scopes = info
                .google
                .iter()
                .filter_map(|s| policy::scope_text(s.key, locale).map(|t| (s.scope, t)))
                .map(|(scope, t)| ScopeView {
                    scope,
                    name: t.name,
                    why: t.why,
                    allows: t.allows,
                    stored: t.stored,
                })
                .collect();
            FeatureView {
                id: info.feature.as_str(),
                name,
                summary,
                available: info.available,
                required: info.feature == Feature::Identity,
                scopes,
            }
        })
        .collect();
    vec![ProviderView {
        id: "google",
        name: "Google",
        configured: ctx.google.is_some(),
        default_profile: "type",
        profiles,
        features,
    }]
}

/// The text that a person agrees to for exactly these features.
pub fn policy(features: &[Feature], locale: Locale) -> PolicyView {
    view(
        &policy::sentences(features),
        policy::version(features, locale),
        locale,
    )
}

/// The privacy page: every sentence there is. Its version is that of the consent to all features.
pub fn privacy(locale: Locale) -> PolicyView {
    let all: Vec<Feature> = FEATURES.iter().map(|f| f.feature).collect();
    view(
        &policy::SENTENCES.iter().collect::<Vec<_>>(),
        policy::version(&all, locale),
        locale,
    )
}

fn view(all: &[&'static policy::Sentence], version: String, locale: Locale) -> PolicyView {
    let ids = |section: Section| -> Vec<&'static str> {
        let of_it = all.iter().filter(|s| s.section == section);
        of_it.map(|s| s.id).collect()
    };
    let (terms, sentences) = all.iter().partition(|s| s.section == Section::Terms);
    PolicyView {
        version,
        sections: Section::SHOWN
            .iter()
            .map(|s| (*s, s.title(locale), ids(*s)))
            .filter(|(_, _, ids)| !ids.is_empty())
            .collect(),
        sentences,
        terms,
    }
}
