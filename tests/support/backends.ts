import { findRedis } from "./redis.ts";

/** The queue backends that can be tested on this machine; says in one line what is skipped. */
export const BACKENDS: readonly ("postgres" | "redis")[] = findRedis() ? ["postgres", "redis"] : ["postgres"];
