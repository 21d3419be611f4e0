// Writes every page as a picture into `out`, and holds each to the rules: nothing wider than the window, nothing that axe
// objects to, no error on the console but those that a broken connection brings.
import { test as base, type Browser, type Page } from "@playwright/test";
import { audit, contextOf, expect, isLive, overflow, Watch } from "../fixtures";
import { kept, type Person, type State } from "../house/people";

const test = base;
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const THEMES = ["light", "dark"] as const;

interface Shot {
  name: string;
  person: Person | "nobody";
  path: string;
  // What is done on the page before its picture is taken.
  then?: (page: Page) => Promise<void>;
  status?: number;
}

const chooseFirst = (page: Page) => page.locator(".route-row").first().click();
const drawAnArea = async (page: Page) => {
  await page.getByRole("button", { name: "Draw on the map" }).click();
  const map = page.locator(".roads-map .map-frame");
  await map.scrollIntoViewIfNeeded();
  const box = (await map.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  for (const [dx, dy] of [[-60, 50], [90, -20], [110, 90]]) await page.mouse.click(x + dx, y + dy);
  await page.getByLabel("Area").check();
};
const openFirst = (page: Page) => page.locator(".hits a").first().click();

const FULL: Shot[] = [
  { name: "sign-in", person: "nobody", path: "/sign-in" },
  { name: "sign-in-refused", person: "nobody", path: "/sign-in?link=spent" },
  { name: "sign-in-link", person: "nobody", path: "/sign-in/link/of-nobody" },
  { name: "control-room", person: "dispatcher", path: "/control-room" },
  { name: "control-room-map", person: "dispatcher", path: "/control-room?pane=map" },
  {
    name: "control-room-van",
    person: "dispatcher",
    path: "/control-room",
    then: async (page) => {
      await chooseFirst(page);
      await page.getByRole("table", { name: "Open stops" }).waitFor();
    },
  },
  {
    name: "control-room-plan",
    person: "dispatcher",
    path: "/control-room?pane=detail",
    then: async (page) => {
      const better = page.getByRole("heading", { name: "A better plan" });
      const again = page.getByRole("button", { name: "Plan again" });
      if ((await better.count()) === 0) await again.click();
      await better.or(page.getByRole("alert")).first().waitFor({ timeout: 60_000 });
    },
  },
  { name: "roads", person: "dispatcher", path: "/roads" },
  { name: "roads-drawing", person: "dispatcher", path: "/roads", then: drawAnArea },
  {
    name: "roads-closed",
    person: "dispatcher",
    path: "/roads",
    then: async (page) => {
      const closures = page.locator(".closures li");
      if ((await closures.count()) === 0) {
        await drawAnArea(page);
        await page.getByRole("button", { name: "Stop drawing" }).click();
        await page.getByLabel("Why").fill("A street market");
        await page.getByRole("button", { name: "Close it" }).click();
      }
      await closures.first().waitFor();
    },
  },
  { name: "roads-read-only", person: "agent", path: "/roads" },
  { name: "exceptions", person: "dispatcher", path: "/exceptions" },
  { name: "exceptions-mine", person: "dispatcher", path: "/exceptions?show=mine" },
  { name: "exceptions-resolved", person: "dispatcher", path: "/exceptions?show=resolved" },
  { name: "deliveries", person: "agent", path: "/deliveries" },
  { name: "deliveries-found", person: "agent", path: "/deliveries?q=triq" },
  { name: "deliveries-none", person: "agent", path: "/deliveries?q=nowhere+at+all" },
  {
    name: "order",
    person: "agent",
    path: "/deliveries?q=triq",
    then: async (page) => {
      await openFirst(page);
      await page.getByRole("heading", { name: "Story" }).waitFor();
    },
  },
  {
    name: "order-windows",
    person: "agent",
    path: "/deliveries?q=triq",
    then: async (page) => {
      await page.locator(".hits tr").filter({ hasText: /Planned|Out for delivery|failed|Waits/ }).last().getByRole("link").click();
      await page.getByRole("link", { name: "Find another window" }).click();
      await page.getByRole("heading", { name: "Windows that fit" }).waitFor({ timeout: 60_000 });
    },
  },
  { name: "figures", person: "manager", path: "/figures" },
  { name: "figures-rows", person: "manager", path: "/figures?rows=on_time" },
  { name: "settings", person: "administrator", path: "/settings" },
  { name: "settings-wrong", person: "administrator", path: "/settings?try=%7B%22days_ahead%22%3A%22soon%22%7D" },
  { name: "roster", person: "dispatcher", path: "/roster" },
  {
    name: "roster-shift",
    person: "dispatcher",
    path: "/roster",
    then: async (page) => {
      await page.getByRole("link", { name: "The day after" }).click();
      await page.locator(".roster-row a").first().click();
      await page.locator(".form-box").waitFor();
    },
  },
  { name: "no-such-page", person: "dispatcher", path: "/no-such-page", status: 404 },
  { name: "people", person: "administrator", path: "/people" },
  {
    name: "people-person",
    person: "administrator",
    path: "/people",
    then: async (page) => {
      await page.locator(".people tbody a").last().click();
      await page.locator(".form-box").waitFor();
    },
  },
  {
    name: "people-invite",
    person: "administrator",
    path: "/people",
    then: async (page) => page.locator(".add > summary").click(),
  },
  {
    name: "people-keys",
    person: "administrator",
    path: "/people?part=keys",
    then: async (page) => {
      await page.locator(".add > summary").click();
      await page.getByLabel("Shop's name").fill("no such shop");
    },
  },
  { name: "people-keys-revoked", person: "administrator", path: "/people?part=keys&revoked=1" },
  { name: "people-changes", person: "administrator", path: "/people?part=changes" },
  { name: "account", person: "agent", path: "/account" },
  { name: "not-allowed", person: "agent", path: "/figures", status: 403 },
];

const EMPTY: Shot[] = [
  { name: "control-room", person: "dispatcher", path: "/control-room", status: 404 },
  { name: "roads", person: "dispatcher", path: "/roads", status: 404 },
  { name: "exceptions", person: "dispatcher", path: "/exceptions", status: 404 },
  { name: "deliveries", person: "agent", path: "/deliveries?q=triq", status: 404 },
  { name: "figures", person: "manager", path: "/figures", status: 404 },
];

const DAWN: Shot[] = [
  { name: "control-room", person: "dispatcher", path: "/control-room" },
  { name: "roads", person: "dispatcher", path: "/roads" },
  { name: "exceptions", person: "dispatcher", path: "/exceptions" },
  { name: "deliveries", person: "agent", path: "/deliveries?q=triq" },
  { name: "figures", person: "manager", path: "/figures" },
];

const BROKEN: Shot[] = [
  { name: "control-room", person: "dispatcher", path: "/control-room", status: 503 },
  { name: "sign-in", person: "nobody", path: "/sign-in" },
];

const FAILING: [string, Person, string][] = [
  ["control-room", "dispatcher", "Control room"],
  ["roads", "dispatcher", "Roads"],
  ["exceptions", "dispatcher", "Exceptions"],
  ["figures", "dispatcher", "Figures"],
];

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const theme of THEMES) {
    const look = { viewport, colorScheme: theme, deviceScaleFactor: 1 };
    const file = (state: string, name: string) => `screens/out/${state}/${name}-${size}-${theme}.png`;

    test(`in full, ${size}, ${theme}`, async ({ browser }) => {
      await takeAll(browser, kept("day"), look, FULL, (name) => file("full", name));
    });

    test(`with nothing set up, ${size}, ${theme}`, async ({ browser }) => {
      await takeAll(browser, kept("unused"), look, EMPTY, (name) => file("empty", name));
    });

    test(`before the first plan, ${size}, ${theme}`, async ({ browser }) => {
      await takeAll(browser, kept("dawn"), look, DAWN, (name) => file("before-the-plan", name));
    });

    test(`with the database gone, ${size}, ${theme}`, async ({ browser }) => {
      test.skip(Boolean(process.env.DATABASE_URL), "the database that DATABASE_URL names is not ours to stop");
      await takeAll(browser, kept("broken"), look, BROKEN, (name) => file("broken", name));
    });

    test(`with the connection gone, ${size}, ${theme}`, async ({ browser }) => {
      for (const [name, person, door] of FAILING) {
        const house = kept("day");
        const watch = new Watch();
        watch.expect(/Failed to load resource|net::ERR/);
        const context = await contextOf(browser, house, person, look);
        await watch.over(context);
        await context.route(/\/(api|live)\//, (route) => route.abort("connectionfailed"));
        const page = await context.newPage();
        await page.goto(`${house.url}/deliveries`);
        await expect(page.locator(".fresh")).toContainText("trying again");
        await page.getByRole("navigation", { name: "Rooms" }).getByRole("link", { name: door }).click();
        await expect(page.getByRole("alert").first()).toContainText("did not get through");
        await take(page, file("failing", name), watch);
        await context.close();
      }
    });
  }
}

