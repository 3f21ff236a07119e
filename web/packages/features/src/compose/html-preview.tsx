import { useEffect, useRef, useState } from "react";
import classes from "./composer.module.css";

const HIGHEST = 4000;
/** No request and no script, whatever the text says; the sandbox holds as well. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * Shows HTML that is not edited here: a signature, a quoted message. It stays exactly as it is, because it
 * goes back as it came.
 */
export function HtmlPreview({ html, title }: { html: string; title: string }) {
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
  const page = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><style>:root{color-scheme:light}body{margin:0;font:14px/1.55 -apple-system,"Segoe UI",Roboto,"Liberation Sans",Arial,sans-serif;color:#1d1c1a;background:#fff;overflow-wrap:anywhere}p{margin:0 0 8px}img{max-width:100%}</style><body>${html}`;
  return (
    <div className={classes.preview}>
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
