/** What an entry of the audit log says, one sentence for each action. */
import type { AuditAction, AuditEntry, Role } from "@tenon/api-client";
import type { useTranslation } from "react-i18next";
import { type Format, plain } from "../core";

type Translate = ReturnType<typeof useTranslation>["t"];

/** What the words in an entry's details stand for, as far as the server has told names for them. */
export type Names = {
  provider: (id: string) => string;
  feature: (id: string) => string;
  issuer: (name: string) => string;
};
export type Telling = { t: Translate; format: Format; locale: string; names: Names };

/** A sentence in pieces: names of people and domains stand out. */
export type Piece = { text: string; name?: true };

/** What a sentence is made of. `who`, `whom`, `self` and `domain` are marks that names take the place of. */
type Told = Telling & {
  who: string;
  whom: string;
  /** Whom it concerns: the member it was done to, else who did it. */
  self: string;
  domain: string;
  /** Done to another member. */
  toAnother: boolean;
  detail: (what: string) => string | undefined;
};
type Say = (told: Told) => string;

const MARKS = { who: "\ue000", whom: "\ue001", self: "\ue002", domain: "\ue003" } as const;

/** A new action does not compile without its sentence. */
const SENTENCES: Record<AuditAction, Say> = {
  signed_in: ({ t, who, detail, names }) => {
    const method = detail("method");
    if (method === undefined) return t("audit.said.signed_in", { who });
    const known = METHODS.find((one) => one === method);
    const how =
      known === undefined
        ? t("audit.method.issuer", { issuer: names.issuer(method) })
        : t(`audit.method.${known}`);
    return t("audit.said.signed_in_by", { who, how });
  },
  second_factor_failed: ({ t, self }) => t("audit.said.second_factor_failed", { self }),
  locked_out: ({ t, self }) => t("audit.said.locked_out", { self }),
  session_ended: ({ t, who }) => t("audit.said.session_ended", { who }),
  sessions_ended: ({ t, who, whom, toAnother, detail }) => {
    if (toAnother) return t("audit.said.sessions_ended_of", { who, whom });
    const count = number(detail("count"));
    return count === undefined
      ? t("audit.said.sessions_ended_all", { who })
      : t("audit.said.sessions_ended", { who, count });
  },
  password_changed: ({ t, who }) => t("audit.said.password_changed", { who }),
  password_reset: ({ t, who, whom }) => t("audit.said.password_reset", { who, whom }),
  reset_made: ({ t, who, whom }) => t("audit.said.reset_made", { who, whom }),
  reset_used: ({ t, self }) => t("audit.said.reset_used", { self }),
  second_factor_on: ({ t, who }) => t("audit.said.second_factor_on", { who }),
  second_factor_off: ({ t, who, whom, toAnother }) =>
    toAnother
      ? t("audit.said.second_factor_off_of", { who, whom })
      : t("audit.said.second_factor_off", { who }),
  recovery_codes_renewed: ({ t, who }) => t("audit.said.recovery_codes_renewed", { who }),
  passkey_added: ({ t, who }) => t("audit.said.passkey_added", { who }),
  passkey_removed: ({ t, who }) => t("audit.said.passkey_removed", { who }),
  passkey_renamed: ({ t, who }) => t("audit.said.passkey_renamed", { who }),
  identity_added: (told) => told.t("audit.said.identity_added", { who: told.who, issuer: issuerOf(told) }),
  identity_removed: (told) =>
    told.t("audit.said.identity_removed", { who: told.who, issuer: issuerOf(told) }),
  workspace_created: ({ t, who }) => t("audit.said.workspace_created", { who }),
  member_invited: (told) =>
    told.t("audit.said.member_invited", { who: told.who, role: roleOf(told, "role") }),
  invitation_withdrawn: ({ t, who }) => t("audit.said.invitation_withdrawn", { who }),
  member_joined: (told) => {
    const { t, self, detail } = told;
    const role = roleOf(told, "role");
    const way = WAYS.find((one) => one === detail("way"));
    return way === undefined
      ? t("audit.said.member_joined", { self, role })
      : t("audit.said.member_joined_by", { self, role, way: t(`audit.way.${way}`) });
  },
  role_changed: (told) =>
    told.t("audit.said.role_changed", {
      who: told.who,
      whom: told.whom,
      before: roleOf(told, "role_before"),
      role: roleOf(told, "role"),
    }),
  member_disabled: ({ t, who, whom }) => t("audit.said.member_disabled", { who, whom }),
  member_enabled: ({ t, who, whom }) => t("audit.said.member_enabled", { who, whom }),
  domain_allowed: ({ t, who, domain }) => t("audit.said.domain_allowed", { who, domain }),
  domain_forbidden: ({ t, who, domain }) => t("audit.said.domain_forbidden", { who, domain }),
  team_created: ({ t, who }) => t("audit.said.team_created", { who }),
  team_changed: ({ t, who }) => t("audit.said.team_changed", { who }),
  team_deleted: ({ t, who }) => t("audit.said.team_deleted", { who }),
  connection_made: (told) =>
    told.t("audit.said.connection_made", { who: told.who, provider: providerOf(told) }),
  connection_renewed: (told) =>
    told.t("audit.said.connection_renewed", { who: told.who, provider: providerOf(told) }),
  scopes_changed: (told) =>
    told.t("audit.said.scopes_changed", { who: told.who, provider: providerOf(told) }),
  disconnected: (told) => told.t("audit.said.disconnected", { who: told.who, provider: providerOf(told) }),
  grant_withdrawn: (told) => told.t("audit.said.grant_withdrawn", { provider: providerOf(told) }),
  retention_changed: (told) =>
    told.t("audit.said.retention_changed", {
      who: told.who,
      before: daysOf(told, "days_before"),
      days: daysOf(told, "days"),
    }),
  mail_deleted: ({ t, who, detail, format }) => {
    const count = number(detail("count")) ?? 0;
    return t("audit.said.mail_deleted", { who, count, number: format.number(count) });
  },
  thread_shared: ({ t, who }) => t("audit.said.thread_shared", { who }),
  thread_unshared: ({ t, who }) => t("audit.said.thread_unshared", { who }),
  suppression_removed: ({ t, who }) => t("audit.said.suppression_removed", { who }),
  suppressions_exported: ({ t, who }) => t("audit.said.suppressions_exported", { who }),
  key_made: ({ t, who }) => t("audit.said.key_made", { who }),
  key_destroyed: ({ t, who }) => t("audit.said.key_destroyed", { who }),
  value_not_opened: ({ t }) => t("audit.said.value_not_opened"),
};

