import { describe, expect, it } from "vitest";
import { withoutRequests } from "./html-preview";

describe("a quoted message beside the text", () => {
  it.each([
    ['<img src="https://x.example/p.jpg" alt="A">', '<img alt="A">'],
    [
      '<img srcset="https://x.example/p.jpg 2x" src="data:image/png;base64,AA">',
      '<img src="data:image/png;base64,AA">',
    ],
    [
      '<table background="//x.example/p.jpg"><tbody><tr><td>1</td></tr></tbody></table>',
      "<table><tbody><tr><td>1</td></tr></tbody></table>",
    ],
    ['<img src="cid:att_1">', "<img>"],
    [
      '<p>Text <a href="https://x.example">stays</a></p>',
      '<p>Text <a href="https://x.example">stays</a></p>',
    ],
  ])("asks nobody for anything: %s", (html, shown) => {
    expect(withoutRequests(html)).toBe(shown);
  });
});
