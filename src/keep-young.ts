import { setFlagsFromString } from "node:v8";

/**
 * From how long objects lived while it warmed up the engine concludes that some places make only what lives long, and puts that
 * among the old. Of a request that is wrong, and what it holds is then kept with it until the next full collection: pauses were
 * three times as long. To be called once all is loaded: with other flags than those it was made with, what Node brings compiled is
 * compiled anew, and a start takes a sixth longer.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}
