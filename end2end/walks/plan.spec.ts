// Planning again: the difference is shown, accepted here and visible there.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";

const planOf = (page: Page) => page.getByRole("region", { name: "Plan", exact: true });

async function setWeather(roads: Page, name: string, says: RegExp): Promise<void> {
  await roads.locator("select[name=weather]").selectOption(name);
  await roads.getByRole("button", { name: "Set the weather" }).click();
  await expect(roads.getByText(says)).toBeVisible();
}

// What was proposed while the day went on is declined, so that what comes is made from where it stands.
async function declineWhatWaits(page: Page): Promise<void> {
  const plan = planOf(page);
  const waiting = plan.locator(".proposal > summary");
  const line = plan.locator(".plan-line").getByRole("button", { name: "Plan again" });
  await expect(line.or(waiting)).toBeVisible();
  if ((await waiting.count()) > 0) {
    await waiting.click();
    await plan.getByRole("button", { name: "Decline" }).click();
  }
  await expect(line).toBeVisible();
}

// Looks for a better plan, and finds one.
async function planAgain(page: Page): Promise<void> {
  const plan = planOf(page);
  await plan.locator(".plan-line").getByRole("button", { name: "Plan again" }).click();
  await expect(plan.getByRole("heading", { name: "A better plan" })).toBeVisible({ timeout: 60_000 });
}

test("a plan that is refused says so above its buttons, and a fresh one is looked for at once", async ({ pages }) => {
  test.setTimeout(240_000);
  pages.expectError(/status of 409/);
  const roads = await pages.open("second dispatcher", "/roads");
  await setWeather(roads, "Snow or ice", /^Snow or ice: /);
  const other = await pages.open("second dispatcher", "/control-room");
  await declineWhatWaits(other);
  // The day is moved on by somebody whose acts have not reached this page yet.
  const one = await pages.open("dispatcher", "/control-room");
  const plan = planOf(one);
  await planAgain(one);
  await plan.locator(".proposal > summary").click();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await one.route("**/api/board*", async (route) => {
    await released;
    await route.continue().catch(() => undefined);
  });
  let searches = 0;
  await one.route("**/api/propose-plan*", async (route) => {
    searches += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  // Another proposal takes this one's place, so accepting this one is refused by the server itself.
  const status = await one.evaluate(async () => {
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    return (await fetch("/api/propose-plan", { method: "POST", headers })).status;
  });
  expect([status, searches]).toEqual([200, 1]);
  const accept = plan.getByRole("button", { name: "Accept plan" });
  await accept.click();
  const says = plan.getByText(/The day has moved on.*Looking for a fresh plan/);
  await expect(says).toBeVisible();
  const [message, button] = [await says.boundingBox(), await accept.boundingBox()];
  expect(message && button && message.y < button.y, "the message is above the button").toBe(true);
  expect(message && message.y + message.height).toBeLessThan(900);
  await expect.poll(() => searches, { message: "a new search at once" }).toBe(2);
  release();
  await expect(plan.getByText(/This plan is fresh|No other plan is worth its changes/)).toBeVisible({ timeout: 45_000 });
  await one.unrouteAll({ behavior: "ignoreErrors" });
  await setWeather(roads, "Dry", /drives take as long as usual/);
});

// Last, because a day whose better plan was accepted has no other until it goes on.
test("a better plan shows what it changes, is accepted here and seen there", async ({ pages }) => {
  test.setTimeout(240_000);
  // Snow makes promises break that another order of stops keeps.
  const roads = await pages.open("second dispatcher", "/roads");
  await setWeather(roads, "Snow or ice", /^Snow or ice: /);
  const other = await pages.open("second dispatcher", "/control-room");
  await declineWhatWaits(other);
  const one = await pages.open("dispatcher", "/control-room");
  const plan = planOf(one);
  const radios = plan.getByRole("group", { name: "Which plan" }).getByRole("radio");
  const before = Number(/revision (\d+)/.exec((await plan.textContent()) ?? "")?.[1]);
  expect(before).toBeGreaterThan(0);
  await planAgain(one);
  // What waits is a line until somebody wants to see it.
  await expect(plan.locator(".proposal")).not.toHaveAttribute("open", "");
  expect((await plan.boundingBox())?.height).toBeLessThan(90);
  await plan.locator(".proposal > summary").click();
  // Up to three answers, each with its sentence; one is chosen, and what it changes is open.
  await expect(radios.first()).toBeVisible();
  await expect(plan.getByRole("radio", { checked: true })).toHaveCount(1);
  await expect(plan.locator(".answers label").first()).toContainText(/Changes \d+ stops?/);
  const open = plan.locator(".proposal details[open]");
  const measures = open.getByRole("table", { name: "What the plan gains" }).locator("tbody tr");
  await expect(measures.filter({ hasText: /Late|Work ahead|Driving|Without a place|Past the shift/ })).toHaveCount(6);
  await expect(open.locator(".changes li").first()).toContainText(/promised \d\d:\d\d/);
  await radios.last().check();
  const there = planOf(other);
  await expect(there.getByRole("heading", { name: "A better plan" })).toBeVisible();

  await plan.getByRole("button", { name: "Accept plan" }).click();
  const accepted = plan.getByText(/Accepted. The plan is now revision \d+/);
  await expect(accepted).toBeVisible();
  const after = Number(/revision (\d+)/.exec(await accepted.innerText())?.[1]);
  expect(after).toBeGreaterThan(before);
  await expect(there).toContainText(`revision ${after}`);
  await expect(there.getByRole("heading", { name: "A better plan" })).toHaveCount(0);
  await setWeather(roads, "Dry", /drives take as long as usual/);
});
