import type { Fact, Signal } from "../signal.ts";

/** What the submission's form told: its hidden field, its token and the time people took. */
export const formSignal: Signal = {
  name: "form",
  version: 1,
  deadlineMs: 50,
  facts: {
    "form.honeypot": { type: "bool", description: "The field that people cannot see was filled in" },
    "form.token": {
      type: "string",
      description: "The form's token: valid, absent (API callers), invalid, expired or wrong_thread",
    },
    "form.ageSeconds": {
      type: "double",
      description: "Seconds between showing the form and sending it; only known from a genuine token",
    },
  },
  run({ request: { form } }) {
    const facts: Record<string, Fact> = {
      "form.honeypot": { value: form.honeypotFilled },
      "form.token": { value: form.token },
    };
    if (form.ageMs !== null) facts["form.ageSeconds"] = { value: form.ageMs / 1_000 };
    return facts;
  },
};
