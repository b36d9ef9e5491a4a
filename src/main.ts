import { findBundle } from "./bundle.ts";
import type * as Program from "./program.ts";

const bundle = findBundle();
const program: typeof Program = await (bundle === undefined ? import("./program.ts") : import(bundle));
await program.runParley();
