/** Passkeys in the browser: the JSON forms of Web Authentication Level 3, which browsers read and write. */
import { type ApiClient, type PasskeyRequestOptions, send } from "@tenon/api-client";

/** The person, or the authenticator, said no; or there is none. Nothing to tell them that they do not know. */
export class PasskeyCancelled extends Error {}

/** A passkey that this authenticator has already. */
export class PasskeyKnown extends Error {}

/** Whether passkeys work on this page: they are bound to one host, and browsers want TLS or localhost. */
export function passkeysWork(host: string | null | undefined): boolean {
  return (
    host != null &&
    window.isSecureContext === true &&
    typeof PublicKeyCredential !== "undefined" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function" &&
    window.location.hostname === host
  );
}

function translate(cause: unknown): never {
  if (cause instanceof DOMException) {
    if (cause.name === "InvalidStateError") throw new PasskeyKnown();
    throw new PasskeyCancelled();
  }
  throw cause;
}

/** Makes a passkey and adds it under a name. */
export async function addPasskey(api: ApiClient, name: string) {
  const options = await send(api.POST("/api/v1/me/passkeys/options"));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  const made = (await navigator.credentials.create({ publicKey }).catch(translate)) as PublicKeyCredential;
  const credential = made.toJSON() as RegistrationResponseJSON;
  return send(api.POST("/api/v1/me/passkeys", { body: { name, credential } }));
}

export async function answer(options: PasskeyRequestOptions, extra: CredentialRequestOptions) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const given = (await navigator.credentials
    .get({ ...extra, publicKey })
    .catch(translate)) as PublicKeyCredential;
  const json = given.toJSON() as AuthenticationResponseJSON;
  return { rawId: json.rawId, response: json.response };
}

/** Signs in by a passkey that the person is asked for now. */
export async function signInByPasskey(api: ApiClient) {
  const options = await send(api.POST("/api/v1/sign-in/passkey"));
  return send(api.POST("/api/v1/session/passkey", { body: await answer(options, {}) }));
}

/** Proves by a passkey who is there. */
export async function proveByPasskey(api: ApiClient) {
  const options = await send(api.POST("/api/v1/session/proof/options"));
  return send(api.POST("/api/v1/session/proof/passkey", { body: await answer(options, {}) }));
}
