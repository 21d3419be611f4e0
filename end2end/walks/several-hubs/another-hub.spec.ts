// A second hub is opened; an administrator invites a dispatcher for it alone, who sees that hub and nothing of the other.
// Last but one of the files: from here on there are two hubs.
import type { Page } from "@playwright/test";
import { expect, isLive, overflow, test } from "../../fixtures";

const PASSWORD = "four green vans";
const secret = (page: Page) => page.locator(".once-secret");

async function makeKey(page: Page): Promise<string> {
  await page.locator(".add > summary").click();
  await page.getByLabel("What it opens").selectOption("administrator");
  await page.getByLabel("What to call it").fill("Second hub");
  await page.getByRole("button", { name: "Make the key" }).click();
  return (await secret(page).innerText()).trim();
}

const SECOND = {
  hub: { another: true, name: "Gozo ferry", at: { lat: 35.9917, lon: 14.3297 }, zone: "Europe/Malta", plan_at: "07:00:00" },
  shops: [],
  vehicles: [{
    label: "Ferry van", kind: "diesel_van", driver: "Driver F", capacity_g: 500000, capacity_ml: 4000000,
    shift_from: "07:30:00", shift_until: "16:30:00",
  }],
};

test("a dispatcher with one hub sees that hub alone, and whoever has both chooses", async ({ pages, server }) => {
  pages.expectError(/status of 404/);
  const keeper = await pages.open("administrator", "/people?part=keys");
  await expect(keeper.locator(".hub-menu"), "with one hub nothing of hubs is seen").toHaveCount(0);
  const key = await makeKey(keeper);
  const answer = await fetch(`${server.url}/api/v1/operation`, {
    method: "POST", body: JSON.stringify(SECOND),
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
  const { hub } = await answer.json() as { hub: string };

  // The administrator reaches both, and links keep the one that was chosen.
  await keeper.goto(`${server.url}/control-room`);
  await isLive(keeper);
  await expect(keeper.locator(".strip-head strong")).toHaveText("Central hub");
  await keeper.locator(".hub-menu > summary").click();
  await keeper.getByRole("link", { name: "Gozo ferry" }).click();
  await expect(keeper).toHaveURL(new RegExp(`/control-room\\?hub=${hub}$`));
  await isLive(keeper);
  await expect(keeper.locator(".strip-head strong")).toHaveText("Gozo ferry");
  for (const page of ["Exceptions", "Roads", "Deliveries", "Figures", "Control room"]) {
    await keeper.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: page }).click();
    await expect(keeper.getByRole("heading", { level: 1, name: page })).toBeVisible();
    await expect(keeper).toHaveURL(new RegExp(`hub=${hub}`));
  }
  await keeper.keyboard.press("g");
  await keeper.keyboard.press("f");
  await expect(keeper).toHaveURL(new RegExp(`/figures\\?hub=${hub}$`));

  // Somebody is invited for the second hub alone.
  await keeper.goto(`${server.url}/people`);
  await keeper.locator(".add > summary").click();
  await keeper.getByLabel("Name, by which the person signs in").fill("Ġorġ Ferry");
  await keeper.getByLabel("Role").selectOption("dispatcher");
  await keeper.locator(".add").getByLabel("Every hub, later ones too").uncheck();
  await keeper.locator(".add").getByLabel("Gozo ferry").check();
  await keeper.locator(".add").getByRole("button", { name: "Make the link" }).click();
  const link = (await secret(keeper).innerText()).trim();
  const row = keeper.locator(".people tbody tr").filter({ hasText: "Ġorġ Ferry" });
  await expect(row).toContainText("Gozo ferry");

  // A hub that is none, or none of the own, is said to be none, with those that are, on every page in the same way.
  for (const path of ["/control-room", "/figures", "/people", "/settings"]) {
    await keeper.goto(`${server.url}${path}?hub=nowhere`);
    await expect(keeper.getByRole("heading", { name: "No such hub" }), path).toBeVisible();
    await expect(keeper.getByText("There is no hub nowhere that you may see.")).toBeVisible();
    await keeper.getByRole("link", { name: "Gozo ferry" }).click();
    await expect(keeper).toHaveURL(new RegExp(`${path}\\?hub=${hub}$`));
  }

  const george = await pages.open("nobody", "/sign-in");
  await george.goto(link);
  await george.getByRole("button", { name: "Sign in" }).click();
  await george.getByLabel("New password").fill(PASSWORD);
  await george.getByLabel("The same again").fill(PASSWORD);
  await george.getByRole("button", { name: "Save the password" }).click();
  await george.goto(`${server.url}/control-room`);
  await isLive(george);
  await expect(george.locator(".strip-head strong")).toHaveText("Gozo ferry");
  await expect(george.locator(".hub-menu")).toHaveCount(0);
  await george.goto(`${server.url}/exceptions?hub=01920000-0000-7000-8000-000000000000`);
  await expect(george.getByRole("heading", { name: "No such hub" })).toBeVisible();
  await expect(george.getByRole("listitem"), "the own hub alone").toHaveText(["Gozo ferry"]);
  await george.goto(`${server.url}/deliveries?q=triq`);
  await expect(george.getByText("Nothing found", { exact: false }).or(george.locator(".empty"))).toBeVisible();
  // An order of the first hub is not there for him.
  const agent = await pages.open("agent", "/deliveries?q=triq");
  const foreign = await agent.locator("tbody a").first().getAttribute("href");
  await george.goto(new URL(foreign!.split("?")[0]!, server.url).href);
  await expect(george.getByRole("alert")).toBeVisible();

  // Both menus fit a phone.
  const phone = await pages.open("administrator", `/control-room?hub=${hub}`, { viewport: { width: 390, height: 844 } });
  expect(await overflow(phone)).toBe(0);
});
