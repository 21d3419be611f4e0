// An agent finds an order by anything the customer may say, reads its story, and books another window.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(new RegExp(`q=`));
}

const hits = (page: Page) => page.getByRole("table", { name: /Orders that match/ }).locator("tbody tr");

test("an order is found by reference, name, phone and address", async ({ pages }) => {
  const page = await pages.open("agent", "/deliveries");
  await search(page, "triq");
  const row = hits(page).first();
  const reference = await row.getByRole("link").innerText();
  const phone = await row.locator("td small").first().innerText();
  const name = (await row.locator("td").first().innerText()).replace(phone, "").trim();
  const address = (await row.locator("td").nth(1).innerText()).trim();
  for (const text of [reference, name, phone, phone.slice(-5), address]) {
    await search(page, text);
    await expect(hits(page).filter({ hasText: reference })).toHaveCount(1);
  }
  await search(page, "no such thing anywhere");
  await expect(page.locator(".empty")).toContainText("No order matches");
});

test("an order tells its whole story", async ({ pages }) => {
  const page = await pages.open("agent", "/deliveries?q=triq");
  await hits(page).first().getByRole("link").click();
  const story = page.getByRole("region", { name: "Story" }).getByRole("listitem");
  await expect(story.first()).toContainText("Order placed, promised");
  await expect(story.filter({ hasText: /Planned as stop \d+ of/ }).first()).toBeVisible();
});

test("windows come from the live plan, and the one that is booked shows", async ({ pages }) => {
  const page = await pages.open("agent", "/deliveries?q=triq");
  const planned = hits(page).filter({ hasText: /Planned|Out for delivery|Waits|failed/ });
  const references = await planned.getByRole("link").allInnerTexts();
  expect(references.length).toBeGreaterThan(0);
  const slots = page.locator(".slot");
  for (const reference of references) {
    await page.goto(new URL(`/deliveries?q=${encodeURIComponent(reference)}`, page.url()).href);
    await hits(page).filter({ hasText: reference }).getByRole("link").click();
    const find = page.getByRole("link", { name: "Find another window" });
    await page.getByRole("region", { name: "Story" }).waitFor();
    if ((await find.count()) === 0) continue;
    await find.click();
    await expect(page.getByRole("heading", { name: "Windows that fit" })).toBeVisible({ timeout: 30_000 });
    if ((await slots.count()) > 0) break;
  }
  // Other tabs look at the same offers: one follows the day, two stand still.
  const address = new URL(page.url()).pathname + "?slots=1";
  const live = await pages.open("agent", address);
  await expect(live.locator(".slot").first()).toBeVisible({ timeout: 30_000 });
  const twice = await pages.open("agent", address, { javaScriptEnabled: false });
  const stale = await pages.open("agent", address, { javaScriptEnabled: false });
  const slot = slots.last();
  await expect(slot.locator(".slot-price")).toContainText(/min|Costs nothing/);
  const from = await slot.locator("input[name=from]").inputValue();
  const offered = live.locator(`.slot input[name=from][value="${from}"]`);
  await expect(offered).toHaveCount(1);
  const window = await slot.locator(".slot-window strong").innerText();
  await slot.getByRole("button", { name: "Book" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Booked. The promise has moved." })).toBeVisible();
  await expect(page.locator(".order-facts strong").first()).toContainText(window);
  const moved = page.getByRole("region", { name: "Story" }).getByRole("listitem").filter({ hasText: "Moved from" });
  await expect(moved.last()).toContainText(window);
  await expect(slots, "what was offered for the promise before is gone").toHaveCount(0);

  await expect(page, "it is said once").toHaveURL(new URL(address, page.url()).href.replace("?slots=1", ""));
  await page.reload();
  await page.getByRole("region", { name: "Story" }).waitFor();
  await expect(page.getByText("Booked. The promise has moved.")).toHaveCount(0);
  await expect(live.locator(".order-facts strong").first()).toContainText(window);

  pages.expectError(/status of 409/);
  await twice.locator(".slot").filter({ has: twice.locator(`input[name=from][value="${from}"]`) }).getByRole("button", { name: "Book" }).click();
  await expect(twice.locator(".order-facts strong").first()).toContainText(window);
  await expect(twice.getByRole("region", { name: "Story" }).getByRole("listitem").filter({ hasText: "Moved from" }), "what is booked already is not booked again").toHaveCount(1);
  await stale.locator(".slot").filter({ hasNot: stale.locator(`input[name=from][value="${from}"]`) }).first().getByRole("button", { name: "Book" }).click();
  await expect(stale.getByRole("alert")).toContainText("has changed since this was shown");
  await expect(stale.locator(".order-facts strong").first()).toContainText(window);
});
