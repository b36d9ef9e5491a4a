import type { Context } from "../context.ts";
import { describeFrame, type Frame, toFrame } from "./frame.ts";
import type { CompiledPolicy } from "./policy.ts";
import { expandRecord, type StoredRecord } from "./record.ts";
import { findFrames, keepFrame } from "./store/frames.ts";

/** The frame of what is decided by a policy now. Whoever needs it first keeps it. */
export async function frameOf(ctx: Context, policy: CompiledPolicy): Promise<Frame> {
  const known = ctx.caches.framesOf.get(policy);
  if (known) return known;
  const row = describeFrame(ctx.signals, policy);
  await keepFrame(ctx.db, row);
  const frame = toFrame(row);
  ctx.caches.framesOf.set(policy, frame);
  return frame;
}

/** Stored decisions with their records whole: nothing left to a frame. */
export async function withWholeRecords<Row extends StoredRecord>(
  ctx: Pick<Context, "db" | "caches">,
  rows: readonly Row[],
): Promise<Row[]> {
  await loadFrames(
    ctx,
    rows.flatMap(({ frame_id: id }) => id ?? []),
  );
  return rows.map((row) => {
    const frame = row.frame_id === null ? undefined : ctx.caches.frames.get(row.frame_id);
    return frame ? { ...row, ...expandRecord(row, frame) } : row;
  });
}

async function loadFrames(
  { db, caches }: Pick<Context, "db" | "caches">,
  ids: readonly string[],
): Promise<void> {
  const missing = new Set(ids.filter((id) => !caches.frames.has(id)));
  if (missing.size === 0) return;
  for (const row of await findFrames(db, [...missing])) caches.frames.set(row.id, toFrame(row));
}
