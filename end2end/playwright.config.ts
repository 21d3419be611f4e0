// The walks: what a person would try, on one server with one day in it. The day goes on for three of them, and stands still for
// all others, so that what they find is there when they act.
import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./setup/people";

const IN_MOTION = ["vehicles-drive", "the-day-goes-on", "dead-network"].map((name) => `in-motion/${name}.spec.ts`);
// From here on there are several hubs, and pages say which.
const SEVERAL_HUBS = "several-hubs/*.spec.ts";

export default defineConfig<object, { inMotion: boolean }>({
  testDir: "./walks",
  outputDir: "./.results/walks",
  globalSetup: "./setup/global.ts",
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  projects: [
    { name: "in motion", testMatch: IN_MOTION, use: { inMotion: true } },
    { name: "standing", testIgnore: ["in-motion/**", SEVERAL_HUBS] },
    { name: "several hubs", testMatch: SEVERAL_HUBS },
  ],
  use: {
    launchOptions: LAUNCH,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Malta",
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
  },
});
