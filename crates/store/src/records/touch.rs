//! When something last happened with a record.

use std::collections::HashMap;

use tenon_model::{RecordId, Time};

use super::{Records, push_visible};
use crate::StoreError;
use crate::sql::{Builder, LIST};

impl Records<'_> {
    /// When the newest note or activity about each of these was: an activity when it began, a note when it was
    /// written. What is still to come does not count.
    pub async fn last_about(
        &mut self,
        ids: &[RecordId],
        now: Time,
    ) -> Result<HashMap<RecordId, Time>, StoreError> {
        let member = self.tx.private_to()?;
        let mut out = HashMap::new();
        for ids in ids.chunks(LIST) {
            let mut b = Builder::new(
                self.tx.kind(),
                "SELECT l.to_id, max(COALESCE(f.number_key, r.created_at)) FROM record_links l \
                 CROSS JOIN records r LEFT JOIN record_values f \
                 ON f.record_id = r.id AND f.field = 'start' AND f.ordinal = 0 WHERE l.to_id IN ",
            );
            b.list(ids.iter().copied())
                .push(" AND r.id = l.from_id AND r.workspace_id = ")
                .value(self.tx.workspace()?);
            b.push(" AND r.kind IN ('note', 'activity') AND r.deleted_at IS NULL AND COALESCE(f.number_key, r.created_at) <= ")
                .value(now)
                .push(" AND ");
            push_visible(&mut b, member, false);
            b.push(" GROUP BY l.to_id");
            for row in self.tx.all(b.build(ids.len())).await? {
                let mut r = row.reader();
                out.insert(r.take()?, r.take()?);
            }
        }
        Ok(out)
    }
}
