type Members = Record<string, unknown>;

/** Groups (`limits`, `lists`) and what is in them; settings are no deeper, and so no input makes this recurse further. */
const LEVELS = 2;

/**
 * Settings with a patch merged in, as JSON Merge Patch (RFC 7396 §2) does it: members of the patch replace those of the
 * settings, a group is merged, a list is replaced whole, null takes a member out. Neither argument is changed, and the
 * result may be invalid: check it.
 */
export function mergeSettings(settings: unknown, patch: unknown, levels = LEVELS): unknown {
  if (levels === 0 || !isObject(patch)) return patch;
  // A null prototype makes `__proto__` a member like any other.
  const merged: Members = Object.assign(Object.create(null), isObject(settings) ? settings : {});
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergeSettings(merged[name], value, levels - 1);
  }
  return merged;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
