/** A small joinery's customers, made up. All addresses end in names reserved for examples (RFC 2606). */
import type { Kind, Pipeline, Stage, StageOutcome, Values } from "../../../features/src/records/core/types";
import { ana, claire, daniel, ines, julien, mira, priya, samuel, sarah, tom } from "./people";

export type Sample = {
  id: string;
  kind: Kind;
  values: Values;
  /** How long ago it was made, and by whom. */
  age: number;
  by?: string;
  sharing?: "private" | "workspace";
};

const DAY = 86_400_000;
export const ME = "mem_demo00000001";
export const LEA = "mem_lea000000001";
export const HUGO = "mem_hug000000001";
/** The rest of the team; with the three above, twelve. */
export const COLLEAGUES = [
  ["mem_nadia0000001", "Nadia Benali"],
  ["mem_paul00000001", "Paul Girard"],
  ["mem_emma00000001", "Emma Lindqvist"],
  ["mem_louis0000001", "Louis Perrin"],
  ["mem_sofia0000001", "Sofia Marques"],
  ["mem_theo00000001", "Théo Renard"],
  ["mem_ingrid000001", "Ingrid Holm"],
  ["mem_karim0000001", "Karim Haddad"],
  ["mem_jeanne000001", "Jeanne Roussel"],
] as const;

const stage = (
  pipeline: string,
  at: number,
  name: string,
  color: number,
  probability: number | null,
  outcome: StageOutcome = "open",
  required: string[] = [],
): Stage => ({
  id: `stg_${pipeline}${at}`,
  name,
  color,
  outcome,
  probability,
  required,
  task: name === "Proposal" ? { name: "Follow up on the proposal", due_days: 5 } : null,
});

export const samplePipelines = (): Pipeline[] => [
  {
    id: "pip_sales0000001",
    kind: "deals",
    name: "Sales",
    version: 3,
    archived: false,
    stages: [
      stage("sales", 1, "New", 0, 10),
      stage("sales", 2, "Qualified", 1, 25),
      stage("sales", 3, "Proposal", 2, 50, "open", ["amount"]),
      stage("sales", 4, "Negotiation", 3, 75, "open", ["amount", "close_date"]),
      stage("sales", 5, "Won", 4, 100, "won", ["amount"]),
      stage("sales", 6, "Lost", 5, 0, "lost", ["lost_reason"]),
    ],
  },
  {
    id: "pip_service00001",
    kind: "deals",
    name: "Service contracts",
    version: 1,
    archived: false,
    stages: [
      stage("serv", 1, "Asked for", 0, 30),
      stage("serv", 2, "Offered", 1, 60),
      stage("serv", 3, "Signed", 4, 100, "won"),
      stage("serv", 4, "Declined", 5, 0, "lost"),
    ],
  },
  {
    id: "pip_leads0000001",
    kind: "leads",
    name: "Leads",
    version: 1,
    archived: false,
    stages: [
      stage("lead", 1, "New", 0, null),
      stage("lead", 2, "Contacted", 1, null),
      stage("lead", 3, "Qualified", 6, null),
      stage("lead", 4, "Converted", 4, null, "won"),
      stage("lead", 5, "Unfit", 5, null, "lost", ["lost_reason"]),
    ],
  },
  {
    id: "pip_cases0000001",
    kind: "cases",
    name: "Support",
    version: 1,
    archived: false,
    stages: [
      stage("case", 1, "Open", 3, null),
      stage("case", 2, "Waiting", 7, null),
      stage("case", 3, "Solved", 4, null, "won"),
    ],
  },
  {
    id: "pip_board0000001",
    kind: "board",
    name: "Workshop",
    version: 1,
    archived: false,
    stages: [
      stage("board", 1, "To cut", 0, null),
      stage("board", 2, "In assembly", 1, null),
      stage("board", 3, "Finished", 4, null, "won"),
    ],
  },
];

