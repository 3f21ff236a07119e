/** A proof at an issuer leaves this page: what was about to be done is forgotten, and is asked for again. */
const KEY = "tenon.proof";

export const markLeaving = (): void => sessionStorage.setItem(KEY, "1");

/** Whether the page has come back from there; said once. */
export function cameBack(): boolean {
  const left = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  return left;
}
