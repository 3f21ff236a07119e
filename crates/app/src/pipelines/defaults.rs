//! The pipelines that a workspace begins with, in the language of its owner.

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_model::event::EventKind;
use tenon_model::member::Role;
use tenon_model::policy::Locale;
use tenon_model::records::{Outcome, PipelineKind, Stage, StageRules, usual_color};
use tenon_model::{Scope, WorkspaceId};
use tenon_store::{Member, Pipeline, Tx};

use crate::{Ctx, Result};

/// A text in both languages.
type Words = (&'static str, &'static str);
/// Name, outcome, how likely it is won.
type StageWords = (Words, Outcome, Option<i64>);

/// What every workspace has at first.
const FIRST: [PipelineKind; 3] = [
    PipelineKind::Deals,
    PipelineKind::Leads,
    PipelineKind::Cases,
];

const fn words(kind: PipelineKind) -> (Words, &'static [StageWords]) {
    use Outcome::{Lost, Open, Won};
    match kind {
        PipelineKind::Deals => (
            ("Sales", "Ventes"),
            &[
                (("Qualified", "Qualifié"), Open, Some(20)),
                (("Meeting", "Rendez-vous"), Open, Some(40)),
                (("Proposal", "Proposition"), Open, Some(60)),
                (("Negotiation", "Négociation"), Open, Some(80)),
                (("Won", "Gagné"), Won, Some(100)),
                (("Lost", "Perdu"), Lost, Some(0)),
            ],
        ),
        PipelineKind::Leads => (
            ("Leads", "Prospects"),
            &[
                (("New", "Nouveau"), Open, None),
                (("Contacted", "Contacté"), Open, None),
                (("Qualified", "Qualifié"), Won, None),
                (("Unqualified", "Non qualifié"), Lost, None),
            ],
        ),
        PipelineKind::Cases => (
            ("Support", "Assistance"),
            &[
                (("New", "Nouvelle"), Open, None),
                (("Waiting", "En attente"), Open, None),
                (("In progress", "En cours"), Open, None),
                (("Solved", "Résolue"), Won, None),
                (("Closed without answer", "Fermée sans réponse"), Lost, None),
            ],
        ),
        PipelineKind::Board => (
            ("Board", "Tableau"),
            &[
                (("To do", "À faire"), Open, None),
                (("Doing", "En cours"), Open, None),
                (("Done", "Terminé"), Won, None),
            ],
        ),
    }
}

/// The stages of a pipeline that nobody named any for.
pub(super) fn stages(ctx: &Ctx, pipeline: &Pipeline, locale: Locale) -> Vec<Stage> {
    let (_, stages) = words(pipeline.kind);
    let stage = |(((en, fr), outcome, probability), place): (&StageWords, usize)| Stage {
        id: ctx.world.id(),
        pipeline_id: pipeline.id,
        pipeline_kind: pipeline.kind,
        name: locale.of(en, fr).to_owned(),
        color: usual_color(*outcome, place),
        outcome: *outcome,
        probability: *probability,
        rules: StageRules::default(),
    };
    stages.iter().zip(0..).map(stage).collect()
}

/// Gives a workspace its first pipelines, of each kind that it never had one of.
async fn make(
    ctx: &Ctx,
    tx: &mut Tx,
    workspace: WorkspaceId,
    locale: Locale,
    had: &[PipelineKind],
) -> Result<()> {
    // A microsecond apart, so that the list has their order.
    for (kind, place) in FIRST.into_iter().zip(0..) {
        if had.contains(&kind) {
            continue;
        }
        let ((en, fr), _) = words(kind);
        let row = Pipeline {
            id: ctx.world.id(),
            workspace_id: workspace,
            kind,
            name: locale.of(en, fr).to_owned(),
            version: 1,
            archived_at: None,
            created_at: ctx.world.now() + Duration::from_micros(place),
        };
        tx.pipelines().insert(&row).await?;
        let stages = stages(ctx, &row, locale);
        tx.pipelines().put_stages(&row, &stages).await?;
    }
    Ok(())
}

/// The first pipelines of a workspace that is being made, with its first member.
pub(crate) async fn make_defaults(ctx: &Ctx, tx: &mut Tx, first: &Member) -> Result<()> {
    let locale = Locale::parse(&first.locale);
    make(ctx, tx, first.workspace_id, locale, &[]).await
}

/// The same for workspaces from before there were pipelines; those that have them, or had, are left.
pub(crate) async fn make_missing_defaults(ctx: &Ctx) -> Result<()> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mut wanting = BTreeSet::new();
    for kind in FIRST {
        wanting.extend(tx.pipelines().without(kind).await?);
    }
    drop(tx);
    for workspace in wanting {
        let mut tx = ctx.store.begin(&Scope::job(workspace)).await?;
        // Several nodes may start at once.
        tx.workspaces().hold().await?;
        let had: Vec<PipelineKind> = tx
            .pipelines()
            .list()
            .await?
            .iter()
            .map(|p| p.kind)
            .collect();
        let members = tx.members().list().await?;
        let owner = members.iter().find(|m| m.role == Role::Owner);
        let locale = Locale::parse(owner.or(members.first()).map_or("en", |m| &m.locale));
        make(ctx, &mut tx, workspace, locale, &had).await?;
        let subject = workspace.to_string();
        tx.events()
            .append(EventKind::RecordSetupChanged, None, subject)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_everything_and_each_name_once() {
        for kind in PipelineKind::ALL {
            let ((en, fr), stages) = words(*kind);
            assert!(!en.is_empty() && !fr.is_empty());
            assert_eq!(stages[0].1, Outcome::Open, "{kind:?}");
            for of in [|w: &Words| w.0, |w: &Words| w.1] {
                let names: BTreeSet<&str> = stages.iter().map(|s| of(&s.0)).collect();
                assert_eq!(names.len(), stages.len(), "{kind:?}");
                assert!(names.iter().all(|n| !n.is_empty()));
            }
        }
    }
}