const COMPANIES = [
  ["Harbour & Pine", "harbourpine.example", "Hospitality", 42, "Portsmouth", "United Kingdom"],
  ["Menuiserie Moreau", "menuiserie-moreau.example", "Construction", 9, "Annecy", "France"],
  ["Hotel Miramar", "hotelmiramar.example", "Hospitality", 118, "Porto", "Portugal"],
  ["Becker Logistik", "becker-logistik.example", "Logistics", 260, "Bremen", "Germany"],
  ["Oaks & Co", "oaksandco.example", "Interior design", 14, "Leeds", "United Kingdom"],
  ["O’Connor Architects", "oconnor-architects.example", "Architecture", 31, "Dublin", "Ireland"],
  ["Ville d’Annecy", "ville-annecy.example", "Public sector", 1900, "Annecy", "France"],
  ["Brightwater", "brightwater.example", "Real estate", 75, "London", "United Kingdom"],
  ["Cabinet Garnier", "cabinet-garnier.example", "Law", 12, "Lyon", "France"],
  ["Studio Kovač", "studiokovac.example", "Interior design", 6, "Zagreb", "Croatia"],
  ["Scierie du Lac", "scierie-du-lac.example", "Timber", 23, "Thonon", "France"],
  ["Nordlys Kontor", "nordlys.example", "Furniture", 54, "Oslo", "Norway"],
  ["Casa Verde", "casaverde.example", "Hospitality", 88, "Valencia", "Spain"],
  ["Atelier Blanc", "atelierblanc.example", "Interior design", 17, "Geneva", "Switzerland"],
  ["Kestrel Housing", "kestrelhousing.example", "Real estate", 140, "Bristol", "United Kingdom"],
  ["Les Halles Dorées", "halles-dorees.example", "Retail", 33, "Chambéry", "France"],
  ["Fjord Hotels", "fjordhotels.example", "Hospitality", 410, "Bergen", "Norway"],
  ["Bauwerk Süd", "bauwerk-sued.example", "Construction", 67, "Munich", "Germany"],
  ["Lumen Offices", "lumenoffices.example", "Real estate", 95, "Amsterdam", "Netherlands"],
  ["École des Tilleuls", "ecole-tilleuls.example", "Education", 48, "Annemasse", "France"],
  ["Marlow & Finch", "marlowfinch.example", "Retail", 21, "Bath", "United Kingdom"],
  ["Torre Alta", "torrealta.example", "Construction", 37, "Turin", "Italy"],
  ["Green Meadow Farm", "greenmeadow.example", "Agriculture", 11, "Hereford", "United Kingdom"],
  ["Clinique des Alpes", "clinique-alpes.example", "Health", 230, "Grenoble", "France"],
  ["Vela Yachts", "velayachts.example", "Boats", 64, "Genoa", "Italy"],
] as const;

/** The people of the sample mail are customers too. */
const KNOWN = [sarah, julien, ana, tom, priya, daniel, claire, samuel, ines, mira];
const KNOWN_AT = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const FIRST = [
  "Marta",
  "Oliver",
  "Chloé",
  "Jonas",
  "Aïcha",
  "Peter",
  "Lucie",
  "Mateo",
  "Hannah",
  "Rémi",
  "Elena",
  "Tobias",
  "Camille",
  "Noah",
  "Freya",
  "Hugo",
  "Giulia",
  "Anders",
  "Zoé",
  "Liam",
];
const LAST = [
  "Silva",
  "Grant",
  "Petit",
  "Weber",
  "Diallo",
  "Novak",
  "Rousseau",
  "Garcia",
  "Olsen",
  "Marchand",
  "Conti",
  "Schmidt",
  "Faure",
  "Ellis",
  "Berg",
  "Leroy",
  "Ricci",
  "Dahl",
  "Simon",
  "Walsh",
];
const TITLES = ["Purchasing", "Managing director", "Architect", "Project lead", "Facility manager", "Owner"];
const WORK = [
  "staircase",
  "kitchen fitting",
  "reception desk",
  "oak doors",
  "library shelves",
  "window frames",
  "meeting tables",
  "terrace",
  "wardrobes",
  "restaurant benches",
];

const id = (prefix: string, at: number) => `rec_${prefix}${String(at + 1).padStart(8, "0")}`;
const pick = <Item>(list: readonly Item[], at: number): Item => list[at % list.length] as Item;
const people = [ME, LEA, HUGO, ...COLLEAGUES.map(([member]) => member)];

