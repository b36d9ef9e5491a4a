import { compilePolicy } from "../src/moderation/policy.ts";
import { readPreset } from "../src/moderation/policy/presets.ts";
import { decide } from "../src/moderation/decide.ts";
import { fingerprint } from "../src/moderation/fingerprint.ts";
import { runSignals } from "../src/moderation/run-signals.ts";
import type { Subject } from "../src/moderation/signal.ts";
import { FACTS, SIGNALS } from "../src/moderation/signals/index.ts";
import { normaliseText } from "../src/moderation/text.ts";
import type { Bench } from "./support/bench.ts";
import { micros, perSecond, type Row } from "./support/report.ts";
import { makeSubjects } from "./support/subjects.ts";

/** Share of the time of a measurement that each part of a check gets. */
const PART_SHARE = 0.1;

type Part = { name: string; run: (subject: Subject) => unknown };

/** What a check costs one core, as a whole and by its parts. Processor time, so that other processes do not count. */
export async function measureCheck(bench: Bench): Promise<Row[]> {
  const { effort } = bench;
  bench.say("checking");
  const subjects = makeSubjects();
  const policy = compilePolicy(await readPreset("balanced"), FACTS);
  const whole = await cpuMicros(subjects, effort.seconds / 2, async (subject) => {
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
  for (const { name, run } of await listParts(subjects, policy)) {
    const part = await cpuMicros(subjects, effort.seconds * PART_SHARE, run);
    rows.push({ what: `- ${name}`, measured: micros(part), beside: "the whole check", ratio: part / whole });
  }
  return rows;
}

async function listParts(subjects: Subject[], policy: ReturnType<typeof compilePolicy>): Promise<Part[]> {
  const evidence = new Map(
    await Promise.all(
      subjects.map(async (subject) => [subject, (await runSignals(SIGNALS, subject)).evidence] as const),
    ),
  );
  return [
    { name: "normalising the text", run: (subject) => normaliseText(subject.comment.body) },
    { name: "fingerprint", run: (subject) => fingerprint(subject.text) },
    ...SIGNALS.map((signal) => ({
      name: `signal ${signal.name}`,
      run: (subject: Subject) => signal.run(subject),
    })),
    { name: "policy", run: (subject) => decide(evidence.get(subject) ?? [], policy) },
  ];
}

/** Microseconds of one call, averaged over all subjects. */
async function cpuMicros(subjects: readonly Subject[], seconds: number, run: Part["run"]): Promise<number> {
  const rounds = async (until: number) => {
    let calls = 0;
    while (performance.now() < until) {
      for (const subject of subjects) {
        const result = run(subject);
        if (result instanceof Promise) await result;
      }
      calls += subjects.length;
    }
    return calls;
  };
  await rounds(performance.now() + seconds * 300);
  const before = process.cpuUsage();
  const calls = await rounds(performance.now() + seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
