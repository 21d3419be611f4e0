// What every walk starts with: pages of signed-in people, and the rules that hold on every page. An error on the console,
// an uncaught exception or a breach of the page's own policy fails the walk, and each page ends with an audit by axe.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";
import { kept, type Person, type State } from "./setup/people";

export interface Pages {
  // A fresh browser of one person, or of nobody, at a path, or at an address of another line to the server.
  open(person: Person | "nobody", path: string, options?: BrowserContextOptions): Promise<Page>;
  // Errors that the walk brings about itself, such as the answer to a refused form.
  expectError(pattern: RegExp): void;
}

export const test = base.extend<{ pages: Pages }, { inMotion: boolean; server: State }>({
  // Whether the walks are about movement; for all others the day stands still.
  inMotion: [false, { option: true, scope: "worker" }],
  server: [async ({ inMotion }, use) => {
    const server = kept("walks");
    await settleDay(server, inMotion);
    await use(server);
  }, { scope: "worker", timeout: 400_000 }],
  pages: async ({ browser, server }, use, info) => {
    const watch = new Watch();
    const contexts: { context: BrowserContext; still: boolean }[] = [];
    await use({
      async open(person, path, options = {}) {
        const context = await contextOf(browser, server, person, options);
        const still = options.javaScriptEnabled === false;
        contexts.push({ context, still });
        await watch.over(context);
        const page = await context.newPage();
        await page.goto(new URL(path, server.url).href);
        if (!still) await isLive(page);
        return page;
      },
      expectError: (pattern) => watch.expect(pattern),
    });
    if (info.status === info.expectedStatus) {
      for (const { context, still } of contexts) {
        for (const page of context.pages()) await (still ? auditStill(browser, page) : audit(page));
      }
    }
    for (const { context } of contexts) await context.close();
    expect(watch.unexpected(), "nothing may be said on the console as an error").toEqual([]);
  },
});

export { expect };

async function settleDay({ standStill }: State, inMotion: boolean): Promise<void> {
  const answer = await fetch(standStill, { method: inMotion ? "GET" : "POST" });
  const says = await answer.text();
  if (!answer.ok) throw new Error(`the day does not stand still: ${says}`);
  if (inMotion && says === "stands") throw new Error("the day stands still already: walks in motion come before all others");
}

// Errors that pages speak of, and those among them that were foreseen.
export class Watch {
  private readonly said: string[] = [];
  private readonly foreseen: RegExp[] = [];

  async over(context: BrowserContext): Promise<void> {
    context.on("page", (page) => {
      page.on("pageerror", (error) => this.said.push(`uncaught: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error") this.said.push(`${message.text()} (${message.location().url})`);
      });
    });
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (breach) => {
        console.error(`policy: ${breach.violatedDirective} blocked ${breach.blockedURI}`);
      });
    });
  }

  expect(pattern: RegExp): void {
    this.foreseen.push(pattern);
  }

  unexpected(): string[] {
    return this.said.filter((text) => !this.foreseen.some((pattern) => pattern.test(text)));
  }
}

export async function contextOf(
  browser: Browser,
  server: State,
  person: Person | "nobody",
  options: BrowserContextOptions,
): Promise<BrowserContext> {
  const storageState = person === "nobody" ? undefined : server.people[person];
  if (person !== "nobody" && !storageState) throw new Error(`${person} has not signed in`);
  return browser.newContext({ storageState, ...options });
}

// A page that has a stream says so; one without pages is complete when it has loaded.
export async function isLive(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  // A page that stands still loads no scripts and never is.
  if ((await page.locator("script[type=module]").count()) === 0) return;
  const since = page.locator(".fresh-time");
  if ((await since.count()) > 0) await expect(since).toHaveText(/^\d\d:\d\d:\d\d$/);
}

// Waits until the map has stood for a third of a second of drawn frames: longer than it takes to say in the address what it
// shows, and so that it is not on its way, when it would take no drag.
export async function mapRests(page: Page): Promise<void> {
  await page.locator("canvas.map-fleet").waitFor();
  await page.evaluate(() => new Promise<void>((resolve) => {
    let [before, still] = ["", 0];
    const look = () => {
      const pane = document.querySelector<HTMLElement>(".leaflet-map-pane");
      const now = `${location.search} ${pane?.className} ${pane?.style.transform}`;
      still = now === before && !/leaflet-(zoom|pan)-anim/.test(now) ? still + 1 : 0;
      before = now;
      if (still >= 20) resolve();
      else requestAnimationFrame(look);
    };
    look();
  }));
}

// Fails on any breach of the WCAG 2.2 rules at levels A and AA, or of axe's own best practices.
export async function audit(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const messages = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
  expect(messages, `axe on ${page.url()}`).toEqual([]);
}

// axe needs timers, which a page without scripts does not have: the same document is shown where they run, but its own
// scripts do not.
async function auditStill(browser: Browser, page: Page): Promise<void> {
  const html = (await page.content()).replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, "");
  const context = await browser.newContext({ viewport: page.viewportSize() });
  const copy = await context.newPage();
  await copy.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
  await copy.goto(page.url());
  await audit(copy);
  await context.close();
}

// How far the page is wider than its window, in CSS pixels.
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