const METHODS = ["password", "passkey", "link"] as const;
const WAYS = ["setup", "invitation", "domain", "operator"] as const;
const ROLES: readonly Role[] = ["owner", "admin", "member", "viewer"];

const number = (text: string | undefined): number | undefined => {
  const value = Number(text);
  return text === undefined || !Number.isSafeInteger(value) ? undefined : value;
};

function roleOf({ t, detail }: Told, what: "role" | "role_before"): string {
  const word = detail(what);
  const role = ROLES.find((one) => one === word);
  return role === undefined ? (word ?? t("audit.some.role")) : t(`audit.role.${role}`);
}

function providerOf({ t, detail, names }: Told): string {
  const id = detail("provider");
  return id === undefined ? t("audit.some.provider") : names.provider(id);
}

function issuerOf({ t, detail, names }: Told): string {
  const name = detail("issuer");
  return name === undefined ? t("audit.some.issuer") : names.issuer(name);
}

/** 0 is as long as the mailbox is connected. */
function daysOf({ t, detail }: Told, what: "days" | "days_before"): string {
  const count = number(detail(what)) ?? 0;
  return count === 0 ? t("retention.no_limit") : t("retention.days", { count });
}

/** The sentence of an entry. One of an action that only a newer server knows is told by its title. */
export function sentenceOf(entry: AuditEntry, telling: Telling): Piece[] {
  const { t, locale } = telling;
  const { actor, target } = entry;
  const names: Record<keyof typeof MARKS, string> = {
    who: actorName(t, actor),
    whom: targetName(t, target),
    self: target?.kind === "member" ? capital(targetName(t, target)) : actorName(t, actor),
    domain: target?.kind === "domain" && target.name !== null ? plain(target.name) : t("audit.some.domain"),
  };
  const say: Say | undefined = SENTENCES[entry.action];
  const told: Told = {
    ...telling,
    ...MARKS,
    toAnother: target?.kind === "member" && !(actor.kind === "member" && actor.member_id === target.id),
    detail: (what) => entry.details.find((one) => one.what === what)?.value,
  };
  const sentence = say?.(told) ?? t("audit.said.other", { who: MARKS.who, title: entry.title });
  return pieces(sentence, names, locale);
}

const isMark = (text: string) => /^[\ue000-\ue003]$/.test(text);

function pieces(sentence: string, names: Record<keyof typeof MARKS, string>, locale: string): Piece[] {
  const nameOf = (mark: string) => {
    const [key] = Object.entries(MARKS).find(([, one]) => one === mark) ?? [];
    return names[key as keyof typeof MARKS];
  };
  const parts = sentence.split(/([\ue000-\ue003])/).filter((part) => part !== "");
  return parts.map((part, at): Piece => {
    if (isMark(part)) return { text: inSentence(nameOf(part), at), name: true };
    const next = parts[at + 1];
    const elides =
      locale === "fr" && next !== undefined && isMark(next) && /^[aeiouyàâäéèêëîïôöûüœæ]/i.test(nameOf(next));
    return { text: elides ? part.replace(/\bde $/, "d’") : part };
  });
}

/** "A former member" begins a sentence, and is small inside one; a person's name stays as it is. */
function inSentence(name: string, at: number): string {
  return at === 0 ? capital(name) : name;
}

const capital = (text: string) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

function actorName(t: Translate, { kind, name, own }: AuditEntry["actor"]): string {
  if (kind !== "member") return t(`audit.party.${kind}`);
  if (name === null) return t("audit.party.former");
  return own ? t("audit.party.you", { name: plain(name) }) : plain(name);
}

function targetName(t: Translate, target: AuditEntry["target"]): string {
  if (target?.kind !== "member") return t("audit.party.somebody");
  if (target.name === null) return t("audit.party.former");
  return target.own ? t("audit.party.you", { name: plain(target.name) }) : plain(target.name);
}
