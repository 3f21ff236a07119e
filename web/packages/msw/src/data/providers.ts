/** Features and permissions as the server words them, in both languages. */
import type { Feature, Provider, Scope } from "@tenon/api-client";

type Lang = "en" | "fr";
type Words = Record<Lang, string>;
const w = (en: string, fr: string): Words => ({ en, fr });

type RawScope = { scope: string; name: Words; why: Words; allows: Words; stored: Words };
type RawFeature = {
  id: string;
  name: Words;
  summary: Words;
  available: boolean;
  required?: boolean;
  scopes: RawScope[];
};

const GMAIL = "https://www.googleapis.com/auth/gmail";
const API = "https://www.googleapis.com/auth";

const later = (id: string, name: Words, summary: Words, scope: string, allows: Words): RawFeature => ({
  id,
  name,
  summary,
  available: false,
  scopes: [
    {
      scope,
      name,
      why: summary,
      allows,
      stored: w("Nothing yet.", "Rien pour l’instant."),
    },
  ],
});

/** A feature with one permission, which does something. */
const single = (...given: Parameters<typeof later>): RawFeature => ({ ...later(...given), available: true });

const FEATURES: RawFeature[] = [
  {
    id: "identity",
    name: w("Who you are", "Qui vous êtes"),
    summary: w(
      "Your address and name, so that the account is the right one.",
      "Votre adresse et votre nom, pour que ce soit le bon compte.",
    ),
    available: true,
    required: true,
    scopes: [
      {
        scope: "openid",
        name: w("Recognize the account", "Reconnaître le compte"),
        why: w(
          "To tell your accounts apart when you reconnect.",
          "Pour distinguer vos comptes lors d’une reconnexion.",
        ),
        allows: w(
          "See a number that stands for your account.",
          "Voir un numéro qui représente votre compte.",
        ),
        stored: w("That number, sealed.", "Ce numéro, scellé."),
      },
      {
        scope: "email",
        name: w("E-mail address", "Adresse e-mail"),
        why: w("To show you which mailbox is connected.", "Pour vous montrer quelle boîte est connectée."),
        allows: w("See the address of the account.", "Voir l’adresse du compte."),
        stored: w("The address, sealed.", "L’adresse, scellée."),
      },
      {
        scope: "profile",
        name: w("Name", "Nom"),
        why: w("To put a name beside the address.", "Pour mettre un nom à côté de l’adresse."),
        allows: w("See your name.", "Voir votre nom."),
        stored: w("Your name, sealed.", "Votre nom, scellé."),
      },
    ],
  },
  {
    id: "mail",
    name: w("Mail", "Courrier"),
    summary: w(
      "Your conversations beside your customer records. Messages are opened when you open them, never before.",
      "Vos conversations à côté de vos fiches clients. Les messages sont ouverts quand vous les ouvrez, jamais avant.",
    ),
    available: true,
    scopes: [
      {
        scope: `${GMAIL}.readonly`,
        name: w("Read mail", "Lire le courrier"),
        why: w(
          "To list your conversations and to open the message you click on.",
          "Pour lister vos conversations et ouvrir le message sur lequel vous cliquez.",
        ),
        allows: w(
          "Read messages, labels and settings of the mailbox. It cannot send, change or delete anything.",
          "Lire les messages, libellés et réglages de la boîte. Rien ne peut être envoyé, modifié ou supprimé.",
        ),
        stored: w(
          "Senders, recipients, subjects, dates, labels and sizes, sealed. No text and no attachment.",
          "Expéditeurs, destinataires, objets, dates, libellés et tailles, scellés. Aucun texte, aucune pièce jointe.",
        ),
      },
      {
        scope: `${GMAIL}.settings.basic`,
        name: w("Addresses and signatures", "Adresses et signatures"),
        why: w(
          "To know the addresses you write from.",
          "Pour connaître les adresses depuis lesquelles vous écrivez.",
        ),
        allows: w("See aliases, signatures and filters.", "Voir alias, signatures et filtres."),
        stored: w("The aliases, sealed.", "Les alias, scellés."),
      },
    ],
  },
  single(
    "organizing",
    w("Organising", "Organisation"),
    w("Star, archive, label, move, bin.", "Suivre, archiver, étiqueter, déplacer, jeter."),
    `${GMAIL}.modify`,
    w("Change what you click.", "Modifier ce sur quoi vous cliquez."),
  ),
  later(
    "sending",
    w("Sending", "Envoi"),
    w("Write, schedule and merge from Tenon.", "Écrire, programmer et publiposter depuis Tenon."),
    `${GMAIL}.compose`,
    w("Create drafts and send mail.", "Créer des brouillons et envoyer du courrier."),
  ),
  single(
    "deleting",
    w("Deleting for good", "Suppression définitive"),
    w("Empty bin and spam.", "Vider la corbeille et les indésirables."),
    "https://mail.google.com/",
    w("Delete for good.", "Supprimer définitivement."),
  ),
  later(
    "tracking",
    w("Tracking", "Suivi"),
    w(
      "See whether your mail was opened, if you ask for it.",
      "Voir si votre message a été ouvert, si vous le demandez.",
    ),
    `${GMAIL}.send`,
    w("Send mail that carries a marker.", "Envoyer des messages portant un marqueur."),
  ),
  later(
    "contacts",
    w("Contacts", "Contacts"),
    w("Keep contacts in step both ways.", "Synchroniser les contacts dans les deux sens."),
    `${API}/contacts`,
    w("Read and change contacts.", "Lire et modifier les contacts."),
  ),
  later(
    "calendar",
    w("Calendar", "Agenda"),
    w("Calls and meetings in step both ways.", "Appels et rendez-vous synchronisés dans les deux sens."),
    `${API}/calendar`,
    w("Read and change calendars.", "Lire et modifier les agendas."),
  ),
  later(
    "calendar_events",
    w("Events for tasks", "Événements pour les tâches"),
    w("A task appears in your calendar.", "Une tâche apparaît dans votre agenda."),
    `${API}/calendar.events`,
    w("Create and change events.", "Créer et modifier des événements."),
  ),
  later(
    "tasks",
    w("Tasks", "Tâches"),
    w("Tasks in step both ways.", "Tâches synchronisées dans les deux sens."),
    `${API}/tasks`,
    w("Read and change task lists.", "Lire et modifier les listes de tâches."),
  ),
  {
    id: "files",
    name: w("Files", "Fichiers"),
    summary: w(
      "Files of your Drive beside deals and companies: those that you choose, and no others.",
      "Des fichiers de votre Drive à côté des affaires et des entreprises : ceux que vous choisissez, aucun autre.",
    ),
    available: true,
    scopes: [
      {
        scope: `${API}/drive.file`,
        name: w("Files you choose", "Fichiers que vous choisissez"),
        why: w(
          "To show the name of a file that you linked, and to notice when it is renamed or gone.",
          "Pour montrer le nom d’un fichier que vous avez lié, et remarquer quand il est renommé ou supprimé.",
        ),
        allows: w(
          "See the files that you choose in Google’s own window. All others stay out of sight.",
          "Voir les fichiers que vous choisissez dans la fenêtre de Google. Tous les autres restent invisibles.",
        ),
        stored: w(
          "Name, type and link of the files that you link. Never what is in them.",
          "Nom, type et lien des fichiers que vous liez. Jamais leur contenu.",
        ),
      },
    ],
  },
  single(
    "files_search",
    w("Search all of Drive", "Recherche dans tout Drive"),
    w(
      "Find any file of your Drive by its name, without leaving Tenon.",
      "Trouver tout fichier de votre Drive par son nom, sans quitter Tenon.",
    ),
    `${API}/drive.metadata.readonly`,
    w(
      "See names and types of all files, not what is in them.",
      "Voir noms et types de tous les fichiers, pas leur contenu.",
    ),
  ),
];

