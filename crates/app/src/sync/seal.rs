//! From a message as the provider lists it to the sealed row that is stored.

use tenon_model::World;
use tenon_model::mail::{Envelope, RemoteMessage, normalize_address};
use tenon_model::{MessageId, Time};
use tenon_store::NewMessage;
use tenon_vault::{BlindIndex, Context, DataKey, VaultError};

/// Seals a message for its row. Its addresses and Message-ID stay findable by blind index.
pub(crate) fn seal(
    world: &World,
    key: &DataKey,
    own: &[String],
    message: RemoteMessage,
) -> Result<NewMessage, VaultError> {
    let id: MessageId = world.id();
    let json = serde_json::to_vec(&message.envelope).map_err(|_| VaultError::Malformed)?;
    let envelope = key.seal(world, &Context::new("messages", "envelope", id.0), &json)?;
    let automatic = message.envelope.automatic;
    Ok(NewMessage {
        id,
        message_id_index: message_id_index(key, &message.envelope.message_id),
        address_indexes: address_indexes(key, own, &message.envelope),
        provider_id: message.provider_id,
        provider_thread_id: message.thread_id,
        labels: message.labels,
        received_at: message.received_at,
        size: message.size,
        has_attachments: message.has_attachments,
        automatic,
        envelope,
    })
}

fn message_id_index(key: &DataKey, message_id: &str) -> Option<BlindIndex> {
    (!message_id.is_empty()).then(|| key.blind_index("message-id", message_id))
}

/// The mailbox's own addresses are on every message and find nothing; they are left out.
fn address_indexes(key: &DataKey, own: &[String], envelope: &Envelope) -> Vec<BlindIndex> {
    let mut addresses: Vec<String> = [&envelope.from, &envelope.to, &envelope.cc]
        .into_iter()
        .flatten()
        .map(|a| normalize_address(&a.address))
        .filter(|a| !a.is_empty() && !own.contains(a))
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses.truncate(200); // a mail to ten thousand is not found by each of them
    addresses
        .iter()
        .map(|a| key.blind_index("address", a))
        .collect()
}

/// Opens the envelope of a stored message.
pub(crate) fn open_envelope(
    key: &DataKey,
    id: MessageId,
    sealed: &tenon_vault::Sealed,
) -> Result<Envelope, VaultError> {
    let json = key.open(&Context::new("messages", "envelope", id.0), sealed)?;
    serde_json::from_slice(&json).map_err(|_| VaultError::Malformed)
}

/// What is recorded of a message that cannot be stored.
pub(super) struct Skip {
    pub(super) provider_id: String,
    pub(super) reason: String,
    pub(super) at: Time,
}

impl Skip {
    pub(super) fn new(provider_id: String, reason: &str, at: Time) -> Self {
        Self {
            provider_id,
            reason: reason.to_owned(),
            at,
        }
    }
}
