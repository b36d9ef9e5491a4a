import type { Signal } from "../signal.ts";

/** How much came from the same source lately, this comment not counted. */
export const floodSignal: Signal = {
  name: "flood",
  version: 1,
  deadlineMs: 50,
  facts: {
    "flood.author": { type: "int", description: "Comments of the author in the last ten minutes" },
    "flood.authorMinute": { type: "int", description: "Comments of the author in the last minute" },
    "flood.ip": { type: "int", description: "Comments from the same IP address in the last ten minutes" },
    "flood.network": {
      type: "int",
      description: "Comments from the same network (/24 or /64) in the last ten minutes",
    },
    "flood.site": { type: "int", description: "Comments on the whole site in the last minute" },
  },
  run({ flood }) {
    return {
      "flood.author": { value: flood.authorLastTenMinutes },
      "flood.authorMinute": { value: flood.authorLastMinute },
      "flood.ip": { value: flood.ipLastTenMinutes },
      "flood.network": { value: flood.networkLastTenMinutes },
      "flood.site": { value: flood.siteLastMinute },
    };
  },
};
