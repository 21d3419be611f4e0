// An administrator erases a recipient: is refused while an order is to be delivered, sees what another would lose, types its
// reference, and reads who did it, on the page and in the order's story.
import type { Page } from "@playwright/test";
import { expect, overflow, test } from "../fixtures";

async function find(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Search" }).click();
}

const found = (page: Page) => page.getByRole("table", { name: "Orders that were found" }).locator("tbody tr");
const orders = (page: Page) => page.getByRole("table", { name: "Orders of this recipient" }).locator("tbody tr");

test("a recipient is erased once the order is over and its reference was typed", async ({ pages, server }) => {
  const agent = await pages.open("agent", "/deliveries?q=triq");
  const hits = agent.getByRole("table", { name: /Orders that match/ }).locator("tbody tr");
  const open = await hits.filter({ hasText: /Out for delivery|Planned/ }).last().getByRole("link").innerText();
  const attempts = await pages.open("dispatcher", "/figures?rows=on_time");
  const reference = await attempts.locator("main table tbody tr").filter({ hasText: "Delivered" })
    .getByRole("link").first().innerText();
  await agent.goto(`${server.url}/deliveries?q=${reference}`);
  const order = hits.filter({ hasText: reference });
  const phone = await order.locator("td small").first().innerText();
  const name = (await order.locator("td").first().innerText()).replace(phone, "").trim();
  const address = (await order.locator("td").nth(1).innerText()).trim();

  // Who is still to get something keeps a name and a door.
  const page = await pages.open("administrator", "/control-room");
  await page.locator(".menu:not(.hub-menu) > summary").click();
  await page.getByRole("link", { name: "Erase a recipient" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Erase a recipient" })).toBeVisible();
  await find(page, open);
  await found(page).filter({ hasText: open }).getByRole("link").click();
  await expect(page.getByText(`${open} is still open, so somebody has to find the door`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Erase for good" })).toHaveCount(0);
  await expect(orders(page).first()).toContainText("Nothing: still open");

  await find(page, phone);
  await expect(found(page).filter({ hasText: reference })).toHaveCount(1);
  await found(page).filter({ hasText: reference }).getByRole("link").click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect(orders(page).first()).toContainText("name, phone");
  await page.getByLabel(`Type ${reference} to confirm`).fill("something else");
  await page.getByRole("button", { name: "Erase for good" }).click();
  await expect(page.getByRole("alert")).toContainText(`What you typed is not ${reference}. Nothing was erased.`);
  await page.getByLabel(`Type ${reference} to confirm`).fill(reference.toLowerCase());
  await page.getByRole("button", { name: "Erase for good" }).click();
  await expect(page.getByRole("status")).toContainText("Done. 1 order holds nothing of the recipient any more.");
  await expect(page.getByText(`The recipient of ${reference} was erased`)).toContainText("by administrator");

  // Nobody is found by what was erased; the order's page and its story say so.
  await find(page, name);
  await expect(page).toHaveURL(/q=/);
  await expect(page.locator(".erasure-page")).toContainText(/Choose an order|No order matches/);
  await expect(found(page).filter({ hasText: reference })).toHaveCount(0);
  await agent.goto(`${server.url}/deliveries?q=${encodeURIComponent(reference)}`);
  await expect(hits.first()).toContainText("Erased");
  await expect(hits.first()).not.toContainText(name);
  await hits.first().getByRole("link").click();
  const story = agent.getByRole("region", { name: "Story" });
  await expect(story.getByRole("listitem").filter({ hasText: "erased" })).toContainText("administrator");
  expect(await agent.content(), "not in what the page carries either").not.toContain(address);

  // Who was erased is listed with who did it.
  await page.goto(`${server.url}/erase`);
  const done = page.getByRole("table", { name: "Who was erased" }).locator("tbody tr").first();
  await expect(done).toContainText(reference);
  await expect(done).toContainText("administrator");
});

test("erasing is an administrator's, works without scripts, and fits a phone", async ({ pages }) => {
  pages.expectError(/status of 403/);
  const agent = await pages.open("agent", "/erase");
  await expect(agent.getByRole("alert")).toContainText("An agent cannot do this");
  const searching = await pages.open("dispatcher", "/erase?q=triq");
  await expect(searching.getByRole("alert")).toContainText("A dispatcher cannot do this");
  await expect(found(searching)).toHaveCount(0);

  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false };
  const page = await pages.open("administrator", "/erase", phone);
  expect(await overflow(page)).toBe(0);
  await find(page, "triq");
  await expect(found(page).first()).toBeVisible();
  expect(await overflow(page), "what was found").toBe(0);
  await found(page).first().getByRole("link").click();
  await expect(orders(page).first()).toBeVisible();
  expect(await overflow(page), "a recipient").toBe(0);
});
