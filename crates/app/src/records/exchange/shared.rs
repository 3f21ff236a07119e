//! With whom the records of an import are shared.

use std::collections::HashMap;

use tenon_model::records::exchange::ImportSharing;
use tenon_model::records::{Kind, ShareScope};
use tenon_store::{Share, Tx};

use crate::Result;
use crate::records::defaults;
use crate::records::sharing::{SharingView, checked};

/// As was chosen for the import; else as the workspace has chosen for each kind.
pub(super) struct Shared {
    chosen: Option<(ShareScope, Vec<Share>)>,
    /// By kind, and whether a record is about another one.
    usual: HashMap<(Kind, bool), (ShareScope, Vec<Share>)>,
}

/// What was chosen for an import, checked.
pub(super) async fn chosen(
    tx: &mut Tx,
    wanted: Option<&ImportSharing>,
) -> Result<Option<(ShareScope, Vec<Share>)>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let named = wanted.shares.iter();
    let view = SharingView {
        scope: wanted.scope,
        members: named
            .clone()
            .filter_map(|s| Some((s.member?, s.access)))
            .collect(),
        teams: named.filter_map(|s| Some((s.team?, s.access))).collect(),
    };
    Ok(Some((wanted.scope, checked(tx, &view).await?)))
}

impl Shared {
    /// For the records of this kind, and the contacts and companies that are made for their links.
    pub(super) async fn open(
        tx: &mut Tx,
        kind: Kind,
        wanted: Option<&ImportSharing>,
    ) -> Result<Self> {
        let mut usual = HashMap::new();
        for kind in [kind, Kind::Contact, Kind::Company] {
            for has_parent in [false, true] {
                let of_new = defaults::of_new(tx, kind, has_parent).await?;
                usual.insert((kind, has_parent), of_new);
            }
        }
        Ok(Self {
            chosen: chosen(tx, wanted).await?,
            usual,
        })
    }

    /// How a new record is shared, and with whom.
    pub(super) fn of_new(&self, kind: Kind, has_parent: bool) -> (ShareScope, Vec<Share>) {
        let fits = |c: &&(ShareScope, Vec<Share>)| c.0 != ShareScope::Parent || has_parent;
        let chosen = self.chosen.as_ref().filter(fits);
        let usual = || self.usual.get(&(kind, has_parent));
        chosen
            .or_else(usual)
            .cloned()
            .unwrap_or((ShareScope::Private, Vec::new()))
    }
}
