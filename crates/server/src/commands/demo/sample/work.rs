//! What is done for customers: tasks, calls, meetings, notes.

use std::time::Duration;

use serde_json::json;
use tenon_app::Result;
use tenon_app::records;
use tenon_model::RecordId;
use tenon_model::records::{Kind, ShareScope};

use super::super::words::{NOTES, OUTCOMES, TASKS};
use super::{Customer, DAY, Sample};

impl Sample {
    /// Some overdue, some today, some later, some done.
    pub(super) async fn tasks(&mut self, customers: &[Customer], deals: &[RecordId]) -> Result<()> {
        for i in 0..40 {
            let Some(customer) = self.pick(customers) else {
                continue;
            };
            let due = match i % 5 {
                0 => -1 - self.below(9) as i64,
                1 => 0,
                2 | 3 => 1 + self.below(20) as i64,
                _ => -(self.below(30) as i64),
            };
            let about = match self.pick(deals).filter(|_| i % 2 == 0) {
                Some(deal) => self.seen_by_all(*deal, customer).await?,
                None => customer.id,
            };
            let by = self.seller();
            let values = json!({
                "name": format!("{} {}", self.word(&TASKS), customer.name),
                "due_date": self.day(due),
                "done": i % 5 == 4,
                "priority": self.word(&["normal", "normal", "high", "low"]),
                "about": [about.to_string()],
            });
            let at = self.ago(31 + self.below(20));
            self.create(at, by, Kind::Task, values, None).await?;
        }
        Ok(())
    }

    /// The deal, or the customer where only its owner sees it.
    async fn seen_by_all(&self, deal: RecordId, customer: &Customer) -> Result<RecordId> {
        for who in self.people.iter().take(2) {
            if records::get(&self.ctx, who, deal).await.is_err() {
                return Ok(customer.id);
            }
        }
        Ok(deal)
    }

    pub(super) async fn activities(&mut self, customers: &[Customer]) -> Result<()> {
        for i in 0..30 {
            let Some(customer) = self.pick(customers) else {
                continue;
            };
            let Some(contact) = self.pick(&customer.contacts) else {
                continue;
            };
            let call = i % 3 > 0;
            // The last six are to come.
            let coming = i >= 24;
            let (days, by) = (1 + self.below(200), self.seller());
            let start = if coming {
                self.now + DAY * (i - 22)
            } else {
                self.ago(days)
            };
            let length = Duration::from_secs(if call { 900 } else { 3_600 });
            let values = json!({
                "type": if call { "call" } else { "meeting" },
                "name": format!("{} {}", if call { "Call with" } else { "Meeting at" }, customer.name),
                "start": start.to_rfc3339(),
                "end": (start + length).to_rfc3339(),
                "attendees": [contact.to_string()],
                "about": [contact.to_string(), customer.id.to_string()],
                "outcome": (!coming).then(|| self.word(&OUTCOMES)),
            });
            let at = if coming { self.ago(2) } else { start };
            self.create(at, by, Kind::Activity, values, None).await?;
        }
        Ok(())
    }

    /// Notes about people and deals; some are their authors' own.
    pub(super) async fn notes(&mut self, customers: &[Customer], deals: &[RecordId]) -> Result<()> {
        for i in 0..30 {
            let Some(customer) = self.pick(customers) else {
                continue;
            };
            let about = match (i % 3, self.pick(deals)) {
                (0, Some(deal)) => self.seen_by_all(*deal, customer).await?,
                (1, _) => customer.id,
                _ => *self.pick(&customer.contacts).unwrap_or(&customer.id),
            };
            let values = json!({"body": self.word(&NOTES), "about": [about.to_string()]});
            let sharing = (i % 10 == 9).then_some(ShareScope::Private);
            let (at, by) = (self.ago(1 + self.below(300)), self.seller());
            self.create(at, by, Kind::Note, values, sharing).await?;
        }
        Ok(())
    }
}
