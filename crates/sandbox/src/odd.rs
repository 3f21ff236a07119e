//! What happens behind a client's back: mails nobody should send (fault G32), deletions meanwhile (fault G3).

use bytes::Bytes;

use crate::mailbox::labels::{INBOX, UNREAD};
use crate::state::State;

/// Puts odd mails into a mailbox: each is legal enough to have been seen.
pub(crate) fn deliver(state: &State, account: usize) {
    let now = state.now();
    let today = now.0.div_euclid(1000);
    let mut big = b"From: big@odd.example\r\nSubject: ".to_vec();
    big.extend(std::iter::repeat_n(b'x', 100_000));
    big.extend_from_slice(b"\r\nMessage-ID: <big@odd.example>\r\n\r\nA subject of 100 kB.\r\n");
    let mails: [(Vec<u8>, i64); 6] = [
        (b"From: future@odd.example\r\nSubject: From the future\r\nDate: Mon, 1 Jan 2120 00:00:00 +0000\r\n\r\nSoon.\r\n".to_vec(), 4_733_510_400_000),
        (b"From: epoch@odd.example\r\nSubject: From 1970\r\n\r\nLong ago.\r\n".to_vec(), 0),
        (b"Subject: Nobody wrote this\r\nTo: undisclosed-recipients:;\r\n\r\nNo From.\r\n".to_vec(), today),
        (big, today),
        (b"From: nul\0@odd.example\r\nSubject: a\0b\r\nX-Odd: \0\0\r\n\r\nNUL\0NUL\r\n".to_vec(), today),
        (b"From: empty@odd.example\r\n".to_vec(), today),
    ];
    let mut mailbox = state.mailbox(account);
    for (bytes, date) in mails {
        mailbox.insert(Bytes::from(bytes), vec![INBOX, UNREAD], date, None, now);
    }
}

/// Deletes the oldest messages for good.
pub(crate) fn delete_oldest(state: &State, account: usize, count: usize) {
    let now = state.now();
    let mut mailbox = state.mailbox(account);
    let all: Vec<_> = mailbox.newest_first(None).map(|(slot, _)| slot).collect();
    for slot in all.into_iter().rev().take(count) {
        mailbox.delete(slot, now);
    }
}
