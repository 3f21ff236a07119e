import { describe, expect, it } from "vitest";
import { toDraftHtml, toEditorHtml } from "./draft-html";
import { asEdited } from "./editor-schema";
import { lostFormatting } from "./formatting";

/** As when a draft is opened, edited a little, and saved. */
const lost = (html: string) => {
  const url = (id: string) => (id === "att_1" ? "/picture" : undefined);
  const back = toDraftHtml(asEdited(toEditorHtml(html, url)), (id) => (id === "att_1" ? id : undefined));
  return lostFormatting(html, back);
};

describe("a draft that keeps all its formatting here", () => {
  it.each([
    ["nothing", ""],
    ["our own", "<p>Hello <strong>you</strong> <em>and</em> <u>them</u></p><p></p>"],
    ["Gmail's lines", '<div dir="ltr">Hello<div><br></div><div>Bye<br clear="all"></div></div>'],
    ["other words for the same", '<p><b>a</b><b>b</b> <i>c</i> <span style="font-weight:700">d</span></p>'],
    ["what wraps a whole text", '<b style="font-weight:normal"><p>Text</p></b>'],
    ["lists", '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol start="3"><li>d</li></ol>'],
    ["a quotation", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"],
    ["a link", '<p><a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener">x</a></p>'],
    ["a picture of its own", '<p>a<img src="cid:att_1" alt="A" width="300"></p>'],
    ["values that change nothing", '<p style="margin:0px;text-align:left;white-space:pre-wrap">a</p>'],
    [
      "sides that are not drawn, as browsers take them apart",
      '<blockquote style="margin:0px;border-top-style:none;border-top-width:medium;border-image-slice:100%"><p>a</p></blockquote>',
    ],
    ["a format on nothing", '<p>a<span style="color:red"> </span></p>'],
  ])("%s", (_name, html) => expect(lost(html)).toEqual([]));
});

describe("a draft that would lose formatting here", () => {
  it.each([
    ["a colour", '<p>a <span style="color:#c00">b</span></p>', "color"],
    ["a font", '<div><font face="georgia, serif">a</font></div>', "face"],
    ["a size", '<p><span style="font-size:x-large">a</span></p>', "font-size"],
    ["a table", "<table><tbody><tr><td>a</td></tr></tbody></table>", "table"],
    ["a heading", "<h2>a</h2>", "h2"],
    ["crossed out", "<p><s>a</s></p>", "s"],
    ["centred", '<div style="text-align:center">a</div>', "text-align"],
    ["centred long ago", "<center>a</center>", "align"],
    ["right to left", '<div dir="rtl">a</div>', "dir"],
    [
      "an indentation",
      '<blockquote style="margin:0 0 0 40px;border:none"><div>a</div></blockquote>',
      "margin",
    ],
    ["a frame", '<p style="border-top:1px solid #c00">a</p>', "border"],
    ["a line", "<p>a</p><hr><p>b</p>", "hr"],
    ["a picture from elsewhere", '<p>a<img src="https://x.example/p.png"></p>', "picture"],
    ["code", "<pre>a\n b</pre>", "pre"],
  ])("%s", (_name, html, word) => expect(lost(html).join("; ")).toContain(word));
});
