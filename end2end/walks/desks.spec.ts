// From desk to desk: each is a wasm of its own, so a change of desk is a page load, which nobody should have to know.
import type { Page } from "@playwright/test";
import { contextOf, expect, isLive, test } from "../fixtures";

const DESKS = ["control-room", "exceptions", "roads", "deliveries", "figures"];
// A phone: 1.6 Mbit/s, and 150 ms until an answer begins. Bytes a second.
const PHONE = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };
const CABLE = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
// The goals are 3,000, 800 and 300 ms on a machine of one's own. Here a development build answers beside other work.
const AT_MOST_MS = { first: 9_000, again: 4_000, near: 3_000 };

// Presses the first button that only a page which is alive shows, as soon as it is there, and keeps when it was answered.
function pressEarly(): void {
  const look = () => {
    const buttons = [...document.querySelectorAll<HTMLButtonElement>(".menu-sheet button")];
    buttons.find((button) => !button.hidden && button.textContent?.trim() === "Keyboard")?.click();
    const keys = document.querySelector<HTMLDialogElement>("dialog#keys");
    if (!keys?.open) return void requestAnimationFrame(look);
    keys.close();
    document.documentElement.dataset.answered = String(Math.round(performance.now()));
  };
  look();
}

const answered = async (page: Page): Promise<number> => {
  await page.locator("html[data-answered]").waitFor({ state: "attached", timeout: 20_000 });
  return Number(await page.locator("html").getAttribute("data-answered"));
};

test("every desk answers its first click on the network of a phone, and from cache", async ({ browser, server }) => {
  test.setTimeout(180_000);
  for (const desk of DESKS) {
    const context = await contextOf(browser, server, "administrator", {});
    await context.addInitScript(pressEarly);
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    const loaded = async (conditions: typeof PHONE) => {
      await network.send("Network.emulateNetworkConditions", conditions);
      await page.goto(new URL(`/${desk}`, server.url).href, { waitUntil: "commit" });
      return answered(page);
    };
    const times = { first: await loaded(PHONE), again: await loaded(PHONE), near: await loaded(CABLE) };
    console.log(`${desk}: first ${times.first} ms, from cache ${times.again} ms, from cache without a throttle ${times.near} ms`);
    for (const [which, most] of Object.entries(AT_MOST_MS)) expect(times[which as keyof typeof times]).toBeLessThan(most);
    await context.close();
  }
});

test("from desk to desk by pointer, by key and back", async ({ pages }) => {
  const page = await pages.open("administrator", "/control-room");
  for (const [name, heading] of [["Exceptions", "Exceptions"], ["Roads", "Roads"], ["Deliveries", "Deliveries"], ["Figures", "Figures"]]) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await isLive(page);
  }
  // Deliveries come last: they begin with the focus in the search, where letters are typed.
  for (const [key, path] of [["x", "/exceptions"], ["c", "/control-room"], ["r", "/roads"], ["f", "/figures"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
    await isLive(page);
  }
  await page.keyboard.press("/");
  await page.waitForURL((url) => url.pathname === "/deliveries");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await isLive(page);
  for (const path of ["/figures", "/roads", "/control-room"]) {
    await page.goBack();
    await page.waitForURL((url) => url.pathname === path);
    await isLive(page);
  }
});

test("a theme outlasts a change of desk", async ({ pages }) => {
  const page = await pages.open("administrator", "/exceptions");
  await page.locator(".menu:not(.hub-menu) > summary").click();
  const saved = page.waitForResponse(/\/api\/theme/);
  await page.getByRole("button", { name: "Dark" }).click();
  await saved;
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Figures" }).click();
  await page.waitForURL(/\/figures/);
  await isLive(page);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a page whose script does not come says so, reads, and its forms work", async ({ pages }) => {
  pages.expectError(/ERR_CONNECTION_REFUSED|Failed to fetch/);
  const page = await pages.open("administrator", "/account");
  await page.route(/\/exceptions(_bg\.wasm|\.js)$/, (route) => route.abort("connectionrefused"));
  await page.goto(new URL("/exceptions", page.url()).href);
  const notice = page.getByText("A part of this page could not be loaded, so it is not live.");
  await expect(notice).toBeVisible();
  await expect(page.locator(".queue-row").first()).toBeVisible();
  const claim = page.getByRole("button", { name: "Claim" }).first();
  await claim.click();
  await expect(page.getByRole("button", { name: "Release" }).first()).toBeVisible();
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Release" }).first().click();
  await loaded;
  await expect(notice).toBeVisible();
  await page.unroute(/\/exceptions(_bg\.wasm|\.js)$/);
  await page.getByRole("link", { name: "Reload" }).click();
  await isLive(page);
  await expect(notice).toBeHidden();
});

test("a page from before an update loads itself again, once", async ({ pages }) => {
  pages.expectError(/status of 404|[Ff]ailed to fetch|HTTP status code is not ok|MIME type/);
  const page = await pages.open("administrator", "/account");
  let gone = 1;
  let loads = 0;
  page.on("request", (request) => { loads += Number(request.isNavigationRequest()); });
  // The files of the page's own build are not there any more.
  await page.route(/\/figures_bg\.wasm$/, (route) => (gone > 0 ? route.fulfill({ status: 404 }) : route.continue()));
  page.on("response", (response) => { if (response.request().method() === "HEAD") gone -= 1; });
  await page.goto(new URL("/figures", page.url()).href);
  await isLive(page);
  expect(loads).toBe(2);
  gone = 1_000;
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await expect(page.getByText("A part of this page could not be loaded, so it is not live.")).toBeVisible();
  expect(loads, "it does not go on loading itself").toBe(4);
});
