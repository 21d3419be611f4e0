// An administrator imports zones, is told what cannot be, draws one by its corners, and lets all of them end.
import type { Page } from "@playwright/test";
import { expect, overflow, test } from "../fixtures";

const STILL = { javaScriptEnabled: false };

type Corner = [number, number];
const square = (lat: number, lon: number, half: number): Corner[] => [
  [lon - half, lat - half],
  [lon + half, lat - half],
  [lon + half, lat + half],
  [lon - half, lat + half],
];
const feature = (name: string, ring: Corner[]) => ({
  type: "Feature",
  properties: { name },
  geometry: { type: "Polygon", coordinates: [[...ring, ring[0]]] },
});
const file = (...features: object[]) => JSON.stringify({ type: "FeatureCollection", features });

const list = (page: Page) => page.getByRole("table", { name: "Zones that hold now or later" });
const row = (page: Page, name: string) => list(page).locator("tbody tr").filter({ hasText: name });

async function open(page: Page, form: string): Promise<void> {
  await page.locator(".add > summary", { hasText: form }).click();
}

async function endAll(page: Page): Promise<void> {
  for (;;) {
    const before = await page.locator(".zones tbody tr").count();
    if (before === 0) return;
    const first = page.locator(".zones tbody tr").first();
    const day = first.getByLabel(/First day without/);
    const today = await day.getAttribute("min");
    await day.fill(today ?? "");
    await first.getByRole("button", { name: "End it" }).click();
    await expect(page.getByText("One zone has its end.")).toBeVisible();
    await expect(page.locator(".zones tbody tr")).toHaveCount(before - 1);
  }
}

test("zones are imported, drawn and ended, with and without scripts", async ({ pages }) => {
  for (const options of [{}, STILL]) {
    const page = await pages.open("administrator", "/settings", options);
    await page.getByRole("link", { name: "Zones" }).click();
    await expect(page.getByRole("heading", { name: "Zones", level: 1 })).toBeVisible();
    await expect(page.getByText("Without zones every order goes to the nearest hub.")).toBeVisible();

    // The whole island, so that the day's other orders keep their hub; and one that crosses itself.
    const [a, b, c, d] = square(35.9, 14.4, 0.02);
    await open(page, "Import GeoJSON");
    await page.getByLabel("The file's text").fill(file(feature("Island", square(35.93, 14.4, 0.4)), feature("Bow", [a, c, b, d])));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    const said = page.getByRole("alert");
    await expect(said).toContainText("One zone was drawn.");
    await expect(said).toContainText("Number 2 of what you sent was refused: its outline crosses or touches itself at 35.90000, 14.40000");
    await expect(row(page, "Island")).toContainText(/from/);
    await expect(page.getByRole("img", { name: /Outlines of the zones.*Island/ })).toBeVisible();

    await open(page, "Draw one by its corners");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Yard");
    const corners = page.getByLabel(/Corners in turn/);
    await corners.fill("35.88, 14.48\n35.90, 14.50\n35.88, 14.50\n35.90, 14.48");
    await page.getByRole("button", { name: "Draw it" }).click();
    await expect(page.getByRole("alert")).toContainText("crosses or touches itself");
    await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("Yard");
    await expect(corners, "what was refused is mended where it was typed").toHaveValue(/35\.88, 14\.50\n35\.90, 14\.48$/);
    await corners.fill("35.88, 14.48\n35.88, 14.50\n35.90, 14.50\n35.90, 14.48");
    await page.getByRole("button", { name: "Draw it" }).click();
    await expect(page.getByText("One zone was drawn.")).toBeVisible();
    await expect(list(page).locator("tbody tr")).toHaveCount(2);
    await endAll(page);
    await expect(page.getByText("Without zones every order goes to the nearest hub.")).toBeVisible();
  }
});

test("zones fit a phone, and are an administrator's alone", async ({ pages }) => {
  const page = await pages.open("administrator", "/zones", { viewport: { width: 390, height: 844 } });
  await open(page, "Import GeoJSON");
  await open(page, "Draw one by its corners");
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  pages.expectError(/status of 403/);
  const agent = await pages.open("agent", "/zones");
  await expect(agent.getByRole("alert")).toBeVisible();
  await expect(agent.getByRole("button", { name: "Import", exact: true })).toHaveCount(0);
});
