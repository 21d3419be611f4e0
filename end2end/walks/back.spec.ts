// Going back finds the page as it was left: scrolled, with the focus, and the map where it was.
import type { Page } from "@playwright/test";
import { expect, mapRests, test } from "../fixtures";

const view = (page: Page) => new URL(page.url()).searchParams.get("view");

test("back from an order, the list stands where it was and its row has the focus", async ({ pages }) => {
  const page = await pages.open("agent", "/deliveries?q=triq", { viewport: { width: 1440, height: 500 } });
  const row = page.locator(".hits tbody tr").last();
  await row.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => window.scrollY);
  expect(scrolled).toBeGreaterThan(100);
  const reference = await row.getByRole("link").innerText();
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { name: reference })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("link", { name: reference })).toBeFocused();
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(scrolled);
});

test("back in the control room, the map and the list stand where they were", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room", { viewport: { width: 1440, height: 520 } });
  await page.locator(".route-row").nth(1).click();
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  await mapRests(page);
  await page.locator(".map-frame").focus();
  for (const key of ["+", "ArrowRight", "ArrowRight"]) {
    const before = view(page);
    await page.keyboard.press(key);
    await expect.poll(() => view(page)).not.toBe(before);
    await mapRests(page);
  }
  const before = view(page);
  const stop = page.locator(".stop-row a").first();
  const panel = page.locator("[data-scroll=panel]");
  await panel.evaluate((panel) => panel.scrollTo(0, 120));
  await stop.evaluate((link: HTMLElement) => link.focus({ preventScroll: true }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Story" })).toBeVisible();
  await page.goBack();
  await expect.poll(() => panel.evaluate((panel) => panel.scrollTop)).toBe(120);
  await mapRests(page);
  expect(view(page)).toBe(before);
  await expect(page.locator(".stop-row :focus")).toHaveCount(1);
});

test("a copied address shows a colleague the same part of the map", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room?view=14_35.90000_14.50000");
  await mapRests(page);
  expect(view(page)).toBe("14_35.90000_14.50000");
});
