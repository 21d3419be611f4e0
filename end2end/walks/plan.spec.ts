// Planning again: the difference is shown, accepted here and visible there.
import { expect, test } from "../fixtures";

test("a better plan shows what it changes, is accepted here and seen there", async ({ rooms }) => {
  test.setTimeout(240_000);
  // Snow makes promises break that another order of stops keeps.
  const roads = await rooms.open("second dispatcher", "/roads");
  const weather = async (name: string) => {
    await roads.locator("select[name=weather]").selectOption(name);
    await roads.getByRole("button", { name: "Set the weather" }).click();
  };
  await weather("Snow or ice");
  await expect(roads.getByText(/^Snow or ice: /)).toBeVisible();
  const one = await rooms.open("dispatcher", "/control-room");
  const other = await rooms.open("second dispatcher", "/control-room");
  const plan = one.getByRole("region", { name: "Plan", exact: true });
  const revision = async () => Number(/revision (\d+)/.exec((await plan.textContent()) ?? "")?.[1]);
  const before = await revision();
  expect(before).toBeGreaterThan(0);

  // One may have been proposed unasked.
  const radios = plan.getByRole("group", { name: "Which plan" }).getByRole("radio");
  const again = plan.locator(".plan-line").getByRole("button", { name: "Plan again" });
  await expect(async () => {
    if ((await again.count()) > 0 && (await again.isEnabled())) await again.click();
    await expect(plan.getByRole("heading", { name: "A better plan" })).toBeVisible({ timeout: 30_000 });
  }).toPass({ timeout: 120_000 });
  // What waits is a line until somebody wants to see it.
  await expect(plan.locator(".proposal")).not.toHaveAttribute("open", "");
  expect((await plan.boundingBox())?.height).toBeLessThan(90);
  await plan.locator(".proposal > summary").click();
  // Up to three answers, each with its sentence; one is chosen, and what it changes is open.
  // Answers that the day has overtaken stand there without a choice: then fresh ones are asked for.
  await expect(async () => {
    const fresh = plan.getByRole("button", { name: "Plan again" });
    if (!(await radios.first().isVisible()) && (await fresh.isVisible()) && (await fresh.isEnabled())) await fresh.click();
    await expect(radios.first()).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: 90_000 });
  await expect(plan.getByRole("radio", { checked: true })).toHaveCount(1);
  await expect(plan.locator(".answers label").first()).toContainText(/Changes \d+ stops?/);
  const open = plan.locator(".proposal details[open]");
  await expect(open.getByRole("table", { name: "What the plan gains" }).locator("tbody tr")).toHaveCount(5);
  await expect(open.locator(".changes li").first()).toContainText(/promised \d\d:\d\d/);
  await radios.last().check();
  const there = other.getByRole("region", { name: "Plan", exact: true });
  await expect(there.getByRole("heading", { name: "A better plan" })).toBeVisible();

  // The day goes on while somebody reads: a proposal that has grown stale says so, and is made afresh.
  rooms.expectError(/status of 409/);
  const accepted = plan.getByText(/Accepted. The plan is now revision \d+/);
  await expect(async () => {
    if (!(await accepted.isVisible())) {
      const fresh = plan.getByRole("button", { name: "Plan again" });
      if (await fresh.isVisible()) await fresh.click();
      await plan.getByRole("button", { name: "Accept plan" }).click({ timeout: 10_000 });
    }
    await expect(accepted).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  const after = Number(/revision (\d+)/.exec(await accepted.innerText())?.[1]);
  expect(after).toBeGreaterThan(before);
  await expect(there).toContainText(`revision ${after}`);
  await expect(there.getByRole("heading", { name: "A better plan" })).toHaveCount(0);
  await weather("Dry");
  await expect(roads.getByText("drives take as long as usual")).toBeVisible();
});

test("a plan that is refused says so above its buttons, and a fresh one is looked for at once", async ({ rooms }) => {
  test.setTimeout(180_000);
  rooms.expectError(/status of 409/);
  const roads = await rooms.open("second dispatcher", "/roads");
  const weather = async (name: string) => {
    await roads.locator("select[name=weather]").selectOption(name);
    await roads.getByRole("button", { name: "Set the weather" }).click();
  };
  await weather("Snow or ice");
  await expect(roads.getByText(/^Snow or ice: /)).toBeVisible();
  // The day is moved on by somebody whose acts have not reached this page yet.
  const one = await rooms.open("dispatcher", "/control-room");
  const plan = one.getByRole("region", { name: "Plan", exact: true });
  const heading = plan.getByRole("heading", { name: "A better plan" });
  const line = plan.locator(".plan-line").getByRole("button", { name: "Plan again" });
  await expect(async () => {
    if ((await heading.count()) === 0 && (await line.isEnabled())) await line.click();
    await expect(heading).toBeVisible({ timeout: 20_000 });
  }).toPass({ timeout: 90_000 });
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
  // Another proposal takes this one's place, so accepting this one is refused by the house itself.
  const status = await one.evaluate(async () => {
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    return (await fetch("/api/propose-plan", { method: "POST", headers })).status;
  });
  expect([status, searches]).toEqual([200, 1]);
  const accept = plan.getByRole("button", { name: "Accept plan" });
  await accept.click();
  const says = plan.getByText(/The day has moved on.*Looking for a fresh one/);
  await expect(says).toBeVisible();
  const [message, button] = [await says.boundingBox(), await accept.boundingBox()];
  expect(message && button && message.y < button.y, "the message is above the button").toBe(true);
  expect(message && message.y + message.height).toBeLessThan(900);
  await expect.poll(() => searches, { message: "a new search at once" }).toBe(2);
  release();
  await expect(plan.getByText(/This plan is fresh|No other plan is worth its changes/)).toBeVisible({ timeout: 45_000 });
  await one.unrouteAll({ behavior: "ignoreErrors" });
  await weather("Dry");
  await expect(roads.getByText("drives take as long as usual")).toBeVisible();
});
