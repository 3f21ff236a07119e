"""Which encoding and context each variant gets, so that pairs are covered with few samples."""

from contexts import CONTEXTS, PARTS

# Places that the app's own page shows rather than the message's frame; a few samples of each.
PLACES = PARTS[-3:]


def variants(vectors, fitting, each):
    """`(vector, encoding, context)` for `each` variants of each vector: always the pair that covers most of what no
    sample before it had, of (vector, encoding), (vector, context), (class, encoding), (class, context) and
    (encoding, context). Ties go to what was used least, then to the order of the tables; so it is the same every time."""
    seen, used, chosen = set(), {}, []
    for _ in range(each):
        for number, (kind, _) in enumerate(vectors):
            best = None
            for encoding in fitting[number]:
                for context in CONTEXTS:
                    if encoding == "plain" and context == "body" or context in PLACES and used.get(context, 0) >= 12:
                        continue
                    pairs = (
                        (number, encoding),
                        (number, context),
                        (kind, encoding),
                        (kind, context),
                        (encoding, context),
                    )
                    weights = (1, 1, 3, 3, 2)
                    new = sum(w for w, pair in zip(weights, pairs) if pair not in seen)
                    rank = (new, -used.get(encoding, 0) - used.get(context, 0))
                    if best is None or rank > best[0]:
                        best = (rank, encoding, context, pairs)
            _, encoding, context, pairs = best
            seen.update(pairs)
            used[encoding] = used.get(encoding, 0) + 1
            used[context] = used.get(context, 0) + 1
            chosen.append((number, encoding, context))
    return [*chosen, *left_over(vectors, fitting, seen)]


def left_over(vectors, fitting, seen):
    """Classes of few vectors do not get through all encodings that fit only one or two of them: those come besides."""
    for number, (kind, _) in enumerate(vectors):
        for encoding in fitting[number]:
            if (kind, encoding) not in seen:
                seen.add((kind, encoding))
                yield number, encoding, "whole document"
