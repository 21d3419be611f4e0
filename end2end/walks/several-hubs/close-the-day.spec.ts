// A dispatcher closes the day of a hub when its vehicle is back: what was left open is carried over, a failed
// attempt still wants somebody, and the next day opens.
import { expect, isLive, overflow, test } from "../../fixtures";
import { OwnHub } from "../../setup/hub";

const STILL = { javaScriptEnabled: false };

test("a dispatcher closes the day, and sees what became of what it left open", async ({ pages, server }) => {
  test.setTimeout(240_000);
  const all = ["CLOSE-1", "CLOSE-2", "CLOSE-3", "CLOSE-4", "CLOSE-5"] as const;
  const [home, away, ...left] = all;
  const hub = await OwnHub.open(server, "Evening depot", [...all]);
  const at = `?hub=${hub.id}`;
  const page = await pages.open("dispatcher", `/control-room${at}`);
  const head = page.locator(".strip-head");
  const today = await head.locator(".quiet").innerText();
  const close = page.locator(".end-of-day > summary");
  const number = (label: string) => page.locator(".strip-numbers > div")
    .filter({ has: page.getByText(label, { exact: true }) }).locator("dd");

  await hub.report({ kind: "departed" });
  await expect(close, "a vehicle is out").toHaveCount(0);
  await hub.report(
    { kind: "arrived", reference: home },
    { kind: "delivered", reference: home, outcome: "delivered_to_recipient" },
    { kind: "arrived", reference: away },
    { kind: "failed", reference: away, outcome: "failed_not_home" },
    { kind: "returned" },
  );
  await expect(close).toBeVisible();
  const stale = await pages.open("second dispatcher", `/control-room${at}`, STILL);
  await expect(stale.locator(".end-of-day")).toHaveCount(1);

  await close.click();
  const sheet = page.locator(".end-of-day .menu-sheet");
  await expect(sheet).toContainText("What was left open");
  await page.keyboard.press("Escape");
  await expect(sheet, "Escape closes nothing but the menu").toBeHidden();
  await close.click();
  await sheet.getByRole("button", { name: "Close the day" }).click();
  await expect(head.locator(".quiet")).not.toHaveText(today);
  const tomorrow = await head.locator(".quiet").innerText();
  await expect(close, "the next day has only begun").toHaveCount(0);
  await expect(number("stops")).toHaveText("0");
  await expect(number("waiting")).toHaveText(String(left.length));

  // Somebody who has not heard of it presses too: nothing happens twice.
  await stale.locator(".end-of-day > summary").click();
  await stale.getByRole("button", { name: "Close the day" }).click();
  await expect(stale.locator(".strip-head .quiet")).toHaveText(tomorrow);
  await expect(stale.getByRole("alert")).toHaveCount(0);

  // What waits is carried over, and its story says why.
  await page.locator(".strip-numbers").getByRole("link", { name: "waiting" }).click();
  const hits = page.locator(".hits tbody tr");
  await expect(hits).toHaveCount(left.length);
  for (const reference of left) await expect(hits.filter({ hasText: reference })).toHaveCount(1);
  await hits.filter({ hasText: left[0] }).getByRole("link").click();
  const story = page.getByRole("region", { name: "Story" }).getByRole("listitem");
  await expect(story.filter({ hasText: "Taken off its route" })).toHaveCount(1);
  await expect(story.filter({ hasText: "carried over to" })).toHaveCount(1);

  // The attempt that failed still wants somebody; for what is carried over the next plan is made.
  await page.goto(new URL(`/exceptions${at}`, page.url()).href);
  await isLive(page);
  const rows = page.locator(".queue-row");
  await expect(rows).toHaveCount(1);
  await expect(rows.filter({ hasText: away })).toContainText("Attempt failed");

  const phone = await pages.open("dispatcher", `/control-room${at}`, { viewport: { width: 390, height: 844 } });
  expect(await overflow(phone)).toBe(0);
});
