import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import classes from "./composer.module.css";

const HIGHEST = 4000;
/** No request and no script, whatever the text says; the sandbox holds as well. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Pictures that lie elsewhere lose their address here: the policy stops them, but they are not even to be asked for.
 * What is sent keeps them.
 */
export function withoutRequests(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const element of page.querySelectorAll("[src], [srcset], [background], [poster], [data]")) {
    for (const name of ["srcset", "background", "poster", "data"]) element.removeAttribute(name);
    if (!/^data:/i.test(element.getAttribute("src") ?? "")) element.removeAttribute("src");
  }
  return page.body.innerHTML;
}

/**
 * Shows HTML that is not edited here: a signature, a quoted message. It stays exactly as it is, because it
 * goes back as it came.
 */
export function HtmlPreview({ html, title }: { html: string; title: string }) {
  const dark = useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark";
  // Text that brings its own colours was written for white paper.
  const paper = dark && /\b(color|background|bgcolor)\b/i.test(html);
  const colors = dark && !paper ? "color:#ececea;background:#17181a" : "color:#1d1c1a;background:#fff";
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(60);
  useEffect(() => {
    const element = frame.current;
    const measure = () => {
      const inner = element?.contentDocument;
      if (inner?.body != null) setHeight(Math.min(HIGHEST, Math.ceil(inner.body.scrollHeight)));
    };
    element?.addEventListener("load", measure);
    return () => element?.removeEventListener("load", measure);
  }, []);
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><style>:root{color-scheme:${dark && !paper ? "dark" : "light"}}body{margin:0;font:14px/1.55 -apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;${colors};overflow-wrap:anywhere}a{color:${dark && !paper ? "#6cc9b5" : "#10604f"}}p{margin:0 0 8px}img{max-width:100%}</style><body>${withoutRequests(html)}`;
  return (
    <div className={classes.preview} data-paper={paper ? "" : undefined}>
      <iframe
        ref={frame}
        className={classes.previewFrame}
        title={title}
        srcDoc={page}
        sandbox="allow-same-origin"
        referrerPolicy="no-referrer"
        tabIndex={-1}
        style={{ height }}
      />
    </div>
  );
}
