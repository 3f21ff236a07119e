/** A made-up Drive of the sample joinery, and which of its files are linked to records. */
import type { FileState } from "../../../features/src/records/files/types";
import { HUGO, LEA, ME } from "./records";

export type DriveItem = {
  id: string;
  name: string;
  mime: string;
  /** How long ago it was changed. */
  ago: number;
  /** In the team's shared drive. */
  shared: boolean;
  /** Given to Tenon by choosing it. */
  given: boolean;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GOOGLE = "application/vnd.google-apps";
const MIMES = {
  doc: `${GOOGLE}.document`,
  sheet: `${GOOGLE}.spreadsheet`,
  slides: `${GOOGLE}.presentation`,
  folder: `${GOOGLE}.folder`,
  form: `${GOOGLE}.form`,
  pdf: "application/pdf",
  photo: "image/jpeg",
  video: "video/mp4",
  dwg: "image/vnd.dwg",
  word: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  zip: "application/zip",
} as const;
type Mime = keyof typeof MIMES;

const FILES: ReadonlyArray<readonly [name: string, mime: Mime, days: number, shared?: "shared"]> = [
  ["Proposal: staircase for Harbour & Pine", "doc", 0.1],
  ["Harbour & Pine: price calculation", "sheet", 0.4],
  ["Harbour & Pine: contract, signed.pdf", "pdf", 2],
  ["Harbour & Pine: fitting plan", "slides", 3],
  ["Harbour & Pine: site photos", "folder", 5],
  ["Staircase, third floor.jpg", "photo", 5],
  ["Staircase walk-through.mp4", "video", 6],
  ["Proposal: kitchen fitting for Menuiserie Moreau", "doc", 1],
  ["Menuiserie Moreau: cutting list", "sheet", 4],
  ["Menuiserie Moreau: bon de commande.pdf", "pdf", 8],
  ["Proposal: reception desk for Hotel Miramar", "doc", 0.7],
  ["Hotel Miramar: revised quote", "sheet", 1.5],
  ["Hotel Miramar: lobby drawings.pdf", "pdf", 9],
  ["Hotel Miramar: samples and finishes", "slides", 11],
  ["Becker Logistik: delivery conditions.pdf", "pdf", 20],
  ["Proposal: oak doors for Becker Logistik", "doc", 12],
  ["Oaks & Co: library shelves, drawings", "folder", 14],
  ["O’Connor Architects: window frames, details.dwg", "dwg", 15],
  ["O’Connor Architects: minutes of the site meeting", "doc", 16],
  ["Ville d’Annecy: cahier des charges.pdf", "pdf", 25, "shared"],
  ["Ville d’Annecy: réponse à l’appel d’offres", "doc", 6, "shared"],
  ["Ville d’Annecy: bordereau de prix", "sheet", 6, "shared"],
  ["Brightwater: maintenance contract 2026.docx", "word", 30],
  ["Brightwater: rooms and furniture", "sheet", 31],
  ["Cabinet Garnier: conditions générales.pdf", "pdf", 40],
  ["Studio Kovač: mood board", "slides", 18],
  ["Nordlys Kontor: terms of payment", "doc", 22],
  ["Price list 2026: oak, ash, larch", "sheet", 3, "shared"],
  ["Price list 2026, for customers.pdf", "pdf", 3, "shared"],
  ["Drawing template A3", "slides", 60, "shared"],
  ["Contract template: supply and fitting", "doc", 45, "shared"],
  ["Maintenance contract template", "doc", 47, "shared"],
  ["How satisfied were you?", "form", 50, "shared"],
  ["Workshop calendar 2026", "sheet", 0.2, "shared"],
  ["Photos for the website.zip", "zip", 70],
  ["Certificates of origin", "folder", 80, "shared"],
];

const idOf = (at: number) => `1Tn${String(at).padStart(2, "0")}xQe7RkVb0ZsUwPfLmDyHcA`;

export const driveLink = ({ id, mime }: Pick<DriveItem, "id" | "mime">): string => {
  const kind = { [MIMES.doc]: "document", [MIMES.sheet]: "spreadsheets", [MIMES.slides]: "presentation" }[
    mime
  ];
  if (mime === MIMES.folder) return `https://drive.google.com/drive/folders/${id}`;
  return kind === undefined
    ? `https://drive.google.com/file/d/${id}/view`
    : `https://docs.google.com/${kind}/d/${id}/edit`;
};

export const sampleDrive = (): DriveItem[] =>
  FILES.map(([name, mime, days, shared], at) => ({
    id: idOf(at),
    name,
    mime: MIMES[mime],
    ago: days * DAY,
    shared: shared === "shared",
    given: at < 14 || (at > 18 && at < 22),
  }));

export type SampleLink = {
  record: string;
  /** Its place in the Drive; or what is known of one that Tenon may not look at. */
  file: number;
  by: string;
  ago: number;
  state?: FileState;
  checked?: number;
};

export const sampleLinks: readonly SampleLink[] = [
  { record: "rec_deal00000001", file: 0, by: ME, ago: 3 * HOUR },
  { record: "rec_deal00000001", file: 1, by: LEA, ago: 26 * HOUR },
  { record: "rec_deal00000001", file: 2, by: LEA, ago: 2 * DAY },
  { record: "rec_deal00000001", file: 22, by: HUGO, ago: 4 * DAY, state: "no_access" },
  { record: "rec_deal00000001", file: 5, by: ME, ago: 9 * DAY, state: "unavailable", checked: 7 * HOUR },
  { record: "rec_deal00000003", file: 10, by: LEA, ago: 5 * HOUR },
  { record: "rec_deal00000003", file: 11, by: LEA, ago: 30 * HOUR },
  { record: "rec_company00000001", file: 3, by: ME, ago: DAY },
  { record: "rec_company00000001", file: 0, by: ME, ago: 3 * DAY },
  { record: "rec_company00000001", file: 1, by: LEA, ago: 3 * DAY },
  { record: "rec_company00000001", file: 2, by: LEA, ago: 4 * DAY },
  { record: "rec_company00000001", file: 4, by: HUGO, ago: 6 * DAY },
  { record: "rec_company00000001", file: 5, by: HUGO, ago: 6 * DAY },
  { record: "rec_company00000001", file: 6, by: HUGO, ago: 6 * DAY },
  { record: "rec_company00000001", file: 13, by: ME, ago: 12 * DAY },
  { record: "rec_company00000001", file: 12, by: LEA, ago: 20 * DAY, checked: 3 * DAY },
];
