// Vehicles drive over the map, and one of them is followed.
import type { Page } from "@playwright/test";
import { expect, mapRests, test } from "../../fixtures";

interface Mark {
  vehicle: string;
  label: string;
  lat: number;
  lon: number;
}

// The map goes along before a vehicle is farther from the middle than this share of its sides.
const LEASH = 0.25;
// A name stands beside its vehicle, and the map takes a moment to go along: CSS pixels.
const BESIDE = 60;

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

// Where the ground lies under the map, in CSS pixels.
function ground(page: Page): Promise<string> {
  return page.locator(".leaflet-map-pane").evaluate((pane: HTMLElement) => pane.style.transform);
}

test("vehicles move on the map, and one is followed until somebody drags it", async ({ pages }) => {
  test.setTimeout(120_000);
  const page = await pages.open("dispatcher", "/control-room");
  await expect.poll(() => picture(page)).not.toBe(0);
  const before = await picture(page);
  const then = await places(page);
  expect(then.length).toBeGreaterThan(0);
  await expect.poll(() => picture(page)).not.toBe(before);
  const rows = (label: string) => page.locator(".route-row").filter({ has: page.getByText(new RegExp(`^${label}( ·|$)`)) });
  let drives: Mark | undefined;
  await expect.poll(async () => {
    const moved = (await places(page)).filter(({ vehicle, lat, lon }) => {
      const was = then.find((mark) => mark.vehicle === vehicle);
      return was && Math.hypot(lat - was.lat, lon - was.lon) > 0.0005;
    });
    drives = undefined;
    // One that changes hands today has a row for each shift.
    for (const mark of moved) if ((await rows(mark.label).count()) === 1) drives ??= mark;
    return drives;
  }, { message: "a vehicle with one row that drove at least fifty metres" }).toBeDefined();
  await expect(page.locator(".map-attribution")).toContainText("OpenStreetMap contributors");

  await rows(drives?.label ?? "").click();
  await expect(page.getByRole("table", { name: "Open stops" })).toBeVisible();
  await mapRests(page);
  const follow = page.getByRole("button", { name: /^Follow/ });
  await follow.click();
  await expect(follow).toHaveAttribute("aria-pressed", "true");
  // Near enough that a few streets are a long way.
  for (let times = 0; times < 3; times += 1) {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await mapRests(page);
  }
  const label = page.locator(".map-label");
  await expect(label).toHaveText(drives?.label ?? "");
  const map = (await page.locator(".map-frame").boundingBox())!;
  const middle = { x: map.x + map.width / 2, y: map.y + map.height / 2 };
  // How far the name is beyond the leash; nothing when it is not there.
  const astray = async () => {
    const at = await label.boundingBox();
    if (!at) return Infinity;
    const [x, y] = [Math.abs(at.x - middle.x), Math.abs(at.y + at.height / 2 - middle.y)];
    return Math.max(x - map.width * LEASH, y - map.height * LEASH);
  };
  await expect.poll(astray, { message: "the vehicle is near the middle" }).toBeLessThan(BESIDE);
  const at = await ground(page);
  await expect.poll(() => ground(page), { message: "the map goes along", timeout: 60_000 }).not.toBe(at);
  await expect.poll(astray, { message: "the vehicle is near the middle" }).toBeLessThan(BESIDE);

  await page.mouse.move(middle.x + 150, middle.y + 150);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y + 90, { steps: 6 });
  await page.mouse.up();
  await expect(follow).toHaveAttribute("aria-pressed", "false");
  await expect(page, "a drag is no press on open ground").toHaveURL(/route=/);
  await page.locator(".route-row").first().focus();
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/route=/);
});
