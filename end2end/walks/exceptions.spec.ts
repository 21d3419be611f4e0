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

test("claimed by one, it shows on the other's screen without a reload", async ({ rooms }) => {
  const one = await rooms.open("dispatcher", "/exceptions");
  const other = await rooms.open("second dispatcher", "/exceptions");
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

test("resolved it leaves the list, and undo brings it back", async ({ rooms }) => {
  const page = await rooms.open("agent", "/exceptions");
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

test("what was resolved is listed with who did what, and can be opened again", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/exceptions");
  const id = await firstFree(page);
  const row = rowOf(page, id);
  await row.locator("summary", { hasText: "Resolve" }).click();
  await row.getByRole("button", { name: "Resolve exception" }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("navigation", { name: "Which exceptions" }).getByRole("link", { name: /Resolved/ }).click();
  await expect(page).toHaveURL(/show=resolved/);
  await expect(rowOf(page, id)).toContainText("dispatcher");
  await rowOf(page, id).getByRole("button", { name: "Reopen" }).click();
  await expect(rowOf(page, id)).toHaveCount(0);
});

test("an exception is claimed and put back by keyboard", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/exceptions");
  await page.keyboard.press("j");
  const row = page.locator(".queue-row").filter({ has: page.locator(":focus") });
  const id = await row.locator("input[name=exception]").first().inputValue();
  await page.keyboard.press("e");
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("You");
  await rowOf(page, id).getByRole("button", { name: "Release" }).click();
  await expect(rowOf(page, id).locator(".queue-owner")).toContainText("Nobody");
});

test("an open form stays with its exception while another one leaves the list", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/exceptions");
  const other = await rooms.open("second dispatcher", "/exceptions");
  const ids = await page.locator(".queue-row input[name=exception]").evaluateAll((inputs: HTMLInputElement[]) => [
    ...new Set(inputs.map((input) => input.value)),
  ]);
  const [leaves, stays] = ids;
  const form = rowOf(page, stays).locator("details.resolve");
  await form.locator("summary").click();
  await form.getByLabel("What was done").selectOption("Planned again");

  const there = rowOf(other, leaves);
  await there.locator("summary", { hasText: "Resolve" }).click();
  await there.getByRole("button", { name: "Resolve exception" }).click();
  await expect(rowOf(page, leaves)).toHaveCount(0);
  await expect(page.locator("details.resolve[open]")).toHaveCount(1);
  await expect(form.getByLabel("What was done")).toHaveValue("Planned again");
  await expect(form.locator("input[name=exception]")).toHaveValue(stays);
});
