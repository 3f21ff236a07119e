/** How whole the sample mailbox is, and what its syncs did. */
import type { Health, Mailbox } from "@tenon/api-client";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** `total` as the provider counts it; `iso` is the time so long ago. */
export function health(state: Mailbox, paused: boolean, total: number, iso: (ago: number) => string): Health {
  const done = state.progress?.done ?? total;
  const skipped = state.progress == null ? 2 : 0;
  const run = (
    kind: "first_sync" | "poll" | "resync",
    ago: number,
    added: number,
    changed = 0,
    removed = 0,
  ) => ({
    kind,
    started_at: iso(ago),
    finished_at: iso(ago - 1400),
    outcome: "ok",
    added,
    changed,
    removed,
  });
  return {
    listed: total,
    stored: done - skipped,
    skipped,
    gone: 14,
    provider_total: total,
    since: iso(180 * DAY),
    complete: state.state === "live",
    lag_seconds: state.state === "live" ? 2 : 340,
    last_sync_at: iso(42_000),
    next_sync_at: paused ? null : iso(-18_000),
    cursor_age_seconds: 42,
    state: state.state,
    reason: state.reason ?? null,
    reason_text: state.reason_text ?? null,
    quota: {
      units_per_minute: 6000,
      used_last_minute: state.progress == null ? 204 : 4480,
      refused_last_hour: 0,
      reserve: 1200,
    },
    push: {
      state: state.state === "live" ? "live" : "waiting",
      alarm: false,
      reason: null,
      reason_text: null,
      renewed_at: iso(5 * HOUR),
      next_renewal_at: iso(-18 * HOUR),
      expires_at: iso(-6 * DAY),
      last_push_at: state.state === "live" ? iso(42_000) : null,
    },
    skipped_items:
      skipped === 0
        ? []
        : [
            {
              provider_id: "18f3a2c90b7d4e11",
              reason: "too_large",
              reason_text: "Its header is larger than the limit of 1 MB.",
              at: iso(39 * DAY),
            },
            {
              provider_id: "1902bb61c8aa0f37",
              reason: "gone",
              reason_text: "It was deleted at the provider while it was being fetched.",
              at: iso(3 * DAY),
            },
          ],
    runs: [
      run("poll", 42_000, 1),
      run("poll", 102_000, 0, 3),
      run("poll", 162_000, 2, 1),
      run("resync", 2 * DAY, 0, 12, 4),
      run("first_sync", 40 * DAY, total),
    ],
  };
}
