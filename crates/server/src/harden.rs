//! What a process can do for itself: keep its memory private and small, and have files enough.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tenon_model::sabotage::{self, Saboteur};

/// Files that a busy server has open: 2,048 connections of clients, and those to databases and
/// providers.
pub(crate) const FILES: u64 = 4_096;

/// No core dumps: opened messages and keys are in memory, and a dump would write them to disk. The
/// second call also covers systems that pipe dumps to a program, and debuggers of the same user.
pub(crate) fn keep_memory_private() {
    if sabotage::on(Saboteur::CoreDumps) {
        let all = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(
            Resource::Core,
            Rlimit {
                current: all,
                maximum: all,
            },
        );
        return;
    }
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

/// Systems give 1,024 files at first and more to who asks: the historic limit protects programs
/// that use select(2), which this is not.
pub(crate) fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit
        .maximum
        .map_or(FILES * 16, |most| most.min(FILES * 16));
    if limit.current.is_some_and(|now| now < wanted) {
        let raised = Rlimit {
            current: Some(wanted),
            ..limit
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of open files cannot be raised");
        }
    }
}

/// The most files that a server could have open here; `None` for no limit.
pub(crate) fn most_files() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Where a system gives huge pages to everybody, every small arena of the allocator costs two
/// megabytes: 14 MiB of a server that does nothing. The allocator's feature `no_thp` only stops it
/// from asking for them. Called before anything large is allocated.
#[cfg(target_os = "linux")]
pub(crate) fn use_small_pages() {
    // Where it fails, memory is only used more generously.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Only Linux has them.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn use_small_pages() {}
