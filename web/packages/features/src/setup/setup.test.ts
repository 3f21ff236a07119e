import { describe, expect, it, vi } from "vitest";
import { passwordStrength } from "./password-strength";
import { takeToken } from "./setup-screen";

describe("password strength", () => {
  it.each([
    ["", 0],
    ["short", 1],
    ["password1234", 1],
    ["aaaaaaaaaaaaaaaaaaaa", 1],
    ["abcdefghijklmnop", 1],
    ["correct horse battery staple", 4],
  ] as const)("%s -> %i", (password, strength) => {
    expect(passwordStrength(password)).toBe(strength);
  });
  it("counts the person's own name and address for little", () => {
    const password = "camille-martin-26";
    expect(passwordStrength(password, ["camille.martin@x.example"])).toBeLessThan(passwordStrength(password));
  });
});

describe("set-up token", () => {
  const location = (href: string) => new URL(href) as unknown as Location;
  it.each([
    ["http://h/setup#token=abc-123", "abc-123"],
    ["http://h/setup#abc-123", "abc-123"],
    ["http://h/setup", ""],
    ["http://h/setup?token=abc", ""],
    ["http://h/setup#other=1", ""],
  ])("%s", (href, token) => {
    const replaceState = vi.fn();
    expect(takeToken(location(href), { state: null, replaceState } as unknown as History)).toBe(token);
    if (href.includes("#")) expect(replaceState.mock.calls[0]?.[2]).not.toContain("#");
  });
});
