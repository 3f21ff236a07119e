//! What a box went through, read backwards from what it is.

use serde_json::Value;

use crate::records::{Change, Key, Shape, Values, keys};
use crate::{MemberId, RecordId, StageId, Time};

/// Fields whose changes pictures show.
const DRAWN: [&str; 3] = ["stage", "amount", "probability"];

/// How a box stood from some moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// Its stage.
    pub stage: StageId,
    /// Its amount in ten-thousandths, and the currency.
    pub amount: Option<(i64, String)>,
    /// Its own probability, 0 to 100.
    pub probability: Option<i64>,
}

impl Stand {
    fn read(shape: &Shape, values: &Values) -> Option<Self> {
        let key = |field: &str| {
            let field = shape.field(field)?;
            keys(field, values.get(&field.key)?).into_iter().next()
        };
        let amount = match key("amount") {
            Some(Key::Money(amount, currency)) => Some((amount, currency)),
            _ => None,
        };
        Some(Self {
            stage: values.get("stage")?.as_str()?.parse().ok()?,
            amount,
            probability: values
                .get("probability")
                .and_then(Value::as_f64)
                .map(|p| p as i64),
        })
    }
}

/// What a box went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The box.
    pub id: RecordId,
    /// Who is responsible.
    pub owner: Option<MemberId>,
    /// Why it was lost, if somebody said.
    pub lost_reason: Option<String>,
    /// How it stood, and since when; the first since it was made.
    stands: Vec<(Time, Stand)>,
}

impl Life {
    /// From what a box is now and its history, newest change first.
    pub fn new(
        shape: &Shape,
        id: RecordId,
        owner: Option<MemberId>,
        values: &Values,
        created_at: Time,
        history: &[(Time, Vec<Change>)],
    ) -> Self {
        let mut past = values.clone();
        let mut stands = Vec::new();
        for (at, changes) in history {
            // Making it is a change from nothing.
            let made = |c: &Change| c.field == "stage" && c.from.is_null();
            if changes.iter().any(made) {
                break;
            }
            if !changes.iter().any(|c| DRAWN.contains(&c.field.as_str())) {
                continue;
            }
            stands.extend(Stand::read(shape, &past).map(|stand| (*at, stand)));
            for change in changes {
                if change.from.is_null() {
                    past.remove(&change.field);
                } else {
                    past.insert(change.field.clone(), change.from.clone());
                }
            }
        }
        stands.extend(Stand::read(shape, &past).map(|stand| (created_at, stand)));
        stands.reverse();
        let reason = values.get("lost_reason").and_then(Value::as_str);
        Self {
            id,
            owner,
            lost_reason: reason.map(str::to_owned),
            stands,
        }
    }

    /// When it was made.
    pub fn made_at(&self) -> Option<Time> {
        self.stands.first().map(|(at, _)| *at)
    }

    /// How it stood at a moment; `None` before it was made.
    pub fn at(&self, time: Time) -> Option<&Stand> {
        let before = self.stands.partition_point(|(at, _)| *at <= time);
        self.stands
            .get(before.checked_sub(1)?)
            .map(|(_, stand)| stand)
    }

    /// How it stands now.
    pub fn now(&self) -> Option<&Stand> {
        self.stands.last().map(|(_, stand)| stand)
    }

    /// The stages it stood in, one after the other, each with when it came and when it left.
    pub fn stays(&self) -> Vec<(StageId, Time, Option<Time>)> {
        let mut out: Vec<(StageId, Time, Option<Time>)> = Vec::new();
        for (at, stand) in &self.stands {
            match out.last_mut() {
                Some((stage, _, _)) if *stage == stand.stage => continue,
                Some((_, _, left)) => *left = Some(*at),
                None => {}
            }
            out.push((stand.stage, *at, None));
        }
        out
    }
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::records::Kind;

    /// A stage by number.
    pub(crate) fn stage(number: u128) -> StageId {
        StageId::from(uuid::Uuid::from_u128(number))
    }

    pub(crate) fn seconds(at: i64) -> Time {
        Time::from_secs(at)
    }

    /// A box made at the first moment, that was in these stages from these moments on, with an amount.
    pub(crate) fn life(number: u128, amount: i64, stages: &[(i64, u128)]) -> Life {
        let shape = Shape::new(Kind::Deal, &[]);
        let mut values = Values::new();
        let id = |number| json!(stage(number).to_string());
        values.insert("stage".into(), id(stages[stages.len() - 1].1));
        let money = json!({ "amount": amount.to_string(), "currency": "EUR" });
        values.insert("amount".into(), money);
        let history: Vec<(Time, Vec<Change>)> = stages
            .windows(2)
            .rev()
            .map(|pair| {
                let change = Change {
                    field: "stage".into(),
                    from: id(pair[0].1),
                    to: id(pair[1].1),
                };
                (seconds(pair[1].0), vec![change])
            })
            .collect();
        let uuid = uuid::Uuid::from_u128(number);
        let made = seconds(stages[0].0);
        Life::new(&shape, RecordId::from(uuid), None, &values, made, &history)
    }

    #[test]
    fn the_past_is_read_backwards() {
        let life = life(1, 500, &[(10, 1), (20, 2), (30, 3)]);
        let at = |t| life.at(seconds(t)).map(|s| s.stage);
        assert_eq!(at(9), None);
        assert_eq!(at(10), Some(stage(1)));
        assert_eq!(at(29), Some(stage(2)));
        assert_eq!(at(99), Some(stage(3)));
        assert_eq!(life.now().unwrap().amount, Some((5_000_000, "EUR".into())));
        let stays = life.stays();
        assert_eq!(stays[1], (stage(2), seconds(20), Some(seconds(30))));
        assert_eq!(stays[2].2, None);
    }

    #[test]
    fn amounts_have_a_past_too_and_other_fields_none() {
        let shape = Shape::new(Kind::Deal, &[]);
        let money = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        let mut values = Values::new();
        values.insert("stage".into(), json!(stage(1).to_string()));
        values.insert("amount".into(), money("7"));
        let change = |field: &str, from: Value, to: Value| Change {
            field: field.into(),
            from,
            to,
        };
        let history = vec![
            (seconds(40), vec![change("name", json!("a"), json!("b"))]),
            (seconds(30), vec![change("amount", money("5"), money("7"))]),
            (seconds(20), vec![change("amount", Value::Null, money("5"))]),
            (
                seconds(10),
                vec![change("stage", Value::Null, json!(stage(1).to_string()))],
            ),
        ];
        let id = RecordId::from(uuid::Uuid::from_u128(1));
        let life = Life::new(&shape, id, None, &values, seconds(10), &history);
        let at = |t| life.at(seconds(t)).unwrap().amount.clone().map(|a| a.0);
        assert_eq!(at(10), None);
        assert_eq!(at(20), Some(50_000));
        assert_eq!(at(35), Some(70_000));
        assert_eq!(life.stays().len(), 1);
    }
}
