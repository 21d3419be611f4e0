// The network dies without a word: the page says since when it knows nothing, and is live again when it can be.
import { expect, isLive, test } from "../../fixtures";
import { Line } from "../../setup/line";

test("a network that dies is said after three missed heartbeats, and the day comes back by itself", async ({ pages, server }) => {
  test.setTimeout(150_000);
  const line = await Line.to(server.url);
  try {
    pages.expectError(/net::ERR|Failed to load resource|live\/day/);
    const page = await pages.open("dispatcher", `${line.url}/control-room`);
    await page.locator("canvas.map-fleet").waitFor();
    const fresh = page.locator(".fresh");
    await expect(fresh).toContainText("live");
    const routes = await page.locator(".route-list li").count();

    line.die();
    const died = Date.now();
    await expect(fresh).toContainText(/Paused since \d\d:\d\d:\d\d, trying again/, { timeout: 30_000 });
    const noticed = (Date.now() - died) / 1000;
    expect(noticed, "seconds until it was said").toBeLessThan(20);
    await expect(fresh).toHaveAttribute("data-standing", "unknown");
    await expect(page.locator("canvas.map-fleet")).toHaveCSS("opacity", "0.4");
    await expect(page.locator(".route-row .mark").first()).toHaveCSS("opacity", "0.4");
    await expect(page.locator(".route-list li")).toHaveCount(routes);
    const since = await fresh.innerText();
    await page.waitForTimeout(3_000);
    expect(await fresh.innerText(), "since when does not move").toBe(since);

    line.mend();
    // Of the six connections that the browser keeps open some are dead, and are tried one after the other.
    await expect(fresh).toContainText("live", { timeout: 40_000 });
    await isLive(page);
    await expect(page.locator("canvas.map-fleet")).toHaveCSS("opacity", "1");
    const now = await page.locator(".fresh-time").innerText();
    await expect(page.locator(".fresh-time"), "the clock goes on").not.toHaveText(now, { timeout: 20_000 });
  } finally {
    await line.close();
  }
});
