/** Conversations written by hand, newest first; times are minutes before now. */
import {
  ana,
  bank,
  claire,
  daniel,
  hugo,
  ines,
  julien,
  lea,
  letter,
  me,
  mira,
  type Person,
  priya,
  samuel,
  sarah,
  support,
  tom,
} from "./people";

export type SampleAttachment = { name: string; type: string; size: number };
export type SampleMessage = {
  from: Person;
  to?: Person[];
  cc?: Person[];
  ago: number;
  html: string;
  unread?: true;
  files?: SampleAttachment[];
  images?: number;
  problem?: string;
};
export type SampleThread = {
  subject: string;
  labels?: string[];
  starred?: true;
  messages: SampleMessage[];
};

const HOUR = 60;
const DAY = 24 * HOUR;
const p = (...lines: string[]) => lines.map((line) => `<p>${line}</p>`).join("");

export const SAMPLE_THREADS: SampleThread[] = [
  {
    subject: "Revised quote for the Miramar lobby tables",
    labels: ["Clients/Hotel Miramar", "Quotes"],
    starred: true,
    messages: [
      {
        from: ana,
        ago: 2 * DAY,
        html: p(
          "Dear Camille,",
          "Thank you for the drawings. The owners love the oak with the dark oil. Could you quote eighteen tables instead of twelve, and tell us whether delivery before the season opens on 15 March is still realistic?",
          "Best regards,<br>Ana",
        ),
      },
      {
        from: me,
        to: [ana],
        ago: 26 * HOUR,
        html: p(
          "Dear Ana,",
          "Eighteen is no problem for the workshop. The oak is reserved; the oil is what decides the date, it needs nine days to cure. I will send the revised quote tomorrow.",
          "Camille",
        ),
      },
      {
        from: me,
        to: [ana],
        cc: [hugo],
        ago: 20 * HOUR,
        files: [{ name: "Quote 2026-118 rev B.pdf", type: "application/pdf", size: 184_320 }],
        html: p(
          "Dear Ana,",
          "Here is revision B: eighteen tables, oak, dark hard-wax oil, delivered and assembled.",
        ),
      },
      {
        from: ana,
        ago: 24,
        unread: true,
        files: [
          { name: "Lobby plan with positions.pdf", type: "application/pdf", size: 1_482_000 },
          { name: "Purchase order 4471.pdf", type: "application/pdf", size: 96_400 },
        ],
        html: `${p(
          "Dear Camille,",
          "The board approved revision B this morning. I attach the purchase order and the plan with the positions of all eighteen tables. Two remarks:",
        )}<ol><li>Tables 7 and 8 stand beside the fireplace. Could their edges be rounded a little more, say 6&nbsp;mm?</li><li>Our loading bay is open from 6 to 10 in the morning only.</li></ol>${p(
          "When may we expect the samples of the oil? Our designer is here until Friday.",
          "Kind regards from Lisbon,<br>Ana",
        )}<table cellpadding="0" cellspacing="0" style="margin-top:16px;border-top:1px solid #ddd;padding-top:10px;font-size:13px"><tr><td><strong>Ana Ferreira</strong><br>Purchasing, Hotel Miramar<br>Rua do Mar 112, Lisboa</td></tr></table>`,
      },
    ],
  },
  {
    subject: "Livraison de chêne : camion jeudi entre 8 h et 10 h",
    labels: ["Fournisseurs"],
    messages: [
      {
        from: support,
        ago: 51,
        unread: true,
        files: [{ name: "Bon de livraison 20931.pdf", type: "application/pdf", size: 74_800 }],
        html: p(
          "Bonjour Madame Martin,",
          "Votre commande n° 20931 (4,2 m³ de chêne, premier choix, séché à 9 %) est prête. Le camion passera <strong>jeudi entre 8 h et 10 h</strong>. Merci de prévoir un chariot élévateur.",
          "Le bon de livraison est joint.",
          "Cordialement,<br>Scierie du Lac",
        ),
      },
    ],
  },
  {
    subject: "Contract: two questions about clause 7",
    labels: ["Clients/O’Connor", "Legal"],
    messages: [
      {
        from: daniel,
        ago: 3 * DAY,
        html: p(
          "Hi Camille,",
          "Our insurer read the framework contract and has two questions about clause 7 (liability during installation). Could your lawyer have a look?",
          "Daniel",
        ),
      },
      {
        from: ines,
        to: [me],
        cc: [daniel],
        ago: 2 * DAY,
        html: p(
          "Bonjour à tous les deux,",
          "La clause 7 suit le modèle de la profession ; je propose d’y ajouter un plafond. Vous trouverez ma rédaction ci-dessous, en anglais.",
          "<em>“… limited to three times the value of the order concerned, save in the case of gross negligence.”</em>",
          "Bien à vous,<br>Inès Garnier",
        ),
      },
      {
        from: daniel,
        ago: 95,
        unread: true,
        html: p(
          "That works for us, thank you. If you send the final version today we can sign on Thursday.",
          "Daniel",
        ),
      },
    ],
  },
  {
    subject: "Notes from today’s planning meeting",
    messages: [
      {
        from: lea,
        to: [me, hugo],
        ago: 3 * HOUR,
        html: `${p("Hello both, my notes:")}<ul><li><b>Miramar</b>: samples of the oil leave on Wednesday (Hugo)</li><li><b>Annecy library</b>: shelves 3 to 9 are glued, varnish starts Monday</li><li><b>CNC</b>: service on the 12th, no milling that day</li><li>Trade fair: we need the list of what we show by the end of the month</li></ul>${p("Did I forget something?", "Léa")}`,
      },
      {
        from: hugo,
        to: [lea, me],
        ago: 2 * HOUR,
        html: p("Only that the spare spindle arrived. Samples are packed. 👍", "Hugo"),
      },
    ],
  },
  {
    subject: "Facture F-2026-0342 et relance de la précédente",
    labels: ["Fournisseurs"],
    messages: [
      {
        from: julien,
        ago: 4 * HOUR,
        unread: true,
        files: [{ name: "F-2026-0342.pdf", type: "application/pdf", size: 112_000 }],
        html: p(
          "Bonjour Camille,",
          "Ci-joint la facture des quincailleries du mois. Sauf erreur de ma part, la F-2026-0317 (1 284,50 €) n’est pas encore réglée ; peux-tu vérifier ?",
          "Bonne journée,<br>Julien",
        ),
      },
    ],
  },
  {
    subject: "Pallet arrived with a damaged corner",
    labels: ["Clients/Harbour & Pine"],
    starred: true,
    messages: [
      {
        from: sarah,
        ago: 27 * HOUR,
        files: [
          { name: "IMG_2231.jpg", type: "image/jpeg", size: 2_914_000 },
          { name: "IMG_2232.jpg", type: "image/jpeg", size: 3_102_000 },
        ],
        html: p(
          "Hi Camille,",
          "The delivery came this morning. Twenty-three of the twenty-four stools are perfect, but one corner of the pallet was crushed and one seat is split. Pictures attached.",
          "Sarah",
        ),
      },
      {
        from: me,
        to: [sarah],
        cc: [tom],
        ago: 25 * HOUR,
        html: p(
          "Hi Sarah,",
          "I am sorry. A new seat leaves today by courier, and Tom (in copy) will collect the broken one at no cost to you.",
          "Camille",
        ),
      },
      {
        from: tom,
        to: [me, sarah],
        ago: 6 * HOUR,
        html: p(
          "Hello, we collect it on Tuesday before noon. The claim has the number BL-88213.",
          "Tom Becker",
        ),
      },
      {
        from: sarah,
        to: [me],
        ago: 5 * HOUR,
        html: p("You are stars. The new seat is already here and it fits.", "Sarah"),
      },
    ],
  },
  {
    subject: "Issue 214: the mortise that holds a cathedral",
    labels: ["Newsletters"],
    messages: [
      {
        from: letter,
        ago: 7 * HOUR,
        images: 4,
        html: `<div style="max-width:560px;margin:0 auto"><h1 style="font-size:24px;margin:0 0 8px">The mortise that holds a cathedral</h1><p style="color:#666;margin:0 0 16px">Issue 214 · seven minutes</p><div style="height:140px;border-radius:8px;background:linear-gradient(120deg,#c9b18a,#8a6b42)"></div><p>Eight hundred years without a nail: how the carpenters of the great roof cut four thousand joints so that each could be taken out again, and why the apprentices numbered them in two alphabets.</p><h2 style="font-size:18px">From the bench</h2><p>A reader asks whether hide glue keeps in a cold workshop. It does, if you let it.</p><p><a href="https://joineryletter.example/214">Read it on the web</a></p></div>`,
      },
    ],
  },
  {
    subject: "Bibliothèque d’Annecy : visite du chantier vendredi",
    labels: ["Clients/Annecy"],
    messages: [
      {
        from: claire,
        ago: 30 * HOUR,
        html: p(
          "Bonjour Madame Martin,",
          "La visite de chantier est confirmée pour <strong>vendredi à 9 h 30</strong>, entrée par la rue des Écoles. Le casque et les chaussures de sécurité sont obligatoires.",
          "Pourriez-vous apporter un échantillon du vernis ? Madame la conservatrice souhaite le voir à la lumière du jour.",
          "Cordialement,<br>Claire Dubois<br>Ville d’Annecy, bâtiments publics",
        ),
      },
      {
        from: me,
        to: [claire],
        ago: 9 * HOUR,
        html: p(
          "Bonjour Madame,",
          "C’est noté, avec l’échantillon. Hugo Lambert m’accompagnera.",
          "Camille Martin",
        ),
      },
    ],
  },
  {
    subject: "Re: Samples for the spring collection",
    labels: ["Clients/Oaks & Co", "Quotes"],
    messages: [
      {
        from: priya,
        ago: 11 * HOUR,
        unread: true,
        html: p(
          "Hi Camille,",
          "All five finishes are on my desk and the smoked one is the clear favourite. What would 40 side tables cost, and 80? We decide on Monday.",
          "Priya",
        ),
      },
    ],
  },
  {
    subject: "Avis d’opération : virement reçu",
    messages: [
      {
        from: bank,
        ago: 13 * HOUR,
        html: p(
          "Madame, Monsieur,",
          "Un virement de <strong>8 640,00 €</strong> de HARBOUR AND PINE LTD a été porté au crédit de votre compte.",
          "Ce message est envoyé automatiquement, merci de ne pas y répondre.",
        ),
      },
    ],
  },
  {
    subject: "Introduction: Camille ↔ Mira (studio in Zagreb)",
    messages: [
      {
        from: samuel,
        to: [me, mira],
        ago: 29 * HOUR,
        html: p(
          "Camille, meet Mira, who designs hotels and is looking for a workshop that does curved oak well. Mira, meet Camille, who does.",
          "I leave you to it.",
          "Samuel",
        ),
      },
      {
        from: mira,
        to: [me],
        cc: [samuel],
        ago: 28 * HOUR,
        unread: true,
        html: p(
          "Thank you Samuel!",
          "Camille, could we speak on Thursday at 14:00 or on Friday morning? I send two drawings beforehand.",
          "Mira",
        ),
      },
    ],
  },
  {
    subject: "Your message could not be read completely",
    messages: [
      {
        from: { name: "", address: "no-reply@old-machine.example" },
        ago: 31 * HOUR,
        problem:
          "One part of this message is damaged; what could be read is shown. The original can be downloaded.",
        html: p("Spindle hours: 4 212", "Next service: 4 500"),
      },
    ],
  },
  {
    subject: "",
    messages: [
      {
        from: hugo,
        to: [me],
        ago: 33 * HOUR,
        files: [{ name: "photo établi.jpg", type: "image/jpeg", size: 1_204_000 }],
        html: "",
      },
    ],
  },
];

