import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { editComment } from "../../src/comments/edit.ts";
import { removeOwnComment } from "../../src/comments/remove.ts";
import { replayDecisions } from "../../src/moderation/replay.ts";
import { openTestContext } from "../support/context.ts";
import { createTestSite, submitTestComment } from "../support/fixtures.ts";
