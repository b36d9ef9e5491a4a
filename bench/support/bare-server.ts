import { readFileSync } from "node:fs";
import process from "node:process";
import { serve } from "@hono/node-server";
import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { Pool } from "pg";
import { z } from "zod";
import { insertPlainly } from "./plain-insert.ts";

// The least that could answer the same: no checks, no headers, no cache, no cursor, no second query or table.
const { PORT, BYTES_FILE, DATABASE_URL } = process.env;
const bytes = BYTES_FILE ? readFileSync(BYTES_FILE, "utf8") : "";
const pool = new Pool({ connectionString: DATABASE_URL, max: 16 });
const json = { "content-type": "application/json" };

const PAGE = {
  name: "bare-page",
  text: `select coalesce(json_agg(c), '[]')::text as comments from (
    select id, parent_id as "parentId", depth, reply_count as "replyCount", name, website, body,
      created_at as "createdAt", edited_at as "editedAt"
    from comments where thread_id = $1 and status = 'published' order by path limit 100) c`,
};

const comment = z.object({
  name: z.string().min(1).max(100),
  email: z.email(),
  body: z.string().min(1).max(10_000),
  url: z.url(),
});

const app = new Hono();
app.get("/ready", (c) => c.text("ready"));
app.get("/bytes", (c) => c.body(bytes, 200, json));
app.get("/threads/:id", async (c) => {
  const { rows } = await pool.query<{ comments: string }>({ ...PAGE, values: [c.req.param("id")] });
  return c.body(rows[0]?.comments ?? "[]", 200, json);
});
app.post("/comments", zValidator("json", comment), async (c) => {
  const { name, body } = c.req.valid("json");
  return c.json({ id: await insertPlainly(pool, name, body), status: "pending" }, 202);
});

const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: "127.0.0.1" });
process.once("SIGTERM", () => {
  server.close();
  void pool.end();
});
