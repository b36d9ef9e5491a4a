import type { FactDeclaration } from "../../signal.ts";
import type { ExternalCheck } from "../external-check.ts";
import { akismetCheck } from "./akismet.ts";
import { moderationApiCheck } from "./moderation-api.ts";

/** All checks by others that there are; which of them a site asks is for it to say. */
export const EXTERNAL_CHECKS: readonly ExternalCheck[] = [akismetCheck, moderationApiCheck];

/** What checks that may be passed over leave in place of their facts. */
export const SKIPPED_FACT = "external.skipped";
export const SKIPPED_FACT_VERSION = 1;

/** What they may find, for the policy's type-checker, whether or not anyone asks. */
export const EXTERNAL_FACTS: Readonly<Record<string, FactDeclaration>> = {
  ...Object.fromEntries(EXTERNAL_CHECKS.flatMap((check) => Object.entries(check.facts))),
  [SKIPPED_FACT]: {
    type: "list<string>",
    description: "Checks by others that gave no answer and are set up to be passed over then",
  },
};
