import { flushCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";

/**
 * From how long objects lived while it warmed up the engine concludes that some places make only what lives long, and puts that
 * among the old. Of a request that is wrong, and what it holds is then kept with it until the next full collection: pauses were
 * three times as long. To be called once all is loaded: compiled code, Node's own too, is taken only with the flags that it was
 * made with, and is put by before they change.
 */
export function keepRequestsYoung(): void {
  flushCompileCache();
  setFlagsFromString("--no-allocation-site-pretenuring");
}
