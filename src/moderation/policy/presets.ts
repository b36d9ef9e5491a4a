import { readFile } from "node:fs/promises";

/** Policies to start from: a site's own document begins as a copy of one and does not change with later releases. */
export const PRESET_NAMES = ["open", "balanced", "strict"] as const;
export type PresetName = (typeof PRESET_NAMES)[number];
export const DEFAULT_PRESET: PresetName = "balanced";

/** The preset's YAML source, with the comments written for editors. */
export async function readPreset(name: PresetName): Promise<string> {
  return readFile(new URL(`../presets/${name}.yaml`, import.meta.url), "utf8");
}