async function takeAll(
  browser: Browser,
  house: State,
  look: Parameters<typeof contextOf>[3],
  shots: Shot[],
  file: (name: string) => string,
): Promise<void> {
  for (const { name, person, path, then, status } of shots) {
    const watch = new Watch();
    if (status) watch.expect(new RegExp(`status of ${status}`));
    const context = await contextOf(browser, house, person, look);
    await watch.over(context);
    const page = await context.newPage();
    await page.goto(house.url + path);
    try {
      await page.waitForLoadState("load");
      expect(new URL(page.url()).pathname).toBe(path.split("?")[0]);
      if (!status) await isLive(page);
      await then?.(page);
    } catch (error) {
      expect.soft(String(error), `${name} could not be reached`).toBe("");
    }
    await take(page, file(name), watch);
    await context.close();
  }
}

async function take(page: Page, path: string, watch: Watch): Promise<void> {
  await page.waitForFunction(() => document.querySelectorAll(".leaflet-tile:not(.leaflet-tile-loaded)").length === 0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled" });
  expect.soft(await overflow(page), `${path} is wider than its window by`).toBeLessThanOrEqual(0);
  expect.soft(await violations(page), `${path} by axe`).toBe("");
  expect.soft(watch.unexpected(), `${path} on the console`).toEqual([]);
}

async function violations(page: Page): Promise<string> {
  return audit(page).then(() => "", (error: Error) => error.message);
}
