import { describe, expect, it } from "vitest";
import { firstWords, placeholder, unfilled } from "./placeholders";

describe("placeholders", () => {
  it("are written with a fallback, whose quotes are kept apart", () => {
    expect(placeholder("contact.first_name", " ")).toBe("{{ contact.first_name }}");
    expect(placeholder("contact.title", ' the "boss" \\ ')).toBe(
      '{{ contact.title | default("the \\"boss\\" \\\\") }}',
    );
  });

  it("are found where they were not filled in, each once", () => {
    expect(unfilled("For {{ deal.name }}", "<p>{{&nbsp;deal.name }} {{ deal.name }} {% if x %}</p>")).toEqual(
      ["{{ deal.name }}", "{{ deal.name }}".replace("{{ ", "{{ "), "{% if x %}"].filter(
        (one, at, all) => all.indexOf(one) === at,
      ),
    );
    expect(unfilled("a { b } c", "<p>no {one}</p>")).toEqual([]);
  });
});

describe("first words", () => {
  it("are plain and short", () => {
    expect(firstWords("<p>Dear &amp; <b>kind</b></p><p>you</p>")).toBe("Dear & kind you");
    expect(firstWords(`<p>${"word ".repeat(60)}</p>`, 20)).toBe("word word word word…");
  });
});
