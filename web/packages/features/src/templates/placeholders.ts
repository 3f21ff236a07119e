/** Variables as they stand in a text. */

/** What is written for a variable: `{{ contact.first_name | default("there") }}`. */
export function placeholder(name: string, fallback: string): string {
  const words = fallback.trim().replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return words === "" ? `{{ ${name} }}` : `{{ ${name} | default("${words}") }}`;
}

/** The variables that stand in a text without having been filled in, each once, as they are written. */
export function unfilled(...texts: string[]): string[] {
  const found = texts.flatMap((text) => text.match(/\{\{[^{}]*\}\}|\{%[^{}]*%\}/g) ?? []);
  return [...new Set(found.map((one) => one.replaceAll("&nbsp;", " ").replaceAll("&quot;", '"')))];
}

/** The first words of a body, for lists. */
export function firstWords(html: string, most = 120): string {
  const page = new DOMParser().parseFromString(html.replace(/<\/(p|li|blockquote)>/g, " "), "text/html");
  const text = (page.body.textContent ?? "").replace(/\s+/g, " ").trim();
  return text.length > most ? `${text.slice(0, most).trimEnd()}…` : text;
}
