// Lighthouse, desktop settings, on the sign-in page and on every page of a running product.
//
//   node lighthouse.mjs LINK [--runs 1]
//
// LINK is a one-time sign-in link of a dispatcher, as the demo prints them. CHROMIUM names the browser. Prints a table,
// and exits with 1 when a page is under a target.
import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";
import { parseArgs } from "node:util";

const TARGETS = { performance: 95, accessibility: 100, "best-practices": 100 };
const PAGES = ["/sign-in", "/control-room", "/exceptions", "/deliveries", "/figures"];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "1" } } });
const [link] = positionals;
if (!link) throw new Error("Give the sign-in link of a running demo.");
const port = 9333;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${port}`],
});

async function signIn() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

// The median score of each category over the runs, and what kept it down.
async function measure(url, cookie) {
  const runs = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    const extraHeaders = cookie ? { Cookie: cookie } : {};
    const flags = { port, extraHeaders, onlyCategories: Object.keys(TARGETS), logLevel: "error" };
    const { lhr } = await lighthouse(url, flags, desktopConfig);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    if (lhr.finalDisplayedUrl !== url) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
    runs.push(lhr);
  }
  const score = (name) => {
    const scores = runs.map((lhr) => Math.round(lhr.categories[name].score * 100)).sort((one, other) => one - other);
    return scores[Math.floor(scores.length / 2)];
  };
  const [last] = runs.slice(-1);
  const held = Object.keys(TARGETS).flatMap((name) => last.categories[name].auditRefs
    .filter(({ id, weight }) => weight > 0 && last.audits[id].score !== null && last.audits[id].score < 0.9)
    .map(({ id }) => `${id} ${last.audits[id].displayValue ?? ""}`.trim()));
  return { scores: Object.fromEntries(Object.keys(TARGETS).map((name) => [name, score(name)])), held };
}

try {
  const cookie = await signIn();
  let low = false;
  console.log(["page".padEnd(16), ...Object.keys(TARGETS).map((name) => name.padStart(14))].join(" "));
  for (const path of PAGES) {
    const { scores, held } = await measure(new URL(path, link).href, path === "/sign-in" ? "" : cookie);
    const missed = Object.entries(TARGETS).some(([name, target]) => scores[name] < target);
    low ||= missed;
    console.log([path.padEnd(16), ...Object.values(scores).map((score) => String(score).padStart(14))].join(" "));
    if (missed) for (const what of held) console.log(`  ${what}`);
  }
  process.exitCode = low ? 1 : 0;
} finally {
  await browser.close();
}
