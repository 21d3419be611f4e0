// Planning again: the difference is shown, accepted here and visible there.
import { expect, test } from "../fixtures";

test("a better plan shows what it changes, is accepted here and seen there", async ({ rooms }) => {
  const one = await rooms.open("dispatcher", "/control-room");
  const other = await rooms.open("second dispatcher", "/control-room");
  const plan = one.getByRole("region", { name: "Plan", exact: true });
  const revision = async () => Number(/revision (\d+)/.exec(await plan.innerText())?.[1]);
  const before = await revision();
  expect(before).toBeGreaterThan(0);

  await plan.getByRole("button", { name: "Plan again" }).click();
  await expect(plan.getByRole("heading", { name: "A better plan" })).toBeVisible({ timeout: 30_000 });
  await expect(plan.getByRole("table", { name: "What the plan gains" }).locator("tbody tr")).toHaveCount(4);
  await expect(plan.locator(".changes li").first()).toContainText(/promised \d\d:\d\d/);
  const there = other.getByRole("region", { name: "Plan", exact: true });
  await expect(there.getByRole("heading", { name: "A better plan" })).toBeVisible();

  // The day goes on while somebody reads: a proposal that has grown stale says so, and is made afresh.
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
});
