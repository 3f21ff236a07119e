//! How long people wait for the member's answer.

use tenon_model::reports::{Answers, Span, answers};

use super::days::Zone;
use super::{Days, Every};
use crate::{Actor, Ctx, Error, Result};

/// Messages that one picture is made of.
const MOST: u32 = 200_000;

/// A column: its first day, the day after its last, and the waits that began in it.
type Column = (String, String, Answers);

/// The waits in the member's own mailboxes, week by week or month by month, and altogether. What is answered after these
/// days is answered all the same.
pub async fn responses(
    ctx: &Ctx,
    actor: &Actor,
    days: &Days,
    every: Every,
) -> Result<(Vec<Column>, Answers)> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let zone = Zone::of(&mut tx, actor).await?;
    let named = days.buckets(every, &zone)?;
    let whole = Span {
        start: days.span(&zone).start,
        end: ctx.world.now(),
    };
    let letters = tx.messages().letters(whole, MOST).await?;
    let letters = letters.ok_or_else(|| {
        Error::field(
            "from",
            "means more than 200,000 messages; choose fewer days",
        )
    })?;
    let spans: Vec<Span> = named.iter().map(|(_, _, span)| *span).collect();
    let (buckets, whole) = answers(&letters, &spans);
    let columns = named.iter().zip(buckets);
    let columns = columns.map(|((from, to, _), b)| (from.to_string(), to.to_string(), b));
    Ok((columns.collect(), whole))
}
