import { TenonTheme, Toaster } from "@tenon/ui";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { I18nextProvider } from "react-i18next";
import { describe, expect, it, vi } from "vitest";
import { createI18n } from "../i18n";
import { late } from "./late";

async function show(failures: number) {
  const load = vi.fn(async () => {
    if (load.mock.calls.length <= failures)
      throw new TypeError("Failed to fetch dynamically imported module");
    return { default: ({ name }: { name: string }) => <p>Here is {name}</p> };
  });
  const Part = late(load, () => <p>loading</p>);
  const i18n = await createI18n("en");
  render(
    <I18nextProvider i18n={i18n}>
      <TenonTheme env="test">
        <Toaster closeLabel="Close">
          <p>the rest</p>
          <Part name="the part" />
        </Toaster>
      </TenonTheme>
    </I18nextProvider>,
  );
  return load;
}

describe("a part that is loaded late", () => {
  it("comes when it is there", async () => {
    await show(0);
    expect(await screen.findByText("Here is the part")).toBeVisible();
  });

  it("leaves the rest of the screen alone when it cannot be loaded, and is tried again", async () => {
    const load = await show(2);
    const again = await screen.findByRole("button", { name: "Try again" });
    expect(screen.getByText("the rest")).toBeVisible();
    expect(screen.getByText("loading")).toBeVisible();
    await userEvent.click(again);
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Here is the part")).toBeVisible();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it("comes by itself once the network is back", async () => {
    await show(1);
    await screen.findByRole("button", { name: "Try again" });
    act(() => void window.dispatchEvent(new Event("online")));
    expect(await screen.findByText("Here is the part")).toBeVisible();
  });

  it("asks again for a style sheet that failed", async () => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/late.css" });
    document.head.append(link);
    link.dispatchEvent(new Event("error"));
    const load = await show(0);
    await vi.waitFor(() => expect(link.isConnected).toBe(false));
    expect(load).not.toHaveBeenCalled();
    document.querySelector('link[href="/late.css"]')?.dispatchEvent(new Event("load"));
    expect(await screen.findByText("Here is the part")).toBeVisible();
  });
});
