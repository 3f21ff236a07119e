//! Authenticator data (Web Authentication Level 3, section 6.1).

use ciborium::Value;

use super::Refused;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// Longest credential id (section 7.1, step 26).
const LONGEST_ID: usize = 1_023;

#[derive(Debug)]
pub(super) struct AuthenticatorData {
    rp_id_hash: [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
    pub(super) backed_up: bool,
    pub(super) new_credential: Option<NewCredential>,
}

#[derive(Debug)]
pub(super) struct NewCredential {
    pub(super) id: Vec<u8>,
    pub(super) public_key: Vec<u8>,
}

fn cut<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Refused> {
    let (head, tail) = rest
        .split_first_chunk::<N>()
        .ok_or(Refused("authenticator_data"))?;
    *rest = tail;
    Ok(*head)
}

/// The bytes of one CBOR item.
fn item<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Refused> {
    let whole = *rest;
    let _: Value = ciborium::from_reader(&mut *rest).map_err(|_| Refused("authenticator_data"))?;
    whole
        .get(..whole.len() - rest.len())
        .ok_or(Refused("authenticator_data"))
}

impl AuthenticatorData {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let mut rest = bytes;
        let rp_id_hash = cut(&mut rest)?;
        let [flags] = cut(&mut rest)?;
        let sign_count = u32::from_be_bytes(cut(&mut rest)?);
        let new_credential = if flags & ATTESTED == 0 {
            None
        } else {
            let _aaguid: [u8; 16] = cut(&mut rest)?;
            let length = usize::from(u16::from_be_bytes(cut(&mut rest)?));
            let (id, tail) = rest
                .split_at_checked(length)
                .filter(|_| (1..=LONGEST_ID).contains(&length))
                .ok_or(Refused("credential_id"))?;
            rest = tail;
            Some(NewCredential {
                id: id.to_vec(),
                public_key: item(&mut rest)?.to_vec(),
            })
        };
        if flags & EXTENSIONS != 0 {
            item(&mut rest)?;
        }
        if !rest.is_empty() {
            return Err(Refused("authenticator_data"));
        }
        Ok(Self {
            rp_id_hash,
            flags,
            sign_count,
            backed_up: flags & BACKED_UP != 0,
            new_credential,
        })
    }

    /// The checks that making and using a passkey share.
    pub(super) fn check(&self, rp_id: &str) -> Result<(), Refused> {
        let own = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, rp_id.as_bytes());
        if own.as_ref() != self.rp_id_hash {
            return Err(Refused("rp_id"));
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(Refused("user_not_present"));
        }
        if self.flags & USER_VERIFIED == 0 {
            return Err(Refused("user_not_verified"));
        }
        if self.backed_up && self.flags & BACKUP_ELIGIBLE == 0 {
            return Err(Refused("backup_state"));
        }
        Ok(())
    }
}