const companyId = (at: number) => id("company", at);
const contactId = (at: number) => id("contact", at);

function companies(): Sample[] {
  return COMPANIES.map(([name, domain, industry, employees, city, country], at) => ({
    id: companyId(at),
    kind: "company",
    age: (200 - at * 5) * DAY,
    values: {
      name,
      domain,
      website: `https://www.${domain}`,
      industry,
      employees,
      phones: [{ number: `+44 20 7946 0${String(100 + at)}`, label: "work" }],
      addresses: [
        {
          label: "mailing",
          street: `${3 + at} Timber Street`,
          city,
          region: null,
          postal_code: null,
          country,
        },
      ],
      owner: pick(people, at),
      c_tier: pick(["gold", "silver", "new", null], at),
    },
  }));
}

function contacts(count: number): Sample[] {
  return Array.from({ length: count }, (_, at) => {
    const known = KNOWN[at];
    const company = known === undefined ? (at * 7) % COMPANIES.length : (KNOWN_AT[at] ?? 0);
    const [first = "", ...rest] =
      known === undefined ? [pick(FIRST, at), pick(LAST, at + Math.floor(at / 20))] : known.name.split(" ");
    const plainName = `${first}.${rest.join("")}`
      .normalize("NFD")
      .replace(/[^\w.]/g, "")
      .toLowerCase();
    const domain = COMPANIES[company]?.[1] ?? "example";
    const number = at >= 20 ? String(at) : "";
    return {
      id: contactId(at),
      kind: "contact",
      age: (180 - (at % 60) * 3) * DAY,
      by: pick(people, at),
      values: {
        salutation: null,
        first_name: first,
        last_name: rest.join(" "),
        title: pick(TITLES, at),
        company: companyId(company),
        emails: [{ address: known?.address ?? `${plainName}${number}@${domain}`, label: "work" }],
        phones:
          at % 3 === 0 ? [{ number: `+33 4 50 00 ${String(10 + (at % 80))} 20`, label: "mobile" }] : null,
        owner: pick(people, at),
        c_newsletter: at % 4 === 0,
      },
    };
  });
}

const day = (now: number, days: number) => new Date(now + days * DAY).toISOString().slice(0, 10);

function deals(now: number): Sample[] {
  return Array.from({ length: 40 }, (_, at) => {
    const service = at % 5 === 4;
    const stages = service ? 4 : 6;
    const step = service ? 1 + (Math.floor(at / 5) % stages) : 1 + ((at * 5 + Math.floor(at / 6)) % stages);
    const company = at % COMPANIES.length;
    const lost = service ? step === 4 : step === 6;
    return {
      id: id("deal", at),
      kind: "deal",
      age: (90 - at * 2) * DAY,
      by: pick(people, at),
      values: {
        name: service
          ? `${COMPANIES[company]?.[0]}: maintenance`
          : `${COMPANIES[company]?.[0]}: ${pick(WORK, at)}`,
        pipeline: service ? "pip_service00001" : "pip_sales0000001",
        stage: `stg_${service ? "serv" : "sales"}${step}`,
        amount:
          at % 9 === 7 && step < 3
            ? null
            : { amount: String(1200 + ((at * 7919) % 380) * 100), currency: at % 8 === 3 ? "GBP" : "EUR" },
        probability: null,
        close_date: at % 4 === 3 && step < 4 ? null : day(now, ((at * 11) % 80) - 15),
        company: companyId(company),
        contacts: company < KNOWN.length ? [contactId(company)] : [],
        owner: pick(people, at * 2),
        lost_reason: lost ? pick(["Too expensive", "Chose somebody else", "Put off"], at) : null,
        c_wood: pick<Values[string]>([["oak"], ["ash", "larch"], null], at),
      },
    };
  });
}

