import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

/** Everything that is counted; the gauges of queue depth are read when /metrics is asked (`http/routes/operations.ts`). */
export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    requests: new Histogram({
      name: "parley_http_request_duration_seconds",
      help: "Time from request to response, by route pattern and status.",
      labelNames: ["method", "route", "status"] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    submissions: new Counter({
      name: "parley_submissions_total",
      help: "Submissions by what became of the request.",
      labelNames: ["outcome"] as const,
      registers,
    }),
    decisions: new Counter({
      name: "parley_decisions_total",
      help: "Recorded decisions by kind of actor and resulting status.",
      labelNames: ["actor", "to"] as const,
      registers,
    }),
    ruleHits: new Counter({
      name: "parley_rule_decisions_total",
      help: "Automatic decisions by the rule that made them; 'otherwise' when none did.",
      labelNames: ["site", "rule", "action"] as const,
      registers,
    }),
    checkBatch: new Histogram({
      name: "parley_check_batch_seconds",
      help: "Time to check and decide one batch of up to 100 comments.",
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers,
    }),
    checkWait: new Histogram({
      name: "parley_decision_latency_seconds",
      help: "Time from a comment's acceptance to its first decision.",
      buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      registers,
    }),
    signal: new Histogram({
      name: "parley_signal_seconds",
      help: "Time one signal took for one comment; of a batch, every eighth is timed.",
      labelNames: ["signal"] as const,
      buckets: [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.01, 0.1, 1],
      registers,
    }),
    learnLag: new Histogram({
      name: "parley_model_learn_lag_seconds",
      help: "Time from a moderator's decision to the model that has learned from it.",
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 300],
      registers,
    }),
    externalCalls: new Counter({
      name: "parley_external_calls_total",
      help: "Questions to external checks by what came of them.",
      labelNames: ["adapter", "outcome"] as const,
      registers,
    }),
    externalSeconds: new Histogram({
      name: "parley_external_seconds",
      help: "Time that an external check took to answer, or to fail.",
      labelNames: ["adapter"] as const,
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    jobs: new Counter({
      name: "parley_jobs_total",
      help: "Jobs by name and outcome.",
      labelNames: ["job", "outcome"] as const,
      registers,
    }),
    deliveries: new Counter({
      name: "parley_webhook_attempts_total",
      help: "Webhook attempts by outcome.",
      labelNames: ["outcome"] as const,
      registers,
    }),
  };
}
