import { compilePolicy } from "../src/moderation/policy.ts";
import { readPreset } from "../src/moderation/policy/presets.ts";
import { decide } from "../src/moderation/decide.ts";
import { fingerprint } from "../src/moderation/fingerprint.ts";
import { loadBaseModel } from "../src/moderation/model/base-model.ts";
import { extractFeatures } from "../src/moderation/model/features.ts";
import { scoreFeatures } from "../src/moderation/model/score.ts";
import { runSignals } from "../src/moderation/run-signals.ts";
import type { Evidence, Subject } from "../src/moderation/signal.ts";
import { FACTS, SIGNALS } from "../src/moderation/signals/index.ts";
import { normaliseText } from "../src/moderation/text.ts";
import type { Bench } from "./support/bench.ts";
import { micros, perSecond, type Row } from "./support/report.ts";
import { makeSubjects } from "./support/subjects.ts";

type Run = (subject: Subject) => unknown;

/** What a check costs one core, as a whole and by its parts. Processor time, so that other processes do not count. */
export async function measureCheck(bench: Bench): Promise<Row[]> {
  bench.say("checking");
  const { checkRounds } = bench.effort;
  const policy = compilePolicy(await readPreset("balanced"), FACTS);
  const whole = await cpuMicros(checkRounds, async (subject) => {
    const text = normaliseText(subject.comment.body);
    fingerprint(text);
    const { evidence } = await runSignals(SIGNALS, { ...subject, text });
    decide(evidence, policy);
  });
  const rows: Row[] = [
    {
      what: "check: all signals and the balanced policy",
      measured: `${micros(whole)}, ${perSecond(1_000_000 / whole)} per core`,
    },
  ];
  for (const [name, run] of Object.entries(await listParts(policy))) {
    const part = await cpuMicros(checkRounds, run);
    rows.push({ what: `- ${name}`, measured: micros(part), beside: "the whole check", ratio: part / whole });
  }
  return rows;
}

/** Each by itself, on a text that no other has looked at yet: what several of them need counts for each. */
async function listParts(policy: ReturnType<typeof compilePolicy>): Promise<Record<string, Run>> {
  const evidence = new Map<string, Evidence[]>();
  for (const subject of makeSubjects())
    evidence.set(subject.comment.id, (await runSignals(SIGNALS, subject)).evidence);
  const base = await loadBaseModel();
  return {
    "normalising the text": (subject) => normaliseText(subject.comment.body),
    fingerprint: (subject) => fingerprint(subject.text),
    "the model: features and all scores": ({ text, comment: { name, website } }) =>
      scoreFeatures(base, null, extractFeatures({ text, name, website })),
    ...Object.fromEntries(
      SIGNALS.map((signal): [string, Run] => [`signal ${signal.name}`, (subject) => signal.run(subject)]),
    ),
    policy: (subject) => decide(evidence.get(subject.comment.id) ?? [], policy),
  };
}

/** Microseconds of one call, averaged over all subjects and rounds, after a third as many rounds to warm up. */
async function cpuMicros(rounds: number, run: Run): Promise<number> {
  let micros = 0;
  let calls = 0;
  for (let round = -rounds / 3; round < rounds; round += 1) {
    const subjects = makeSubjects();
    const before = process.cpuUsage();
    for (const subject of subjects) {
      const result = run(subject);
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(before);
    if (round < 0) continue;
    micros += user + system;
    calls += subjects.length;
  }
  return micros / calls;
}
