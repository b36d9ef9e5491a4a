import type { z } from "zod";
import type { Sender } from "../../comments/sender.ts";
import type { Fact, FactDeclaration, Subject } from "../signal.ts";
import type { Exchange } from "./exchange.ts";
import { FACTS_OF_ADAPTER } from "./facts.ts";
import type { ListLookup } from "./list-store.ts";
import type { AdapterName } from "./names.ts";
import type { CommonSettings } from "./settings.ts";

/** A comment that others are asked about. */
export type Question = {
  subject: Subject;
  /** Null unless the site's settings say that it is kept, and it still is. */
  sender: Sender | null;
};

/** What a call is made with. */
export type Tools = {
  /** The key that the site was given by the service. */
  secret: string | null;
  /** Aborted at the deadline. */
  signal: AbortSignal;
  /** Milliseconds that the whole call may take. */
  deadlineMs: number;
  exchange: Exchange;
  /** Of lists that the operator imported. */
  lookUp: ListLookup;
};

/** One call, ready to be made. */
export type Call = {
  /** All that the answer depends on, beside the settings: equal ones share an answer. Kept only as a keyed hash. */
  content: string;
  /** Facts; those that the service abstains from are left out. @throws CheckFailure when there is no answer to be had. */
  make(tools: Tools): Promise<Record<string, Fact>>;
};

/** An adapter with a site's settings. */
export type BoundAdapter = {
  common: CommonSettings;
  /** Undefined: there is nothing in this comment to ask about. */
  prepare(question: Question): Call | undefined;
  /** A call that says whether settings and key are right, with nobody's comment. */
  prepareTest(): Call;
  /** Where it sends to, with the setting that says so. */
  urls: { path: string; url: string }[];
  /** Addresses that it sends to without a URL, as `address` or `address:port`. */
  addresses: { path: string; address: string }[];
};

type AdapterDefinition<Settings extends CommonSettings> = {
  name: AdapterName;
  /** Raised whenever the same answer may give other facts. */
  version: number;
  /** What leaves the machine, for people who must decide whether it may. */
  sends: string;
  /** In which order those are asked that cost more, or are told more: lower is sooner. */
  tier: number;
  /** The local scores that say whether it needs to be asked. */
  about: readonly ("spam" | "toxicity")[];
  secret: "required" | "optional" | "none";
  settings: z.ZodType<Settings>;
  prepare(question: Question, settings: Settings): Call | undefined;
  prepareTest(settings: Settings): Call;
  urls?(settings: Settings): BoundAdapter["urls"];
  addresses?(settings: Settings): BoundAdapter["addresses"];
};

/** A way to ask somebody else about a comment: the one interface behind which all of them are. */
export type Adapter = Pick<
  AdapterDefinition<CommonSettings>,
  "name" | "version" | "sends" | "tier" | "about" | "secret"
> & {
  settings: z.ZodType<CommonSettings>;
  facts: Readonly<Record<string, FactDeclaration>>;
  /** @throws ZodError for settings that are not complete. */
  bind(settings: unknown): BoundAdapter;
};

export function defineAdapter<Settings extends CommonSettings>(
  definition: AdapterDefinition<Settings>,
): Adapter {
  const { name, version, sends, tier, about, secret, settings: schema } = definition;
  return {
    name,
    version,
    sends,
    tier,
    about,
    secret,
    settings: schema,
    facts: FACTS_OF_ADAPTER[name],
    bind(input) {
      const settings = schema.parse(input);
      return {
        common: settings,
        prepare: (question) => definition.prepare(question, settings),
        prepareTest: () => definition.prepareTest(settings),
        urls: definition.urls?.(settings) ?? [],
        addresses: definition.addresses?.(settings) ?? [],
      };
    },
  };
}
