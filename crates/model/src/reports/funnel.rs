//! How far the boxes came that were made in some days.

use std::collections::BTreeMap;

use super::{Life, Span, percentile};
use crate::RecordId;
use crate::records::{Outcome, Stage};

/// One stage of a funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelStage {
    /// The stage.
    pub stage: Stage,
    /// Boxes that came at least as far. A box that went past a stage without standing in it counts; in a stage that ends a
    /// box, those count that are there.
    pub reached: Vec<RecordId>,
    /// Half of those that left it stood there at most so long, in seconds.
    pub median_seconds: Option<i64>,
}

/// How far boxes came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funnel {
    /// All that were made.
    pub created: Vec<RecordId>,
    /// Of them won.
    pub won: Vec<RecordId>,
    /// Lost.
    pub lost: Vec<RecordId>,
    /// Neither.
    pub open: Vec<RecordId>,
    /// In the order of the pipeline.
    pub stages: Vec<FunnelStage>,
    /// Why the lost ones were lost, the most frequent first; `None` is unsaid.
    pub lost_reasons: Vec<(Option<String>, Vec<RecordId>)>,
}

/// The funnel of a pipeline with these stages for the boxes that were made in a span.
pub fn funnel(stages: &[Stage], lives: &[Life], span: Span) -> Funnel {
    let place = |stage| stages.iter().position(|s| s.id == stage);
    let mut out = Funnel {
        stages: stages
            .iter()
            .map(|stage| FunnelStage {
                stage: stage.clone(),
                reached: Vec::new(),
                median_seconds: None,
            })
            .collect(),
        ..Funnel::default()
    };
    let mut times: Vec<Vec<i64>> = vec![Vec::new(); stages.len()];
    let mut reasons: BTreeMap<Option<String>, Vec<RecordId>> = BTreeMap::new();
    for life in lives {
        let made = life.made_at().filter(|at| span.holds(*at));
        let standing = life.now().and_then(|stand| place(stand.stage));
        let (Some(_), Some(standing)) = (made, standing) else {
            continue;
        };
        out.created.push(life.id);
        let outcome = stages[standing].outcome;
        let mut furthest = None;
        for (stage, came, left) in life.stays() {
            let Some(index) = place(stage) else { continue };
            if stages[index].outcome == Outcome::Open {
                furthest = furthest.max(Some(index));
            }
            if let Some(left) = left {
                times[index].push((left.0 - came.0) / 1_000_000);
            }
        }
        let won = outcome == Outcome::Won;
        for (index, entry) in out.stages.iter_mut().enumerate() {
            let came = match stages[index].outcome {
                Outcome::Open => won || furthest.is_some_and(|f| f >= index),
                Outcome::Won | Outcome::Lost => index == standing,
            };
            if came {
                entry.reached.push(life.id);
            }
        }
        match outcome {
            Outcome::Won => out.won.push(life.id),
            Outcome::Open => out.open.push(life.id),
            Outcome::Lost => {
                out.lost.push(life.id);
                let reason = life.lost_reason.clone();
                reasons.entry(reason).or_default().push(life.id);
            }
        }
    }
    for (entry, times) in out.stages.iter_mut().zip(&mut times) {
        times.sort_unstable();
        entry.median_seconds = percentile(times, 50);
    }
    out.lost_reasons = reasons.into_iter().collect();
    // Stable: reasons of one number stay in the order of their words.
    out.lost_reasons
        .sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::boxes::tests::{life, seconds, stage};
    use super::*;
    use crate::PipelineId;
    use crate::records::{PipelineKind, StageRules};

    /// Two open stages, won, lost.
    pub(crate) fn pipeline() -> Vec<Stage> {
        let of = |number, outcome, probability| Stage {
            id: stage(number),
            pipeline_id: PipelineId::from(uuid::Uuid::from_u128(1)),
            pipeline_kind: PipelineKind::Deals,
            name: format!("S{number}"),
            color: 0,
            outcome,
            probability,
            rules: StageRules::default(),
        };
        vec![
            of(1, Outcome::Open, Some(20)),
            of(2, Outcome::Open, Some(50)),
            of(3, Outcome::Won, None),
            of(4, Outcome::Lost, None),
        ]
    }

    fn span(start: i64, end: i64) -> Span {
        Span {
            start: seconds(start),
            end: seconds(end),
        }
    }

    #[test]
    fn who_was_won_came_past_every_open_stage() {
        let lives = [
            life(1, 1, &[(10, 1), (20, 2), (60, 3)]),
            life(2, 1, &[(10, 1), (30, 3)]),
            life(3, 1, &[(10, 1), (15, 4)]),
            life(4, 1, &[(10, 2), (20, 1)]),
            life(5, 1, &[(99, 1)]),
        ];
        let funnel = funnel(&pipeline(), &lives, span(0, 50));
        let reached: Vec<usize> = funnel.stages.iter().map(|s| s.reached.len()).collect();
        assert_eq!(reached, [4, 3, 2, 1]);
        assert_eq!((funnel.created.len(), funnel.won.len()), (4, 2));
        assert_eq!((funnel.lost.len(), funnel.open.len()), (1, 1));
        // 10, 20 and 5 seconds in the first stage; the box that is there now has not left it.
        assert_eq!(funnel.stages[0].median_seconds, Some(10));
        assert_eq!(funnel.lost_reasons, [(None, funnel.lost.clone())]);
    }

    #[test]
    fn a_box_that_went_to_lost_at_once_reached_no_open_stage() {
        let lives = [life(1, 1, &[(10, 4)])];
        let funnel = funnel(&pipeline(), &lives, span(0, 50));
        let reached: Vec<usize> = funnel.stages.iter().map(|s| s.reached.len()).collect();
        assert_eq!(reached, [0, 0, 0, 1]);
    }
}
