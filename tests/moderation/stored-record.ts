import type { Decision } from "../../src/moderation/decide.ts";
import { describeFrame, toFrame } from "../../src/moderation/frame.ts";
import type { CompiledPolicy } from "../../src/moderation/policy.ts";
import { expandRecord, type StoredRecord, writeRecord } from "../../src/moderation/record.ts";
import type { Evidence } from "../../src/moderation/signal.ts";
import { SIGNALS } from "../../src/moderation/signals/index.ts";

/** A decision's record as the log has it, and the frame that it leaves the names to. */
export function storedRecord(policy: CompiledPolicy, evidence: readonly Evidence[], decision: Decision) {
  const frame = toFrame(describeFrame(SIGNALS, policy));
  const written = writeRecord(frame, evidence, decision);
  const record: StoredRecord = {
    evidence: JSON.parse(written.evidence),
    trace: JSON.parse(written.trace),
    frame_id: frame.id,
  };
  return { frame, record };
}

/** The same as it is read. */
export function wholeRecord(policy: CompiledPolicy, evidence: readonly Evidence[], decision: Decision) {
  const { frame, record } = storedRecord(policy, evidence, decision);
  return expandRecord(record, frame);
}
