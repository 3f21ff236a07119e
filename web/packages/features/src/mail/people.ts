import type { Thread } from "@tenon/api-client";
import { plain } from "../core";

type Person = { name: string; address: string };

/** The name if there is one, else the part of the address before the `@`. */
export function shortName(person: Person): string {
  const name = plain(person.name).replace(/^["']|["']$/g, "");
  if (name !== "") return name;
  return person.address.split("@")[0] || person.address;
}

/** First names where there are several people, the whole name where there is one; "me" comes last. */
export function participantsText(thread: Pick<Thread, "participants">, me: string, nobody: string): string {
  const others = thread.participants.filter((person) => !person.me);
  if (others.length === 0) return thread.participants.length > 0 ? me : nobody;
  const [only] = others;
  const names =
    others.length === 1 && only !== undefined
      ? [shortName(only)]
      : others.slice(0, 3).map((person) => shortName(person).split(/\s+/)[0] ?? "");
  const more = others.length - 3;
  const withMe =
    thread.participants.some((person) => person.me) && others.length > 0 ? [...names, me] : names;
  return more > 0 ? `${withMe.join(", ")} +${more}` : withMe.join(", ");
}

/** Who a thread's picture shows: the first other person. */
export function facePerson(thread: Pick<Thread, "participants">): Person {
  return (
    thread.participants.find((person) => !person.me) ?? thread.participants[0] ?? { name: "?", address: "?" }
  );
}
