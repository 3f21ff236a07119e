/** Some of the server's privacy sentences, with its section order. */
import type { Policy, PolicyCheck } from "@tenon/api-client";

type Lang = "en" | "fr";
type Section = Policy["sections"][number]["id"];
type Raw = { id: string; section: Section; feature?: string; checks?: string[]; en: string; fr: string };
type RawCheck = { id: string; runs: PolicyCheck["runs"]; live?: true; en: string; fr: string };

const CHECKS: RawCheck[] = [
  {
    id: "Q5",
    runs: "every_change",
    en: "Syncs a mailbox of marked messages and looks through every request to the provider. It passes when none asks for a content.",
    fr: "Synchronise une boîte de messages marqués et examine chaque requête au fournisseur. Il réussit quand aucune ne demande un contenu.",
  },
  {
    id: "Q1",
    runs: "proof",
    live: true,
    en: "Lives through a day with marked mail, then searches database, files, logs and memory for the marks. It passes when none is found, and when marks put there on purpose are.",
    fr: "Passe une journée avec du courrier marqué, puis cherche les marques dans la base, les fichiers, les journaux et la mémoire. Il réussit quand aucune n’est trouvée, et que des marques déposées exprès le sont.",
  },
  {
    id: "E1",
    runs: "browser",
    en: "Works for a day in Chromium and keeps a list of every host asked. It passes when only this server is in it.",
    fr: "Travaille une journée dans Chromium et note chaque hôte interrogé. Il réussit quand seul ce serveur y figure.",
  },
  {
    id: "V1",
    runs: "every_change",
    live: true,
    en: "Opens the stored database without its keys. It passes when no value of mail can be read.",
    fr: "Ouvre la base enregistrée sans ses clés. Il réussit quand aucune valeur de courrier n’est lisible.",
  },
  {
    id: "X1",
    runs: "every_change",
    en: "Disconnects, and is stopped at every point of it. It passes when nothing of the account is left after the next start.",
    fr: "Déconnecte, en étant interrompu à chaque étape. Il réussit quand rien du compte ne reste au démarrage suivant.",
  },
];

