//! Data keys: seal, open, blind index.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use tenon_model::{KeyId, World};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::chain::{ChainKey, CheckpointKey};

/// Format of a sealed value: this byte, 16 bytes key id, 12 bytes nonce, ciphertext, 16 bytes tag.
const FORMAT: u8 = 1;
const HEADER: usize = 1 + 16 + NONCE_LEN;

/// A sealed value as it is stored. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Sealed {
    /// The key it was sealed with.
    pub fn key_id(&self) -> Result<KeyId, VaultError> {
        match self.0.get(..17) {
            Some([FORMAT, id @ ..]) => Ok(KeyId(
                Uuid::from_slice(id).map_err(|_| VaultError::Malformed)?,
            )),
            _ => Err(VaultError::Malformed),
        }
    }
}

/// A keyed, truncated hash of a normalized value: equal values of one key are found, nothing else
/// is learnt from it.
pub type BlindIndex = [u8; 16];

/// Where a value lives; bound into it as associated data.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    table: &'a str,
    column: &'a str,
    row: Uuid,
}

impl<'a> Context<'a> {
    /// The value of `column` in the row `row` of `table`.
    pub fn new(table: &'a str, column: &'a str, row: impl Into<Uuid>) -> Self {
        Self {
            table,
            column,
            row: row.into(),
        }
    }

    /// Its table.
    pub const fn table(&self) -> &'a str {
        self.table
    }

    /// Its column.
    pub const fn column(&self) -> &'a str {
        self.column
    }

    /// Its row.
    pub const fn row(&self) -> Uuid {
        self.row
    }

    fn bytes(&self, key: KeyId) -> Vec<u8> {
        // Lengths are fixed or the parts are separated by a byte that names never hold.
        let mut out = Vec::with_capacity(34 + self.table.len() + self.column.len());
        out.push(FORMAT);
        out.extend_from_slice(key.0.as_bytes());
        out.extend_from_slice(self.row.as_bytes());
        out.extend_from_slice(self.table.as_bytes());
        out.push(0);
        out.extend_from_slice(self.column.as_bytes());
        out
    }
}

/// Is told of values that do not open: they were changed, moved or damaged.
pub trait Witness: Send + Sync {
    /// A value at `context` did not open with `key`.
    fn refused(&self, key: KeyId, context: &Context<'_>);
}

/// A data key, ready to use. Never printed, never serialized; what is stored is its wrapped form.
pub struct DataKey {
    id: KeyId,
    secret: Zeroizing<[u8; 32]>,
    aead: LessSafeKey,
    index: hmac::Key,
    witness: Option<Arc<dyn Witness>>,
}

impl DataKey {
    /// A fresh random key with a fresh id.
    pub fn generate(world: &World) -> Self {
        // The mapping of 32 bytes to the ciphers cannot fail; see `from_secret`.
        Self::build(world.id(), Zeroizing::new(world.bytes()))
    }

    pub(crate) fn from_secret(id: KeyId, secret: &[u8]) -> Result<Self, VaultError> {
        let secret: [u8; 32] = secret.try_into().map_err(|_| VaultError::Malformed)?;
        Ok(Self::build(id, Zeroizing::new(secret)))
    }

    #[expect(
        clippy::expect_used,
        reason = "the length is a constant that the cipher accepts"
    )]
    fn build(id: KeyId, secret: Zeroizing<[u8; 32]>) -> Self {
        // Sealing and indexing use separate keys derived from the one secret.
        let seal = derive(id, &secret, &[b"tenon seal"]);
        let aead = UnboundKey::new(&AES_256_GCM, &*seal).expect("a key of 32 bytes");
        let index = derive(id, &secret, &[b"tenon blind index"]);
        Self {
            id,
            aead: LessSafeKey::new(aead),
            index: hmac::Key::new(hmac::HMAC_SHA256, &*index),
            secret,
            witness: None,
        }
    }

    /// Tells `witness` of every value that does not open.
    #[must_use]
    pub fn watched(mut self, witness: Arc<dyn Witness>) -> Self {
        self.witness = Some(witness);
        self
    }

    /// The key that seals the entries of one audit chain.
    pub fn chain_key(&self, chain: Uuid) -> ChainKey {
        let label: [&[u8]; 2] = [b"tenon audit chain", chain.as_bytes()];
        ChainKey::new(&derive(self.id, &self.secret, &label))
    }

    /// The key that signs checkpoints of audit chains.
    pub fn checkpoint_key(&self) -> Result<CheckpointKey, VaultError> {
        let seed = derive(self.id, &self.secret, &[b"tenon audit checkpoint"]);
        CheckpointKey::new(self.id, &seed)
    }

    /// Its id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Seals `plaintext` for one place.
    pub fn seal(
        &self,
        world: &World,
        context: &Context<'_>,
        plaintext: &[u8],
    ) -> Result<Sealed, VaultError> {
        let nonce: [u8; NONCE_LEN] = world.bytes();
        let mut out = Vec::with_capacity(HEADER + plaintext.len() + 16);
        out.push(FORMAT);
        out.extend_from_slice(self.id.0.as_bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plaintext);
        let tag = self
            .aead
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.bytes(self.id)),
                &mut out[HEADER..],
            )
            .map_err(|_| VaultError::Malformed)?;
        out.extend_from_slice(tag.as_ref());
        Ok(Sealed(out))
    }

    /// Opens a value sealed for the same place.
    pub fn open(
        &self,
        context: &Context<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let opened = self.try_open(context, sealed);
        if let (Err(_), Some(witness)) = (&opened, &self.witness) {
            witness.refused(self.id, context);
        }
        opened
    }

    fn try_open(
        &self,
        context: &Context<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.key_id()? != self.id {
            return Err(VaultError::OtherKey);
        }
        let body = sealed.0.get(HEADER..).ok_or(VaultError::Malformed)?;
        let nonce = sealed.0[17..HEADER]
            .try_into()
            .map_err(|_| VaultError::Malformed)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self
            .aead
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.bytes(self.id)),
                &mut plain,
            )
            .map_err(|_| VaultError::Refused)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// The blind index of `value` for one `purpose` (`address`, `message-id`). The value must be
    /// normalized already.
    pub fn blind_index(&self, purpose: &str, value: &str) -> BlindIndex {
        let mut context = hmac::Context::with_key(&self.index);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(value.as_bytes());
        let mut out = [0; 16];
        out.copy_from_slice(&context.sign().as_ref()[..16]);
        out
    }
}

