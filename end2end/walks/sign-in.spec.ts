// Coming in and going out.
import type { Page } from "@playwright/test";
import { expect, isLive, test } from "../fixtures";

test("a wrong password is answered with a sentence, and the right one opens the asked-for page", async ({ pages, server }) => {
  const page = await pages.open("nobody", "/exceptions");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  const { name, password } = server.account;

  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill("not the password at all");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The name or the password is wrong");

  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  await isLive(page);
});

test("a one-time link signs in once", async ({ pages, server }) => {
  const link = new URL(server.spareLink).pathname;
  const first = await pages.open("nobody", link);
  await first.getByRole("button", { name: "Sign in" }).click();
  await expect(first).toHaveURL(/\/deliveries$/);

  const second = await pages.open("nobody", link);
  await second.getByRole("button", { name: "Sign in" }).click();
  await expect(second.getByRole("alert")).toContainText("This sign-in link has been used or is too old");
});

test("who signs out is out, and is led back to the same page after signing in", async ({ pages, server }) => {
  const page = await pages.open("nobody", new URL(server.leaverLink).pathname);
  await page.getByRole("button", { name: "Sign in" }).click();
  await isLive(page);
  await page.locator(".menu:not(.hub-menu) > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);

  await page.goto(`${server.url}/deliveries?q=triq`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("Name").fill(server.account.name);
  await page.getByLabel("Password").fill(server.account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${server.url}/deliveries?q=triq`);
});

test("a session that has ended leads to signing in, and what was pressed changes nothing", async ({ pages, server }) => {
  const page = await pages.open("second dispatcher", "/exceptions");
  const row = page.locator(".queue-row").first();
  await expect(row).toBeVisible();
  const context = page.context();
  const cookies = await context.cookies();
  await context.clearCookies();
  pages.expectError(/status of 401/);

  await page.getByRole("button", { name: "Claim" }).first().click();
  await expect(page.getByRole("alert").first()).toContainText("Your session has ended");
  await page.getByRole("link", { name: "Sign in" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(`${server.url}/figures`);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Ffigures/);

  await context.addCookies(cookies);
  await page.goto(`${server.url}/exceptions?show=mine`);
  await expect(page.locator(".empty")).toContainText("Nothing is yours");
});

test("a role that may not open a page is told why, and the menu does not show it", async ({ pages, server }) => {
  const manager = await pages.open("manager", "/control-room");
  const menu = (page: Page) => page.getByRole("navigation", { name: "Pages" }).getByRole("link");
  await expect(menu(manager)).toHaveText(["Control room", "Figures"]);
  await expect(manager.getByRole("button", { name: "Plan again" })).toHaveCount(0);

  pages.expectError(/status of 403/);
  const agent = await pages.open("agent", "/deliveries");
  await expect(menu(agent)).toHaveText([/Control room/, /Exceptions/, /Deliveries/]);
  const answer = await agent.goto(`${server.url}/figures`);
  expect(answer?.status()).toBe(403);
  await expect(agent.getByRole("alert")).toContainText("An agent cannot do this");
  await agent.getByRole("link", { name: "Go to your start page" }).click();
  await expect(agent).toHaveURL(/\/deliveries$/);
});

test("a form that another site sends is refused, whatever its sender's session", async ({ pages, server }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const post = (headers: Record<string, string>) => fetch(`${server.url}/api/propose-plan`, {
    method: "POST",
    headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
    body: "",
  });
  for (const [name, value] of [["origin", "https://elsewhere.example"], ["sec-fetch-site", "cross-site"]]) {
    const answer = await post({ [name]: value });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("this form did not come from a page of ours");
  }
});

test("an administrator enters every page", async ({ pages }) => {
  const page = await pages.open("administrator", "/control-room");
  const menu = page.getByRole("navigation", { name: "Pages" });
  for (const name of ["Exceptions", "Deliveries", "Figures", "Control room"]) {
    await menu.getByRole("link", { name: new RegExp(name) }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(name);
  }
});

test("the menu closes by Escape, by a press outside and by a step of the focus out of it", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const menu = page.locator(".menu");
  const summary = menu.locator("summary");
  await summary.click();
  await expect(menu).toHaveAttribute("open");
  await page.keyboard.press("Escape");
  await expect(menu).not.toHaveAttribute("open");
  await expect(summary).toBeFocused();

  await summary.click();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(menu).not.toHaveAttribute("open");

  await summary.click();
  await summary.press("Shift+Tab");
  await expect(menu).not.toHaveAttribute("open");
});
