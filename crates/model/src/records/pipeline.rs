//! Stages of pipelines, and what holds for the boxes in them.

use serde::{Deserialize, Serialize};

use super::{Outcome, PipelineKind};
use crate::{PipelineId, StageId};

/// Colours of the palette of stages and options, by number from 0. The web app knows how each looks.
pub const COLORS: u8 = 16;

/// The colour of a stage that nobody chose one for: green is won, red is lost, the open ones differ.
pub fn usual_color(outcome: Outcome, place: usize) -> u8 {
    const OPEN: [u8; 8] = [0, 1, 2, 3, 6, 7, 8, 9];
    match outcome {
        Outcome::Won => 4,
        Outcome::Lost => 5,
        Outcome::Open => OPEN[place % OPEN.len()],
    }
}

/// A column of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Id.
    pub id: StageId,
    /// Of which pipeline.
    pub pipeline_id: PipelineId,
    /// What moves through that.
    pub pipeline_kind: PipelineKind,
    /// What people read.
    pub name: String,
    /// A number of the palette, below [`COLORS`].
    pub color: u8,
    /// What it means to stand here.
    pub outcome: Outcome,
    /// How likely a box in it is won, 0 to 100.
    pub probability: Option<i64>,
    /// What holds for boxes that come here.
    pub rules: StageRules,
}

/// What a stage asks of a box, and does for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRules {
    /// Keys of the fields that must have a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// The task that is made when a box comes here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<StageTask>,
}

/// A task that a stage brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTask {
    /// What is to be done.
    pub name: String,
    /// Days until it is due, from the day the box comes.
    pub due_days: u16,
}

super::word_enum! {
    /// How a view shows records.
    Layout {
        /// Rows and columns.
        Table = "table",
        /// A column for each stage.
        Board = "board",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_kept_small_and_read_back() {
        let none = StageRules::default();
        assert_eq!(serde_json::to_string(&none).unwrap(), "{}");
        let rules = StageRules {
            required: vec!["amount".into()],
            task: Some(StageTask {
                name: "Call".into(),
                due_days: 2,
            }),
        };
        let text = serde_json::to_string(&rules).unwrap();
        assert_eq!(
            text,
            r#"{"required":["amount"],"task":{"name":"Call","due_days":2}}"#
        );
        assert_eq!(serde_json::from_str::<StageRules>(&text).unwrap(), rules);
    }
}
