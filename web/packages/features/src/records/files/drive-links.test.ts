import { describe, expect, it } from "vitest";
import { linksOf, readLines } from "./drive-links";
import { fileKind } from "./file-kind";

const DOC = "https://docs.google.com/document/d/1AbcDefGhiJklMnoPqrStuVwxYz/edit?usp=sharing";
const FILE = "https://drive.google.com/file/d/1AbcDefGhiJklMnoPqrStuVwxYz/view";

describe("pasted lines", () => {
  it("finds every way in which Drive and Docs write a link", () => {
    for (const link of [
      DOC,
      FILE,
      "https://docs.google.com/spreadsheets/u/1/d/1AbcDefGhiJklMno/edit#gid=0",
      "https://docs.google.com/a/ateliernord.example/presentation/d/1AbcDefGhiJklMno/edit",
      "https://docs.google.com/forms/d/e/1AbcDefGhiJklMno/viewform",
      "https://drive.google.com/open?id=1AbcDefGhiJklMno",
      "https://drive.google.com/drive/u/0/folders/1AbcDefGhiJklMno?resourcekey=0-x",
    ])
      expect(readLines(link), link).toEqual([{ line: 1, text: link, links: [link], problem: undefined }]);
  });

  it("takes a link out of the words around it, and each only once", () => {
    const lines = readLines(`Our proposal: ${DOC}, please look\r\n\r\n(${FILE})\n${DOC}`);
    expect(lines.map(({ line }) => line)).toEqual([1, 3, 4]);
    expect(linksOf(lines)).toEqual([DOC, FILE]);
  });

  it("says of each line what is wrong with it, by its number in what was pasted", () => {
    const lines = readLines(
      `${DOC}\n\nthe contract\nhttps://evil.example/document/d/1AbcDefGhiJklMno\nhttps://drive.google.com/drive/my-drive\nhttps://docs.google.com.evil.example/document/d/1AbcDefGhiJklMno`,
    );
    expect(lines.map(({ line, problem }) => [line, problem])).toEqual([
      [1, undefined],
      [3, "no_link"],
      [4, "not_drive"],
      [5, "no_file"],
      [6, "not_drive"],
    ]);
  });
});

describe("kinds of files", () => {
  it("are told by the type", () => {
    expect(fileKind("application/vnd.google-apps.spreadsheet")).toBe("sheet");
    expect(fileKind("image/heic")).toBe("image");
    expect(fileKind("text/plain; charset=utf-8")).toBe("document");
    expect(fileKind("application/zip")).toBe("other");
    expect(fileKind("")).toBe("other");
  });
});
