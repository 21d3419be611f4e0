// What went wrong is claimed by one, seen by all, resolved, and opened again.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";

function rowOf(page: Page, id: string) {
  return page.locator(".queue-row").filter({ has: page.locator(`input[name=exception][value="${id}"]`) });
}

async function firstFree(page: Page): Promise<string> {
  const free = page.locator(".queue-row").filter({ has: page.getByRole("button", { name: "Claim" }) }).first();
  return free.locator("input[name=exception]").first().inputValue();
}

test("claimed by one, it shows on the other's screen without a reload", async ({ pages }) => {
  const one = await pages.open("dispatcher", "/exceptions");
  const other = await pages.open("second dispatcher", "/exceptions");
  const id = await firstFree(one);
  await expect(rowOf(other, id)).toBeVisible();
  await other.evaluate(() => Object.assign(window, { neverReloaded: true }));

  await rowOf(one, id).getByRole("button", { name: "Claim" }).click();
  await expect(rowOf(one, id).locator(".queue-owner")).toContainText("You");
  const seen = other.locator(".queue-row").filter({ hasText: "dispatcher" }).locator(".queue-owner");
  await expect(seen.filter({ hasText: /Owner: dispatcher$/ })).toHaveCount(1);
  expect(await other.evaluate(() => "neverReloaded" in window)).toBe(true);

  await rowOf(one, id).getByRole("button", { name: "Release" }).click();
  await expect(rowOf(other, id).getByRole("button", { name: "Claim" })).toBeVisible();
});

test("resolved it leaves the list, and undo brings it back", async ({ pages }) => {
  const page = await pages.open("agent", "/exceptions");
  const id = await firstFree(page);
  const row = rowOf(page, id);
  await row.locator("summary", { hasText: "Resolve" }).click();
  await row.getByLabel("What was done").selectOption("Recipient told");
  await row.getByRole("button", { name: "Resolve exception" }).click();
  await expect(row).toHaveCount(0);
  const notice = page.getByRole("status").filter({ hasText: "Resolved." });
  await notice.getByRole("button", { name: "Undo" }).click();
  await expect(rowOf(page, id)).toBeVisible();
});

test("what was resolved is listed with who did what, and can be opened again", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const id = await firstFree(page);
  const row = rowOf(page, id);
  await row.locator("summary", { hasText: "Resolve" }).click();
  await row.getByLabel("What was done").selectOption("Recipient told");
  await row.getByRole("button", { name: "Resolve exception" }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("navigation", { name: "Which exceptions" }).getByRole("link", { name: /Resolved/ }).click();
  await expect(page).toHaveURL(/show=resolved/);
  await expect(rowOf(page, id)).toContainText("dispatcher");
  await rowOf(page, id).getByRole("button", { name: "Reopen" }).click();
  await expect(rowOf(page, id)).toHaveCount(0);
});

test("an exception is claimed and put back by keyboard", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  await page.keyboard.press("j");
  const row = page.locator(".queue-row").filter({ has: page.locator(":focus") });
  const id = await row.locator("input[name=exception]").first().inputValue();
  await page.keyboard.press("e");
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("You");
  await rowOf(page, id).getByRole("button", { name: "Release" }).click();
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("Nobody");
});

test("an open form stays with its exception while another one leaves the list", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const other = await pages.open("second dispatcher", "/exceptions");
  const ids = await page.locator(".queue-row input[name=exception]").evaluateAll((inputs: HTMLInputElement[]) => [
    ...new Set(inputs.map((input) => input.value)),
  ]);
  const [leaves, stays] = ids;
  const form = rowOf(page, stays).locator("details.resolve");
  await form.locator("summary").click();
  await form.getByLabel("What was done").selectOption("Planned again");

  const there = rowOf(other, leaves);
  await there.locator("summary", { hasText: "Resolve" }).click();
  await there.getByLabel("What was done").selectOption("Recipient told");
  await there.getByRole("button", { name: "Resolve exception" }).click();
  await expect(rowOf(page, leaves)).toHaveCount(0);
  await expect(page.locator("details.resolve[open]")).toHaveCount(1);
  await expect(form.getByLabel("What was done")).toHaveValue("Planned again");
  await expect(form.locator("input[name=exception]")).toHaveValue(stays);
});

test("every resolution can be undone, and the row comes back to its place with the focus", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const names = () => page.locator(".queue-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-row") ?? ""));
  const free = page.locator(".queue-row").filter({ has: page.getByRole("button", { name: "Claim" }) });
  const ids = await free.evaluateAll((rows) => rows.slice(0, 2).map((row) => row.getAttribute("data-row") ?? ""));
  for (const id of ids) {
    const before = await names();
    const row = rowOf(page, id);
    await row.locator("summary", { hasText: "Resolve" }).click();
    await row.getByLabel("What was done").selectOption("Recipient told");
    await row.getByRole("button", { name: "Resolve exception" }).click();
    await expect(row).toHaveCount(0);
    await expect(page.locator(".queue-row :focus"), "the focus stays in the list").toHaveCount(1);
    await page.getByRole("status").filter({ hasText: "Resolved." }).getByRole("button", { name: "Undo" }).click();
    await expect(row).toBeVisible();
    const after = await names();
    const order = before.filter((name) => after.includes(name));
    expect(after.filter((name) => before.includes(name)), "nothing has changed its place").toEqual(order);
    await expect(row.locator(":focus")).toHaveCount(1);
    await expect(page.getByRole("status").filter({ hasText: "Resolved." })).toHaveCount(0);
  }
});

