//! What a process can do to keep its memory to itself.

use rustix::process::{Resource, Rlimit, setrlimit};

/// No core dumps: opened messages and keys are in memory, and a dump would write them to disk. The
/// second call also covers systems that pipe dumps to a program, and debuggers of the same user.
pub(crate) fn keep_memory_private() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps cannot be switched off");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) =
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
    {
        tracing::warn!(%error, "the process cannot be made undumpable");
    }
}
