//! What others get of a shared conversation as a stream: it ends when the sharing does, and blind copies
//! are left out.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use tenon_connectors::ports::ByteStream;
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::MessageId;
use tenon_model::sabotage::{self, Saboteur};

use super::reading::still_lent;
use crate::{Actor, Ctx};

/// Asked again at the latest after this long; at once when anything was committed anywhere.
const AGAIN: Duration = Duration::from_millis(500);
/// Longest header that blind copies are looked for in. Providers take far less.
const HEADER: usize = 4 << 20;

fn over(code: &str) -> ProviderError {
    ProviderError {
        operation: "shared conversation",
        status: None,
        code: code.to_owned(),
        reaction: Reaction::Skip,
        provider_time: None,
    }
}

/// The stream while the message is shared with the member, and an error in place of the next byte when
/// it no longer is.
pub(super) fn while_shared(
    ctx: &Ctx,
    actor: &Actor,
    message: MessageId,
    stream: ByteStream,
) -> ByteStream {
    let (ctx, actor) = (ctx.clone(), *actor);
    let committed = ctx.store.subscribe();
    let begun = ctx.world.monotonic();
    let state = Some((stream, committed, begun));
    futures::stream::unfold(state, move |state| {
        let ctx = ctx.clone();
        async move {
            let (mut stream, mut committed, mut asked) = state?;
            let next = stream.next().await?;
            let now = ctx.world.monotonic();
            let due = committed.has_changed().unwrap_or(true) || now.saturating_sub(asked) >= AGAIN;
            if due && !sabotage::on(Saboteur::StreamGoesOn) {
                committed.mark_unchanged();
                asked = now;
                // What cannot be asked is not given.
                if !matches!(still_lent(&ctx, &actor, message).await, Ok(true)) {
                    return Some((Err(over("no_longer_shared")), None));
                }
            }
            Some((next, Some((stream, committed, asked))))
        }
    })
    .boxed()
}

/// Whether a header field says who got a blind copy.
pub(super) fn is_blind(name: &str) -> bool {
    let blind = ["bcc", "resent-bcc"]
        .iter()
        .any(|b| name.trim().eq_ignore_ascii_case(b));
    blind && !sabotage::on(Saboteur::BlindCopiesShown)
}

/// A message as it was received, without the fields that say who got a blind copy.
pub(super) fn without_blind_copies(stream: ByteStream) -> ByteStream {
    let state = (stream, Some(Vec::new()), VecDeque::new());
    futures::stream::unfold(state, |(mut stream, mut header, mut ready)| async move {
        loop {
            if let Some(chunk) = ready.pop_front() {
                return Some((Ok(chunk), (stream, header, ready)));
            }
            let next = stream.next().await;
            let Some(mut held) = header.take() else {
                return next.map(|chunk| (chunk, (stream, None, ready)));
            };
            match next {
                Some(Ok(chunk)) => {
                    let from = held.len().saturating_sub(4);
                    held.extend_from_slice(&chunk);
                    if let Some(end) = end_of_header(&held, from) {
                        let rest = Bytes::from(held.split_off(end));
                        ready.push_back(Bytes::from(cleaned(&held)));
                        ready.extend((!rest.is_empty()).then_some(rest));
                    } else if held.len() > HEADER {
                        let ended = futures::stream::empty().boxed();
                        return Some((Err(over("header_too_long")), (ended, None, ready)));
                    } else {
                        header = Some(held);
                    }
                }
                Some(Err(error)) => return Some((Err(error), (stream, None, ready))),
                None if held.is_empty() => return None,
                None => ready.push_back(Bytes::from(cleaned(&held))),
            }
        }
    })
    .boxed()
}

/// Where the empty line after the header ends.
fn end_of_header(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find_map(|i| {
        let rest = &bytes[i..];
        [&b"\r\n\r\n"[..], b"\n\n", b"\n\r\n"]
            .iter()
            .find(|end| rest.starts_with(end))
            .map(|end| i + end.len())
    })
}

/// A header without those fields and the lines that continue them (RFC 5322, 2.2.3).
fn cleaned(header: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(header.len());
    let mut left_out = false;
    for line in header.split_inclusive(|b| *b == b'\n') {
        let continues = matches!(line.first(), Some(b' ' | b'\t'));
        if !continues {
            let name = line.split(|b| *b == b':').next().unwrap_or_default();
            left_out = is_blind(&String::from_utf8_lossy(name));
        }
        if !left_out {
            out.extend_from_slice(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: a@b.example\r\nBcc: x@y.example,\r\n\tz@y.example\r\nSubject: Hello\r\nbcc : q@y.example\r\n\r\nBcc: is text here\r\n";

    fn stream(pieces: Vec<Bytes>) -> ByteStream {
        futures::stream::iter(pieces.into_iter().map(Ok)).boxed()
    }

    #[tokio::test]
    async fn blind_copies_are_left_out_however_the_bytes_come() {
        for size in [1, 2, 3, 7, 40, 1_000] {
            let pieces = MESSAGE.as_bytes().chunks(size);
            let pieces = pieces.map(Bytes::copy_from_slice).collect();
            let mut cleaned = without_blind_copies(stream(pieces));
            let mut out = Vec::new();
            while let Some(chunk) = cleaned.next().await {
                out.extend_from_slice(&chunk.unwrap());
            }
            let wanted =
                "From: a@b.example\r\nSubject: Hello\r\n\r\nBcc: is text here\r\n".to_owned();
            assert_eq!(String::from_utf8(out).unwrap(), wanted, "pieces of {size}");
        }
    }

    #[tokio::test]
    async fn a_message_that_is_all_header_is_cleaned_too() {
        let whole = Bytes::from_static(b"Bcc: x@y.example\nSubject: z\n");
        let out: Vec<_> = without_blind_copies(stream(vec![whole])).collect().await;
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].as_ref().unwrap().as_ref(), b"Subject: z\n");
    }
}
