// On a phone nothing is wider than the screen, and every pane is one press away.
import { expect, overflow, test } from "../fixtures";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

for (const [person, path] of [
  ["nobody", "/sign-in"], ["dispatcher", "/control-room"], ["dispatcher", "/exceptions"], ["agent", "/deliveries"],
  ["agent", "/deliveries?q=triq"], ["manager", "/figures"], ["manager", "/figures?rows=on_time"],
  ["manager", "/no-such-page"],
] as const) {
  test(`${path} fits a phone`, async ({ rooms }) => {
    if (path === "/no-such-page") rooms.expectError(/status of 404/);
    const page = await rooms.open(person, path, PHONE);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
}

test("the panes of the control room are reached by touch", async ({ rooms }) => {
  const page = await rooms.open("dispatcher", "/control-room", PHONE);
  const panes = page.getByRole("navigation", { name: "Panes" });
  await panes.getByRole("link", { name: "Map" }).tap();
  await expect(page.locator("canvas.map-fleet")).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await panes.getByRole("link", { name: "Routes" }).tap();
  await page.locator(".route-row").first().tap();
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});
