import { describe, expect, it } from "vitest";
import { isBlankHtml, joinSignature, splitSignature, toDraftHtml, toEditorHtml } from "./draft-html";

describe("a draft's text", () => {
  it("keeps the signature apart, exactly as it was", () => {
    const signature = '<table style="color:#123"><tbody><tr><td>Ana</td></tr></tbody></table>';
    const html = joinSignature("<p>Hello</p>", signature);
    expect(splitSignature(html)).toEqual({ body: "<p>Hello</p>", signature });
    expect(splitSignature("<p>Hello</p>")).toEqual({ body: "<p>Hello</p>", signature: "" });
    expect(joinSignature("<p>Hello</p>", " ")).toBe("<p>Hello</p>");
  });

  it("keeps a signature of Gmail's whole when it is the end, and leaves it where it is otherwise", () => {
    const signature = '<div dir="ltr" class="gmail_signature"><font color="#888888">Ana</font></div>';
    expect(splitSignature(`<div>Hello</div>${signature}<br>`)).toEqual({
      body: "<div>Hello</div><br>",
      signature,
    });
    const inside = `<div>Hello</div>${signature}<div>P.S.</div>`;
    expect(splitSignature(inside)).toEqual({ body: inside, signature: "" });
    const picture = `${signature}<img src="cid:att_1">`;
    expect(splitSignature(picture).signature).toBe("");
  });

  it("names pictures by their attachment, and lets no other address out", () => {
    const html =
      '<p>A<img src="blob:x" data-attachment="k1"><img src="https://spy.example/p.gif"><img src="blob:y" data-attachment="gone"></p>';
    expect(toDraftHtml(html, (key) => (key === "k1" ? "att_1" : undefined))).toBe(
      '<p>A<img src="cid:att_1"></p>',
    );
  });

  it("shows pictures of a draft, and asks no other host for any", () => {
    const html = '<p><img src="cid:att_1"><img src="https://spy.example/p.gif"><img src="cid:att_2"></p>';
    expect(toEditorHtml(html, (id) => (id === "att_1" ? "/api/v1/x" : undefined))).toBe(
      '<p><img src="/api/v1/x" data-attachment="att_1"></p>',
    );
  });

  it.each([
    ["", true],
    ["<p></p>", true],
    ["<p>\u00a0</p>", true],
    ["<p>a</p>", false],
    ['<p><img src="x"></p>', false],
  ])("is blank: %s %s", (html, blank) => {
    expect(isBlankHtml(html)).toBe(blank);
  });
});
