// Who sits at the screens: each signs in once, by a one-time link, and the session is kept for all walks.
import { chromium, type BrowserContextOptions } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "./server";

export type Person = Role | "second dispatcher";
type Kept = Exclude<BrowserContextOptions["storageState"], string | undefined>;

export interface State {
  url: string;
  people: Partial<Record<Person, Kept>>;
  // A dispatcher who signs in by name and password.
  account: { name: string; password: string };
  // An unspent one-time link.
  spareLink: string;
  // Sign-in link of a person whose session no walk shares, to end it.
  leaverLink: string;
  // An administrator's key of the API.
  adminKey: string;
  // Where the day is asked whether it goes on, and by POST to stand still.
  standStill: string;
}

// Walks run beside others on few cores, so nothing in the browser may do more than show the page.
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
};

export async function signInAll(links: Partial<Record<Person, string>>): Promise<State["people"]> {
  const browser = await chromium.launch(LAUNCH);
  const people: State["people"] = {};
  try {
    for (const [person, link] of Object.entries(links) as [Person, string][]) {
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(link);
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
      people[person] = await context.storageState();
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return people;
}

// Keeps what the walks must know in a server's own folder: two runs beside each other do not read each other's.
export function keep(name: string, folder: string, state: State): void {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  process.env[variable(name)] = file;
}

export function kept(name: string): State {
  const file = process.env[variable(name)];
  if (!file) throw new Error(`no server was started for ${name}`);
  return JSON.parse(readFileSync(file, "utf8")) as State;
}

function variable(name: string): string {
  return `DOORSTEP_STATE_${name.toUpperCase()}`;
}