export function scopesOf(features: string[]): string[] {
  return FEATURES.filter((feature) => feature.required === true || features.includes(feature.id)).flatMap(
    (feature) => feature.scopes.map((scope) => scope.scope),
  );
}

export function providers(lang: Lang): Provider[] {
  const scope = (raw: RawScope): Scope => ({
    scope: raw.scope,
    name: raw.name[lang],
    why: raw.why[lang],
    allows: raw.allows[lang],
    stored: raw.stored[lang],
  });
  const features: Feature[] = FEATURES.map((raw) => ({
    id: raw.id,
    name: raw.name[lang],
    summary: raw.summary[lang],
    available: raw.available,
    required: raw.required === true,
    scopes: raw.scopes.map(scope),
  }));
  return [
    {
      id: "google",
      name: "Google",
      configured: true,
      default_profile: "type",
      profiles: [
        {
          id: "type",
          name: w("Light", "Léger")[lang],
          description: w(
            "Mail and what belongs to writing it. Never files, never contacts.",
            "Le courrier et ce qui sert à l’écrire. Jamais les fichiers ni les contacts.",
          )[lang],
          features: ["mail", "sending", "tracking", "calendar_events"],
        },
        {
          id: "sales",
          name: w("Sales", "Vente")[lang],
          description: w(
            "Everything a sales team uses: mail, contacts, calendar, tasks and files.",
            "Tout ce qu’utilise une équipe de vente : courrier, contacts, agenda, tâches et fichiers.",
          )[lang],
          features: ["mail", "tracking", "sending", "files", "contacts", "calendar", "tasks"],
        },
      ],
      features,
    },
  ];
}
