import { articlePath, ARTICLES } from "./web/demo/articles.ts";
import type { Parley } from "./start.ts";

/** Tells whoever started the program where to click. Standard output: the log goes there too, as JSON lines. */
export function printWelcome({ ctx, address, demo }: Parley): void {
  const { role, http } = ctx.config;
  if (role === "worker") {
    process.stdout.write(`Parley worker is running; its probes answer on ${address.host}:${address.port}.\n`);
    return;
  }
  const lines = ["", "  Parley is running.", ""];
  const article = ARTICLES[0];
  if (demo && article) lines.push(`  Demo article    ${http.publicUrl}${articlePath("/demo", article)}`);
  lines.push(`  API reference   ${http.publicUrl}/docs`);
  if (demo) {
    lines.push(`  Review token    ${demo.token}`);
    lines.push(
      `  Held comments   curl -H "Authorization: Bearer ${demo.token}" "${http.publicUrl}/v1/review/comments?site=${demo.siteKey}"`,
    );
  }
  lines.push("", "  Ctrl-C ends it.", "", "");
  process.stdout.write(lines.join("\n"));
}
