import { Pool } from "pg";

/** Connections that may be cut off at any time: the server is stopped before the last of them has said goodbye. */
export function openPool(stack: AsyncDisposableStack, databaseUrl: string, max: number): Pool {
  const pool = new Pool({ connectionString: databaseUrl, max });
  pool.on("error", () => {});
  stack.defer(() => pool.end());
  return pool;
}
