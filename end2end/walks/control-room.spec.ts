// The map moves, a van tells its story, and two people see the same day.
import type { Page } from "@playwright/test";
import { expect, isLive, test } from "../fixtures";

interface Mark {
  vehicle: string;
  lat: number;
  lon: number;
}

// What the fleet's canvas shows, as one number.
function picture(page: Page): Promise<number> {
  return page.locator("canvas.map-fleet").evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    let hash = 17;
    let drawn = 0;
    for (const value of pixels) {
      hash = (hash * 31 + value) | 0;
      drawn += value;
    }
    return drawn === 0 ? 0 : hash;
  });
}

// The places of vehicles in a frame of the live stream that names some.
function places(page: Page): Promise<Mark[]> {
  return page.evaluate(() => new Promise<Mark[]>((resolve) => {
    const source = new EventSource("/live/day");
    source.addEventListener("frame", (event) => {
      source.close();
      resolve(JSON.parse((event as MessageEvent<string>).data).vehicles);
    });
  }));
}

test("vans move on the map", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  await expect.poll(() => picture(page)).not.toBe(0);
  const before = await picture(page);
  const then = await places(page);
  expect(then.length).toBeGreaterThan(0);
  await expect.poll(() => picture(page)).not.toBe(before);
  await expect.poll(async () => {
    const now = await places(page);
    return now.filter(({ vehicle, lat, lon }) => {
      const was = then.find((mark) => mark.vehicle === vehicle);
      return was && Math.hypot(lat - was.lat, lon - was.lon) > 0.0005;
    }).length;
  }, { message: "vans that drove at least fifty metres" }).toBeGreaterThan(0);
  await expect(page.locator(".map-attribution")).toContainText("OpenStreetMap contributors");
});

test("a van that is chosen shows its route, its stops and its estimates", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
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
  const colleague = await rooms.open("second dispatcher", new URL(address).pathname + new URL(address).search);
  await expect(colleague.getByRole("region", { name: "Selected vehicle" }).getByRole("heading", { name: label })).toBeVisible();

  await panel.getByRole("link", { name: "Close" }).click();
  await expect(panel).toContainText("No vehicle selected");
});

test("two people see the same numbers at the same time", async ({ rooms }) => {
  const one = await rooms.open("dispatcher", "/control-room");
  const other = await rooms.open("second dispatcher", "/control-room");
  const numbers = (page: Page) => page.locator(".strip-numbers dd").allInnerTexts();
  const routes = async (page: Page) => (await page.locator(".route-list .route-count").allInnerTexts()).sort();
  await expect.poll(async () => JSON.stringify(await numbers(one)) === JSON.stringify(await numbers(other))).toBe(true);
  await expect.poll(async () => JSON.stringify(await routes(one)) === JSON.stringify(await routes(other))).toBe(true);
  const done = () => one.locator(".route-list .route-count").allInnerTexts();
  const before = await done();
  await expect.poll(done, { message: "the day goes on without a reload", timeout: 40_000 }).not.toEqual(before);
});

test("the rooms are walked by keyboard alone", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
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
  await expect(page.getByRole("heading", { name: "Exceptions", level: 1 })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page).toHaveURL(/\/deliveries$/);
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("who leaves while the map still moves leaves nothing behind", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  for (let times = 0; times < 3; times += 1) {
    // A fresh look at the whole day, then the way to one vehicle, which takes the map a quarter of a second.
    await page.getByRole("button", { name: "Fit all" }).click();
    await page.waitForTimeout(400);
    await page.locator(".route-row").nth(times).click();
    await page.waitForTimeout(60 * (times + 1));
    await page.keyboard.press("g");
    await page.keyboard.press("x");
    await expect(page.getByRole("heading", { name: "Exceptions", level: 1 })).toBeVisible();
    await page.waitForTimeout(400);
    await page.goBack();
    await isLive(page);
    await expect(page.locator(".leaflet-container canvas.map-fleet")).toBeVisible();
  }
});

test("while the stream is broken off the page keeps its truth and says what it tries", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  const routes = await page.locator(".route-list li").count();
  rooms.expectError(/live\/day/);
  await page.route("**/live/day", (route) => route.abort("connectionrefused"));
  await page.reload();
  await expect(page.locator(".fresh")).toContainText(/Paused.*, trying again/);
  await expect(page.locator(".route-list li")).toHaveCount(routes);
  await page.unroute("**/live/day");
  await isLive(page);
});

test("a map whose answer was lost is asked for again while the day stays live", async ({ rooms }) => {
  rooms.expectError(/net::ERR|Failed to load resource/);
  const page = await rooms.open("dispatcher", "/deliveries");
  await page.route(/\/api\/map/, (route) => route.abort());
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: "Control room" }).click();
  await expect(page.getByText("The map has not come through yet.")).toBeVisible();
  await page.unroute(/\/api\/map/);
  await expect(page.locator("canvas.map-fleet")).toBeVisible();
});