/// 32 bytes for one use, named by a label (RFC 5869); parts of a label have fixed lengths.
#[expect(
    clippy::expect_used,
    reason = "the length is a constant that the KDF accepts"
)]
fn derive(id: KeyId, secret: &[u8; 32], label: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, id.0.as_bytes()).extract(secret);
    let mut out = Zeroizing::new([0; 32]);
    prk.expand(label, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *out))
        .expect("32 bytes is a valid length of HKDF-SHA256");
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn context(row: Uuid) -> Context<'static> {
        Context::new("messages", "envelope", row)
    }

    #[test]
    fn v2_a_value_opens_only_where_it_was_sealed() {
        let world = World::system();
        let (a, b) = (DataKey::generate(&world), DataKey::generate(&world));
        let row = world.uuid();
        let sealed = a.seal(&world, &context(row), b"hello").unwrap();
        assert_eq!(&*a.open(&context(row), &sealed).unwrap(), b"hello");
        assert!(matches!(
            b.open(&context(row), &sealed),
            Err(VaultError::OtherKey)
        ));
        assert!(matches!(
            a.open(&context(world.uuid()), &sealed),
            Err(VaultError::Refused)
        ));
        assert!(matches!(
            a.open(&Context::new("labels", "envelope", row), &sealed),
            Err(VaultError::Refused)
        ));
        assert!(matches!(
            a.open(&Context::new("messages", "name", row), &sealed),
            Err(VaultError::Refused)
        ));
        // Even when the key id in the header is rewritten, another key does not open it.
        let mut forged = sealed;
        forged.0[1..17].copy_from_slice(b.id().0.as_bytes());
        assert!(matches!(
            b.open(&context(row), &forged),
            Err(VaultError::Refused)
        ));
    }

    #[test]
    fn v8_each_flipped_bit_is_noticed() {
        let world = World::system();
        let key = DataKey::generate(&world);
        let row = world.uuid();
        let sealed = key.seal(&world, &context(row), b"0123456789").unwrap();
        for bit in 0..sealed.0.len() * 8 {
            let mut changed = sealed.clone();
            changed.0[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(&context(row), &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.0.len() {
            assert!(
                key.open(&context(row), &Sealed(sealed.0[..length].to_vec()))
                    .is_err(),
                "length {length}"
            );
        }
    }

    #[test]
    fn v6_nonces_do_not_repeat() {
        let world = World::system();
        let key = DataKey::generate(&world);
        let row = world.uuid();
        let nonces: std::collections::HashSet<Vec<u8>> = (0..100_000)
            .map(|_| key.seal(&world, &context(row), b"").unwrap().0[17..29].to_vec())
            .collect();
        assert_eq!(nonces.len(), 100_000);
    }

    #[test]
    fn blind_indexes_differ_by_key_and_purpose() {
        let world = World::system();
        let (a, b) = (DataKey::generate(&world), DataKey::generate(&world));
        assert_eq!(
            a.blind_index("address", "x@y"),
            a.blind_index("address", "x@y")
        );
        assert_ne!(
            a.blind_index("address", "x@y"),
            b.blind_index("address", "x@y")
        );
        assert_ne!(
            a.blind_index("address", "x@y"),
            a.blind_index("message-id", "x@y")
        );
    }

    proptest! {
        #[test]
        fn anything_comes_back(plain: Vec<u8>) {
            let world = World::system();
            let key = DataKey::generate(&world);
            let row = world.uuid();
            let sealed = key.seal(&world, &context(row), &plain).unwrap();
            prop_assert_eq!(&*key.open(&context(row), &sealed).unwrap(), &plain);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let world = World::system();
            prop_assert!(DataKey::generate(&world).open(&context(world.uuid()), &Sealed(bytes)).is_err());
        }
    }
}
