import { PAGE_SIZE_MAX } from "../sites/limits.ts";
import { listSites } from "../sites/list-sites.ts";
import type { Command } from "./command.ts";
import { formatTable } from "./table.ts";

export const siteList: Command = {
  name: "site list",
  summary: "list all sites",
  help: "",
  async run(input) {
    await using ctx = await input.open();
    const rows: string[][] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof listSites>> = await listSites(ctx, {
        after,
        limit: PAGE_SIZE_MAX,
      });
      for (const site of page.sites) {
        rows.push([
          site.key,
          site.language ?? "-",
          String(site.policyVersion),
          site.name,
          site.origins.join(" "),
        ]);
      }
      after = page.next;
    } while (after !== null);
    process.stdout.write(formatTable(["KEY", "LANGUAGE", "POLICY", "NAME", "ORIGINS"], rows));
    return 0;
  },
};
