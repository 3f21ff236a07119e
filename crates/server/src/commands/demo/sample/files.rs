//! Files in Drive on customers and their deals.

use std::time::Duration;

use tenon_app::{Result, records};
use tenon_model::RecordId;
use tenon_model::files::{DriveLink, FileState};
use tenon_sandbox::Control;
use tenon_store::FileRow;

use super::{Customer, Sample};

/// Files on one deal.
const ON_A_DEAL: usize = 2;

impl Sample {
    /// Those that are named after a customer stand on it, and some on its deals too, as if Alice had chosen them while her
    /// account was connected; it is not yet, so they are written as they would be left. Connecting it goes on with them.
    pub(super) async fn files(
        &self,
        customers: &[Customer],
        deals: &[RecordId],
        email: &str,
        google: &Control,
    ) -> Result<()> {
        let alice = self.people[0];
        let mut of_deals = Vec::new();
        for deal in deals {
            // Some are others' own.
            if let Ok(view) = records::get(&self.ctx, &alice, *deal).await {
                let company = view.values.get("company").and_then(|v| v.as_str());
                of_deals.push((*deal, company.map(str::to_owned)));
            }
        }
        let all = google.drive_files(email);
        let mut tx = self.ctx.store.begin(&alice.scope()).await?;
        for customer in customers {
            let named = all.iter().filter(|(_, name)| name.contains(&customer.name));
            for (n, (id, name)) in named.enumerate() {
                google.open_file(email, id);
                let company = customer.id.to_string();
                let deals = of_deals
                    .iter()
                    .filter(|(_, of)| of.as_ref() == Some(&company));
                let deals = deals
                    .map(|(deal, _)| *deal)
                    .take(if n < ON_A_DEAL { 3 } else { 0 });
                for (at, record) in std::iter::once(customer.id).chain(deals).enumerate() {
                    let added_at = self.ago(1 + self.below(60)) + Duration::from_micros(at as u64);
                    let mime_type = google.type_of_file(id).unwrap_or_default();
                    let same = std::slice::from_ref(id);
                    if !tx
                        .record_files()
                        .to(record, "google", same)
                        .await?
                        .is_empty()
                    {
                        continue; // an earlier start was cut off
                    }
                    let row = FileRow {
                        id: self.ctx.world.id(),
                        record,
                        connection: None,
                        provider: "google".to_owned(),
                        provider_file_id: id.clone(),
                        drive_id: google.drive_of(id),
                        name: name.clone(),
                        link: DriveLink::address(id, &mime_type).unwrap_or_default(),
                        mime_type,
                        state: FileState::Available,
                        added_by: alice.member,
                        added_at,
                        checked_at: Some(added_at),
                        removed_at: None,
                    };
                    tx.record_files().insert(&row).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }
}
