import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../src/moderation/policy.ts";
import { FACTS } from "../src/moderation/signals/index.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

describe("docs/MODERATION.md", () => {
  const text = read("docs/MODERATION.md");

  it("lists exactly the facts there are", () => {
    const listed = [...text.matchAll(/^\| `([a-zA-Z]+\.[a-zA-Z]+)` \|/gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual(Object.keys(FACTS).toSorted());
  });

  it("shows only rules and conditions that compile", () => {
    const rule = /```yaml\n(rules:[\s\S]*?)```/.exec(text)?.[1] ?? "";
    compilePolicy(`version: 1\nname: docs\n${rule}\notherwise: publish\n`, FACTS);
    const conditions = [...text.matchAll(/^\| [a-z][^|`]* \| `([^`]+)` \|$/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(conditions.length).toBeGreaterThanOrEqual(5);
    for (const when of conditions) {
      const rule = `{ id: r, description: d, when: ${JSON.stringify(when)}, then: hold, reason: links }`;
      compilePolicy(`version: 1\nname: docs\nrules: [${rule}]\notherwise: publish\n`, FACTS);
    }
  });
});