function others(now: number): Sample[] {
  const leads = Array.from(
    { length: 12 },
    (_, at): Sample => ({
      id: id("lead", at),
      kind: "lead",
      age: (30 - at * 2) * DAY,
      values: {
        name: `${pick(LAST, at + 4)}: ${pick(WORK, at + 3)}`,
        pipeline: "pip_leads0000001",
        stage: `stg_lead${1 + (at % 5)}`,
        source: pick(["web", "mail", "phone", "referral", "event"], at),
        contact_name: `${pick(FIRST, at + 9)} ${pick(LAST, at + 4)}`,
        company_name: at % 2 === 0 ? `${pick(LAST, at + 4)} & Sons` : null,
        emails: [{ address: `lead${at + 1}@prospects.example`, label: "work" }],
        amount: at % 3 === 0 ? { amount: String(4000 + at * 500), currency: "EUR" } : null,
        owner: pick(people, at),
        lost_reason: at % 5 === 4 ? "Outside our region" : null,
      },
    }),
  );
  const cases = Array.from(
    { length: 8 },
    (_, at): Sample => ({
      id: id("case", at),
      kind: "case",
      age: (12 - at) * DAY,
      values: {
        name: pick(["Drawer sticks", "Missing hinges", "Scratched top", "Wrong handle"], at),
        pipeline: "pip_cases0000001",
        stage: `stg_case${1 + (at % 3)}`,
        priority: pick(["normal", "high", "low", "urgent"], at),
        due_date: day(now, at - 3),
        company: companyId(at),
        contacts: [contactId(at)],
        owner: pick(people, at),
      },
    }),
  );
  const cards = Array.from(
    { length: 9 },
    (_, at): Sample => ({
      id: id("card", at),
      kind: "card",
      age: (20 - at) * DAY,
      values: {
        name: `Order ${2040 + at}: ${pick(WORK, at)}`,
        pipeline: "pip_board0000001",
        stage: `stg_board${1 + (at % 3)}`,
        due_date: day(now, at),
        company: companyId(at + 3),
        owner: pick(people, at),
      },
    }),
  );
  const tasks = Array.from(
    { length: 18 },
    (_, at): Sample => ({
      id: id("task", at),
      kind: "task",
      age: (15 - (at % 15)) * DAY,
      values: {
        name: pick(["Send samples to", "Call", "Check the drawings of", "Book fitters for"], at).concat(
          ` ${COMPANIES[at]?.[0]}`,
        ),
        due_date: at % 6 === 5 ? null : day(now, (at % 9) - 3),
        done: at % 7 === 6,
        priority: pick(["normal", "high", null], at),
        owner: at % 2 === 0 ? ME : pick(people, at),
        about: [id("deal", at)],
      },
    }),
  );
  const notes: Sample[] = [
    ["The client wants brushed oak, not oiled. Ask the mill before Friday.", id("deal", 0), LEA],
    ["Met at the fair in Lyon. Prefers to be called in the morning.", contactId(0), ME],
    ["Payment terms: 30 days. Their purchasing closes on the 25th.", companyId(0), HUGO],
  ].map(([body = "", about = "", by = ME], at) => ({
    id: id("note", at),
    kind: "note",
    age: (6 - at) * DAY,
    by,
    values: { body, about: [about], mentions: null, owner: by },
  }));
  const activities: Sample[] = Array.from({ length: 10 }, (_, at) => ({
    id: id("activity", at),
    kind: "activity",
    age: (10 - at) * DAY,
    values: {
      type: at % 2 === 0 ? "call" : "meeting",
      name: at % 2 === 0 ? "Talked about the delivery" : "On-site measuring",
      start: new Date(now - (10 - at) * DAY).toISOString(),
      end: new Date(now - (10 - at) * DAY + 45 * 60_000).toISOString(),
      location: at % 2 === 0 ? null : "On site",
      attendees: [contactId(at)],
      about: [id("deal", at), companyId(at)],
      outcome: at % 2 === 0 ? "Delivery moved by a week" : null,
      owner: pick(people, at),
    },
  }));
  return [...leads, ...cases, ...cards, ...tasks, ...notes, ...activities];
}

export const sampleRecords = (now: number, contactCount: number): Sample[] => [
  ...companies(),
  ...contacts(contactCount),
  ...deals(now),
  ...others(now),
];
