// Every number says what it is counted over, and its rows are one press away.
import { expect, test } from "../fixtures";

test("each figure has its denominator, its definition and its rows", async ({ pages }) => {
  const page = await pages.open("manager", "/figures");
  await expect(page.locator(".lede")).toContainText(/\d+ attempts? on time|No attempt has ended/);
  const figures = page.locator(".figures .figure");
  await expect(figures).toHaveCount(5);
  const attempts = /^\d[\d,]* of \d[\d,]* attempts$/;
  const promises = /^\d[\d,]* of \d[\d,]* orders?(;|$)|^No promised window has ended yet/;
  const denominators = [attempts, attempts, promises, /^\d[\d,]* of \d[\d,]* orders$/, /^\d[\d,]* visits? in [\d.]+ h on the road; [\d.]+ successful an hour$/];
  for (const [place, over] of denominators.entries()) {
    const figure = figures.nth(place);
    await expect(figure.locator(".figure-over")).toHaveText(over);
    await expect(figure.locator(".figure-means")).not.toBeEmpty();
    await figure.getByRole("link", { name: /Show the rows/ }).click();
    await expect(page).toHaveURL(/rows=/);
    const behind = page.getByRole("region", { name: /^Behind / });
    const rows = behind.getByRole("table").locator("tbody tr");
    await expect(rows.first().or(behind.getByText("No promised window has ended yet"))).toBeVisible();
    await expect(page.getByRole("heading", { name: /^Behind / }), "the rows are in sight").toBeInViewport();
    await figure.getByRole("link", { name: /Hide the rows/ }).click();
    await expect(page).not.toHaveURL(/rows=/);
  }
});

test("first promises have their rows, and names lead nowhere that is closed to the reader", async ({ pages }) => {
  const page = await pages.open("manager", "/figures?rows=promises");
  const behind = page.getByRole("region", { name: "Behind first promises kept" });
  await expect(behind.getByRole("columnheader", { name: "First promise" }).or(behind.getByText("No promised window has ended yet"))).toBeVisible();
  await page.goto(new URL("/figures?rows=on_time", page.url()).href);
  const names = page.getByRole("region", { name: /^Behind / }).locator("tbody th");
  await expect(names.first()).not.toBeEmpty();
  await expect(names.getByRole("link")).toHaveCount(0);
});

test("the rows behind a figure are as many as its denominator", async ({ pages }) => {
  const page = await pages.open("dispatcher", "/figures?rows=on_time");
  const rows = page.getByRole("region", { name: /^Behind / });
  const over = await page.locator(".figures .figure").first().locator(".figure-over").innerText();
  const whole = Number(/of ([\d,]+)/.exec(over)?.[1].replace(/,/g, ""));
  let counted = 0;
  for (;;) {
    counted += await rows.getByRole("table").locator("tbody tr").count();
    const next = rows.getByRole("link", { name: "Next" });
    if ((await next.count()) === 0) break;
    const address = await next.getAttribute("href");
    await next.click();
    await expect(page).toHaveURL(new RegExp(`${/page=\d+/.exec(address ?? "")?.[0]}$`));
    await rows.getByText(`Page ${/page=(\d+)/.exec(address ?? "")?.[1]}`).waitFor();
  }
  expect(counted).toBe(whole);
});

test("a day without deliveries says so, and its address can be shared", async ({ pages }) => {
  const page = await pages.open("manager", "/figures?day=2020-02-29");
  await expect(page.locator(".lede")).toHaveText("No attempt was made on this day, so there is nothing to count.");
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page).toHaveURL(/\/figures$/);
});

test("another day's figures say that they are complete", async ({ pages }) => {
  const page = await pages.open("manager", "/figures?day=2020-02-29");
  const asOf = page.locator(".figures-day p");
  await expect(asOf).toContainText("the whole day");
  await expect(asOf).not.toContainText("00:00:00");
});
