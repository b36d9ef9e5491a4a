import type { TestProject } from "vitest/node";
import { startTestServer } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's URL of the run's own PostgreSQL server; only `openTestDatabase` should need it. */
    testServerUrl: string;
  }
}

/** One PostgreSQL server for the whole run, whatever DATABASE_URL says; stopped and deleted at its end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("testServerUrl", server.adminUrl);
  return async () => await server[Symbol.asyncDispose]();
}
