/** Members, invitations, passkeys and other ways in, answered by a `FakeServer`. */
import type { Domain, Invitation, Passkey, Person, Role, SignInAccount } from "@tenon/api-client";
import { HttpResponse, type JsonBodyType } from "msw";
import { problem } from "./answers";
import { hugo, lea, me as person } from "./data/people";
import { COLLEAGUES } from "./data/records";
import { FAKE_PASSWORD, FAKE_TOTP, type FakeServer } from "./fake";
import type { On } from "./handlers";

export const INVITATION_TOKEN = "an-invitation";
export const RESET_TOKEN = "a-reset";
const DAY = 86_400_000;

/** What the fake server knows of ways in. */
export class FakeAccess {
  people: Person[] = [];
  invitations: Invitation[] = [];
  domains: Domain[] = [];
  passkeys: Passkey[] = [];
  accounts: SignInAccount[] = [];
  issuers = [{ name: "google", label: "Google" }];
  passkeyHost: string | null = "localhost";
  /** Whether the next change of security settings asks for a proof first. */
  wantsProof = false;

  constructor(fake: FakeServer) {
    const one = (id: string, who: { name: string; address: string }, role: Role, own: boolean): Person => ({
      id,
      name: who.name,
      email: who.address,
      role,
      disabled: false,
      created_at: fake.iso(90 * DAY),
      own,
      managed: !own,
      guarded: own ? true : role === "member",
    });
    this.people = [
      one(fake.me.member.id, person, "owner", true),
      one("mem_lea000000001", lea, "member", false),
      one("mem_hug000000001", hugo, "viewer", false),
      ...COLLEAGUES.map(([id, name]) => {
        const address = `${name
          .split(" ")[0]
          ?.normalize("NFD")
          .replace(/\P{ASCII}/gu, "")
          .toLowerCase()}@ateliernord.example`;
        return one(id, { name, address }, "member", false);
      }),
    ];
    this.invitations = [
      {
        id: fake.nextId("inv"),
        email: "noe@ateliernord.example",
        role: "member",
        invited_by: person.name,
        created_at: fake.iso(DAY),
        expires_at: fake.iso(-6 * DAY),
      },
    ];
    this.domains = [{ domain: "ateliernord.example", created_at: fake.iso(30 * DAY) }];
    this.passkeys = [
      {
        id: fake.nextId("psk"),
        name: "Chrome · Linux",
        synced: true,
        created_at: fake.iso(20 * DAY),
        last_used_at: fake.iso(2 * DAY),
      },
    ];
    this.accounts = [
      {
        id: fake.nextId("idn"),
        issuer: "Google",
        issuer_name: "google",
        account: person.address,
        created_at: fake.iso(20 * DAY),
        last_used_at: fake.iso(3 * DAY),
      },
    ];
  }
}

const json = (value: JsonBodyType, status = 200) => HttpResponse.json(value, { status });
const nothing = () => new HttpResponse(null, { status: 204 });
const missing = () => problem(404, "not_found");

