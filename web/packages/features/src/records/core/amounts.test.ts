import { describe, expect, it } from "vitest";
import { formatMoney, readDecimal, writeDecimal } from "./amounts";

describe("numbers as people write them", () => {
  it.each([
    ["1250", "en-GB", "1250"],
    ["1,250", "en-GB", "1250"],
    ["1,250.50", "en-GB", "1250.50"],
    ["1.250,50", "en-GB", "1250.50"],
    ["1,5", "en-GB", "1.5"],
    ["1 234,50", "fr-FR", "1234.50"],
    ["1\u202f234,50", "fr-FR", "1234.50"],
    ["1.250", "fr-FR", "1250"],
    ["1.25", "fr-FR", "1.25"],
    ["12k", "en-GB", "12000"],
    ["1.5k", "en-GB", "1500"],
    ["1,5k", "fr-FR", "1500"],
    ["2m", "en-GB", "2000000"],
    ["-40", "en-GB", "-40"],
    ["+3.", "en-GB", "3"],
    [".5", "en-GB", "0.5"],
    ["100000000000000000.01", "en-GB", "100000000000000000.01"],
  ])("%s in %s is %s", (text, locale, decimal) => {
    expect(readDecimal(text, locale)).toBe(decimal);
  });

  it("nothing is nothing, and words are no number", () => {
    expect(readDecimal("  ", "en-GB")).toBeNull();
    for (const text of ["a lot", "12 apples", "1.2.3", "--4", "€12", "k"])
      expect(readDecimal(text, "en-GB"), text).toBeUndefined();
  });

  it("is written for an input with the sign of the language", () => {
    expect(writeDecimal("1234.5", "fr-FR")).toBe("1234,5");
    expect(readDecimal(writeDecimal("1234.5", "fr-FR"), "fr-FR")).toBe("1234.5");
  });

  it("shows cents only where there are some, and unknown currencies as they are", () => {
    expect(formatMoney({ amount: "1200", currency: "EUR" }, "en-GB")).toBe("€1,200");
    expect(formatMoney({ amount: "1200.5", currency: "EUR" }, "en-GB")).toBe("€1,200.50");
    expect(formatMoney({ amount: "5", currency: "nonsense" }, "en-GB")).toBe("5 nonsense");
  });
});
