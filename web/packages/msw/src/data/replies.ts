/** What a composer begins with: the addresses to write from, and what an answer takes over. */
import type { ComposeOptions, Connection, DraftKind, ReplyStart } from "@tenon/api-client";
import type { StoredMessage } from "./mailbox";
import { me } from "./people";

const SIGNATURE = `<p>Camille Martin<br><strong>Atelier Nord</strong> · 12 rue des Copeaux, Annecy</p>`;
type Address = { name: string; address: string };

export const composeOptions = (aliases: Connection["aliases"]): ComposeOptions => ({
  from: aliases.map(({ address, name, is_default }) => ({
    address,
    name,
    is_default,
    signature_html: is_default ? SIGNATURE : "<p>Atelier Nord, since 1987</p>",
  })),
  limits: { message_bytes: 26_214_400, recipients: 500 },
});

export function replyTo({ message, sample }: StoredMessage, kind: DraftKind, connection: string): ReplyStart {
  const mine = (person: Address) => person.address === me.address;
  const from = message.from.filter((person) => !mine(person));
  const others = [...message.to, ...message.cc].filter((person) => !mine(person));
  const to = kind === "forward" ? [] : from.length > 0 ? from : message.to;
  const bare = message.subject.replace(/^(re|fwd?|tr)\s*:\s*/i, "");
  const who = message.from[0]?.name ?? "";
  return {
    connection_id: connection,
    kind,
    message_id: message.id,
    thread_id: message.thread_id,
    from: me.address,
    to,
    cc:
      kind === "reply_all" ? others.filter((one) => !to.some((other) => other.address === one.address)) : [],
    subject: `${kind === "forward" ? "Fwd" : "Re"}: ${bare}`,
    html: "",
    signature_html: SIGNATURE,
    quoted_html: `<div class="gmail_quote"><div>On ${new Date(message.received_at).toUTCString()}, ${who} wrote:</div><blockquote style="margin:0 0 0 8px;padding-left:12px;border-left:2px solid #ccc">${sample.html}</blockquote></div>`,
    attachments:
      kind === "forward"
        ? (sample.files ?? []).map((file, at) => ({
            message_id: message.id,
            part: String(at + 2),
            name: file.name,
            content_type: file.type,
            size: file.size,
            inline: false,
          }))
        : [],
  };
}
