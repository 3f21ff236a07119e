//! Places in lists that are ordered by time and id.

use std::fmt::Display;
use std::str::FromStr;

use tenon_model::Time;

use crate::{Error, Result};

/// The place of an item.
pub(crate) fn encode(at: Time, id: impl Display) -> String {
    format!("{}.{id}", at.0)
}

/// Reads a place.
pub(crate) fn decode<T: FromStr>(text: &str) -> Result<(Time, T)> {
    let invalid = || Error::field("after", "must be the next of an earlier page");
    let (time, id) = text.split_once('.').ok_or_else(invalid)?;
    Ok((
        Time(time.parse().map_err(|_| invalid())?),
        id.parse().map_err(|_| invalid())?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::ThreadId;

    #[test]
    fn a_page_mark_comes_back_and_nonsense_is_refused() {
        let id: ThreadId = tenon_model::World::system().id();
        assert_eq!(
            decode::<ThreadId>(&encode(Time(12), id)).unwrap(),
            (Time(12), id)
        );
        for text in [
            "",
            "12",
            "12.",
            "x.thr_1",
            "12.msg_01h455vb4pex5vsknk084sn02q",
        ] {
            assert!(
                matches!(decode::<ThreadId>(text), Err(Error::Validation(_))),
                "{text}"
            );
        }
    }
}
