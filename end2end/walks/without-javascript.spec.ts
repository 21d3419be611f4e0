// Without scripts every page reads and every form works.
import { expect, test } from "../fixtures";

const STILL = { javaScriptEnabled: false };

test("the pages read without scripts", async ({ pages }) => {
  const board = await pages.open("dispatcher", "/control-room", STILL);
  await expect(board.locator(".fresh")).toContainText("Not live");
  await expect(board.locator(".strip-numbers")).toContainText("stops");
  await expect(board.locator(".map-sentence")).toContainText("The map comes once its scripts are here");
  await board.locator(".route-row").first().click();
  await expect(board.getByRole("table", { name: "Open stops" }).locator("tbody tr").first()).toContainText(/\d\d:\d\d/);
  await board.locator(".stop-row a").first().click();
  await expect(board.getByRole("region", { name: "Story" })).toContainText("Order placed");

  const figures = await pages.open("manager", "/figures", STILL);
  await figures.getByRole("link", { name: /Show the rows/ }).first().click();
  await expect(figures.getByRole("region", { name: /^Behind / }).locator("tbody tr").first()).toBeVisible();
  await figures.locator(".menu:not(.hub-menu) > summary").click();
  await expect(figures.getByRole("button", { name: "Keyboard" }), "no button is there in vain").toBeHidden();
  await figures.getByRole("button", { name: "Dark" }).click();
  await expect(figures.locator("html")).toHaveAttribute("data-theme", "dark");

  pages.expectError(/status of 404/);
  const nowhere = await pages.open("manager", "/no-such-page", STILL);
  await expect(nowhere.getByRole("heading", { name: "No such page" })).toBeVisible();
});

test("signing in and out works without scripts", async ({ pages, server }) => {
  const page = await pages.open("nobody", "/sign-in", STILL);
  await page.getByLabel("Name").fill(server.account.name);
  await page.getByLabel("Password").fill("wrong, wrong, wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The name or the password is wrong");
  await page.getByLabel("Name").fill(server.account.name);
  await page.getByLabel("Password").fill(server.account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".menu:not(.hub-menu) > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("an exception is claimed, released and resolved without scripts", async ({ pages }) => {
  const page = await pages.open("second dispatcher", "/exceptions", STILL);
  await page.getByRole("button", { name: "Claim" }).first().click();
  await page.getByRole("link", { name: "Mine" }).click();
  const mine = page.locator(".queue-row");
  await expect(mine).toHaveCount(1);
  await page.getByRole("button", { name: "Release" }).click();
  await page.getByRole("link", { name: "Mine" }).click();
  await expect(page.locator(".empty")).toContainText("Nothing is yours");

  const filters = page.getByRole("navigation", { name: "Which exceptions" });
  await filters.getByRole("link").first().click();
  const first = page.locator(".queue-row").first();
  const id = await first.locator("input[name=exception]").first().inputValue();
  await first.locator("summary", { hasText: "Resolve" }).click();
  await first.getByLabel("What was done").selectOption("Recipient told");
  await first.getByRole("button", { name: "Resolve exception" }).click();
  const again = page.locator(`.queue-row[data-row="${id}"]`);
  await expect(again).toHaveCount(0);
  const undo = page.getByRole("status").filter({ hasText: "Resolved." }).getByRole("button", { name: "Undo" });
  await undo.click();
  await expect(again).toHaveCount(1);
  await expect(undo).toHaveCount(0);
  await again.locator("summary", { hasText: "Resolve" }).click();
  await again.getByLabel("What was done").selectOption("Recipient told");
  await again.getByRole("button", { name: "Resolve exception" }).click();
  await filters.getByRole("link", { name: /Resolved/ }).click();
  const resolved = page.locator(".queue-row").filter({ has: page.locator(`input[name=exception][value="${id}"]`) });
  await expect(resolved).toContainText("Recipient told");
  await resolved.getByRole("button", { name: "Reopen" }).click();
  await expect(resolved).toHaveCount(0);
});

test("an order is found and booked without scripts", async ({ pages }) => {
  const page = await pages.open("agent", "/deliveries", STILL);
  await page.getByRole("searchbox").fill("triq");
  await page.getByRole("button", { name: "Search" }).click();
  const movable = page.locator(".hits tbody tr").filter({ hasText: /Planned|Out for delivery|Waits|failed/ });
  const references = await movable.getByRole("link").allInnerTexts();
  for (const reference of references) {
    await page.goto(new URL(`/deliveries?q=${encodeURIComponent(reference)}`, page.url()).href);
    await page.getByRole("link", { name: reference }).click();
    const find = page.getByRole("link", { name: "Find another window" });
    if ((await find.count()) === 0) continue;
    await find.click();
    if ((await page.locator(".slot").count()) > 0) break;
  }
  const slot = page.locator(".slot").last();
  const window = await slot.locator(".slot-window strong").innerText();
  await slot.getByRole("button", { name: "Book" }).click();
  await expect(page.getByRole("status")).toContainText("Booked. The promise has moved.");
  await expect(page.locator(".order-facts strong").first()).toContainText(window);
});

test("what needs scripts is not offered without them", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/roads", STILL);
  await expect(page.getByRole("button", { name: "Draw on the map" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Undo last" })).toBeHidden();
  await expect(page.getByText("Write places below; drawing on the map needs scripts.")).toBeVisible();
  const order = await pages.open("agent", "/deliveries?q=triq", STILL);
  await order.locator(".hits a").first().click();
  await expect(order.getByRole("region", { name: "Story" })).toBeVisible();
});
