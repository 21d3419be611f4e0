// Planning again: the difference is shown, accepted here and visible there.
import { expect, test } from "../fixtures";

test("a better plan shows what it changes, is accepted here and seen there", async ({ rooms }) => {
  // Snow makes promises break that another order of stops keeps.
  const roads = await rooms.open("second dispatcher", "/roads");
  const weather = async (name: string) => {
    await roads.locator("select[name=weather]").selectOption(name);
    await roads.getByRole("button", { name: "Reckon with it" }).click();
  };
  await weather("Snow or ice");
  await expect(roads.getByText(/^Snow or ice: /)).toBeVisible();
  const one = await rooms.open("dispatcher", "/control-room");
  const other = await rooms.open("second dispatcher", "/control-room");
  const plan = one.getByRole("region", { name: "Plan", exact: true });
  const revision = async () => Number(/revision (\d+)/.exec(await plan.innerText())?.[1]);
  const before = await revision();
  expect(before).toBeGreaterThan(0);

  // One may have been proposed unasked.
  const radios = plan.getByRole("group", { name: "Which plan" }).getByRole("radio");
  if ((await radios.count()) === 0) await plan.getByRole("button", { name: "Plan again" }).click();
  await expect(plan.getByRole("heading", { name: "A better plan" })).toBeVisible({ timeout: 30_000 });
  // Up to three answers, each with its sentence; one is chosen, and what it changes is open.
  // An answer that the day has overtaken may stand there until then, without a choice.
  await expect(radios.first()).toBeVisible({ timeout: 30_000 });
  await expect(plan.getByRole("radio", { checked: true })).toHaveCount(1);
  await expect(plan.locator(".answers label").first()).toContainText(/Changes \d+ stops?/);
  const open = plan.locator("details[open]");
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
      const again = plan.getByRole("button", { name: "Plan again" });
      if (await again.isVisible()) await again.click();
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
