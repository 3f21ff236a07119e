/** Whether a text loses formatting by being edited here: what came is compared with what the editor makes of it. */

/** These elements look like nothing by themselves. */
const PLAIN = new Set([
  ..."html body div p span br wbr font tbody section main article header footer nav aside".split(" "),
]);
const SAME: Record<string, string> = { b: "strong", i: "em" };
/** Attributes that nobody sees, or that are compared as something else. */
const UNSEEN = new Set(
  "class id lang style href src alt target rel name clear cite title type data-attachment".split(" "),
);
/** Values that say what holds without them. */
const USUAL = new Set([
  "inherit",
  "initial",
  "unset",
  "revert",
  "normal",
  "none",
  "auto",
  "transparent",
  "left",
  "start",
  "ltr",
  "0",
  "0px",
  "400",
  "baseline",
]);
const UNSEEN_STYLE =
  /^(white-space|text-wrap|border-image|word-|overflow-wrap|orphans|widows|-webkit-|text-size-adjust|display|outline)/;

function ofStyle(style: CSSStyleDeclaration): string[] {
  const found: string[] = [];
  for (const name of Array.from(style)) {
    const value = style.getPropertyValue(name).trim().toLowerCase();
    if (value === "" || USUAL.has(value) || UNSEEN_STYLE.test(name)) continue;
    // Browsers take `border: none` apart: a side that is not drawn has a width and a colour.
    const [, side] = /^(border-\w+)-(?:width|color)$/.exec(name) ?? [];
    if (side !== undefined && /^(none|hidden|)$/.test(style.getPropertyValue(`${side}-style`))) continue;
    if (name === "font-weight" && /^(bold|bolder|[5-9]00)$/.test(value)) found.push("strong");
    else if (name === "font-style" && value === "italic") found.push("em");
    else if (name.startsWith("text-decoration") && value === "underline") found.push("u");
    else found.push(`${name}: ${value}`);
  }
  return found;
}

function ofElement(element: Element, above: ReadonlySet<string>): string[] {
  const name = element.localName;
  const found: string[] = [];
  const { style } = element as HTMLElement;
  if (name === "center") found.push("align center");
  else if (name === "a") {
    if (element.hasAttribute("href")) found.push(`link ${element.getAttribute("href")}`);
  } else if ((name === "b" || name === "strong") && style.fontWeight === "normal") {
    // Some programs wrap a whole text like this.
  } else if (!PLAIN.has(name)) {
    const kind = SAME[name] ?? name;
    // Lists and quotations are seen by how deep they are.
    let depth = 1;
    while (above.has(`${kind} ${depth}`)) depth += 1;
    found.push(/^(ul|ol|blockquote|table)$/.test(name) ? `${kind} ${depth}` : kind);
  }
  for (const { name: attribute, value } of element.attributes)
    if (!UNSEEN.has(attribute) && !USUAL.has(value.toLowerCase()))
      found.push(`${name} ${attribute} ${value}`);
  return [...found, ...ofStyle(style)];
}

/** How many letters and pictures each kind of formatting is on. */
function formats(html: string): { text: string; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  let text = "";
  const count = (on: ReadonlySet<string>, by: number) => {
    for (const one of on) counts.set(one, (counts.get(one) ?? 0) + by);
  };
  const walk = (node: Node, on: ReadonlySet<string>) => {
    if (node instanceof Text) {
      const letters = node.data.replace(/\s+/g, "");
      text += letters;
      count(on, letters.length);
    } else if (node instanceof Element) {
      const here = new Set([...on, ...ofElement(node, on)]);
      if (node.localName === "img") count(new Set([...here, `picture ${node.getAttribute("src")}`]), 1);
      else if (node.localName === "hr") count(here, 1);
      for (const child of node.childNodes) walk(child, here);
    }
  };
  walk(new DOMParser().parseFromString(html, "text/html").body, new Set());
  return { text, counts };
}

/** What is lost between the two; empty when nothing is. */
export function lostFormatting(came: string, back: string): string[] {
  const before = formats(came);
  const after = formats(back);
  const lost = [...before.counts].filter(([format, letters]) => letters > (after.counts.get(format) ?? 0));
  return [...lost.map(([format]) => format), ...(before.text === after.text ? [] : ["text"])];
}
