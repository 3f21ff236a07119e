/** Connections of the sample account, whole and in each kind of trouble. */
import type { Connection } from "@tenon/api-client";
import { me as person } from "./people";
import { scopesOf } from "./providers";

const DAY = 86_400_000;
/** The time so long ago. */
type Iso = (ago: number) => string;

export const connection = (id: string, address: string, age: number, iso: Iso): Connection => ({
  id,
  provider: "google",
  status: "active",
  status_reason: null,
  address,
  name: person.name,
  picture_url: null,
  profile: "type",
  features: [
    { id: "identity", state: "on" },
    { id: "mail", state: "on" },
    { id: "organizing", state: "on" },
    { id: "sending", state: "on" },
    { id: "deleting", state: "off" },
    { id: "files", state: "on" },
    { id: "files_search", state: "off" },
  ],
  scopes_granted: scopesOf(["mail", "files"]),
  created_at: iso(age),
  revoked_at: null,
  purge_at: null,
  aliases: [
    { address, name: person.name, is_default: true, signature_html_present: true },
    {
      address: "atelier@ateliernord.example",
      name: "Atelier Nord",
      is_default: false,
      signature_html_present: false,
    },
  ],
  mailbox: {
    state: "live",
    reason: null,
    reason_text: null,
    progress: null,
    messages: 0,
    threads: 0,
    unread: 0,
    last_sync_at: iso(42_000),
    next_sync_at: iso(-18_000),
  },
});

/** What is wrong with one of each kind, by the name before the `@`. */
export const troubles = (iso: Iso): Record<string, (one: Connection) => void> => ({
  compta: (one) => {
    one.status = "needs_reauthorization";
    one.features = [
      { id: "identity", state: "on" },
      { id: "mail", state: "needs_reauthorization" },
    ];
  },
  ventes: (one) => {
    one.status = "revoked";
    one.revoked_at = iso(DAY);
    one.purge_at = iso(-6 * DAY);
  },
  archives: (one) => {
    if (one.mailbox != null) {
      one.mailbox.state = "parked";
      one.mailbox.reason_text = "4,210 of 10,000 messages disappeared at the provider within one check.";
    }
  },
  stock: (one) => {
    if (one.mailbox != null) {
      one.mailbox.state = "stalled";
      one.mailbox.reason_text =
        "The provider has been answering with errors for 25 minutes. The next try is at 14:20.";
    }
  },
});
