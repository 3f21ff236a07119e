import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { KeyboardProvider, useShortcuts } from "./shortcuts";

const run = { j: vi.fn(), go: vi.fn(), enter: vi.fn(), sheet: vi.fn() };

function Screen() {
  useShortcuts([
    { keys: "j", label: "next", group: "list", run: run.j },
    { keys: "g i", label: "inbox", group: "go", run: run.go },
    { keys: "Enter", label: "open", group: "list", run: run.enter },
    { keys: "?", label: "sheet", group: "any", run: run.sheet },
  ]);
  return (
    <>
      <input aria-label="name" />
      <textarea aria-label="note" />
      <select aria-label="zone">
        <option>j</option>
      </select>
      {/* biome-ignore lint/a11y/useSemanticElements: rich editors are such elements */}
      <div role="textbox" tabIndex={0} aria-label="editor" />
      <div contentEditable suppressContentEditableWarning aria-label="rich" role="presentation">
        <span>inside</span>
      </div>
      <button type="button">press</button>
      <h1 tabIndex={-1}>title</h1>
    </>
  );
}

function Dialog() {
  return (
    <div role="dialog" aria-modal="true">
      <button type="button">inside the dialog</button>
    </div>
  );
}

beforeEach(() => {
  for (const spy of Object.values(run)) spy.mockReset();
});

const show = (extra: React.ReactNode = null) =>
  render(
    <KeyboardProvider>
      <Screen />
      {extra}
    </KeyboardProvider>,
  );

describe("shortcuts", () => {
  it("act on the page", async () => {
    show();
    await userEvent.keyboard("j?");
    expect(run.j).toHaveBeenCalledTimes(1);
    expect(run.sheet).toHaveBeenCalledTimes(1);
  });

  it.each(["name", "note", "zone", "editor"])("rest while typing in: %s", async (label) => {
    show();
    screen.getByLabelText(label).focus();
    await userEvent.keyboard("j?gi{Enter}");
    for (const spy of Object.values(run)) expect(spy).not.toHaveBeenCalled();
  });

  it("rest inside rich text", async () => {
    show();
    await userEvent.click(screen.getByText("inside"));
    screen.getByText("inside").dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
    expect(run.j).not.toHaveBeenCalled();
  });

  it("leave the browser's own keys alone", async () => {
    show();
    await userEvent.keyboard("{Control>}j{/Control}{Meta>}j{/Meta}{Alt>}j{/Alt}");
    expect(run.j).not.toHaveBeenCalled();
  });

  it("leave Enter to a button that has the focus", async () => {
    show();
    screen.getByRole("button", { name: "press" }).focus();
    await userEvent.keyboard("{Enter}");
    expect(run.enter).not.toHaveBeenCalled();
    screen.getByRole("heading").focus();
    await userEvent.keyboard("{Enter}");
    expect(run.enter).toHaveBeenCalledTimes(1);
  });

  it("rest while a dialog is open", async () => {
    show(<Dialog />);
    screen.getByText("inside the dialog").focus();
    await userEvent.keyboard("j?");
    expect(run.j).not.toHaveBeenCalled();
    expect(run.sheet).not.toHaveBeenCalled();
  });

  it("take two keys in a row, and forget the first after another one", async () => {
    show();
    await userEvent.keyboard("gi");
    expect(run.go).toHaveBeenCalledTimes(1);
    await userEvent.keyboard("gxi");
    expect(run.go).toHaveBeenCalledTimes(1);
  });
});
