//! `/templates`: templates and snippets of mail, and the variables they are filled in with.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::templates::{self, About, Content, TemplateKind, TemplateView, Variable};
use tenon_model::TemplateId;
use tenon_model::records::Kind;
use tenon_model::template::{Filled, Template as Source};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract::{self, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::session::SignedIn;
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(KeepProblems: "unauthenticated", "forbidden", "validation", "malformed");
problems!(ChangeProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "template_changed");
problems!(ForgetProblems: "unauthenticated", "forbidden", "not_found");
problems!(FillProblems: "unauthenticated", "not_found", "validation", "malformed");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_templates, keep_template))
        .routes(routes!(change_template, forget_template))
        .routes(routes!(list_template_variables))
        .routes(routes!(fill_template))
}

/// What a template is for: a whole message, or words put where the cursor stands.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum TemplateKindWord {
    Message,
    Snippet,
}

impl From<TemplateKind> for TemplateKindWord {
    fn from(kind: TemplateKind) -> Self {
        match kind {
            TemplateKind::Message => Self::Message,
            TemplateKind::Snippet => Self::Snippet,
        }
    }
}

impl From<TemplateKindWord> for TemplateKind {
    fn from(kind: TemplateKindWord) -> Self {
        match kind {
            TemplateKindWord::Message => Self::Message,
            TemplateKindWord::Snippet => Self::Snippet,
        }
    }
}

/// A template.
#[derive(Serialize, ToSchema)]
struct Template {
    id: Id,
    kind: TemplateKindWord,
    name: String,
    /// Names with `/` between them; empty at the top.
    #[schema(example = "Offers/Follow up")]
    folder: String,
    /// With variables such as `{{ contact.first_name }}`; empty for snippets.
    subject: String,
    /// With variables such as `{{ contact.first_name | default("there") }}`.
    html: String,
    /// Whether colleagues use it too.
    shared: bool,
    /// The member whose it is.
    owner: Id,
    /// Whether one may change it.
    editable: bool,
    /// For changing it.
    version: i64,
    updated_at: Timestamp,
}

impl From<TemplateView> for Template {
    fn from(v: TemplateView) -> Self {
        Self {
            id: v.id.into(),
            kind: v.content.kind.into(),
            name: v.content.name,
            folder: v.content.folder,
            subject: v.content.subject,
            html: v.content.html,
            shared: v.shared,
            owner: v.owner.into(),
            editable: v.editable,
            version: v.version,
            updated_at: v.updated_at.into(),
        }
    }
}

/// A template to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateInput {
    kind: TemplateKindWord,
    /// 1 to 100 characters.
    name: String,
    #[serde(default)]
    folder: String,
    /// At most 1,000 characters.
    #[serde(default)]
    subject: String,
    /// At most 200,000 bytes.
    html: String,
    #[serde(default)]
    shared: bool,
    /// Needed for changing a template: the version that was read.
    #[serde(default)]
    version: Option<i64>,
}

impl TemplateInput {
    fn read(self) -> (Content, bool) {
        let content = Content {
            kind: self.kind.into(),
            name: self.name,
            folder: self.folder,
            subject: self.subject,
            html: self.html,
        };
        (content, self.shared)
    }
}

/// The templates
///
/// One's own and those that colleagues share, by folder and name.
#[utoipa::path(get, path = "/templates", tag = "compose", responses((status = 200, body = List<Template>), ListProblems))]
async fn list_templates(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Template>>> {
    Ok(List::of(templates::templates(&api.ctx, &actor).await?))
}

/// Keeps a template
///
/// At most 500 of one's own. All variables must exist.
#[utoipa::path(post, path = "/templates", tag = "compose", request_body = TemplateInput, responses((status = 201, body = Template), KeepProblems))]
async fn keep_template(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<TemplateInput>,
) -> Answer<(StatusCode, Json<Template>)> {
    let (content, shared) = input.read();
    let view = templates::keep(&api.ctx, &actor, content, shared).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// Changes a template
///
/// Its author may; owners and administrators may change those that are shared.
#[utoipa::path(put, path = "/templates/{id}", tag = "compose", params(("id" = Id, Path, description = "Template")), request_body = TemplateInput, responses((status = 200, body = Template), ChangeProblems))]
async fn change_template(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<TemplateId>,
    extract::Json(input): extract::Json<TemplateInput>,
) -> Answer<Json<Template>> {
    let version = input
        .version
        .ok_or_else(|| Problem::invalid("version", "is needed: the one that was read"))?;
    let (content, shared) = input.read();
    let view = templates::change(&api.ctx, &actor, id, content, shared, version).await?;
    Ok(Json(view.into()))
}

/// Forgets a template
#[utoipa::path(delete, path = "/templates/{id}", tag = "compose", params(("id" = Id, Path, description = "Template")), responses((status = 204), ForgetProblems))]
async fn forget_template(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<TemplateId>,
) -> Answer<StatusCode> {
    templates::forget(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A variable of templates.
#[derive(Serialize, ToSchema)]
struct TemplateVariable {
    #[schema(example = "contact.first_name")]
    name: String,
    /// The kind of the record it is of; null for who writes.
    #[schema(value_type = Option<RecordKind>, required)]
    kind: Option<Kind>,
    /// The field it is of.
    field: String,
    /// What the workspace calls a field of its own; null for standard ones.
    #[schema(required)]
    label: Option<String>,
}

impl From<Variable> for TemplateVariable {
    fn from(v: Variable) -> Self {
        Self {
            name: v.name,
            kind: v.kind,
            field: v.field,
            label: v.label,
        }
    }
}

/// The variables of templates
#[utoipa::path(get, path = "/template-variables", tag = "compose", responses((status = 200, body = List<TemplateVariable>), ListProblems))]
async fn list_template_variables(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<TemplateVariable>>> {
    Ok(List::of(templates::variables(&api.ctx, &actor).await?))
}

/// A text to be filled in, and what it is about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FillInput {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    html: String,
    /// A contact, company, deal, lead, case or card.
    #[serde(default)]
    record_id: Option<String>,
    /// To whom it goes.
    #[serde(default)]
    address: Option<String>,
}

/// A text whose variables are filled in.
#[derive(Serialize, ToSchema)]
struct FilledTemplate {
    /// One line.
    subject: String,
    html: String,
    /// Variables that have no value and no fallback; they stand in the text as they were written.
    #[schema(example = json!(["contact.first_name"]))]
    missing: Vec<String>,
}

impl From<Filled> for FilledTemplate {
    fn from(f: Filled) -> Self {
        Self {
            subject: f.subject,
            html: f.html,
            missing: f.missing,
        }
    }
}

/// Fills in the variables of a text
///
/// Nothing is kept. All variables must exist; those without a value are named.
#[utoipa::path(post, path = "/templates/fill", tag = "compose", request_body = FillInput, responses((status = 200, body = FilledTemplate), FillProblems))]
async fn fill_template(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<FillInput>,
) -> Answer<Json<FilledTemplate>> {
    let record = input.record_id.as_deref();
    let record = record.map(|id| named_id(id, "record")).transpose()?;
    let source = Source {
        subject: input.subject,
        html: input.html,
    };
    let about = About::new(record, input.address);
    let filled = templates::preview(&api.ctx, &actor, &source, about).await?;
    Ok(Json(filled.into()))
}
