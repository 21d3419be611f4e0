// The pictures: every page in both sizes and both themes: in full, with nothing set up, before the first plan, with the database
// gone, and with the connection gone.
import { defineConfig } from "@playwright/test";
import { LAUNCH } from "./setup/people";

export default defineConfig({
  testDir: "./screens",
  outputDir: "./.results/screens",
  globalSetup: "./screens/setup.ts",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: { launchOptions: LAUNCH, locale: "en-GB", timezoneId: "Europe/Malta", actionTimeout: 15_000 },
});