const SUBJECTS: Array<[string, Person, string?]> = [
  ["Drawings for the reception desk, version 3", daniel, "Clients/O’Connor"],
  ["Disponibilités pour la pose en avril", claire, "Clients/Annecy"],
  ["Order confirmation 88120", priya, "Clients/Oaks & Co"],
  ["Tarifs du hêtre au premier trimestre", support, "Fournisseurs"],
  ["Tracking number for your parcel", tom],
  ["Photos of the installed shelves", sarah, "Clients/Harbour & Pine"],
  ["Question sur la garantie", claire],
  ["Can we move the call to Wednesday?", samuel],
  ["Relevé de compte de novembre", bank],
  ["Issue 213: glue, time and patience", letter, "Newsletters"],
  ["Contrat de maintenance : projet", ines, "Legal"],
  ["Hinges: in stock again", julien, "Fournisseurs"],
  ["Lobby tables: colour of the edges", ana, "Clients/Hotel Miramar"],
  ["Invoice 2026-204 paid, thank you", sarah],
  ["Curved backrests: first sketch", mira],
  ["Plan de charge semaine 48", hugo],
];

/** Fills the mailbox with further, simpler conversations; the same number always gives the same ones. */
export function fillerThread(index: number): SampleThread {
  const [subject, from, label] = SUBJECTS[(index * 7) % SUBJECTS.length] ?? ["Hello", sarah];
  const ago = 36 * HOUR + index * 173 + ((index * 7919) % 160);
  const count = 1 + ((index * 5) % 4);
  const messages = Array.from({ length: count }, (_, at): SampleMessage => {
    const mine = at % 2 === 1;
    return {
      from: mine ? me : from,
      ...(mine ? { to: [from] } : {}),
      ago: ago + (count - 1 - at) * 340,
      ...(index % 9 === 4 && at === count - 1 ? { unread: true as const } : {}),
      ...(index % 6 === 2 && at === 0
        ? {
            files: [
              { name: `Document ${1000 + index}.pdf`, type: "application/pdf", size: 40_000 + index * 37 },
            ],
          }
        : {}),
      html: p("Hello Camille,", "as discussed; the details are in the thread below.", from.name),
    };
  });
  return {
    subject: index < SUBJECTS.length ? subject : `${subject} (${1 + Math.floor(index / SUBJECTS.length)})`,
    ...(label === undefined ? {} : { labels: [label] }),
    ...(index % 17 === 3 ? { starred: true as const } : {}),
    messages,
  };
}
