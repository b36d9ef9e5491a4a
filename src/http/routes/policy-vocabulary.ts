import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "../../errors.ts";
import { PRESET_NAMES, readPreset } from "../../moderation/policy/presets.ts";
import { FACTS } from "../../moderation/signals/index.ts";
import type { App } from "../app.ts";
import { answerDocument } from "../policy-document.ts";
import { problemResponses } from "./common.ts";
import { documentContent, factListSchema, presetSchema } from "./policy-schemas.ts";

/** The same for everyone until the next release. */
const PUBLIC_CACHE = "public, max-age=300";

const factsRoute = createRoute({
  method: "get",
  path: "/v1/facts",
  operationId: "listFacts",
  tags: ["Policies"],
  summary: "The facts that rules may use",
  description:
    "Open to all. Rules are CEL expressions of type bool over these, type-checked when a policy is saved.",
  responses: {
    200: { description: "All facts", content: { "application/json": { schema: factListSchema } } },
  },
});

const presetRoute = createRoute({
  method: "get",
  path: "/v1/policy-presets/{name}",
  operationId: "getPolicyPreset",
  tags: ["Policies"],
  summary: "A policy to start from",
  description: "Open to all: `open`, `balanced` or `strict`, with comments for editors.",
  request: {
    params: z.object({ name: z.enum(PRESET_NAMES).openapi({ param: { name: "name", in: "path" } }) }),
  },
  responses: {
    200: {
      description: "The preset: JSON, or its YAML alone to `Accept: text/yaml`",
      content: documentContent(presetSchema),
    },
    ...problemResponses(404),
  },
});

/** What whoever writes a policy needs to know, the same for all sites. */
export function policyVocabularyRoutes(app: App): void {
  const facts = Object.entries(FACTS).map(([name, { type, description }]) => ({ name, type, description }));

  app.openAPIRegistry.registerPath(factsRoute);
  app.get("/v1/facts", (c) => {
    c.header("Cache-Control", PUBLIC_CACHE);
    return c.json({ facts });
  });

  app.openAPIRegistry.registerPath(presetRoute);
  app.get("/v1/policy-presets/:name", async (c) => {
    const name = PRESET_NAMES.find((preset) => preset === c.req.param("name"));
    if (name === undefined) throw new AppError("not_found", `The presets are ${PRESET_NAMES.join(", ")}.`);
    c.header("Cache-Control", PUBLIC_CACHE);
    return answerDocument(c, { name, source: await readPreset(name) });
  });
}
