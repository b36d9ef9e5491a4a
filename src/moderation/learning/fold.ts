import { setImmediate as breathe } from "node:timers/promises";
import { emptySiteLayer, parseSiteLayer, serialiseSiteLayer, type SiteLayer } from "../model/site-layer.ts";
import { addVersion, keepState, type Session } from "./session.ts";
import type { LearnedExample } from "./example.ts";
import { createLearner, type Learner } from "./learner.ts";
import { deleteExamples, findExamples, findTexts, setOutcomes } from "./store/examples.ts";
import { extendVersion, findPrefix, outdateFrom } from "./store/versions.ts";

/** Examples between two looks at whatever else this process has to do: some five milliseconds. */
const CHUNK = 50;

/**
 * Takes in anew all examples from a decision on, going on from the newest version that the change does not touch; keeps the
 * outcome as a version if it differs.
 */
export async function foldFrom(session: Session, first: string): Promise<void> {
  const { tx, base, state, limits } = session;
  const examples = await findExamples(tx, state.siteId);
  const { examplesMax, examplesSlack } = limits;
  const dropped = examples.length > examplesMax + examplesSlack ? examples.length - examplesMax : 0;
  if (dropped > 0) await letGo(session, examples.splice(0, dropped), examples);
  await outdateFrom(tx, state.siteId, dropped > 0 ? null : first);
  const start = await openStart(session, dropped > 0 ? null : first);
  const learner = createLearner(base, start.layer);
  const known = examples.filter(({ decisionId }) => start.upTo !== null && decisionId <= start.upTo);
  for (const example of known) learner.pass(example);
  for (const [id, text] of await findTexts(tx, learner.missing())) learner.recall(id, text);
  await takeAll(session, learner, examples.slice(known.length));
  const outcome = {
    examples: examples.length,
    upTo: examples.at(-1)?.decisionId ?? null,
    layer: serialiseSiteLayer(start.layer),
  };
  if (start.version === state.version && start.bytes?.equals(outcome.layer) === true) {
    await extendVersion(tx, state, outcome);
    await keepState(session);
  } else {
    await addVersion(session, { ...outcome, cause: "learned", createdBy: null, restores: null });
  }
}

async function letGo(
  { tx, state }: Session,
  dropped: LearnedExample[],
  kept: LearnedExample[],
): Promise<void> {
  await deleteExamples(
    tx,
    dropped.map(({ commentId }) => commentId),
  );
  state.since = kept[0]?.decisionId ?? null;
}

type Start = { version: number; upTo: string | null; bytes: Buffer | null; layer: SiteLayer };

async function openStart({ ctx, tx, state }: Session, first: string | null): Promise<Start> {
  const prefix = first === null ? undefined : await findPrefix(tx, state, first);
  try {
    if (prefix) {
      const { version, up_to: upTo, layer: bytes } = prefix;
      return { version, upTo, bytes, layer: parseSiteLayer(bytes) };
    }
  } catch (error) {
    ctx.log.error({ err: error, site: state.siteId, version: prefix?.version }, "a kept model is damaged");
  }
  return { version: 0, upTo: null, bytes: null, layer: emptySiteLayer() };
}

async function takeAll({ tx }: Session, learner: Learner, examples: LearnedExample[]): Promise<void> {
  for (let at = 0; at < examples.length; at += CHUNK) {
    const chunk = examples.slice(at, at + CHUNK);
    const texts = await findTexts(
      tx,
      chunk.map(({ commentId }) => commentId),
    );
    const learned = chunk.map((one) => learner.take(one, texts.get(one.commentId) ?? NO_TEXT));
    await setOutcomes(tx, learned);
    await breathe();
  }
}

/** Of one that was erased just now; nothing can be learned from it. */
const NO_TEXT = { body: "", name: "", website: null };
