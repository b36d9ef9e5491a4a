import { defineConfig } from "vitest/config";

// The fault suite kills servers for minutes and wants the machine to itself: `npm run test:faults`.
const FAULTS = "tests/faults/**/*.test.ts";
const onlyFaults = process.env["FAULTS"] === "1";

export default defineConfig({
  test: {
    include: onlyFaults ? [FAULTS] : ["tests/**/*.test.ts"],
    exclude: onlyFaults ? [] : [FAULTS],
    globalSetup: ["tests/support/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: one file per core, each with a database of its own. Faults one by one.
    maxWorkers: onlyFaults ? 1 : 2,
  },
});
