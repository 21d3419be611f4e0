// A van tells its story, and what breaks off on the way is said and comes back.
import { expect, isLive, mapRests, test } from "../fixtures";

test("a van that is chosen shows its route, its stops and its estimates", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  const route = page.locator(".route-row").first();
  const label = await route.locator("strong").innerText();
  await route.click();
  await expect(page).toHaveURL(/route=[0-9a-f-]{36}/);
  const panel = page.getByRole("region", { name: "Selected vehicle" });
  await expect(panel.getByRole("heading", { name: label })).toBeVisible();
  const open = panel.getByRole("table", { name: "Open stops" }).locator("tbody tr");
  await expect(open.first().locator(".stop-arrival")).toHaveText(/^\d\d:\d\d$/);
  await expect(page.locator(".leaflet-overlay-pane path, canvas.map-route").first()).toBeAttached();

  const address = page.url();
  const colleague = await pages.open("second dispatcher", new URL(address).pathname + new URL(address).search);
  await expect(colleague.getByRole("region", { name: "Selected vehicle" }).getByRole("heading", { name: label })).toBeVisible();

  await panel.getByRole("link", { name: "Close" }).click();
  await expect(panel).toContainText("No vehicle selected");
});

test("the pages are walked by keyboard alone", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  await page.keyboard.press("j");
  const first = await page.evaluate(() => document.activeElement?.textContent);
  await page.keyboard.press("j");
  const second = await page.evaluate(() => document.activeElement?.textContent);
  expect(second).not.toBe(first);
  await page.keyboard.press("k");
  await expect(page.locator(".route-row").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/route=/);

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();

  await page.keyboard.press("g");
  await page.keyboard.press("x");
  await expect(page).toHaveURL(/\/exceptions$/);
  await expect(page.getByRole("heading", { name: "Exceptions", level: 1 })).toBeVisible();
  await isLive(page);
  await page.keyboard.press("/");
  await expect(page).toHaveURL(/\/deliveries$/);
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("who leaves while the map still moves leaves nothing behind", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  for (let times = 0; times < 3; times += 1) {
    // A fresh look at the whole day, then the way to one vehicle, which takes the map a quarter of a second.
    await page.getByRole("button", { name: "Fit all" }).click();
    await mapRests(page);
    await page.locator(".route-row").nth(times).click();
    await page.waitForTimeout(60 * (times + 1));
    await page.keyboard.press("g");
    await page.keyboard.press("x");
    await expect(page.getByRole("heading", { name: "Exceptions", level: 1 })).toBeVisible();
    // Longer than any move of the map: what was left behind would have spoken.
    await page.waitForTimeout(400);
    await page.goBack();
    await isLive(page);
    await expect(page.locator(".leaflet-container canvas.map-fleet")).toBeVisible();
  }
});

test("while the stream is broken off the page keeps its truth and says what it tries", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  const routes = await page.locator(".route-list li").count();
  pages.expectError(/live\/day/);
  await page.route("**/live/day", (route) => route.abort("connectionrefused"));
  await page.reload();
  await expect(page.locator(".fresh")).toContainText(/Paused.*, trying again/);
  await expect(page.locator(".route-list li")).toHaveCount(routes);
  await page.unroute("**/live/day");
  await isLive(page);
});

test("a browser that knows it is offline says so at once", async ({ pages }) => {
  pages.expectError(/net::ERR|Failed to load resource|live\/day/);
  const page = await pages.open("dispatcher", "/control-room");
  await page.context().setOffline(true);
  await expect(page.locator(".fresh")).toContainText(/Paused since/, { timeout: 3_000 });
  await page.context().setOffline(false);
  await isLive(page);
});

