import { TenonTheme } from "@tenon/ui";
import { render, waitFor } from "@testing-library/react";
import { I18nextProvider } from "react-i18next";
import { expect, it, vi } from "vitest";
import { createI18n } from "../i18n";
import { KeyboardProvider } from "../keyboard";
import { MessageFrame } from "./message-frame";

it("shows the text of a message before its slowest picture has come", async () => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  // No end of loading: pictures are awaited.
  const shown = new DOMParser().parseFromString("<p>Dear Ana</p>", "text/html");
  Object.defineProperties(shown, {
    URL: { value: "https://x/body" },
    readyState: { value: "loading", writable: true },
  });
  Object.defineProperty(shown.body, "scrollHeight", { value: 480 });
  vi.spyOn(HTMLIFrameElement.prototype, "contentDocument", "get").mockReturnValue(shown);
  const i18n = await createI18n("en");
  const { container } = render(
    <I18nextProvider i18n={i18n}>
      <TenonTheme env="test">
        <KeyboardProvider>
          <MessageFrame url="/body?images=true" subject="Samples" />
        </KeyboardProvider>
      </TenonTheme>
    </I18nextProvider>,
  );
  const frame = container.querySelector("iframe");
  expect(frame).not.toHaveAttribute("data-loaded");
  Object.assign(shown, { readyState: "interactive" });
  await waitFor(() => expect(frame).toHaveAttribute("data-loaded"));
  expect(frame).toHaveStyle({ height: "480px" });
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
