// A road is closed, on the map and by hand; everybody sees it, and it is opened again.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";

const closures = (page: Page) => page.locator(".closures li");

test("a road is closed by drawing on the map, shows on the other's map, and is opened again", async ({ pages }) => {
  const one = await pages.open("dispatcher", "/roads");
  const other = await pages.open("second dispatcher", "/control-room");
  await expect(one.getByText("Every road is open")).toBeVisible();
  const map = one.locator(".roads-map .map-frame");
  const box = (await map.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const fleet = one.locator("canvas.map-fleet");
  await expect(fleet).toBeVisible();

  await one.getByRole("button", { name: "Draw on the map" }).click();
  for (const [dx, dy] of [[-90, 60], [120, -20], [140, 110]]) await one.mouse.click(x + dx, y + dy);
  await one.getByLabel("Area").check();
  await expect(one.getByText("Places: 3")).toBeVisible();
  await one.getByRole("button", { name: "Undo last" }).click();
  await expect(one.getByText("Places: 2")).toBeVisible();
  await one.mouse.click(x + 140, y + 110);
  await one.getByRole("button", { name: "Stop drawing" }).click();
  await one.getByLabel("Why").fill("A street market");
  await one.getByRole("button", { name: "Close it" }).click();

  await expect(closures(one)).toHaveCount(1);
  await expect(closures(one)).toContainText("A street market");
  await expect(one.getByLabel("Road", { exact: true })).toBeChecked();
  await expect(one.getByLabel("Why")).toHaveValue("");
  await expect(one.locator(".map-closed").first()).toBeAttached();
  await expect(other.locator(".map-closed").first()).toBeAttached();

  await closures(one).getByRole("button", { name: "Open again" }).click();
  await expect(one.getByText("Every road is open")).toBeVisible();
  await expect(other.locator(".map-closed")).toHaveCount(0);
});

test("what cannot be closed is said, and nothing that was typed is lost", async ({ pages }) => {
  pages.expectError(/status of 422/);
  const page = await pages.open("dispatcher", "/roads");
  await page.locator(".close-road summary").click();
  await page.getByLabel("One to a line").fill("35.5, 14.0\n35.51, 14.01");
  await page.getByLabel("Why").fill("The sea");
  await page.getByRole("button", { name: "Close it" }).click();
  await expect(page.getByRole("alert")).toContainText("No road lies where the closure was drawn");
  await expect(page.getByLabel("Why")).toHaveValue("The sea");
  await expect(page.getByLabel("One to a line")).toHaveValue(/35\.5/);
});

test("the weather is said once and holds for all", async ({ pages }) => {
  const one = await pages.open("dispatcher", "/roads");
  const other = await pages.open("second dispatcher", "/roads");
  await one.locator("select[name=weather]").selectOption("Rain");
  await one.getByRole("button", { name: "Set the weather" }).click();
  await expect(one.getByText("Rain: vans take 10 % longer")).toBeVisible();
  await expect(other.getByText("Rain: vans take 10 % longer")).toBeVisible();
  await one.locator("select[name=weather]").selectOption("Dry");
  await one.getByRole("button", { name: "Set the weather" }).click();
  await expect(other.getByText("drives take as long as usual")).toBeVisible();
});

test("a road is closed and opened again without scripts", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/roads", { javaScriptEnabled: false });
  const from = { lat: 35.9, lon: 14.46 };
  await page.locator(".close-road summary").click();
  const places = [[-0.002, -0.002], [-0.002, 0.002], [0.002, 0.002], [0.002, -0.002]];
  const lines = places.map(([dy, dx]) => `${from.lat + dy}, ${from.lon + dx}`);
  await page.getByLabel("Area").check();
  await page.getByLabel("One to a line").fill(lines.join("\n"));
  await page.getByLabel("Why").fill("A marathon");
  await page.getByRole("button", { name: "Close it" }).click();
  await expect(closures(page)).toContainText("A marathon");
  await closures(page).getByRole("button", { name: "Open again" }).click();
  await expect(page.getByText("Every road is open")).toBeVisible();
});

test("Escape stops drawing", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/roads");
  await page.locator("canvas.map-fleet").waitFor();
  await page.getByRole("button", { name: "Draw on the map" }).click();
  await expect(page.getByRole("button", { name: "Stop drawing" })).toBeVisible();
  await page.locator(".map-frame").focus();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Draw on the map" })).toBeVisible();
});

test("text that would be code stays text in a page that is alive", async ({ pages }) => {
  const hostile = "</title></script>--><zap-1 x='y'>\"'`{{7}}&lt;<zap-2 onload=alert(1)>";
  const page = await pages.open("dispatcher", "/roads");
  await page.locator(".close-road summary").click();
  await page.getByLabel("One to a line").fill("35.8858, 14.4949\n35.8898, 14.4989");
  await page.getByLabel("Why").fill(hostile);
  await page.getByRole("button", { name: "Close it" }).click();
  await expect(closures(page)).toContainText(hostile);
  await page.reload();
  await expect(closures(page)).toContainText(hostile);
  await closures(page).getByRole("button", { name: "Open again" }).click();
  await expect(closures(page)).toHaveCount(0);

  const found = await pages.open("agent", `/deliveries?q=${encodeURIComponent(hostile)}`);
  await expect(found.locator(".empty")).toContainText(hostile);
  await expect(found.getByRole("searchbox")).toHaveValue(hostile);
  for (const shown of [page, found]) expect(await shown.locator("zap-1, zap-2").count()).toBe(0);
});
