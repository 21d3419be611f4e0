// Writes every page as a picture into `out`, and holds each to the rules: nothing wider than the window, nothing that axe
// objects to, no error on the console but those that a broken connection brings.
import { test as base, type Browser, type Page } from "@playwright/test";
import { audit, contextOf, expect, isLive, overflow, Watch } from "../fixtures";
import { OwnHub } from "../setup/hub";
import { kept, type Person, type State } from "../setup/people";

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

const zone = (name: string, ...ring: [number, number][]) => ({
  type: "Feature",
  properties: { name },
  geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] },
});
// The whole island, a part of it, and one that crosses itself.
const ZONES = [
  zone("The island", [14.0, 35.75], [14.7, 35.75], [14.7, 36.15], [14.0, 36.15]),
  zone("Three cities", [14.5, 35.87], [14.54, 35.87], [14.55, 35.9], [14.51, 35.9]),
  zone("A bow", [14.4, 35.88], [14.44, 35.92], [14.44, 35.88], [14.4, 35.92]),
];

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
  { name: "zones", person: "administrator", path: "/zones" },
  {
    name: "zones-drawn",
    person: "administrator",
    path: "/zones",
    then: async (page) => {
      if ((await page.locator(".zones tbody tr").count()) === 0) {
        await page.locator(".add > summary", { hasText: "Import GeoJSON" }).click();
        await page.getByLabel("The file's text").fill(JSON.stringify({ type: "FeatureCollection", features: ZONES }));
        await page.getByRole("button", { name: "Import", exact: true }).click();
      }
      await page.locator(".zones tbody tr").first().waitFor();
    },
  },
  {
    name: "zones-forms",
    person: "administrator",
    path: "/zones",
    then: async (page) => {
      for (const form of await page.locator(".add > summary").all()) await form.click();
    },
  },
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
  {
    name: "people-disable",
    person: "administrator",
    path: "/people",
    then: async (page) => {
      await page.locator(".people tbody a").last().click();
      await page.locator(".confirm > summary").filter({ hasText: "Disable" }).click();
    },
  },
  { name: "erase", person: "administrator", path: "/erase" },
  { name: "erase-found", person: "administrator", path: "/erase?q=triq" },
  {
    name: "erase-recipient",
    person: "administrator",
    path: "/erase?q=triq",
    then: async (page) => page.locator(".erasable tbody a").first().click(),
  },
  { name: "no-such-hub", person: "dispatcher", path: "/control-room?hub=nowhere", status: 404 },
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
        const server = kept("day");
        const watch = new Watch();
        watch.expect(/Failed to load resource|net::ERR/);
        const context = await contextOf(browser, server, person, look);
        await watch.over(context);
        await context.route(/\/(api|live)\//, (route) => route.abort("connectionfailed"));
        const page = await context.newPage();
        await page.goto(`${server.url}/deliveries`);
        await expect(page.locator(".fresh")).toContainText("trying again");
        await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: door }).click();
        await expect(page.getByRole("alert").first()).toContainText("did not get through");
        await take(page, file("failing", name), watch);
        await context.close();
      }
    });
  }
}

// From here on there are two hubs, so this comes last.
test("the end of a day", async ({ browser }) => {
  const server = kept("day");
  const hub = await OwnHub.open(server, "Evening depot", ["E-1", "E-2", "E-3", "E-4", "E-5"]);
  await hub.report(
    { kind: "departed" },
    { kind: "arrived", reference: "E-2" },
    { kind: "delivered", reference: "E-2", outcome: "delivered_to_recipient" },
    { kind: "arrived", reference: "E-3" },
    { kind: "failed", reference: "E-3", outcome: "failed_not_home" },
    { kind: "returned" },
  );
  const looks = Object.entries(SIZES).flatMap(([size, viewport]) => THEMES.map((theme) => ({ size, viewport, theme })));
  const takeEach = async (shots: Shot[]) => {
    for (const { size, viewport, theme } of looks) {
      const file = (name: string) => `screens/out/closing/${name}-${size}-${theme}.png`;
      await takeAll(browser, server, { viewport, colorScheme: theme, deviceScaleFactor: 1 }, shots, file);
    }
  };
  const board = { person: "dispatcher", path: `/control-room?hub=${hub.id}` } as const;
  const open = (page: Page) => page.locator(".end-of-day > summary").click();
  await takeEach([{ ...board, name: "before" }, { ...board, name: "asked", then: open }]);
  const context = await contextOf(browser, server, "dispatcher", {});
  const page = await context.newPage();
  await page.goto(server.url + board.path);
  await isLive(page);
  await open(page);
  await page.getByRole("button", { name: "Close the day" }).click();
  await expect(page.locator(".end-of-day")).toHaveCount(0);
  await context.close();
  await takeEach([
    { ...board, name: "after" },
    { name: "waiting", person: "dispatcher", path: `/deliveries?waiting=1&hub=${hub.id}` },
    {
      name: "story",
      person: "dispatcher",
      path: `/deliveries?waiting=1&hub=${hub.id}`,
      then: (page) => page.locator(".hits tr").filter({ hasText: "E-1" }).getByRole("link").click(),
    },
    { name: "exceptions", person: "dispatcher", path: `/exceptions?hub=${hub.id}` },
  ]);
});

async function takeAll(
  browser: Browser,
  server: State,
  look: Parameters<typeof contextOf>[3],
  shots: Shot[],
  file: (name: string) => string,
): Promise<void> {
  for (const { name, person, path, then, status } of shots) {
    const watch = new Watch();
    if (status) watch.expect(new RegExp(`status of ${status}`));
    const context = await contextOf(browser, server, person, look);
    await watch.over(context);
    const page = await context.newPage();
    await page.goto(server.url + path);
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
