// An administrator gives a van a driver for tomorrow and sees it, is told what cannot be, and takes it back.
import type { Locator, Page } from "@playwright/test";
import { expect, overflow, test } from "../fixtures";

const STILL = { javaScriptEnabled: false };

const row = (page: Page, label: string): Locator => page.locator(".roster-row").filter({ hasText: label });

async function addDriver(page: Page, name: string): Promise<void> {
  await page.locator(".add > summary", { hasText: "Add a driver" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Add the driver" }).click();
}

async function give(page: Page, label: string, driver: string, [from, until]: [string, string], rest?: [string, string]) {
  await row(page, label).getByRole("link", { name: /^(Change|Give a driver)/ }).click();
  await expect(page.getByRole("heading", { name: new RegExp(`${label} on`) })).toBeVisible();
  const choice = page.getByLabel("Who drives");
  const option = await choice.locator("option", { hasText: driver }).getAttribute("value");
  await choice.selectOption(option);
  await page.getByLabel("From", { exact: true }).fill(from);
  await page.getByLabel("Until").fill(until);
  if (rest) {
    await page.getByLabel("From at the earliest").first().fill(rest[0]);
    await page.getByLabel("At the latest").first().fill(rest[1]);
    await page.getByLabel("Minutes").first().fill("30");
  }
  await page.getByRole("button", { name: "Save the shift" }).click();
}

test("an administrator gives a van a driver for tomorrow, with and without scripts", async ({ pages }) => {
  for (const [options, name] of [[{}, "Rita Walks"], [STILL, "Sam Walks"]] as const) {
    const page = await pages.open("administrator", "/control-room", options);
    await page.locator(".menu:not(.hub-menu) > summary").click();
    await page.getByRole("link", { name: "Roster" }).click();
    await expect(page.getByRole("heading", { name: "Roster", level: 1 })).toBeVisible();
    await page.getByRole("link", { name: "The day after" }).click();
    await expect(page.getByRole("heading", { level: 2 }).first()).not.toContainText("today");

    await addDriver(page, name);
    await expect(page.getByRole("status")).toHaveText(`${name} is saved.`);
    await addDriver(page, name);
    await expect(page.getByRole("alert")).toContainText("works here already");
    await page.getByRole("link", { name: "The day after" }).click();
    await page.getByRole("link", { name: "The day before" }).click();
    await expect(row(page, "Van 01")).toContainText("As usual");

    await give(page, "Van 01", name, ["06:00", "14:00"], ["09:30", "10:30"]);
    await expect(page.getByRole("status")).toContainText(`Van 01: ${name} drives 06:00–14:00 on`);
    await expect(row(page, "Van 01")).toContainText(name);
    await expect(row(page, "Van 01")).toContainText("30 min break from 09:30–10:30");
    await expect(row(page, "Van 01").locator(".roster-lane rect.pause")).toHaveCount(1);

    // The same person cannot drive a second van at that time; what was typed is still there.
    await give(page, "Van 03", name, ["13:00", "15:00"]);
    await expect(page.getByRole("alert")).toContainText(`Nothing was changed. ${name} drives Van 01 on`);
    await expect(page.getByLabel("Until")).toHaveValue("15:00");
    await page.getByRole("link", { name: "Close" }).click();

    await row(page, "Van 01").getByRole("link", { name: /^Change/ }).click();
    await page.getByRole("link", { name: "Add another shift" }).click();
    await expect(page.getByRole("heading", { name: /Another shift of Van 01 on/ })).toBeVisible();
    await expect(page.getByLabel("From", { exact: true })).toHaveValue("14:00");
    await page.getByLabel("Until").fill("20:00");
    await page.getByRole("button", { name: "Save the shift" }).click();
    await expect(page.getByRole("status")).toContainText("drives 14:00–20:00 on");
    await expect(row(page, "Van 01").locator(".roster-shift")).toHaveCount(2);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(row(page, "Van 01").locator(".roster-shift")).toHaveCount(1);

    await row(page, "Van 01").getByRole("link", { name: /^Change/ }).click();
    await page.getByRole("button", { name: "Let it stay at the hub" }).click();
    await expect(page.getByRole("status")).toContainText("Van 01 stays at the hub");
    await expect(row(page, "Van 01")).toContainText("Nobody");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(row(page, "Van 01")).toContainText("06:00–14:00");

    await row(page, "Van 01").getByRole("link", { name: /^Change/ }).click();
    await expect(page.getByText(/Out of the roster, the usual holds: Driver 01, 07:3\d–16:30\./)).toBeVisible();
    await page.getByRole("button", { name: "Take out of the roster" }).click();
    await expect(row(page, "Van 01")).toContainText("As usual");

    await page.getByRole("link", { name: `Change ${name}` }).click();
    await page.locator("summary", { hasText: "No longer works here" }).click();
    await page.getByRole("button", { name: "Take out of the list" }).click();
    await expect(page.getByRole("status")).toContainText(`${name} no longer works here`);
  }
});

test("the day's roster shows an early shift, a van that changes hands and a missing driver", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/roster");
  await expect(page.getByRole("heading", { level: 2 }).first()).toContainText("today");
  await expect(page.locator(".roster-row")).toHaveCount(8);
  await expect(page.locator(".roster-shift[data-nobody]")).toHaveCount(1);
  await expect(page.getByText("1 vehicle without anybody")).toBeVisible();
  await expect(row(page, "Van 02")).toContainText("–13:30");
  await expect(row(page, "Van 03").locator(".roster-shift")).toContainText(["Driver 03", "Driver 9"]);
  await row(page, "Van 03").getByRole("link", { name: "Add a shift Van 03" }).click();
  await expect(page.getByRole("heading", { name: /Another shift of Van 03 on/ })).toBeVisible();
});

test("the roster fits a phone, and an agent only looks", async ({ pages }) => {
  const page = await pages.open("administrator", "/roster", { viewport: { width: 390, height: 844 } });
  await page.getByRole("link", { name: "The day after" }).click();
  await row(page, "Van 01").getByRole("link", { name: /^Change/ }).click();
  await page.locator(".add > summary", { hasText: "Add a driver" }).click();
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  const agent = await pages.open("agent", "/roster");
  await expect(row(agent, "Van 01")).toBeVisible();
  await expect(agent.getByRole("link", { name: /^Change/ })).toHaveCount(0);
  await agent.locator(".menu:not(.hub-menu) > summary").click();
  await expect(agent.getByRole("link", { name: "Roster" })).toHaveCount(0);
});
