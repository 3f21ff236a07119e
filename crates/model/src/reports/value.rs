//! What a pipeline was worth, and what was won and lost, from time to time.

use std::collections::BTreeMap;

use super::{Life, Span};
use crate::records::{Outcome, Stage};
use crate::{RecordId, Time};

/// Money of one currency, in ten-thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// All of it.
    pub amount: i64,
    /// Each amount by how likely it is won: by the box's own probability, else its stage's.
    pub weighted: i64,
}

/// Some boxes and what they are worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// The boxes.
    pub ids: Vec<RecordId>,
    /// What they are worth, by currency.
    pub sums: BTreeMap<String, Sum>,
}

impl Figure {
    /// Adds a box.
    pub fn add(&mut self, id: RecordId, amount: Option<&(i64, String)>, probability: i64) {
        self.ids.push(id);
        if let Some((amount, currency)) = amount {
            let sum = self.sums.entry(currency.clone()).or_default();
            let weighted = i128::from(*amount) * i128::from(probability) / 100;
            sum.amount = sum.amount.saturating_add(*amount);
            sum.weighted = sum.weighted.saturating_add(weighted as i64);
        }
    }
}

/// A week or a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// From when to when.
    pub span: Span,
    /// What was open at its end, or now.
    pub open: Figure,
    /// What was won in it and still was at its end.
    pub won: Figure,
    /// What was lost in it.
    pub lost: Figure,
}

/// The worth of the boxes of a pipeline with these stages in each span; nothing after `now` is told.
pub fn value(stages: &[Stage], lives: &[Life], spans: &[Span], now: Time) -> Vec<Bucket> {
    let by_id: BTreeMap<_, _> = stages.iter().map(|s| (s.id, s)).collect();
    let known = |life: &Life, at: Time| {
        let stand = life.at(at)?.clone();
        by_id.get(&stand.stage).map(|stage| (*stage, stand))
    };
    spans
        .iter()
        .filter(|span| span.start <= now)
        .map(|span| {
            let mut bucket = Bucket {
                span: *span,
                open: Figure::default(),
                won: Figure::default(),
                lost: Figure::default(),
            };
            // What happens in the last moment of a span is in it, what happens at its end is not.
            let end = Time((span.end.0 - 1).min(now.0));
            let before = Time(span.start.0 - 1);
            for life in lives {
                let Some((stage, stand)) = known(life, end) else {
                    continue;
                };
                let was = known(life, before).map(|(stage, _)| stage.outcome);
                let figure = match stage.outcome {
                    Outcome::Open => &mut bucket.open,
                    same if was == Some(same) => continue,
                    Outcome::Won => &mut bucket.won,
                    Outcome::Lost => &mut bucket.lost,
                };
                let likely = match stage.outcome {
                    Outcome::Open => stand.probability.or(stage.probability).unwrap_or(100),
                    Outcome::Won => 100,
                    Outcome::Lost => 0,
                };
                figure.add(life.id, stand.amount.as_ref(), likely.clamp(0, 100));
            }
            bucket
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::boxes::tests::{life, seconds};
    use super::super::funnel::tests::pipeline;
    use super::*;

    fn spans() -> Vec<Span> {
        (0..4)
            .map(|n| Span {
                start: seconds(n * 100),
                end: seconds((n + 1) * 100),
            })
            .collect()
    }

    #[test]
    fn a_box_is_open_until_it_is_won_and_won_once() {
        let lives = [
            life(1, 500, &[(10, 1), (120, 2), (230, 3)]),
            life(2, 40, &[(150, 1)]),
        ];
        let buckets = value(&pipeline(), &lives, &spans(), seconds(350));
        let open: Vec<i64> = buckets
            .iter()
            .map(|b| b.open.sums.get("EUR").map_or(0, |s| s.amount / 10_000))
            .collect();
        assert_eq!(open, [500, 540, 40, 40]);
        let won: Vec<usize> = buckets.iter().map(|b| b.won.ids.len()).collect();
        assert_eq!(won, [0, 0, 1, 0]);
        // 20 % of 500 while in the first stage; 50 % of 500 and 20 % of 40 afterwards.
        assert_eq!(buckets[0].open.sums["EUR"].weighted, 1_000_000);
        assert_eq!(buckets[1].open.sums["EUR"].weighted, 2_580_000);
        assert_eq!(buckets[2].won.sums["EUR"].weighted, 5_000_000);
    }

    #[test]
    fn what_is_opened_again_is_open_and_nothing_is_told_of_the_future() {
        let lives = [life(
            1,
            500,
            &[(10, 1), (110, 3), (120, 1), (130, 4), (210, 4)],
        )];
        let buckets = value(&pipeline(), &lives, &spans(), seconds(250));
        assert_eq!(buckets.len(), 3);
        let lost: Vec<usize> = buckets.iter().map(|b| b.lost.ids.len()).collect();
        assert_eq!(lost, [0, 1, 0]);
        assert!(buckets.iter().all(|b| b.won.ids.is_empty()));
    }

    #[test]
    fn the_end_of_one_bucket_is_the_start_of_the_next() {
        let lives = [life(1, 500, &[(100, 1), (200, 3)])];
        let buckets = value(&pipeline(), &lives, &spans(), seconds(999));
        let of = |b: &Bucket| (b.open.ids.len(), b.won.ids.len());
        let all: Vec<_> = buckets.iter().map(of).collect();
        assert_eq!(all, [(0, 0), (1, 0), (0, 1), (0, 0)]);
    }
}
