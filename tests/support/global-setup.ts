import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's URL of the run's own PostgreSQL server; only `openTestDatabase` should need it. */
    testServerUrl: string;
  }
}

/**
 * One PostgreSQL server for the whole run, whatever DATABASE_URL says; stopped and deleted at its end. PARLEY_TEST_SERVER_URL names
 * another one, by its superuser: for the oldest PostgreSQL that Parley runs on. It needs a role `parley` that may log in.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["PARLEY_TEST_SERVER_URL"];
  if (given !== undefined) {
    project.provide("testServerUrl", given);
    return async () => {};
  }
  const server = await startTestServer();
  project.provide("testServerUrl", server.adminUrl);
  return async () => await server[Symbol.asyncDispose]();
}
