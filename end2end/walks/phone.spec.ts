// On a phone nothing is wider than the screen, and every pane is one press away.
import { expect, mapRests, overflow, test } from "../fixtures";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

for (const [person, path] of [
  ["nobody", "/sign-in"], ["dispatcher", "/control-room"], ["dispatcher", "/exceptions"], ["agent", "/deliveries"],
  ["agent", "/deliveries?q=triq"], ["manager", "/figures"], ["manager", "/figures?rows=on_time"],
  ["manager", "/no-such-page"],
] as const) {
  test(`${path} fits a phone`, async ({ pages }) => {
    if (path === "/no-such-page") pages.expectError(/status of 404/);
    const page = await pages.open(person, path, PHONE);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
}

test("the panes of the control room are reached by touch", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room", PHONE);
  const panes = page.getByRole("navigation", { name: "Panes" });
  await panes.getByRole("link", { name: "Map" }).tap();
  await expect(page.locator("canvas.map-fleet")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await panes.getByRole("link", { name: "Routes" }).tap();
  await page.locator(".route-row").first().tap();
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

test("a vehicle that is chosen on a phone has its route on the map", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room", PHONE);
  const panes = page.getByRole("navigation", { name: "Panes" });
  await page.locator(".route-row", { hasText: /\d\/\d/ }).first().tap();
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  await panes.getByRole("link", { name: "Map" }).tap();
  const stops = page.locator(".map-stop");
  await expect(stops.first()).toBeVisible();
  await mapRests(page);
  const map = await page.locator(".map-frame").boundingBox();
  // What has ended late or failed is no longer open.
  const boxes = await page.locator(".map-stop").evaluateAll((stops) => {
    const rows = document.querySelectorAll(".panel tbody tr[data-row]");
    const open = [...rows].filter((row) => row.closest("table")?.caption?.textContent === "Open stops");
    const numbers = new Set(open.map((row) => row.querySelector(".stop-place")?.textContent?.trim()));
    return stops.filter((stop) => numbers.has(stop.textContent?.trim())).map((stop) => stop.getBoundingClientRect());
  });
  const inside = boxes.filter((box) => map && box.x + 10 >= map.x && box.x + 10 <= map.x + map.width
    && box.y + 10 >= map.y && box.y + 10 <= map.y + map.height);
  expect(boxes.length).toBeGreaterThan(0);
  expect(inside.length, "every open stop is in sight").toBe(boxes.length);
});

test("what an exception advises is in sight where its link leads", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/control-room?plan=open&pane=detail", PHONE);
  await expect(page.getByRole("button", { name: "Plan again" }).first()).toBeInViewport();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
