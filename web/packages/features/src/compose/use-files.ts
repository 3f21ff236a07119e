import { isProblem } from "@tenon/api-client";
import { useCallback, useEffect, useRef, useState } from "react";
import { newKey, useProblemText } from "../core";
import { uploadFile } from "./upload";
import type { WrittenFile } from "./written";

/** The files of one composer: each is uploaded as soon as it is picked. */
export function useFiles(initial: WrittenFile[]) {
  const problemText = useProblemText();
  const [files, setFiles] = useState(initial);
  const running = useRef(new Map<string, AbortController>());
  const text = useRef(problemText);
  text.current = problemText;

  const change = useCallback(
    (key: string, what: Partial<WrittenFile>) =>
      setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...what } : one))),
    [],
  );
  const start = useCallback(
    (key: string, file: File, inline: boolean) => {
      const abort = new AbortController();
      running.current.set(key, abort);
      uploadFile(file, { inline, onProgress: (progress) => change(key, { progress }), signal: abort.signal })
        .then(({ id }) => change(key, { state: "ready", progress: 1, ref: { id } }))
        .catch((error: unknown) => {
          if (isProblem(error)) change(key, { state: "failed", problem: text.current(error) });
        })
        .finally(() => running.current.delete(key));
    },
    [change],
  );
  /** The key of each: an editor shows pictures by it. */
  const add = useCallback(
    (picked: readonly File[], inline = false): Array<{ key: string; url: string }> =>
      picked.map((file) => {
        const key = newKey();
        const url = inline ? URL.createObjectURL(file) : "";
        const one: WrittenFile = {
          key,
          name: file.name,
          type: file.type,
          size: file.size,
          inline,
          state: "uploading",
          progress: 0,
          file,
          ...(inline ? { url } : {}),
        };
        setFiles((all) => [...all, one]);
        start(key, file, inline);
        return { key, url };
      }),
    [start],
  );
  const remove = useCallback((key: string) => {
    running.current.get(key)?.abort();
    setFiles((all) => all.filter((one) => one.key !== key));
  }, []);
  const retry = useCallback(
    (one: WrittenFile) => {
      if (one.file === undefined) return;
      change(one.key, { state: "uploading", progress: 0 });
      start(one.key, one.file, one.inline);
    },
    [change, start],
  );
  /** Neither the server nor this page has it any more. */
  const lose = useCallback(
    (key: string, problem: string) => change(key, { state: "failed", problem }),
    [change],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has to be sent again when it appears
  useEffect(() => {
    const left = running.current;
    for (const one of initial)
      if (one.state === "uploading" && one.file !== undefined) start(one.key, one.file, one.inline);
    return () => {
      for (const abort of left.values()) abort.abort();
    };
  }, []);
  return { files, add, remove, retry, lose };
}
