/**
 * What runs inside the page that holds the frames: it puts documents into frames, looks at what became of them, presses
 * what can be pressed. Given to `page.evaluate`, so it may use nothing from outside itself.
 */

/** One round: `items` are `{ n, attributes }`; answers what each frame shows and has. */
export async function round({ items, settle, stir }) {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const box = document.createElement("div");
  box.id = "hostile-box";
  box.style.cssText =
    "position:fixed;inset:0;z-index:99999;background:#fff;display:grid;grid-template-columns:repeat(8,150px);gap:10px;padding:10px;overflow:hidden";
  document.body.append(box);
  const frames = items.map(({ n, attributes }) => {
    const cell = document.createElement("div");
    cell.style.cssText = "width:150px;height:110px;overflow:hidden";
    const frame = document.createElement("iframe");
    for (const [name, value] of attributes) frame.setAttribute(name, value);
    frame.style.cssText = "width:150px;height:110px;border:0";
    const loaded = new Promise((done) => {
      frame.addEventListener("load", () => done(true), { once: true });
      setTimeout(() => done(false), 10_000);
    });
    cell.append(frame);
    box.append(cell);
    return { n, frame, loaded };
  });
  const rects = () => frames.map(({ frame }) => JSON.stringify(frame.getBoundingClientRect())).join();
  const before = rects();
  const loaded = await Promise.all(frames.map((one) => one.loaded));
  await wait(settle);

  const LOADING = ["srcset", "ping", "background", "poster", "data", "action", "formaction", "srcdoc"];
  LOADING.push("attributionsrc", "download", "lowsrc", "dynsrc", "xlink:href", "codebase", "target", "is");
  const ELEMENTS =
    "script style link meta base iframe frame frameset object embed applet form input button textarea select video audio source track template noscript dialog portal fencedframe marquee bgsound".split(
      " ",
    );
  const still = (style) =>
    style.position === "static" &&
    style.zIndex === "auto" &&
    style.transform === "none" &&
    style.filter === "none" &&
    style.backdropFilter === "none" &&
    style.boxShadow === "none" &&
    style.animationName === "none" &&
    !style.cursor.includes("url");

  /** What is left that could act, and what lies over something else. */
  function look(page) {
    const left = [];
    const covers = [];
    const all = [page.documentElement, page.body, ...[...page.body.querySelectorAll("*")].slice(-300)];
    for (const element of all) {
      const name = element.localName;
      if (element.namespaceURI !== "http://www.w3.org/1999/xhtml" || ELEMENTS.includes(name)) left.push(name);
      for (const { name: attribute, value } of element.attributes) {
        const address = value.trim().toLowerCase();
        if (attribute.startsWith("on") || LOADING.includes(attribute)) {
          if (attribute !== "target" || value !== "_blank") left.push(`${name} ${attribute}`);
        }
        if (
          attribute === "src" &&
          !/^data:image\/(png|gif|jpeg|webp)[;,]/.test(address) &&
          !/^\/api\/v1\/messages\/[^/]+\/images\/\d/.test(address)
        )
          left.push(`${name} src`);
        if (attribute === "href" && !/^(https?:|mailto:|tel:)/.test(address)) left.push(`${name} href`);
      }
      const style = page.defaultView.getComputedStyle(element);
      if (!still(style)) covers.push(name);
      if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 99)
        covers.push(`${name} outline`);
    }
    return { left, covers };
  }

  /** Presses and touches everything that would answer without leading a person to a page they chose. */
  function press(page) {
    const away = (element) => {
      const href = element.getAttribute("href") ?? element.getAttribute("xlink:href") ?? "";
      const target = element.getAttribute("target") ?? page.querySelector("base[target]")?.target ?? "";
      const scheme = element.protocol ?? URL.parse(href, element.baseURI)?.protocol;
      const leads = /^\s*(https?:|mailto:|tel:|\/|\\)/i.test(href) || ["http:", "https:"].includes(scheme);
      return (
        (leads && !href.startsWith("#")) || (/^_(top|parent)$/i.test(target) && !/^\s*javascript/i.test(href))
      );
    };
    for (const element of [page.body, ...[...page.body.querySelectorAll("*")].slice(-300)]) {
      for (const { name } of element.attributes)
        if (name.startsWith("on")) element.dispatchEvent(new Event(name.slice(2), { bubbles: false }));
      const presses = element.matches("button, input[type=submit], input[type=image], summary");
      const link = element.matches("a, area, [href], [*|href]") && !element.matches("link, base, use, image");
      if (presses || (link && !away(element))) {
        if (typeof element.click === "function") element.click();
        else element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      }
    }
  }

  const seen = frames.map(({ n, frame }, at) => {
    let page = null;
    try {
      page = frame.contentDocument;
    } catch {
      // Another origin.
    }
    if (page?.body == null) return { n, loaded: loaded[at], readable: false, text: "", left: [], covers: [] };
    const kind = page.contentType;
    const says = (page.body.textContent ?? "").replaceAll("\0", "").slice(0, 400).trim();
    return {
      n,
      loaded: loaded[at],
      readable: true,
      kind,
      says,
      head: page.head?.innerHTML ?? "",
      ...look(page),
    };
  });
  for (const { frame } of stir ? frames : []) {
    try {
      if (frame.contentDocument?.body != null) press(frame.contentDocument);
    } catch {
      // Went to another origin, or broke on the way: what it did before is recorded.
    }
  }
  await wait(settle / 2);
  // Between the frames there is nothing but the page's own ground.
  const covered = [];
  for (const x of [5, 165, 325, 805, 1285])
    for (const y of [5, 125, 245]) if (document.elementFromPoint(x, y) !== box) covered.push(`${x},${y}`);
  const moved = rects() !== before;
  box.remove();
  return { seen, covered, moved };
}

/** How many of these, put into the page itself, lie over what they should not. */
export function lieOver(documents) {
  let over = 0;
  for (const html of documents) {
    const [ground, place] = [document.createElement("div"), document.createElement("div")];
    ground.style.cssText = "position:absolute;inset:0;background:#fff";
    place.style.cssText = "width:150px;height:110px";
    place.innerHTML = html;
    document.body.append(ground, place);
    const points = [
      [700, 5],
      [5, 700],
      [700, 400],
      [170, 150],
    ];
    if (
      points.some(
        ([x, y]) =>
          document.elementFromPoint(x, y) !== ground && place.contains(document.elementFromPoint(x, y)),
      )
    )
      over += 1;
    ground.remove();
    place.remove();
  }
  return over;
}
