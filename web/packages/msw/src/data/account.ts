/** The sample member, and what belongs to them. */
import type { Consent, MailRetention, Me, Receipt, Session } from "@tenon/api-client";
import { me as person } from "./people";
import { policy } from "./policy";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The time so long ago. */
type Iso = (ago: number) => string;

export function freshMe(): Me {
  return {
    member: {
      id: "mem_demo00000001",
      name: person.name,
      email: person.address,
      role: "owner",
      locale: "en",
      time_zone: "Europe/Paris",
      totp_enabled: false,
      undo_send_seconds: 10,
      working_hours: { days: [1, 2, 3, 4, 5], from: "09:00", until: "17:00" },
      recovery_codes: 0,
      has_password: true,
    },
    workspace: { id: "wsp_demo00000001", name: "Atelier Nord" },
    server: { version: "0.1.0", demo: false },
  };
}

export function retention(iso: Iso): MailRetention {
  return {
    mail_days: 180,
    default_days: 180,
    since: iso(180 * DAY),
    messages: 12_480,
    due: 31,
    purged: 402,
    purged_at: iso(9 * HOUR),
    next_purge_at: iso(-15 * HOUR),
    may_change: true,
  };
}

export function session(
  id: string,
  device: string,
  method: string,
  age: number,
  current: boolean,
  iso: Iso,
): Session {
  return {
    id,
    created_at: iso(age),
    last_seen_at: iso(current ? 0 : 5 * HOUR),
    device,
    method,
    current,
  };
}

export function consent(
  features: string[],
  connection: string | null,
  age: number,
  edition: number,
  iso: Iso,
): Consent {
  const text = policy(features, "en", edition);
  return {
    id: "cns_demo00000001",
    provider: "google",
    features: ["identity", ...features],
    policy_version: text.version,
    locale: "en",
    given_at: iso(age),
    sentences: text.sentences,
    connection_id: connection,
  };
}

export function receipt(age: number, iso: Iso): Receipt {
  return {
    id: "rcp_demo00000001",
    provider: "google",
    connected_at: iso(age + 120 * DAY),
    disconnected_at: iso(age),
    removed_at: iso(age),
    counts: [
      { what: "keys", count: 1 },
      { what: "tokens", count: 2 },
      { what: "messages", count: 3120 },
      { what: "threads", count: 1422 },
      { what: "labels", count: 18 },
      { what: "connections", count: 1 },
    ],
    key_id: "key_01jcz8k3v5e8p9x2q7w4r6t0ab",
    key_destroyed: true,
    grant: "revoked",
    grant_link: null,
  };
}
