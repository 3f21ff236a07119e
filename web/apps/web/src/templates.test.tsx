import type { FakeServer } from "@tenon/msw";
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { openApp } from "./testing/app";
import { beginWriting, field, MAIL, noComposer, said, saved } from "./testing/mail";

function keep(fake: FakeServer, change: Partial<FakeServer["templates"][number]>) {
  const template: FakeServer["templates"][number] = {
    id: fake.nextId("tpl"),
    kind: "message",
    name: "Thanks",
    folder: "",
    subject: "Thank you, {{ contact.first_name }}",
    html: '<p>Dear {{ contact.first_name | default("you") }},</p>',
    shared: false,
    owner: fake.me.member.id,
    editable: true,
    version: 1,
    updated_at: fake.iso(),
    ...change,
  };
  fake.templates = [...fake.templates, template];
  return template;
}

describe("templates", () => {
  it("are written with variables and fallbacks, looked at for somebody, and kept", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/templates" });
    expect(await screen.findByText("No templates yet")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "New template" }));
    const dialog = within(await screen.findByRole("dialog", { name: "New template" }));
    await user.type(dialog.getByLabelText(/^Name/), "Thanks");
    await user.type(dialog.getByRole("combobox", { name: "Folder" }), "After a visit");
    const subject = dialog.getByLabelText("Subject");
    await user.type(subject, "For ");
    await user.click(dialog.getByRole("button", { name: "Variable" }));
    await user.click(await dialog.findByRole("combobox", { name: "Variable" }));
    await user.click(await dialog.findByRole("option", { name: "Contact: First name" }));
    await user.type(dialog.getByLabelText("Where it has no value"), "you");
    await user.click(dialog.getByRole("button", { name: "Insert" }));
    await waitFor(() => expect(subject).toHaveValue('For {{ contact.first_name | default("you") }}'));
    await user.click(dialog.getByRole("button", { name: "Preview" }));
    expect(await dialog.findByText("For you", undefined, { timeout: 5000 })).toBeVisible();
    await user.click(dialog.getByRole("checkbox", { name: /^Shared with the workspace/ }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    const folder = within(await screen.findByRole("region", { name: "After a visit" }));
    expect(folder.getByText("Thanks")).toBeVisible();
    expect(fake.templates).toMatchObject([{ name: "Thanks", shared: true, kind: "message" }]);
  });

  it("tell a variable that does not exist, and an edit that crossed another one", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/templates" });
    const template = keep(fake, { subject: "{{ contact.frist_name }}" });
    await user.click(await screen.findByRole("button", { name: "Edit Thanks" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Edit template" }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    expect(await dialog.findByText("do not exist: contact.frist_name")).toBeVisible();
    await user.clear(dialog.getByLabelText("Subject"));
    template.version = 7;
    await user.click(dialog.getByRole("button", { name: "Save" }));
    expect(await dialog.findByText("Somebody else changed this template")).toBeVisible();
    expect(template.subject).toBe("{{ contact.frist_name }}");
  });

  it("are found by their words, copied, and removed with an undo", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: "/templates" });
    keep(fake, {});
    keep(fake, { name: "Adresse", html: "<p>Rue de l’Été</p>", kind: "snippet", subject: "" });
    await user.type(await screen.findByLabelText("Search templates"), "ete");
    await waitFor(() => expect(screen.queryByText("Thanks")).not.toBeInTheDocument());
    await user.click(screen.getByRole("button", { name: "Remove Adresse" }));
    const toast = await said(/^“Adresse” is removed\.$/);
    expect(fake.templates.map(({ name }) => name)).toEqual(["Thanks"]);
    await user.click(toast.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(fake.templates.map(({ name }) => name)).toEqual(["Thanks", "Adresse"]));
    await user.click(await screen.findByRole("button", { name: "Copy Adresse" }));
    const dialog = within(await screen.findByRole("dialog", { name: "New snippet" }));
    expect(dialog.getByLabelText(/^Name/)).toHaveValue("Copy of Adresse");
  });

  it("are not written by who only reads", async () => {
    const { fake } = await openApp({ scenario: "connected", path: "/templates", role: "viewer" });
    keep(fake, { editable: false });
    expect(await screen.findByText("Thanks")).toBeVisible();
    for (const name of ["New template", "Edit Thanks", "Remove Thanks", "Copy Thanks"])
      expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
  });
});

describe("writing from a template", () => {
  it("fills it in for the one it goes to, and sends nothing that is not filled in unless told twice", async () => {
    const { user, fake } = await openApp({ scenario: "connected", path: MAIL });
    keep(fake, { html: "<p>Dear {{ contact.first_name }}, {{ contact.title }}</p>" });
    await beginWriting(user);
    await user.click(screen.getByRole("button", { name: "Templates" }));
    await user.click(await screen.findByRole("button", { name: /^Thanks/ }));
    await waitFor(() => expect(field("Subject")).toHaveValue("Thank you, ana"));
    expect(field("Message")).toHaveTextContent("Dear ana, {{ contact.title }}");
    await saved();
    await user.click(screen.getByRole("button", { name: "Send" }));
    expect(await screen.findByText(/^Something is not filled in/)).toBeVisible();
    expect(fake.composing.sends).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Send" }));
    await noComposer();
    expect(fake.composing.sends).toHaveLength(1);
  });
});