const SENTENCES: Raw[] = [
  {
    id: "Q5",
    section: "read",
    feature: "mail",
    checks: ["Q5", "E1"],
    en: "Unopened messages are not read: syncing asks only for senders, subjects, dates and labels.",
    fr: "Les messages non ouverts ne sont pas lus : la synchronisation ne demande qu’expéditeurs, objets, dates et libellés.",
  },
  {
    id: "E1",
    section: "read",
    feature: "organizing",
    en: "Your mailbox is changed only when you click.",
    fr: "Votre boîte n’est modifiée que lorsque vous cliquez.",
  },
  {
    id: "E2",
    section: "read",
    feature: "deleting",
    en: "Only what is in the bin or in spam is deleted for good, and you are asked each time.",
    fr: "Seul ce qui est dans la corbeille ou les indésirables est supprimé définitivement, après une question.",
  },
  {
    id: "U7",
    section: "read",
    en: "Tenon asks only for the permissions that the features you chose need.",
    fr: "Tenon ne demande que les autorisations nécessaires aux fonctions choisies.",
  },
  {
    id: "Q1",
    section: "stored",
    feature: "mail",
    checks: ["Q1"],
    en: "Message bodies are never stored. They are fetched when you open a message, shown and forgotten.",
    fr: "Les corps des messages ne sont jamais conservés. Ils sont récupérés à l’ouverture, affichés et oubliés.",
  },
  {
    id: "Q2",
    section: "stored",
    feature: "mail",
    en: "Attachments are streamed to you and not kept.",
    fr: "Les pièces jointes vous sont transmises au fil de l’eau et ne sont pas gardées.",
  },
  {
    id: "V1",
    section: "stored",
    checks: ["V1", "Q1"],
    en: "Access tokens and all that comes from your mail are sealed: a stolen database or backup shows none of it.",
    fr: "Les jetons d’accès et tout ce qui vient de votre courrier sont scellés : une base ou une sauvegarde volée n’en montre rien.",
  },
  {
    id: "S4",
    section: "stored",
    en: "Administrators cannot read members’ mail.",
    fr: "Les administrateurs ne peuvent pas lire le courrier des membres.",
  },
  {
    id: "Q8",
    section: "kept",
    feature: "mail",
    en: "The list of conversations is kept for 180 days, then deleted.",
    fr: "La liste des conversations est gardée 180 jours, puis supprimée.",
  },
  {
    id: "F1",
    section: "read",
    feature: "files",
    en: "Of your Drive Tenon sees only the files that you choose, and of those only name, type and link.",
    fr: "De votre Drive, Tenon ne voit que les fichiers que vous choisissez, et d’eux seulement le nom, le type et le lien.",
  },
  {
    id: "F2",
    section: "read",
    feature: "files_search",
    en: "What you search for in Drive is asked of Google at once and kept nowhere.",
    fr: "Ce que vous cherchez dans Drive est demandé aussitôt à Google et n’est gardé nulle part.",
  },
  {
    id: "X1",
    section: "ended",
    checks: ["X1"],
    en: "Disconnecting removes everything Tenon got from the account before it answers, and destroys its key.",
    fr: "La déconnexion supprime tout ce que Tenon a obtenu du compte avant de répondre, et détruit sa clé.",
  },
  {
    id: "X2",
    section: "ended",
    en: "Access is revoked at the provider where the provider offers that; otherwise you get the link.",
    fr: "L’accès est révoqué chez le fournisseur quand il le permet ; sinon vous recevez le lien.",
  },
  {
    id: "X3",
    section: "ended",
    en: "If you end the access at the provider, Tenon notices and stops at once.",
    fr: "Si vous retirez l’accès chez le fournisseur, Tenon le remarque et s’arrête aussitôt.",
  },
  {
    id: "K3",
    section: "stored",
    feature: "tracking",
    en: "No IP address of a reader is kept.",
    fr: "Aucune adresse IP de lecteur n’est conservée.",
  },
];

const TITLES: Record<Section, Record<Lang, string>> = {
  read: { en: "What is read", fr: "Ce qui est lu" },
  stored: { en: "What is stored", fr: "Ce qui est conservé" },
  kept: { en: "For how long", fr: "Combien de temps" },
  ended: { en: "When you end it", fr: "Quand vous y mettez fin" },
  server: { en: "How this server is kept safe", fr: "Comment ce serveur est protégé" },
};

const TERMS: Record<Lang, string> = {
  en: "You may end this at any time under Connections; what it costs you is shown before.",
  fr: "Vous pouvez y mettre fin à tout moment sous Connexions ; ce que cela supprime est montré avant.",
};

/** A short stand-in for the server's hash: it changes when the sentences do. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const char of text)
    value = ((value ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value.toString(16).padStart(16, "0");
}

/** The text for these features, or for all there are. */
export function policy(features: string[] | undefined, lang: Lang, edition = 1): Policy {
  const sentences = SENTENCES.filter(
    (raw) => raw.feature === undefined || features === undefined || features.includes(raw.feature),
  );
  const sections = (["read", "stored", "kept", "ended", "server"] as const)
    .map((id) => ({
      id,
      title: TITLES[id][lang],
      sentence_ids: sentences.filter((raw) => raw.section === id).map((raw) => raw.id),
    }))
    .filter((section) => section.sentence_ids.length > 0);
  return {
    version: `sha256:${hash(`${edition} ${sentences.map((raw) => raw.id).join(" ")}`)}`,
    sentences: sentences.map((raw) => ({
      id: raw.id,
      feature: raw.feature ?? null,
      text: raw[lang],
      ground: "checked",
      checks: raw.checks ?? ["E1"],
    })),
    sections,
    terms: [{ id: "end-any-time", text: TERMS[lang], ground: "term", checks: [] }],
    checks: CHECKS.map(({ id, runs, live = false, ...text }) => ({ id, text: text[lang], runs, live })),
  };
}
