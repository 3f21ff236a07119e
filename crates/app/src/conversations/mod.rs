//! Mail meets records: conversations joined to boxes, by hand and by rule, conversations that are shared one
//! by one (decision 0064), and people whom a member may want as contacts (decision 0065).

mod join;
mod of_record;
mod rules;
mod sharing;
mod suggestions;
mod touch;

pub use join::{BoxView, PersonView, ThreadRecords, join, of_thread, part};
pub use of_record::{FoundThread, JoinedBy, threads_of};
pub(crate) use of_record::{Raw, found, shown};
pub(crate) use rules::{JoinMail, join_mail_soon};
pub use rules::{RuleView, rules, set_rules};
pub use sharing::{ThreadScope, ThreadSharing, set_sharing};
pub use suggestions::{Suggestion, dismiss, suggestions};
pub(crate) use touch::fill;
