//! Parts taken out of a message's own bytes, where the provider does not offer them by themselves.

use mail_parser::{MessageParser, PartType};

/// The decoded bytes of the part at a path as [`super::walk`] numbers them; of mail inside mail, the
/// mail. `None` when the bytes have no such part.
pub(crate) fn part(raw: &[u8], path: &[usize]) -> Option<Vec<u8>> {
    let message = MessageParser::default().parse(raw)?;
    let mut part = message.parts.first()?;
    let is_multipart = |p: &mail_parser::MessagePart<'_>| matches!(p.body, PartType::Multipart(_));
    if is_multipart(part) {
        for n in path {
            let PartType::Multipart(children) = &part.body else {
                return None;
            };
            let child = children.get(n.checked_sub(1)?)?;
            part = message.parts.get(usize::try_from(*child).ok()?)?;
        }
    } else if path != [1] {
        return None;
    }
    (!is_multipart(part)).then(|| part.contents().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUNCE: &[u8] = b"From: x@y.z\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nNot delivered.\r\n\
--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: message/rfc822\r\n\r\n\
Subject: inner\r\n\r\nHello\r\n--c--\r\n--b\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n";

    #[test]
    fn mail_inside_mail_comes_whole() {
        let found = part(BOUNCE, &[2, 1]).unwrap();
        assert!(
            found.starts_with(b"Subject: inner\r\n\r\nHello"),
            "{}",
            String::from_utf8_lossy(&found)
        );
        assert!(!found.ends_with(b"--c--\r\n"));
        assert_eq!(part(BOUNCE, &[3]).as_deref(), Some(&b"abc"[..]));
        for nowhere in [&[2][..], &[4], &[2, 2], &[2, 1, 1], &[0], &[]] {
            assert_eq!(part(BOUNCE, nowhere), None, "{nowhere:?}");
        }
        let root = b"Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nb";
        assert_eq!(
            part(root, &[1]).as_deref(),
            Some(&b"Subject: a\r\n\r\nb"[..])
        );
        assert_eq!(part(root, &[2]), None);
    }

    proptest! {
        #[test]
        fn rubbish_does_not_panic(raw in "(--b|Content-Type: (multipart/mixed; boundary=b|message/rfc822)|\r?\n|[ -~é]){0,40}", path in prop::collection::vec(0usize..4, 0..4)) {
            part(raw.as_bytes(), &path);
        }
    }
}