export function access(fake: FakeServer, on: On): void {
  const state = () => fake.access;
  /** Refuses until a proof was given. */
  const proven = (answer: () => Response) => (state().wantsProof ? problem(403, "proof_needed") : answer());
  const enter = (status: number) => {
    fake.signedIn = true;
    return json(fake.me, status);
  };

  on("get", "/sign-in", () => json({ issuers: state().issuers, passkey_host: state().passkeyHost }), true);
  on(
    "post",
    "/sign-in/issuers/:issuer",
    ({ params, body }) =>
      json(
        {
          authorize_url: `https://issuer.example/${params.issuer}${body.next === undefined ? "" : `?next=${body.next}`}`,
        },
        201,
      ),
    true,
  );
  on("post", "/session/proof", ({ body }) => {
    if (body.password !== FAKE_PASSWORD)
      return problem(422, "validation", { fields: [{ name: "password", detail: "is wrong" }] });
    if (fake.me.member.totp_enabled && body.code !== FAKE_TOTP) return problem(401, "totp_invalid");
    state().wantsProof = false;
    return nothing();
  });
  on("post", "/session/proof/issuers/:issuer", ({ params, body }) =>
    json({ authorize_url: `https://issuer.example/${params.issuer}?next=${body.next}` }, 201),
  );
  on("post", "/me/password", ({ body }) => {
    if (fake.me.member.has_password && body.current_password !== FAKE_PASSWORD)
      return problem(422, "validation", { fields: [{ name: "current_password", detail: "is wrong" }] });
    fake.me = { ...fake.me, member: { ...fake.me.member, has_password: true } };
    fake.sessions = fake.sessions.filter((session) => session.current);
    return nothing();
  });
  on("post", "/me/recovery-codes", () =>
    proven(() => json({ recovery_codes: Array.from({ length: 10 }, (_, at) => `k7f${at}-9qm2-x4t${at}`) })),
  );
  on("get", "/me/passkeys", () => json({ items: state().passkeys }));
  on("patch", "/me/passkeys/:id", ({ params, body }) => {
    const found = state().passkeys.find((passkey) => passkey.id === params.id);
    if (found === undefined) return missing();
    found.name = String(body.name);
    return nothing();
  });
  on("delete", "/me/passkeys/:id", ({ params }) =>
    proven(() => {
      state().passkeys = state().passkeys.filter((passkey) => passkey.id !== params.id);
      return nothing();
    }),
  );
  on("get", "/me/identities", () => json({ items: state().accounts }));
  on("post", "/me/identities", ({ body }) =>
    proven(() => json({ authorize_url: `https://issuer.example/${body.issuer}` }, 201)),
  );
  on("delete", "/me/identities/:id", ({ params }) =>
    proven(() => {
      state().accounts = state().accounts.filter((account) => account.id !== params.id);
      return nothing();
    }),
  );

  on("get", "/members", () => json({ items: state().people }));
  on("patch", "/members/:id", ({ params, body }) =>
    proven(() => {
      const found = state().people.find((one) => one.id === params.id);
      if (found === undefined) return missing();
      Object.assign(found, body);
      return json(found);
    }),
  );
  on("post", "/members/:id/reset", ({ params }) =>
    proven(() =>
      json({ link: `https://crm.example/reset#token=${params.id}`, expires_at: fake.iso(-DAY) }, 201),
    ),
  );
  on("get", "/invitations", () => json({ items: state().invitations }));
  on("post", "/invitations", ({ body }) =>
    proven(() => {
      if (state().people.some((one) => one.email === body.email))
        return problem(422, "validation", {
          fields: [{ name: "email", detail: "is a member of this workspace already" }],
        });
      const invitation: Invitation = {
        id: fake.nextId("inv"),
        email: String(body.email),
        role: body.role as Role,
        invited_by: fake.me.member.name,
        created_at: fake.iso(),
        expires_at: fake.iso(-7 * DAY),
      };
      state().invitations.unshift(invitation);
      return json({ invitation, link: `https://crm.example/join#token=${INVITATION_TOKEN}` }, 201);
    }),
  );
  on("delete", "/invitations/:id", ({ params }) =>
    proven(() => {
      state().invitations = state().invitations.filter((invitation) => invitation.id !== params.id);
      return nothing();
    }),
  );
  on(
    "post",
    "/invitations/open",
    ({ body }) =>
      body.token === INVITATION_TOKEN
        ? json({
            workspace_name: fake.me.workspace.name,
            email: "noe@ateliernord.example",
            role: "member",
            expires_at: fake.iso(-DAY),
          })
        : problem(410, "link_invalid"),
    true,
  );
  on(
    "post",
    "/invitations/accept",
    ({ body }) => {
      if (String(body.password).length < 10)
        return problem(422, "validation", { fields: [{ name: "password", detail: "is too short" }] });
      fake.me.member.name = String(body.name);
      return enter(201);
    },
    true,
  );
  on(
    "post",
    "/resets/open",
    ({ body }) =>
      body.token === RESET_TOKEN
        ? json({ name: lea.name, email: lea.address, connections: 2 })
        : problem(410, "link_invalid"),
    true,
  );
  on("post", "/resets/redeem", () => enter(200), true);
  on("get", "/domains", () => json({ items: state().domains }));
  on("post", "/domains", ({ body }) =>
    proven(() => {
      const domain: Domain = { domain: String(body.domain), created_at: fake.iso() };
      state().domains.push(domain);
      return json(domain, 201);
    }),
  );
  on("delete", "/domains/:domain", ({ params }) =>
    proven(() => {
      state().domains = state().domains.filter((one) => one.domain !== params.domain);
      return nothing();
    }),
  );
}
