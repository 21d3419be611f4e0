// The day goes on while people look at it: without a reload, beside answers that take long, and in the figures.
import type { Page } from "@playwright/test";
import { expect, test } from "../../fixtures";

test("two people and the figures follow the same day, also beside answers that take long", async ({ pages }) => {
  test.setTimeout(150_000);
  const manager = await pages.open("manager", "/figures");
  const asOf = manager.locator(".figures-day p");
  await expect(asOf).toContainText(/as of \d\d:\d\d:\d\d/);
  const counted = await asOf.innerText();
  await manager.evaluate(() => document.querySelector<HTMLElement>(".rows-link")?.focus());

  const one = await pages.open("dispatcher", "/control-room");
  const other = await pages.open("second dispatcher", "/control-room");
  const numbers = (page: Page) => page.locator(".strip-numbers dd").allInnerTexts();
  const routes = async (page: Page) => (await page.locator(".route-list .route-count").allInnerTexts()).sort();
  await expect.poll(async () => JSON.stringify(await numbers(one)) === JSON.stringify(await numbers(other))).toBe(true);
  await expect.poll(async () => JSON.stringify(await routes(one)) === JSON.stringify(await routes(other))).toBe(true);
  const done = () => one.locator(".route-list .route-count").allInnerTexts();
  const before = await done();
  await expect.poll(done, { message: "the day goes on without a reload", timeout: 40_000 }).not.toEqual(before);

  await expect(asOf, "the figures follow the clock").not.toHaveText(counted, { timeout: 20_000 });
  await expect(manager.locator(".rows-link").first(), "nothing loses the focus").toBeFocused();

  let asked = 0;
  await one.route(/\/api\/(board|route)\b/, async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue().catch(() => undefined);
  });
  await one.locator(".route-row", { hasText: /\d\/\d/ }).first().click();
  const panel = one.getByRole("region", { name: "Selected vehicle" });
  await expect(panel.getByRole("table").first()).toBeVisible();
  const plan = one.getByRole("region", { name: "Plan", exact: true });
  // A plan that was proposed unasked is declined: either loads the board again, even if another took its place meanwhile.
  pages.expectError(/status of 409/);
  const waiting = plan.locator(".proposal > summary");
  if ((await waiting.count()) > 0) await waiting.click();
  await plan.getByRole("button", { name: /^(Plan again|Decline)$/ }).first().click();
  const since = await one.locator(".fresh-time").innerText();
  await expect.poll(() => asked, { message: "asked again while an answer is on its way", timeout: 40_000 }).toBeGreaterThan(5);
  await expect(one.locator(".fresh-time")).not.toHaveText(since);
  await one.unroute(/\/api\/(board|route)\b/);
});
