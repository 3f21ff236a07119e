import { useEffect, useRef, useState } from "react";
import { useMe } from "../core";
import type { Begun } from "./begin";
import { useKept } from "./kept";

type UseKeeping = {
  connection: string;
  /** What would be lost if the page were closed now; a file on its way counts. */
  hasUnsaved: () => boolean;
  /** What would be lost if this composer went away now. */
  unsaved: () => Begun | undefined;
};

/**
 * Nothing written is lost when the page is closed or the session ends. The answer is called when the composer
 * goes away because the person is done with it.
 */
export function useKeeping(given: UseKeeping): () => void {
  const kept = useKept();
  const member = useMe()?.member.id;
  // Whoever wrote it: at the end nobody may be signed in any more, or somebody else.
  const [writer] = useState(member);
  const latest = useRef(given);
  latest.current = given;
  const done = useRef(false);
  useEffect(() => {
    const token = latest;
    kept.forget(token);
    const warn = (event: BeforeUnloadEvent) => {
      if (latest.current.hasUnsaved()) event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
      const { connection, unsaved } = latest.current;
      const begun = done.current ? undefined : unsaved();
      if (begun !== undefined && writer !== undefined) kept.keep(token, writer, { connection, begun });
    };
  }, [kept, writer]);
  return () => {
    done.current = true;
  };
}
