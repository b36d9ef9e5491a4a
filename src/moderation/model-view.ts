import type { BaseModel } from "./model/base-model.ts";
import { extractFeatures, type Features, type ModelInput } from "./model/features.ts";
import { reasonsFor, type Score, scoreFeatures } from "./model/score.ts";
import type { SiteLayer } from "./model/site-layer.ts";
import type { ModelTask } from "./model/tasks.ts";
import type { Span } from "./signal.ts";

/** The model as a site has it: the base, and what its moderators taught. */
export type SiteModel = {
  base: BaseModel;
  /** null: nothing yet. */
  layer: SiteLayer | null;
  /** Of the layer; 0 without one. */
  layerVersion: number;
};

/** What the model thinks of one comment. Worked out when the first signal asks, once for all of them. */
export type ModelView = {
  /** As it is kept with decisions: its version, and that of the layer; null when there is no model. */
  readonly version: string | null;
  /** null: the model abstains from this task. @throws Error when there is no model. */
  scoreOf(task: ModelTask): Score | null;
  /** The pieces of the body that speak for it most. */
  reasonsFor(task: ModelTask): Span[];
};

/** `<base>` or, once a site's moderators taught it something, `<base>+<version>`. */
export function versionOf({ base, layerVersion }: SiteModel): string {
  return layerVersion === 0 ? base.version : `${base.version}+${layerVersion}`;
}

export function viewComment(model: SiteModel, input: ModelInput): ModelView {
  const { base, layer } = model;
  let features: Features | undefined;
  let scores: Record<ModelTask, Score | null> | undefined;
  const read = () => (features ??= extractFeatures(input));
  return {
    version: versionOf(model),
    scoreOf: (task) => (scores ??= scoreFeatures(base, layer, read()))[task],
    reasonsFor: (task) => reasonsFor(base, layer, read(), task),
  };
}

/** For when the model could not be loaded: whatever asks it fails, and so is unavailable and not silently passed. */
export function viewWithoutModel(): ModelView {
  return { version: null, scoreOf: failWithoutModel, reasonsFor: failWithoutModel };
}

function failWithoutModel(): never {
  throw new Error("the model could not be loaded");
}
