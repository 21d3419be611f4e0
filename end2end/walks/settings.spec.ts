// An administrator changes a price, the next offer follows, and nobody's change is lost under another's.
import type { Page } from "@playwright/test";
import { expect, overflow, test } from "../fixtures";

const STILL = { javaScriptEnabled: false };

const prices = (page: Page) => page.getByRole("region", { name: "Prices" });
const setting = (page: Page, label: string) => page.locator(".setting").filter({ has: page.getByLabel(label, { exact: true }) });
const save = (page: Page) => page.getByRole("button", { name: "Save" }).first().click();

async function giveBack(page: Page, label: string): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^Back to the default ?: ${label}$`) }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
}

// What a minute of work costs in the windows of an order that has some of three minutes and more, and in which currency.
async function minutePrices(page: Page): Promise<{ sign: string; each: number }[]> {
  await page.goto(new URL("/deliveries?q=triq", page.url()).href);
  const hits = page.getByRole("table", { name: /Orders that match/ }).locator("tbody tr");
  const movable = hits.filter({ hasText: /Planned|Out for delivery|Waits|failed/ });
  const links = await movable.getByRole("link").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  for (const link of links) {
    await page.goto(`${link}?slots=1`);
    await expect(page.getByRole("region", { name: "Story" })).toBeVisible();
    const slots = page.locator(".slot");
    await slots.or(page.getByText("No vehicle can take it")).first().waitFor({ timeout: 5_000 }).catch(() => undefined);
    const messages = await slots.locator(".slot-price").allInnerTexts();
    const priced = messages.flatMap((text) => {
      const [, minutes, sign, money] = /^\+(\d+) min, \+(\D+)([\d,]+\.\d\d)/.exec(text) ?? [];
      return Number(minutes) >= 3 ? [{ sign, each: Number(money.replaceAll(",", "")) / Number(minutes) }] : [];
    });
    if (priced.length > 0) return priced;
  }
  throw new Error("no order has a window that costs three minutes");
}

test("a price that is changed is in the next offer, and can be given back", async ({ pages }) => {
  const page = await pages.open("administrator", "/control-room");
  await page.locator(".menu:not(.hub-menu) > summary").click();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  const agent = await pages.open("agent", "/deliveries", STILL);
  const before = await minutePrices(agent);
  // What makes others late costs more; the cheapest window is work alone.
  const cheapest = (windows: { each: number }[]) => Math.min(...windows.map(({ each }) => each));
  expect(before.every(({ sign }) => sign === "€")).toBe(true);
  expect(cheapest(before), "24.00 for the driver and 9.00 for the van an hour").toBeLessThan(0.75);

  await prices(page).getByLabel("Driver's hour").fill("90");
  await prices(page).getByLabel("Currency").selectOption("GBP");
  await save(page);
  await expect(page.getByRole("status").filter({ hasText: "Saved. 2 settings were changed." })).toBeVisible();
  await expect(prices(page).getByLabel("Driver's hour")).toHaveValue("90.00");
  await expect(setting(page, "Driver's hour")).toContainText(/GBP an hour[\s\S]*Was 24.00 until .*changed by /);
  const after = await minutePrices(agent);
  expect(after.every(({ sign }) => sign === "£")).toBe(true);
  expect(cheapest(after), "90.00 an hour are 1.50 a minute").toBeGreaterThan(0.9);

  const history = page.getByRole("table", { name: "Changes" }).locator("tbody tr");
  await expect(history.filter({ hasText: "Driver's hour" }).first()).toContainText(/24.00[\s\S]*90.00/);
  await giveBack(page, "Driver's hour");
  await giveBack(page, "Currency");
  await expect(prices(page).getByLabel("Driver's hour")).toHaveValue("24.00");
  await expect(history.first()).toContainText("given back");
});

test("everything that is wrong is said beside its field, and what was typed stays", async ({ pages }) => {
  for (const options of [{}, STILL]) {
    const page = await pages.open("administrator", "/settings", options);
    await page.getByLabel("Risk margin").fill("3");
    await page.getByLabel("Days ahead").fill("soon");
    await prices(page).getByLabel("Late minute").fill("1.75");
    await save(page);
    await expect(page.getByRole("alert")).toContainText("Nothing was saved");
    await expect(setting(page, "Risk margin")).toContainText("unheard of for longer than the risk margin");
    await expect(setting(page, "Silent after")).toContainText("unheard of for longer than the risk margin");
    await expect(setting(page, "Days ahead")).toContainText("Enter a whole number");
    await expect(page.getByLabel("Days ahead")).toHaveValue("soon");
    await expect(prices(page).getByLabel("Late minute")).toHaveValue("1.75");
    await expect(setting(page, "Late minute")).toContainText("Holds now: 1.50.");
  }
});

test("the second of two administrators is told, and saves after a look", async ({ pages }) => {
  const [first, second] = [await pages.open("administrator", "/settings"), await pages.open("administrator", "/settings", STILL)];
  await first.getByLabel("Proposals").fill("29");
  await save(first);
  await expect(first.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await second.getByLabel("Ids of reports").fill("31");
  await save(second);
  await expect(second.getByRole("alert")).toContainText("Somebody has changed settings");
  await expect(setting(second, "Proposals")).toContainText("Changed meanwhile");
  await expect(second.getByLabel("Ids of reports")).toHaveValue("31");
  await save(second);
  await expect(second.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await expect(second.getByLabel("Proposals")).toHaveValue("29");
  await giveBack(second, "Proposals");
  await giveBack(second, "Ids of reports");
});

test("the page is closed to others, and fits a phone", async ({ pages }) => {
  pages.expectError(/status of 403/);
  const dispatcher = await pages.open("dispatcher", "/settings");
  await expect(dispatcher.getByRole("alert")).toContainText("A dispatcher cannot do this");
  await dispatcher.locator(".menu:not(.hub-menu) > summary").click();
  await expect(dispatcher.getByRole("link", { name: "Settings" })).toHaveCount(0);
  const phone = await pages.open("administrator", "/settings", { viewport: { width: 390, height: 844 } });
  await expect(phone.getByLabel("Notice")).toBeVisible();
  expect(await overflow(phone)).toBeLessThanOrEqual(0);
});
