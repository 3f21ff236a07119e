/**
 * Where to go after signing in: only a path of this app. `//host`, `/\host`, other schemes and control
 * characters, which browsers read as another site, lead to the start.
 */
export function ownPath(next: string | undefined, origin: string): string {
  if (next === undefined || !next.startsWith("/") || /^\/[/\\]/.test(next)) return "/";
  try {
    const url = new URL(next, origin);
    if (url.origin !== origin) return "/";
    const path = url.pathname + url.search;
    return path.startsWith("//") || path.startsWith("/sign-in") ? "/" : path;
  } catch {
    return "/";
  }
}
