//! Search (requirement M6): the provider's own, because Tenon keeps no content, and the addresses that
//! Tenon knows. Results are opened like any conversation.

mod found;
mod names;
mod page;
mod run;
mod saved;

pub use found::open_found;
pub use names::Resolved;
pub use run::{FoundView, SearchInput, Searched, Unanswered, search};
pub use saved::{NewSavedSearch, SavedSearchView, delete_saved, save, saved};
