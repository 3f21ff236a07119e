//! `tenon openapi`.

use crate::failure::Failure;

pub(super) fn run() -> Result<(), Failure> {
    let document = tenon_api::openapi()
        .to_pretty_json()
        .map_err(|e| Failure::new(format!("the document cannot be written: {e}")))?;
    super::print(&document);
    Ok(())
}
