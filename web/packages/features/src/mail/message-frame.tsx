import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcutRegistry } from "../keyboard";
import classes from "./thread-view.module.css";

/** A document whose height depends on the frame's would otherwise grow for ever. */
const MAX_GROWTHS = 40;
const MAX_HEIGHT = 60_000;
/** How often it is looked whether the text is there. */
const LOOK_MS = 60;

/**
 * The body of a message. The document comes sanitized and with a policy that allows no script and no
 * request; the sandbox holds even if it did not. `allow-same-origin` without `allow-scripts` only lets us
 * measure it.
 */
export function MessageFrame({ url, subject }: { url: string; subject: string }) {
  // Known at once: a first guess would fetch the body twice.
  const theme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const source = `${url}${url.includes("?") ? "&" : "?"}theme=${theme}`;
  return <Frame key={source} source={source} subject={subject} />;
}

/** HTML mail is drawn for white paper; in the dark theme it then lies on a sheet with a margin. */
function isPaper(inner: Document): boolean {
  return [inner.body, inner.documentElement].some((element) => {
    const [r = 0, g = 0, b = 0, alpha = 1] =
      getComputedStyle(element)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    return alpha > 0.5 && r + g + b > 3 * 170;
  });
}

function Frame({ source, subject }: { source: string; subject: string }) {
  const { t } = useTranslation();
  const registry = useShortcutRegistry();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(120);
  const [loaded, setLoaded] = useState(false);
  const [paper, setPaper] = useState(false);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    let observer: ResizeObserver | undefined;
    let inner: Document | null = null;
    let growths = 0;
    let last = 0;

    const measure = () => {
      const body = inner?.body;
      if (inner === null || body == null) return;
      const wanted = Math.min(
        MAX_HEIGHT,
        Math.ceil(Math.max(body.scrollHeight, body.getBoundingClientRect().bottom)),
      );
      if (wanted > last) growths += 1;
      if (wanted === last || growths > MAX_GROWTHS) return;
      last = wanted;
      setHeight(wanted);
    };
    const attach = () => {
      clearInterval(looking);
      // Not readable when the browser showed an error page instead: then the frame keeps its size.
      inner = element.contentDocument;
      setLoaded(true);
      growths = 0;
      if (inner === null || inner.URL === "about:blank") return;
      if (inner.body !== null) setPaper(isPaper(inner));
      measure();
      observer?.disconnect();
      observer = new ResizeObserver(measure);
      if (inner.body !== null) observer.observe(inner.body);
      // Keys pressed after a click into the message still belong to the app.
      inner.addEventListener("keydown", registry.handle);
    };
    // The end of loading waits for the slowest picture; the text is shown before that, and grows with them.
    const looking = setInterval(() => {
      const now = element.contentDocument;
      if (now !== null && now.URL !== "about:blank" && now.readyState !== "loading") attach();
    }, LOOK_MS);
    element.addEventListener("load", attach);
    return () => {
      clearInterval(looking);
      element.removeEventListener("load", attach);
      inner?.removeEventListener("keydown", registry.handle);
      observer?.disconnect();
    };
  }, [registry]);

  return (
    <div className={classes.sheet} data-paper={paper ? "" : undefined}>
      <iframe
        ref={frame}
        className={classes.frame}
        data-loaded={loaded ? "" : undefined}
        title={t("mail.body_of", { subject })}
        src={source}
        sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        style={{ height }}
      />
    </div>
  );
}
