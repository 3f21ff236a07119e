/** The sample workspace's audit log: one entry of each action, and a long tail of sign-ins. */
import type { AuditAction, AuditActor, AuditEntry, AuditGroup, AuditTarget, Me } from "@tenon/api-client";

/** All actions with their names, as the server words them. */
export const ACTIONS: ReadonlyArray<[action: AuditAction, group: AuditGroup, en: string, fr: string]> = [
  ["signed_in", "access", "Signed in", "Connexion"],
  ["second_factor_failed", "access", "Wrong second factor", "Second facteur erroné"],
  ["locked_out", "access", "Sign-in slowed down after failed tries", "Connexion ralentie après des échecs"],
  ["session_ended", "access", "Session ended", "Session terminée"],
  ["sessions_ended", "access", "Other sessions ended", "Autres sessions terminées"],
  ["password_changed", "access", "Password changed", "Mot de passe modifié"],
  [
    "password_reset",
    "access",
    "Password reset by the operator",
    "Mot de passe réinitialisé par l’exploitant",
  ],
  ["reset_made", "access", "Reset link made", "Lien de réinitialisation créé"],
  ["reset_used", "access", "Reset link used", "Lien de réinitialisation utilisé"],
  ["second_factor_on", "access", "Second factor switched on", "Second facteur activé"],
  ["second_factor_off", "access", "Second factor switched off", "Second facteur désactivé"],
  ["recovery_codes_renewed", "access", "Recovery codes renewed", "Codes de secours renouvelés"],
  ["passkey_added", "access", "Passkey added", "Clé d’accès ajoutée"],
  ["passkey_removed", "access", "Passkey removed", "Clé d’accès supprimée"],
  ["passkey_renamed", "access", "Passkey renamed", "Clé d’accès renommée"],
  ["identity_added", "access", "Sign-in account added", "Compte de connexion ajouté"],
  ["identity_removed", "access", "Sign-in account removed", "Compte de connexion supprimé"],
  ["workspace_created", "members", "Workspace created", "Espace de travail créé"],
  ["member_invited", "members", "Member invited", "Membre invité"],
  ["invitation_withdrawn", "members", "Invitation withdrawn", "Invitation retirée"],
  ["member_joined", "members", "Member joined", "Membre arrivé"],
  ["role_changed", "members", "Role changed", "Rôle modifié"],
  ["member_disabled", "members", "Account switched off", "Compte désactivé"],
  ["member_enabled", "members", "Account switched on", "Compte réactivé"],
  ["domain_allowed", "members", "Domain allowed", "Domaine autorisé"],
  ["domain_forbidden", "members", "Domain no longer allowed", "Domaine retiré"],
  ["team_created", "members", "Team created", "Équipe créée"],
  ["team_changed", "members", "Team changed", "Équipe modifiée"],
  ["team_deleted", "members", "Team deleted", "Équipe supprimée"],
  ["connection_made", "mail", "Account connected", "Compte relié"],
  ["connection_renewed", "mail", "Account connected again", "Compte relié de nouveau"],
  ["scopes_changed", "mail", "Permissions changed", "Autorisations modifiées"],
  ["disconnected", "mail", "Account disconnected", "Compte déconnecté"],
  [
    "grant_withdrawn",
    "mail",
    "Permission withdrawn at the provider",
    "Autorisation retirée chez le fournisseur",
  ],
  ["retention_changed", "mail", "How long mail is kept changed", "Durée de conservation modifiée"],
  ["thread_shared", "mail", "Conversation shared", "Conversation partagée"],
  ["thread_unshared", "mail", "Conversation no longer shared", "Conversation qui n’est plus partagée"],
  ["suppression_removed", "mail", "Taken off the suppression list", "Retiré de la liste d’exclusion"],
  ["suppressions_exported", "mail", "Suppression list exported", "Liste d’exclusion exportée"],
  ["mail_deleted", "mail", "Messages deleted for good", "Messages supprimés définitivement"],
  ["key_made", "security", "Data key made", "Clé de données créée"],
  ["key_destroyed", "security", "Data key destroyed", "Clé de données détruite"],
  [
    "value_not_opened",
    "security",
    "A stored value was changed or damaged",
    "Une valeur enregistrée a été altérée",
  ],
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const actor = (kind: AuditActor["kind"]): AuditActor => ({ kind, member_id: null, name: null, own: false });
const member = (id: string, name: string) => ({ kind: "member", member_id: id, name, own: false }) as const;
const person = (id: string, name: string): AuditTarget => ({ kind: "member", id, name, own: false });
const thing = (kind: AuditTarget["kind"], id: string | null, name: string | null = null): AuditTarget => ({
  kind,
  id,
  name,
  own: false,
});

type Raw = [
  ago: number,
  action: AuditAction,
  actor: AuditActor,
  target: AuditTarget | null,
  details?: Record<string, string>,
];

const LEA = member("mem_lea000000001", "Léa Fontaine");
const ANA = person("mem_ana000000001", "Ana Ferreira");
const LEA_IN = person("mem_lea000000001", "Léa Fontaine");
const CONNECTION = thing("connection", "con_demo00000001");
const KEY = thing("key", "key_01jcz8k3v5e8p9x2q7w4r6t0ab");
const GOOGLE = { provider: "google" };

/** Newest first; `iso` is the time so long ago. */
export function sampleEntries(me: Me["member"], iso: (ago: number) => string): AuditEntry[] {
  const own: AuditActor = { kind: "member", member_id: me.id, name: me.name, own: true };
  const self: AuditTarget = { kind: "member", id: me.id, name: me.name, own: true };
  const raw: Raw[] = [
    [40 * MINUTE, "signed_in", own, thing("session", "ses_demo00000001"), { method: "passkey" }],
    [52 * MINUTE, "second_factor_failed", actor("unknown"), self],
    [2 * HOUR, "mail_deleted", LEA, CONNECTION, { count: "1240" }],
    [3 * HOUR, "role_changed", own, LEA_IN, { role_before: "viewer", role: "member" }],
    [4 * HOUR, "member_invited", own, thing("invitation", "inv_demo00000001"), { role: "member" }],
    [
      5 * HOUR,
      "value_not_opened",
      actor("server"),
      thing("record", null),
      { table: "connections", column: "refresh_token" },
    ],
    [DAY, "signed_in", LEA, thing("session", "ses_lea000000001"), { method: "google" }],
    [DAY + HOUR, "scopes_changed", LEA, CONNECTION, { ...GOOGLE, features: "mail,organizing,sending" }],
    [DAY + 2 * HOUR, "retention_changed", own, null, { days_before: "0", days: "180" }],
    [DAY + 3 * HOUR, "locked_out", actor("unknown"), ANA],
    [DAY + 4 * HOUR, "passkey_added", own, thing("passkey", "psk_demo00000001")],
    [DAY + 5 * HOUR, "passkey_renamed", own, thing("passkey", "psk_demo00000001")],
    [DAY + 6 * HOUR, "passkey_removed", own, thing("passkey", "psk_demo00000000")],
    [2 * DAY, "connection_renewed", LEA, CONNECTION, GOOGLE],
    [2 * DAY + HOUR, "grant_withdrawn", actor("server"), CONNECTION, { ...GOOGLE, reason: "invalid_grant" }],
    [3 * DAY, "member_disabled", own, ANA],
    [3 * DAY + HOUR, "member_enabled", own, ANA],
    [3 * DAY + 2 * HOUR, "reset_made", own, ANA],
    [3 * DAY + 3 * HOUR, "reset_used", actor("unknown"), ANA],
    [4 * DAY, "password_reset", actor("operator"), ANA],
    [4 * DAY + HOUR, "second_factor_off", actor("operator"), ANA],
    [4 * DAY + 2 * HOUR, "second_factor_on", own, self],
    [4 * DAY + 3 * HOUR, "recovery_codes_renewed", own, self],
    [4 * DAY + 4 * HOUR, "password_changed", own, self],
    [4 * DAY + 5 * HOUR, "sessions_ended", own, self, { count: "3" }],
    [4 * DAY + 6 * HOUR, "session_ended", own, thing("session", "ses_demo00000000")],
    [5 * DAY, "identity_added", own, thing("identity", "idn_demo00000001"), { issuer: "google" }],
    [5 * DAY + HOUR, "identity_removed", own, thing("identity", "idn_demo00000000"), { issuer: "google" }],
    [6 * DAY, "domain_allowed", own, thing("domain", null, "ateliernord.example")],
    [6 * DAY + HOUR, "domain_forbidden", own, thing("domain", null)],
    [6 * DAY + 2 * HOUR, "team_created", own, thing("team", "team_demo00000000"), { count: "2" }],
    [6 * DAY + 3 * HOUR, "team_changed", own, thing("team", "team_demo00000000"), { count: "3" }],
    [6 * DAY + 4 * HOUR, "team_deleted", own, thing("team", "team_demo00000000"), { count: "3" }],
    [
      7 * DAY,
      "disconnected",
      { ...actor("unknown"), kind: "member" },
      thing("connection", "con_gone00000001"),
      {
        ...GOOGLE,
        reason: "member",
      },
    ],
    [7 * DAY, "key_destroyed", { ...actor("unknown"), kind: "member" }, KEY],
    [8 * DAY, "member_joined", LEA, LEA_IN, { way: "invitation", role: "viewer" }],
    [8 * DAY + HOUR, "invitation_withdrawn", own, thing("invitation", "inv_demo00000000")],
    [40 * DAY, "connection_made", own, CONNECTION, { ...GOOGLE, features: "mail,organizing" }],
    [40 * DAY, "key_made", own, KEY],
  ];
  // A team signs in every day: more than fits on a page.
  const tail: Raw[] = Array.from({ length: 90 }, (_, at) => {
    const who = at % 3 === 0 ? own : at % 3 === 1 ? LEA : member("mem_hug000000001", "Hugo Lambert");
    const session = thing("session", `ses_tail${String(at).padStart(8, "0")}`);
    return [41 * DAY + at * 9 * HOUR, "signed_in", who, session, { method: "password" }];
  });
  const begun: Raw[] = [[90 * DAY, "workspace_created", own, self, { way: "setup", role: "owner" }]];
  const all = [...raw, ...tail, ...begun];
  return all.map(([ago, action, by, target, details = {}], at) => ({
    seq: all.length - at,
    at: iso(ago),
    action,
    title: ACTIONS.find(([one]) => one === action)?.[2] ?? action,
    actor: by,
    target,
    details: Object.entries(details).map(([what, value]) => ({ what, value })),
    request_id: by.kind === "server" ? null : "req_01jcz8k3v5e8p9x2q7w4r6t0ab",
  }));
}
