/** What lies between the editor's HTML and a draft's: the signature apart, pictures by their ids. */

const SIGNATURE_CLASS = "tenon-signature";

/** A draft's HTML is the text with the signature behind it; both are edited apart. */
export function splitSignature(html: string): { body: string; signature: string } {
  const page = new DOMParser().parseFromString(html, "text/html");
  const marked = page.querySelectorAll(`div.${SIGNATURE_CLASS}`);
  const last = marked.item(marked.length - 1);
  if (last === null) return splitForeign(page, html);
  const signature = last.innerHTML;
  last.remove();
  return { body: page.body.innerHTML, signature };
}

/** A signature that Gmail put at the end stays whole as well: it is not edited here, so it loses nothing. */
function splitForeign(page: Document, html: string): { body: string; signature: string } {
  const marked = page.querySelectorAll("div.gmail_signature");
  const last = marked.item(marked.length - 1);
  const text = (node: Node | null) => node?.textContent?.trimEnd() ?? "";
  const isLast =
    last !== null &&
    text(page.body).endsWith(text(last)) &&
    [...page.images].every(
      (image) =>
        !(last.compareDocumentPosition(image) & Node.DOCUMENT_POSITION_FOLLOWING) || last.contains(image),
    );
  if (!isLast) return { body: html, signature: "" };
  const signature = last.outerHTML;
  last.remove();
  return { body: page.body.innerHTML, signature };
}

export function joinSignature(body: string, signature: string): string {
  return signature.trim() === "" ? body : `${body}<div class="${SIGNATURE_CLASS}">${signature}</div>`;
}

/** Pictures shown here by `data-attachment` are named by `cid:` in the draft; others lose their address. */
export function toDraftHtml(html: string, idOf: (key: string) => string | undefined): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll("img")) {
    const id = idOf(image.getAttribute("data-attachment") ?? "");
    if (id === undefined) image.remove();
    else {
      image.setAttribute("src", `cid:${id}`);
      image.removeAttribute("data-attachment");
    }
  }
  return page.body.innerHTML;
}

/** The way back: `cid:` becomes what the page can show. */
export function toEditorHtml(html: string, urlOf: (id: string) => string | undefined): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const image of page.querySelectorAll("img")) {
    const source = image.getAttribute("src") ?? "";
    const id = source.startsWith("cid:") ? source.slice(4) : undefined;
    const url = id === undefined ? undefined : urlOf(id);
    if (id === undefined || url === undefined) image.remove();
    else {
      image.setAttribute("src", url);
      image.setAttribute("data-attachment", id);
    }
  }
  return page.body.innerHTML;
}

/** Nothing a reader would see. */
export function isBlankHtml(html: string): boolean {
  if (/<img\b/i.test(html)) return false;
  return (new DOMParser().parseFromString(html, "text/html").body.textContent ?? "").trim() === "";
}