test("what could not be loaded comes by itself when the connection is back", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/deliveries");
  rooms.expectError(/Failed to load resource|net::ERR/);
  await page.route(/\/(api|live)\//, (route) => route.abort("connectionfailed"));
  await page.reload();
  await expect(page.locator(".fresh")).toContainText("trying again");
  const doors = page.getByRole("navigation", { name: "Rooms" });
  await doors.getByRole("link", { name: "Control room" }).click();
  await expect(page.getByRole("alert").first()).toContainText("could not be reached");
  await page.unroute(/\/(api|live)\//);
  await isLive(page);
  await expect(page.locator(".route-list li").first()).toBeVisible();
  await expect(page.locator(".leaflet-container canvas.map-fleet")).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("answers that take long break nothing: the day goes on beside them", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  let asked = 0;
  await page.route(/\/api\/(board|route)\b/, async (route) => {
    asked += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue().catch(() => undefined);
  });
  await page.locator(".route-row", { hasText: /\d\/\d/ }).first().click();
  const panel = page.getByRole("region", { name: "Selected vehicle" });
  await expect(panel.getByRole("table").first()).toBeVisible();
  const plan = page.getByRole("region", { name: "Plan", exact: true });
  // A plan that was proposed unasked is declined: either loads the board again, even if another took its place meanwhile.
  rooms.expectError(/status of 409/);
  const waiting = plan.locator(".proposal > summary");
  if ((await waiting.count()) > 0) await waiting.click();
  await plan.getByRole("button", { name: /^(Plan again|Decline)$/ }).first().click();
  const since = await page.locator(".fresh-time").innerText();
  await expect.poll(() => asked, { message: "asked again while an answer is on its way", timeout: 40_000 }).toBeGreaterThan(5);
  await expect(page.locator(".fresh-time")).not.toHaveText(since);
  await page.unroute(/\/api\/(board|route)\b/);
});

test("each number of the strip leads to what it counts", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
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

test("a stop stands the same on the map, in the panel, in the search and on its own page", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  await page.locator(".route-row").first().click();
  const row = page.getByRole("table", { name: "Open stops" }).locator("tbody tr.stop-row[data-standing]").last();
  await expect(row).toBeVisible();
  const standing = await row.getAttribute("data-standing");
  const reference = (await row.locator("small").first().innerText()).split(" · ")[1];
  const agent = await rooms.open("agent", `/deliveries?q=${encodeURIComponent(reference)}`);
  const hit = agent.locator(".hits tbody tr").filter({ hasText: reference });
  await expect(hit.locator(".marked")).toHaveAttribute("data-standing", standing ?? "");
  await hit.getByRole("link").click();
  await expect(agent.locator(".page-head .marked")).toHaveAttribute("data-standing", standing ?? "");
  await expect(agent.locator(".expected")).toContainText(/Expected\s*(\w+ )?\d\d:\d\d/);
  await expect(agent.locator(".expected")).toContainText(/before it|the next stop/);
  await expect(agent.locator(".order-map canvas.map-fleet")).toBeVisible();
  await expect(agent.locator(".order-facts a[href^='tel:']")).toBeVisible();
});

test("a vehicle is followed until somebody drags the map, and Escape closes its story", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room");
  await page.locator(".route-row", { hasText: /\d\/\d/ }).first().click();
  const follow = page.getByRole("button", { name: /^Follow/ });
  await expect(follow).toBeVisible();
  await follow.click();
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  await expect(page.locator(".map-label")).toBeVisible();
  const map = await page.locator(".map-frame").boundingBox();
  const middle = { x: (map?.x ?? 0) + (map?.width ?? 0) / 2, y: (map?.y ?? 0) + (map?.height ?? 0) / 2 };
  await expect.poll(async () => {
    const label = await page.locator(".map-label").boundingBox();
    return Math.hypot((label?.x ?? 0) - middle.x, (label?.y ?? 0) - middle.y);
  }, { message: "the vehicle is near the middle" }).toBeLessThan(300);
  await page.mouse.move(middle.x + 150, middle.y + 150);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y + 90, { steps: 6 });
  await page.mouse.up();
  await expect(follow).toHaveAttribute("aria-pressed", "false");
  await expect(async () => {
    await page.locator(".route-row").first().focus();
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/route=/, { timeout: 2_000 });
  }).toPass({ timeout: 15_000 });
});

test("a page loads each tile once, and says its language", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/exceptions");
  const aborted: string[] = [];
  page.on("requestfailed", (request) => request.url().includes("/tiles/") && aborted.push(request.url()));
  await page.goto(new URL("/control-room", page.url()).href);
  await page.locator(".leaflet-tile-loaded").first().waitFor();
  await page.waitForTimeout(1_000);
  expect(aborted).toEqual([]);
  expect(await page.locator("[lang=undefined]").count()).toBe(0);
});