test("what could not be loaded comes by itself when the connection is back", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/deliveries?q=triq");
  pages.expectError(/Failed to load resource|net::ERR/);
  await page.route(/\/(api|live)\//, (route) => route.abort("connectionfailed"));
  await page.reload();
  await expect(page.locator(".fresh")).toContainText("trying again");
  const order = page.getByRole("table", { name: /Orders that match/ }).getByRole("link").first();
  const reference = await order.innerText();
  await order.click();
  await expect(page.getByRole("alert").first()).toContainText("could not be reached");
  await page.unroute(/\/(api|live)\//);
  await isLive(page);
  await expect(page.getByRole("heading", { level: 1, name: reference })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("each number of the strip leads to what it counts", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  const strip = page.locator(".strip-numbers > div");
  for (const [label, unit] of [["will be late", /(\d+) stops?/], ["at risk", null], ["failed", null], ["silent", null]] as const) {
    const number = strip.filter({ has: page.getByRole("link", { name: label, exact: true }) });
    await number.getByRole("link").click();
    await expect(page).toHaveURL(/show=/);
    const counted = Number((await number.locator("dd").innerText()).replace(/,/g, ""));
    const listed = await page.locator(".route-list li:not([hidden])").count();
    expect(listed > 0, `${label}: ${counted} counted, ${listed} routes listed`).toBe(counted > 0);
    if (unit && counted > 0) {
      const words = await page.locator(".route-list li:not([hidden]) .route-say").allInnerTexts();
      expect(words.every((text) => text.includes("Will be late") || text.includes("Silent") || text.includes("Broken"))).toBe(true);
    }
    await page.getByRole("link", { name: /Show all/ }).click();
  }
  await strip.getByRole("link", { name: "waiting" }).click();
  await expect(page).toHaveURL(/waiting=1/);
  await expect(page.locator(".hits, .empty").first()).toBeVisible();
});

test("a stop stands the same on the map, in the panel, in the search and on its own page", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  await page.locator(".route-row").first().click();
  const row = page.getByRole("table", { name: "Open stops" }).locator("tbody tr.stop-row[data-standing]").last();
  await expect(row).toBeVisible();
  const standing = await row.getAttribute("data-standing");
  const reference = (await row.locator("small").first().innerText()).split(" · ")[1];
  const agent = await pages.open("agent", `/deliveries?q=${encodeURIComponent(reference)}`);
  const hit = agent.locator(".hits tbody tr").filter({ hasText: reference });
  await expect(hit.locator(".marked")).toHaveAttribute("data-standing", standing ?? "");
  await hit.getByRole("link").click();
  await expect(agent.locator(".page-head .marked")).toHaveAttribute("data-standing", standing ?? "");
  await expect(agent.locator(".expected")).toContainText(/Expected\s*(\w+ )?\d\d:\d\d/);
  await expect(agent.locator(".expected")).toContainText(/before it|the next stop/);
  await expect(agent.locator(".order-map canvas.map-fleet")).toBeVisible();
  await expect(agent.locator(".order-facts a[href^='tel:']")).toBeVisible();
});

test("a drag that comes while the map zooms to a route leaves its vehicle chosen", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room");
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/api\/route\b/, async (route) => {
    await released;
    await route.continue();
  });
  await mapRests(page);
  // A route may reach over all that the map shows: from nearer by it has to zoom.
  for (let times = 0; times < 2; times += 1) {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await mapRests(page);
  }
  await page.locator(".route-row").first().click();
  await expect(page.getByRole("button", { name: "Follow" })).toBeVisible();
  const map = (await page.locator(".map-frame").boundingBox())!;
  const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];
  await page.mouse.move(x + 150, y + 150);
  release();
  await page.locator(".leaflet-zoom-anim").first().waitFor({ state: "attached" });
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 90, { steps: 6 });
  await page.mouse.up();
  await mapRests(page);
  await expect(page).toHaveURL(/route=/);
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });
});

test("a page loads each tile once, and says its language", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/exceptions");
  const aborted: string[] = [];
  page.on("requestfailed", (request) => request.url().includes("/tiles/") && aborted.push(request.url()));
  await page.goto(new URL("/control-room", page.url()).href);
  await page.locator(".leaflet-tile-loaded").first().waitFor();
  await mapRests(page);
  await expect(page.locator(".leaflet-tile:not(.leaflet-tile-loaded)")).toHaveCount(0);
  expect(aborted).toEqual([]);
  expect(await page.locator("[lang=undefined]").count()).toBe(0);
});
