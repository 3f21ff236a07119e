//! Generated mailboxes. Nothing here is stored a message: everything follows from (seed, account, thread, position),
//! so that a mailbox of a million messages costs a few dozen bytes each and any of them can be written at any time.

pub(crate) mod correspondents;
mod images;
mod mail;
mod pdf;
pub(crate) mod people;
pub(crate) mod rng;
mod scripts;
mod thread;
mod timeline;
mod write;

pub(crate) use mail::{Mail, Tags, USER_LABELS, snippet};
pub(crate) use scripts::Who;
pub(crate) use thread::Corpus;
