//! What names of members, pipelines and stages mean in a workspace.

use serde_json::Value;
use tenon_model::records::exchange::{ImportOptions, Names};
use tenon_model::records::{FieldType, Kind, Outcome, Stage, Values, fold};
use tenon_model::{MemberId, PipelineId, StageId};
use tenon_store::{Pipeline, Tx};

use crate::Result;

/// The names of a workspace, for one kind.
pub(super) struct Book {
    /// Id, sign-in address, name.
    pub(super) members: Vec<(MemberId, String, String)>,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) stages: Vec<Stage>,
    /// Where stages are looked for first.
    first: Option<PipelineId>,
}

impl Book {
    pub(super) async fn open(tx: &mut Tx, kind: Kind, options: &ImportOptions) -> Result<Self> {
        let members = tx.members().list().await?;
        let mut book = Self {
            members: members
                .into_iter()
                .map(|m| (m.id, m.email, m.name))
                .collect(),
            pipelines: Vec::new(),
            stages: Vec::new(),
            first: options.pipeline,
        };
        if let Some(pipelines) = kind.pipeline() {
            let all = tx.pipelines().list().await?;
            book.pipelines = all.into_iter().filter(|p| p.kind == pipelines).collect();
            let stages = tx.pipelines().all_stages().await?;
            let ours = |s: &Stage| s.pipeline_kind == pipelines;
            book.stages = stages.into_iter().filter(ours).collect();
        }
        Ok(book)
    }

    /// The stage that a new box is to stand in: the one it names, else the one chosen for all, else the first open
    /// one of its pipeline.
    pub(super) fn stage(&self, values: &Values, options: &ImportOptions) -> Option<&Stage> {
        let named = |key: &str| values.get(key).and_then(Value::as_str);
        let stage: Option<StageId> = named("stage").and_then(|t| t.parse().ok());
        let pipeline: Option<PipelineId> = named("pipeline").and_then(|t| t.parse().ok());
        let find = |id: StageId| self.stages.iter().find(|s| s.id == id);
        if let Some(id) = stage {
            return find(id).filter(|s| pipeline.is_none_or(|p| p == s.pipeline_id));
        }
        if pipeline.is_none()
            && let Some(stage) = options.stage.and_then(find)
        {
            return Some(stage);
        }
        let usual = self.pipelines.iter().find(|p| p.archived_at.is_none());
        let pipeline = pipeline.or(options.pipeline).or(usual.map(|p| p.id))?;
        let mut stages = self.stages.iter().filter(|s| s.pipeline_id == pipeline);
        stages.find(|s| s.outcome == Outcome::Open)
    }
}

/// The only one of several that fits.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

impl Names for Book {
    fn name(&self, ty: FieldType, id: &str) -> Option<String> {
        match ty {
            FieldType::Person | FieldType::People => {
                let found = self.members.iter().find(|(m, ..)| m.to_string() == id);
                found.map(|(_, email, _)| email.clone())
            }
            FieldType::Pipeline => {
                let found = self.pipelines.iter().find(|p| p.id.to_string() == id);
                found.map(|p| p.name.clone())
            }
            _ => {
                let found = self.stages.iter().find(|s| s.id.to_string() == id);
                found.map(|s| s.name.clone())
            }
        }
    }

    fn id(&self, ty: FieldType, name: &str) -> Option<String> {
        let folded = fold(name);
        let alike = |text: &str| fold(text) == folded;
        match ty {
            FieldType::Person | FieldType::People => {
                let exact = self
                    .members
                    .iter()
                    .find(|(id, email, _)| id.to_string() == name || alike(email));
                let named = || only(self.members.iter().filter(|(.., n)| alike(n)));
                exact.or_else(named).map(|(id, ..)| id.to_string())
            }
            FieldType::Pipeline => {
                let exact = self.pipelines.iter().find(|p| p.id.to_string() == name);
                let named = || only(self.pipelines.iter().filter(|p| alike(&p.name)));
                exact.or_else(named).map(|p| p.id.to_string())
            }
            _ => {
                let exact = self.stages.iter().find(|s| s.id.to_string() == name);
                let of = |first: bool| {
                    let fits = |s: &&Stage| {
                        alike(&s.name) && (!first || Some(s.pipeline_id) == self.first)
                    };
                    only(self.stages.iter().filter(fits))
                };
                let found = exact.or_else(|| of(true)).or_else(|| of(false));
                found.map(|s| s.id.to_string())
            }
        }
    }
}
