import { describe, expect, it, vi } from "vitest";
import { mendFiles } from "./mend-files";
import type { WrittenFile } from "./written";

const file = (key: string, change: Partial<WrittenFile> = {}): WrittenFile => ({
  key,
  name: key,
  type: "text/plain",
  size: 1,
  inline: false,
  state: "ready",
  progress: 1,
  ref: { id: `att_${key}` },
  ...change,
});

describe("files that the server does not hold any more", () => {
  it("go there again where the browser has them; of the others it is known which are gone", async () => {
    const upload = vi.fn(async (given: File) => ({ id: `new_${given.name}` }));
    const isThere = vi.fn(async (url: string) => url === "/there");
    const mended = await mendFiles(
      [
        file("picked", { file: new File(["x"], "picked") }),
        file("there", { url: "/there" }),
        file("gone", { url: "/gone" }),
        file("part", { ref: { message_id: "msg_1", part: "2" } }),
        file("on its way", { state: "uploading", file: new File(["x"], "on its way") }),
      ],
      { upload, isThere },
    );
    expect([...mended.ids]).toEqual([["picked", "new_picked"]]);
    expect(mended.lost).toEqual(["gone"]);
    expect(isThere).toHaveBeenCalledTimes(2);
  });
});
