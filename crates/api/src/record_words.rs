//! The closed lists of words of records, as schemas.

use tenon_app::records::Match;
use tenon_model::files::FileState;
use tenon_model::records::{FieldType, Kind, Layout, Outcome, PipelineKind, Reason};

use crate::wire::words;

words! {
    /// What a record is. `deal`, `lead`, `case` and `card` are boxes: they stand in a stage of a pipeline.
    RecordKind = Kind::ALL.iter().map(|k| k.as_str());
    /// What a field holds. `pipeline` and `stage` are for standard fields only.
    RecordFieldType = FieldType::ALL.iter().map(|t| t.as_str());
    /// What moves through a pipeline.
    PipelineKindWord = PipelineKind::ALL.iter().map(|k| k.as_str());
    /// What it means for a box to stand in a stage.
    StageOutcome = Outcome::ALL.iter().map(|o| o.as_str());
    /// Why two records are taken for one.
    DuplicateReason = Reason::ALL.iter().map(|r| r.as_str());
    /// How the words of a search were found.
    MatchWord = [Match::Exact, Match::Prefix, Match::Similar].map(Match::as_str);
    /// Whether a linked file can be seen.
    FileStateWord = [FileState::Available, FileState::NoAccess, FileState::Unavailable].map(FileState::as_str);
    /// How a view shows records.
    ViewLayout = Layout::ALL.iter().map(|l| l.as_str());
}
