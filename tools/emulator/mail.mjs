// A small mailbox for the emulator: threads, an attachment, HTML, French, a bare text, a broken header.

const DAY = 24 * 60 * 60 * 1000;
const raw = (text) => Buffer.from(text.replace(/\r?\n/g, "\r\n"), "utf8").toString("base64url");

function seed(account, key, thread, date, labels, text) {
  return {
    id: `msg_${key}`,
    thread_id: `thr_${thread}`,
    user_email: account,
    label_ids: labels,
    internal_date: String(date.getTime()),
    raw: raw(text),
  };
}

/** A plain message that begins a thread of its own. */
export function message(account, key, subject, date) {
  return seed(
    account,
    key,
    key,
    date,
    ["INBOX", "UNREAD"],
    `Message-ID: <${key}@example.net>
Date: ${date.toUTCString()}
From: Zoé Laurent <zoe@example.net>
To: ${account}
Subject: ${subject}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Good morning Alice,

this arrived while you were reading.

Zoé
`,
  );
}

function withAttachment(account, date) {
  return seed(
    account,
    "invoice",
    "invoice",
    date,
    ["INBOX", "IMPORTANT"],
    `Message-ID: <invoice@example.net>
Date: ${date.toUTCString()}
From: "Accounts, Acme" <accounts@acme.example>
To: Alice Martin <${account}>
Cc: bob@example.com
Subject: Invoice 2026-117
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

Please find the invoice attached.
--inner
Content-Type: text/html; charset=utf-8

<p>Please find the <b>invoice</b> attached. <img src="https://pixel.example.net/i.png"></p>
--inner--
--outer
Content-Type: application/pdf; name=invoice.pdf
Content-Disposition: attachment; filename=invoice.pdf
Content-Transfer-Encoding: base64

${Buffer.from("%PDF-1.4\n% an invoice of one page\n").toString("base64")}
--outer--
`,
  );
}

function reply(account, number, date) {
  const sent = number % 2 === 1;
  const [from, to] = sent ? [account, "zoe@example.net"] : ["zoe@example.net", account];
  const refers = number === 0 ? "" : `In-Reply-To: <offer-${number - 1}@example.net>\nReferences: <offer-0@example.net>\n`;
  return seed(
    account,
    `offer-${number}`,
    "offer",
    date,
    sent ? ["SENT"] : ["INBOX"],
    `Message-ID: <offer-${number}@example.net>
${refers}Date: ${date.toUTCString()}
From: ${from}
To: ${to}
Subject: ${number === 0 ? "" : "Re: "}=?utf-8?q?Devis_r=C3=A9vis=C3=A9?=
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Bonjour, voici ma réponse numéro ${number}.
`,
  );
}

/** Forty messages, newest first. */
export function mailbox(account) {
  const now = Date.now();
  const at = (days) => new Date(now - days * DAY);
  const messages = [withAttachment(account, at(1))];
  for (let number = 0; number < 5; number += 1) messages.push(reply(account, number, at(8 - number)));
  for (let number = 0; number < 34; number += 1) {
    messages.push(message(account, `note-${number}`, `Meeting notes ${number}`, at(10 + number)));
  }
  return messages;
}
