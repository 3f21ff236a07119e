import type { ReactNode } from "react";
import { useMembers } from "../core/words";
import classes from "./timeline.module.css";

/** Text with the names of members that it calls out to. */
export function MentionText({ text }: { text: string }) {
  const members = useMembers();
  const names = [...members.byId.values()].map(({ name }) => name).sort((a, b) => b.length - a.length);
  const parts: ReactNode[] = [];
  let rest = text;
  let at = 0;
  while (rest !== "") {
    const from = rest.indexOf("@");
    const name = from < 0 ? undefined : names.find((one) => rest.startsWith(one, from + 1));
    if (from < 0) {
      parts.push(rest);
      break;
    }
    const length = name === undefined ? 1 : name.length + 1;
    parts.push(rest.slice(0, from));
    at += from;
    parts.push(
      name === undefined ? (
        "@"
      ) : (
        <span key={at} className={classes.mention}>
          @{name}
        </span>
      ),
    );
    rest = rest.slice(from + length);
    at += length;
  }
  return <>{parts}</>;
}
