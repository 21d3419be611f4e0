// The walks: what a person would try, on one house with one day in it, in the order of the files.
import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./house/people";

export default defineConfig({
  testDir: "./walks",
  outputDir: "./.results/walks",
  globalSetup: "./house/setup.ts",
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    launchOptions: LAUNCH,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Malta",
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
  },
});
