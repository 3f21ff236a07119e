import { useToast } from "@tenon/ui";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/**
 * A part of the program that is loaded when it is first wanted. Where that fails, because the network is gone or
 * the server has a newer version, everything else on the screen stays, and it can be tried again.
 */
export function late<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  fallback: (props: Props) => ReactNode = () => null,
): ComponentType<Props> {
  let part: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const get = () => {
    loading ??= loadStyles()
      .then(load)
      .then(({ default: loaded }) => {
        part = loaded;
        return loaded;
      })
      .catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
    return loading;
  };

  return function LatePart(props: Props) {
    const { t } = useTranslation();
    const toast = useToast();
    const [Part, setPart] = useState(() => part);
    const [attempt, setAttempt] = useState(0);
    // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads it once
    useEffect(() => {
      if (Part !== undefined) return;
      let here = true;
      let taken: (() => void) | undefined;
      const again = () => here && setAttempt((count) => count + 1);
      get().then(
        (loaded) => here && setPart(() => loaded),
        () => {
          if (!here) return;
          window.addEventListener("online", again, { once: true });
          taken = toast(t("problem.part_not_loaded"), {
            key: "late part",
            tone: "danger",
            shownMs: 16_000,
            action: { label: t("problem.retry"), run: again },
          });
        },
      );
      return () => {
        here = false;
        // It is tried again, or nobody wants it any more.
        taken?.();
        window.removeEventListener("online", again);
      };
    }, [attempt]);
    return Part === undefined ? fallback(props) : <Part {...props} />;
  };
}

/** The bundler asks for each style sheet only once: those that failed are asked for again here. */
async function loadStyles(): Promise<void> {
  const sheets = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"][data-failed]')];
  await Promise.all(
    sheets.map(
      (failed) =>
        new Promise<void>((resolve, reject) => {
          const link = failed.cloneNode() as HTMLLinkElement;
          link.removeAttribute("data-failed");
          link.addEventListener("load", () => resolve());
          link.addEventListener("error", () => reject(new Error(`no style sheet ${link.href}`)));
          failed.replaceWith(link);
        }),
    ),
  );
}

if (typeof document !== "undefined")
  document.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLLinkElement && target.rel === "stylesheet") target.dataset.failed = "";
    },
    { capture: true },
  );
