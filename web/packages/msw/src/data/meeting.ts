/** What mail and records have to do with each other in the sample: a colleague's conversation, people not known yet. */

import type { Message, Thread } from "@tenon/api-client";
import type { Suggestion } from "../../../features/src/records/core/next-types";
import type { StoredThread } from "./mailbox";
import { ana, daniel, lea, type Person } from "./people";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const LEAS_THREAD = "thr_lea000000001";
export const LEAS_MAILBOX = "con_lea000000001";

/** A conversation of a colleague's mailbox, which she shares. */
export function leasThread(iso: (ago: number) => string): StoredThread {
  const subject = "Reception desk: samples and the fitting in April";
  const message = (at: number, from: Person, to: Person[], ago: number, html: string) => {
    const received = iso(ago);
    const told: Message = {
      id: `msg_lea0000000${at}`,
      thread_id: LEAS_THREAD,
      from: [from],
      to,
      cc: [],
      reply_to: [],
      subject,
      date: received,
      received_at: received,
      size: 5000,
      unread: false,
      starred: false,
      has_attachments: at === 2,
      label_ids: [],
      message_id_header: `<lea-${at}@mail.example>`,
    };
    const files = at === 2 ? [{ name: "Samples.pdf", type: "application/pdf", size: 320_000 }] : [];
    return { message: told, sample: { from, to, ago: ago / 60_000, html, files } };
  };
  const messages = [
    message(
      1,
      daniel,
      [lea],
      3 * DAY,
      "<p>Hello Léa,</p><p>could we have two samples of the desk’s top before we decide on the fitting?</p><p>Daniel</p>",
    ),
    message(
      2,
      lea,
      [daniel, ana],
      2 * DAY,
      "<p>Hello Daniel,</p><p>they are on their way. The fitting is possible from 14 April.</p><p>Léa</p>",
    ),
  ];
  const thread: Thread = {
    id: LEAS_THREAD,
    connection_id: LEAS_MAILBOX,
    subject,
    participants: [daniel, lea, ana].map((one) => ({ ...one, me: false })),
    last_at: iso(2 * DAY),
    message_count: 2,
    unread_count: 0,
    starred: false,
    has_attachments: true,
    label_ids: [],
  };
  return { thread, messages };
}

type Unknown = [name: string, address: string, received: number, sent: number, ago: number, thread: number];
const UNKNOWN: Unknown[] = [
  ["Nora Lindgren", "nora.lindgren@nordlys.example", 6, 4, 5 * HOUR, 4],
  ["Scierie du Lac", "commandes@scierie-du-lac.example", 9, 3, 7 * HOUR, 1],
  ["Pedro Alves", "pedro@alves-iluminacao.example", 3, 2, 2 * DAY, 7],
  ["", "hotel.reservas@casaverde.example", 2, 1, 6 * DAY, 9],
  ["Marlene Hauser", "m.hauser@bauwerk-sued.example", 2, 2, 11 * DAY, 12],
  [
    "Jean-Baptiste de la Tour d’Auvergne-Lauraguais",
    "jb.delatour@etude-delatour.example",
    1,
    1,
    19 * DAY,
    14,
  ],
];

/** People that mail was exchanged with and who are no contacts; newest first. */
export const unknownPeople = (
  iso: (ago: number) => string,
): Array<Omit<Suggestion, "company" | "thread"> & { thread: number }> =>
  UNKNOWN.map(([name, address, received, sent, ago, thread]) => ({
    name,
    address,
    received,
    sent,
    last_at: iso(ago),
    thread,
  }));
