// npm oidc-provider on loopback: a certified OpenID Connect server that we did not write, for `cargo xtask test signin`.
//
//   PORT=4831 REDIRECT_URI=http://localhost:8080/oauth/callback/acme node start.mjs
//
// Strict: PKCE with S256 is required, redirect addresses must match exactly, codes are good once, and the client
// proves itself by HTTP Basic. Its own plain pages ask for login and consent; any login name is an account whose
// address is the name. Names that begin with `unverified` have an address that is not confirmed.
import Provider from "oidc-provider";

const port = Number(process.env.PORT ?? 4831);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "tenon",
      client_secret: "a client secret & more",
      redirect_uris: [process.env.REDIRECT_URI ?? "http://localhost:8080/oauth/callback/acme"],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  pkce: { required: () => true },
  scopes: ["openid", "email", "profile"],
  // Claims of a scope come from the userinfo endpoint, not in the id token: its default, and Core 1.0, 5.4.
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({
      sub: `sub-${id}`,
      email: id,
      email_verified: !id.startsWith("unverified"),
      name: id.split("@")[0],
    }),
  }),
  features: { devInteractions: { enabled: true } },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Grant: 3600, Interaction: 600, Session: 3600 },
  cookies: { keys: ["a key of this process alone"] },
});
// Its pages ask another host for a font; nothing here leaves the machine.
provider.use(async (ctx, next) => {
  await next();
  if (typeof ctx.body === "string") ctx.body = ctx.body.replace(/@import url\([^)]*\);?/g, "");
});
provider.on("server_error", (_ctx, error) => console.error("server_error", error));
provider.listen(port, "127.0.0.1", () => console.log(`oidc-provider on ${issuer}`));
