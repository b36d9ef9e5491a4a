import { exampleSubject, NO_LISTS } from "../../../src/moderation/example-subject.ts";
import { loadBaseModel } from "../../../src/moderation/model/base-model.ts";
import { viewComment } from "../../../src/moderation/model-view.ts";
import type { Fact, FactValue, Signal, SiteLists, Subject } from "../../../src/moderation/signal.ts";

export const NOW = new Date("2026-03-01T12:00:00Z");

const base = await loadBaseModel();

/** A comment with nothing wrong, and what the test wants different. */
export function makeSubject(body: string, changes: Partial<Omit<Subject, "text">> = {}): Subject {
  const subject = exampleSubject(body, base);
  const { name, website } = changes.comment ?? subject.comment;
  const model = viewComment({ base, layer: null, layerVersion: 0 }, { text: subject.text, name, website });
  return { ...subject, model, ...changes };
}

/** The same with the site's lists. */
export function makeListedSubject(
  body: string,
  lists: Partial<SiteLists>,
  changes: Partial<Subject> = {},
): Subject {
  const subject = makeSubject(body, changes);
  return { ...subject, site: { ...subject.site, lists: { ...NO_LISTS, ...lists } } };
}

/** Runs a signal; the pieces of the body that each fact points at come beside its value. */
export async function runOn(
  signal: Signal,
  subject: Subject,
): Promise<{
  facts: Record<string, Fact>;
  values: Record<string, FactValue>;
  pieces: Record<string, string[]>;
}> {
  const facts = await signal.run(subject);
  const values: Record<string, FactValue> = {};
  const pieces: Record<string, string[]> = {};
  for (const [name, fact] of Object.entries(facts)) {
    values[name] = fact.value;
    pieces[name] = (fact.spans ?? []).map(({ start, end }) => subject.comment.body.slice(start, end));
  }
  return { facts, values, pieces };
}
