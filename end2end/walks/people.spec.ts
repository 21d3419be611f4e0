// An administrator invites somebody, who sets a password; makes and revokes a key; and sees what was changed.
import type { Page } from "@playwright/test";
import { expect, isLive, overflow, test } from "../fixtures";

const PASSWORD = "three wet Tuesdays";
const row = (page: Page, name: string) => page.locator(".people tbody tr").filter({ hasText: name });
const secret = (page: Page) => page.locator(".once-secret");

async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.locator(".add > summary").click();
  await page.getByLabel("Name, by which the person signs in").fill(name);
  await page.getByLabel("Role").selectOption(role);
  await page.locator(".add").getByRole("button", { name: "Make the link" }).click();
  await expect(page.getByRole("heading", { name: `A link for ${name}` })).toBeVisible();
  return (await secret(page).innerText()).trim();
}

async function setPassword(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/account\?welcome=1$/);
  await expect(page.getByText("Set a password of your own below")).toBeVisible();
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Your password has changed" })).toBeVisible();
}

test("somebody is invited, sets a password, is given another role, and is out when disabled", async ({ pages, server }) => {
  // Her stream hears that her session has ended.
  pages.expectError(/status of 401/);
  const keeper = await pages.open("administrator", "/control-room");
  await keeper.locator(".menu:not(.hub-menu) > summary").click();
  await keeper.getByRole("link", { name: "People and keys" }).click();
  await expect(keeper.getByRole("heading", { level: 1, name: "People and keys" })).toBeVisible();
  const link = await invite(keeper, "Anna Walk", "dispatcher");
  await expect(row(keeper, "Anna Walk")).toContainText("Invited, link good until");
  await expect(keeper.getByLabel("Name, by which the person signs in")).toHaveValue("");
  await keeper.getByRole("link", { name: "Put it away" }).click();
  await expect(secret(keeper)).toHaveCount(0);

  const anna = await pages.open("nobody", "/sign-in");
  await setPassword(anna, link);
  await expect(anna.getByLabel("Present password")).toBeVisible();
  await anna.goto(`${server.url}/exceptions`);
  await isLive(anna);

  await keeper.reload();
  await row(keeper, "Anna Walk").getByRole("link").click();
  await expect(keeper.getByRole("heading", { name: "Anna Walk" })).toBeVisible();
  await keeper.getByLabel("Role").last().selectOption("agent");
  await keeper.getByRole("button", { name: "Save" }).click();
  await expect(row(keeper, "Anna Walk")).toContainText("Agent");
  await anna.goto(`${server.url}/exceptions`);
  await expect(anna).toHaveURL(/\/sign-in\?next=/);
  await anna.getByLabel("Name").fill("anna walk");
  await anna.getByLabel("Password").fill(PASSWORD);
  await anna.getByRole("button", { name: "Sign in" }).click();
  await expect(anna.getByRole("navigation", { name: "Pages" })).toBeVisible();

  // Disabling asks first, and says what it does and how it is undone.
  const disable = keeper.locator(".confirm").filter({ hasText: "Disable" });
  await disable.locator("summary").click();
  await expect(disable).toContainText("Every session ends at once");
  await expect(disable).toContainText("Let in again");
  await disable.getByRole("button", { name: "Disable Anna Walk" }).click();
  await expect(row(keeper, "Anna Walk")).toContainText("Disabled since");
  await expect(keeper.getByRole("button", { name: "Let in again" })).toBeVisible();
  await anna.goto(`${server.url}/exceptions`);
  await expect(anna).toHaveURL(/\/sign-in\?next=/);
  await keeper.getByRole("link", { name: "What was changed" }).click();
  await expect(keeper.getByRole("cell", { name: "Disabled Anna Walk" })).toBeVisible();
  await expect(keeper.getByRole("cell", { name: "Role of Anna Walk: dispatcher → agent" })).toBeVisible();
});

test("a name that somebody has is refused, and nothing that was typed is lost", async ({ pages }) => {
  pages.expectError(/status of 409/);
  const page = await pages.open("administrator", "/people");
  await page.locator(".add > summary").click();
  await page.getByLabel("Name, by which the person signs in").fill("ADMINISTRATOR");
  await page.getByRole("button", { name: "Make the link" }).click();
  await expect(page.getByRole("alert")).toContainText("Somebody has this name already");
  await expect(page.getByLabel("Name, by which the person signs in")).toHaveValue("ADMINISTRATOR");
});

test("a key is made, shown once, and revoked", async ({ pages, server }) => {
  const page = await pages.open("administrator", "/people?part=keys");
  await page.locator(".add > summary").click();
  await page.getByLabel("What it opens").selectOption("administrator");
  await page.getByLabel("What to call it").fill("Night import");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("heading", { name: /The key Night import/ })).toBeVisible();
  const key = (await secret(page).innerText()).trim();
  const ask = () => fetch(`${server.url}/api/v1/clock`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  await page.getByRole("link", { name: "Put it away" }).click();

  await page.getByRole("searchbox").fill("night");
  await page.getByRole("button", { name: "Search" }).click();
  const found = page.locator(".keys-list tbody tr");
  await expect(found).toHaveCount(1);
  await found.locator("summary").click();
  await found.getByRole("button", { name: "Revoke for good" }).click();
  await expect(page.locator(".empty")).toContainText("No key matches “night”");
  expect((await ask()).status).toBe(401);
  await page.getByRole("link", { name: "Show revoked" }).click();
  await expect(found).toContainText("Night import");
});

test("people and keys work without scripts", async ({ pages }) => {
  const page = await pages.open("administrator", "/people", { javaScriptEnabled: false });
  const link = await invite(page, "Bert Still", "agent");
  await expect(page.getByRole("button", { name: "Copy" })).toBeHidden();
  await page.reload();
  await expect(secret(page)).toHaveCount(0);
  const bert = await pages.open("nobody", "/sign-in", { javaScriptEnabled: false });
  await setPassword(bert, link);
  await row(page, "Bert Still").getByRole("link").click();
  await page.locator(".confirm > summary").filter({ hasText: "Reset password" }).click();
  await page.locator(".confirm").getByRole("button", { name: "Make the link" }).click();
  await expect(page.getByRole("heading", { name: "A link for Bert Still" })).toBeVisible();
});

test("the own account is everybody's, people and keys are an administrator's, and both fit a phone", async ({ pages }) => {
  pages.expectError(/status of 403/);
  const agent = await pages.open("agent", "/account", { viewport: { width: 390, height: 844 } });
  await expect(agent.getByRole("table", { name: "Where you are signed in" })).toContainText("This browser");
  expect(await overflow(agent)).toBe(0);
  await agent.locator(".menu:not(.hub-menu) > summary").click();
  await expect(agent.getByRole("link", { name: "People and keys" })).toHaveCount(0);
  await agent.goto(new URL("/people", agent.url()).href);
  await expect(agent.getByRole("alert")).toContainText("An agent cannot do this");

  for (const path of ["/people", "/people?part=keys", "/people?part=changes"]) {
    const page = await pages.open("administrator", path, { viewport: { width: 390, height: 844 } });
    await expect(page.getByRole("table")).toBeVisible();
    expect(await overflow(page), path).toBe(0);
  }
});
