import type { Command } from "./command.ts";
import { decideReplay } from "./decide-replay.ts";
import { decideReproduce } from "./decide-reproduce.ts";
import { modelEvaluate } from "./model-evaluate.ts";
import { policyBacktest } from "./policy-backtest.ts";
import { modelRebuild } from "./model-rebuild.ts";
import { modelRollback } from "./model-rollback.ts";
import { modelShow } from "./model-show.ts";
import { externalImport } from "./external-import.ts";
import { policyCheck } from "./policy-check.ts";
import { policyDiff } from "./policy-diff.ts";
import { policyDraft } from "./policy-draft.ts";
import { policyHistory } from "./policy-history.ts";
import { policyPromote } from "./policy-promote.ts";
import { policyRollback } from "./policy-rollback.ts";
import { policySet } from "./policy-set.ts";
import { policyShow } from "./policy-show.ts";
import { queueRetry } from "./queue-retry.ts";
import { queueStatus } from "./queue-status.ts";
import { siteCreate } from "./site-create.ts";
import { siteList } from "./site-list.ts";
import { siteShow } from "./site-show.ts";
import { tokenCreate } from "./token-create.ts";
import { tokenList } from "./token-list.ts";
import { tokenRevoke } from "./token-revoke.ts";

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  tokenCreate,
  tokenList,
  tokenRevoke,
  siteCreate,
  siteList,
  siteShow,
  policyShow,
  policySet,
  policyCheck,
  policyDraft,
  policyDiff,
  policyPromote,
  policyHistory,
  policyRollback,
  policyBacktest,
  modelShow,
  modelRollback,
  modelRebuild,
  externalImport,
  queueStatus,
  queueRetry,
  decideReplay,
  decideReproduce,
  modelEvaluate,
];
