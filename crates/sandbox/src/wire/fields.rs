//! The `fields` parameter: partial responses in Google's syntax, `a,b/c,d(e,f),*`.

/// What part of an answer is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mask {
    /// Everything from here on.
    All,
    /// Only these keys, each with its own mask; `*` stands for every key.
    Only(Vec<(String, Mask)>),
}

/// Everything.
pub(crate) static ALL: Mask = Mask::All;

const DEEPEST: usize = 32;

impl Mask {
    /// Reads a `fields` expression; the error is the text Google would complain about.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let mask = reader.list(0)?;
        if reader.at < text.len() {
            Err(text[reader.at..].to_owned())
        } else {
            Ok(mask)
        }
    }

    /// The mask below `key`, `None` when the key is not wanted.
    pub(crate) fn below(&self, key: &str) -> Option<&Self> {
        match self {
            Self::All => Some(&ALL),
            Self::Only(keys) => keys
                .iter()
                .find(|(k, _)| k == key || k == "*")
                .map(|(_, mask)| mask),
        }
    }

    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::All, _) => {}
            (this, Self::All) => *this = Self::All,
            (Self::Only(mine), Self::Only(theirs)) => {
                for (key, mask) in theirs {
                    match mine.iter_mut().find(|(k, _)| *k == key) {
                        Some((_, old)) => old.merge(mask),
                        None => mine.push((key, mask)),
                    }
                }
            }
        }
    }

    /// The first name that `shape` does not know, as Google reports it.
    pub(crate) fn unknown_name(&self, shape: &Shape) -> Option<&str> {
        let Self::Only(keys) = self else { return None };
        keys.iter().find_map(|(key, mask)| {
            if key == "*" {
                return None;
            }
            match shape.0.iter().find(|(name, _)| name == key) {
                None => Some(key.as_str()),
                Some((_, Some(below))) => mask.unknown_name(below),
                Some((_, None)) => None,
            }
        })
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self) -> Result<T, String> {
        Err(self
            .text
            .get(self.at..)
            .filter(|t| !t.is_empty())
            .unwrap_or(self.text)
            .to_owned())
    }

    fn list(&mut self, depth: usize) -> Result<Mask, String> {
        if depth > DEEPEST {
            return self.fail();
        }
        let mut mask = Mask::Only(Vec::new());
        loop {
            mask.merge(self.path(depth)?);
            if self.peek() != Some(b',') {
                return Ok(mask);
            }
            self.at += 1;
        }
    }

    fn path(&mut self, depth: usize) -> Result<Mask, String> {
        if depth > DEEPEST {
            return self.fail();
        }
        let rest = &self.text[self.at..];
        let len = rest
            .bytes()
            .take_while(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$' | b'*' | b'.')
            })
            .count();
        if len == 0 {
            return self.fail();
        }
        let name = rest[..len].to_owned();
        self.at += len;
        let below = match self.peek() {
            Some(b'/') => {
                self.at += 1;
                self.path(depth + 1)?
            }
            Some(b'(') => {
                self.at += 1;
                let inner = self.list(depth + 1)?;
                if self.peek() != Some(b')') {
                    return self.fail();
                }
                self.at += 1;
                inner
            }
            _ => Mask::All,
        };
        Ok(Mask::Only(vec![(name, below)]))
    }
}

/// The names an answer may have, for refusing a `fields` that asks for others.
pub(crate) struct Shape(pub(crate) &'static [(&'static str, Option<&'static Shape>)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_googles_syntax() {
        let mask = Mask::parse("id,a/b,a/c(d,e/*),x(y)").unwrap();
        assert_eq!(mask.below("id"), Some(&Mask::All));
        let a = mask.below("a").unwrap();
        assert_eq!(a.below("b"), Some(&Mask::All));
        assert_eq!(
            a.below("c").unwrap().below("e").unwrap().below("anything"),
            Some(&Mask::All)
        );
        assert!(a.below("z").is_none());
        assert!(mask.below("other").is_none());
    }

    #[test]
    fn refuses_what_is_no_mask() {
        for bad in [
            "",
            ",",
            "a,",
            "a(",
            "a(b",
            "a)b",
            "a/",
            "a b",
            &"a/".repeat(50),
        ] {
            assert!(Mask::parse(bad).is_err(), "{bad}");
        }
    }
}