test("a list that was read before an undo, and comes after it, does not take the focus", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const id = await firstFree(page);
  const row = rowOf(page, id);
  await row.locator("summary", { hasText: "Resolve" }).click();
  await row.getByLabel("What was done").selectOption("Recipient told");
  await row.getByRole("button", { name: "Resolve exception" }).click();
  await expect(row).toHaveCount(0);
  let [read, release] = [0, () => {}];
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/api/queue*", async (route) => {
    const response = await route.fetch();
    read += 1;
    if (read === 1) await released;
    await route.fulfill({ response });
  });
  const other = await pages.open("second dispatcher", "/exceptions");
  const elsewhere = await firstFree(other);
  await rowOf(other, elsewhere).getByRole("button", { name: "Claim" }).click();
  await expect.poll(() => read).toBe(1);
  const undo = page.getByRole("status").filter({ hasText: "Resolved." }).getByRole("button", { name: "Undo" });
  await undo.click();
  await expect(undo).toHaveCount(0);
  release();
  await expect(row.locator(":focus")).toHaveCount(1);
  await page.unrouteAll({ behavior: "wait" });
  await rowOf(other, elsewhere).getByRole("button", { name: "Release" }).click();
  await expect(rowOf(other, elsewhere).locator(".queue-owner")).toContainText("Nobody");
});

test("the keyboard goes on from the row it was on", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const focused = () => page.evaluate(() => document.activeElement?.closest("[data-row]")?.getAttribute("data-row"));
  for (const key of ["j", "j"]) await page.keyboard.press(key);
  const second = await focused();
  expect(second).toBeTruthy();
  await page.keyboard.press("e");
  await expect(rowOf(page, second ?? "").locator(".queue-owner")).toContainText("You");
  await expect.poll(focused, { message: "after a claim the row keeps the focus" }).toBe(second);
  await page.keyboard.press("k");
  const first = await focused();
  expect(first).not.toBe(second);
  await page.keyboard.press("j");
  expect(await focused()).toBe(second);

  await page.keyboard.press("r");
  const form = rowOf(page, second ?? "").locator("details.resolve");
  await expect(form).toHaveAttribute("open", "");
  await page.keyboard.press("Escape");
  await expect(form).not.toHaveAttribute("open", "");
  expect(await focused()).toBe(second);
  await page.keyboard.press("r");
  await page.locator("h1").click();
  await expect(form, "a press outside closes it").not.toHaveAttribute("open", "");
  await rowOf(page, second ?? "").getByRole("button", { name: "Release" }).click();
});

test("each row is a line that says the cause and the next step, and nothing moves when it answers", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const heights = await page.locator(".queue-row").evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().height));
  for (const height of heights) expect(height).toBeGreaterThanOrEqual(32);
  for (const height of heights) expect(height).toBeLessThanOrEqual(40);
  for (const row of (await page.locator(".queue-row").all()).slice(0, 12)) {
    await expect(row.locator(".queue-stake")).not.toBeEmpty();
    await expect(row.locator(".queue-step")).not.toBeEmpty();
  }
  const failed = page.locator(".queue-row").filter({ hasText: "Attempt failed" });
  for (const row of await failed.all()) await expect(row.locator(".queue-stake")).not.toHaveText(/^The goods/);
  const top = () => page.locator(".queue").evaluate((queue) => queue.getBoundingClientRect().top);
  const before = await top();
  const id = await firstFree(page);
  await rowOf(page, id).getByRole("button", { name: "Claim" }).click();
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("You");
  expect(await top()).toBe(before);
  await rowOf(page, id).getByRole("button", { name: "Release" }).click();
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("Nobody");
});

test("a double click on Claim claims, and a resolution that says nothing is not sent", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const id = await firstFree(page);
  const row = rowOf(page, id);
  await row.getByRole("button", { name: "Claim" }).dblclick();
  await expect(row.locator(".queue-owner")).toContainText("You");
  await row.locator("summary", { hasText: "Resolve" }).click();
  await row.getByRole("button", { name: "Resolve exception" }).click();
  await expect(row.getByLabel("What was done")).toBeFocused();
  await expect(row.locator(".queue-owner")).toContainText("You");
  await page.keyboard.press("Escape");
  await row.getByRole("button", { name: "Release" }).click();
  await expect(row.getByRole("button", { name: "Claim" })).toBeVisible();
});
