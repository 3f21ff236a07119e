import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { draftInput, MAIL, QUOTE, row } from "./testing/mail";

/** Messages that went long ago, newer than all others. */
function addSent(fake: FakeServer, count: number): void {
  const [sample] = fake.composing.sends;
  if (sample === undefined) throw new Error("no sample");
  fake.composing.sends.unshift(
    ...Array.from({ length: count }, (_, at) => ({
      ...sample,
      id: `snd_many${String(at).padStart(4, "0")}`,
      state: "sent" as const,
      subject: `Message ${at}`,
    })),
  );
}

function refuse(fake: FakeServer, subject: string): void {
  const draft = fake.composing.create(draftInput({ subject }), subject);
  if (typeof draft === "string") throw new Error(draft);
  const send = fake.composing.send(draft.id, `send ${subject}`, 3600);
  if (typeof send === "string") throw new Error(send);
  Object.assign(send, { state: "refused", finished_at: fake.iso(-1000), reason_text: "Too large." });
}

const link = () => screen.getByRole("link", { name: /^Outbox/ });

describe("the outbox", () => {
  it("counts what nobody knows of and what was refused, until that was seen", async () => {
    const { user, fake, app } = await openApp({ scenario: "connected", path: MAIL });
    fake.addSends();
    await row(QUOTE);
    await app.client.invalidateQueries({ queryKey: ["sends"] });
    await waitFor(() => expect(link()).toHaveTextContent("2 to look at"));
    await user.keyboard("go");
    const failed = within(await screen.findByRole("region", { name: "Not sent" }));
    expect(failed.getByText(/Photographs of the workshop/)).toBeVisible();
    expect(screen.getByText("What is known")).toBeVisible();
    await user.keyboard("gm");
    await row(QUOTE);
    await waitFor(() => expect(link()).toHaveTextContent(/1 to look at$/));
    refuse(fake, "Another one");
    await app.client.invalidateQueries({ queryKey: ["sends"] });
    await waitFor(() => expect(link()).toHaveTextContent("2 to look at"));
    expect(Object.keys(localStorage)).toContain(`tenon-outbox-seen:${fake.me.member.id}`);
  });

  it("goes on by pages, with what needs a person first however old it is", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    fake.addSends();
    addSent(fake, 120);
    await row(QUOTE);
    await user.keyboard("go");
    const lately = within(await screen.findByRole("region", { name: "Lately" }));
    expect(await screen.findByRole("region", { name: "Delivery on Tuesday" })).toBeVisible();
    expect(screen.getByRole("region", { name: "Not sent" })).toHaveTextContent("Photographs");
    expect(lately.getAllByText(/^Message \d+$/)).toHaveLength(50);
    await user.click(lately.getByRole("button", { name: "Show older ones" }));
    await waitFor(() => expect(lately.getAllByText(/^Message \d+$/)).toHaveLength(100));
    await user.click(lately.getByRole("button", { name: "Show older ones" }));
    await waitFor(() => expect(lately.getAllByText(/^Message \d+$/)).toHaveLength(120));
    expect(lately.getByText(/Offer for eighteen tables/)).toBeVisible();
    expect(lately.queryByRole("button", { name: "Show older ones" })).not.toBeInTheDocument();
    expect(lately.queryByText("Delivery on Tuesday")).not.toBeInTheDocument();
  });
});
