import type { z } from "zod";
import { AppError } from "../../errors.ts";
import type { Fact, FactDeclaration, Subject } from "../signal.ts";
import type { ExternalHttp } from "./exchange.ts";
import type { CheckDefaults } from "./options.ts";

/** Names of the checks: the prefix of their facts, and their place in the API. */
export const CHECK_NAMES = ["akismet", "moderationApi"] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What a check may look at of a comment. What it sends of that is for its `sends` to tell. */
export type AskedComment = Pick<Subject, "comment" | "text" | "email" | "article"> & {
  site: Pick<Subject["site"], "language" | "hosts">;
};

export type Facts = Record<string, Fact>;

/** What a check is given to ask with; everything ends with the signal. */
export type Call = { http: ExternalHttp; signal: AbortSignal };

/** A question to the other side, or the facts themselves where there is nothing to ask. No facts: the check abstains. */
export type Question =
  | {
      /** Everything that the answer depends on, normalised. Kept only as a keyed hash. */
      key: string;
      /** @throws ExternalFailure when there is no answer; no facts when the other side abstains. */
      ask(call: Call): Promise<Facts>;
    }
  | { facts: Facts };

/** A check with a site's settings. */
export type PreparedCheck = {
  /** What will be contacted by HTTP, each with the place of its setting. */
  urls: readonly { path: string; url: string }[];
  question(comment: AskedComment): Question;
  /** For whoever tries it out: whether the other side knows us. @throws ExternalFailure */
  verify?: (call: Call) => Promise<void>;
};

/** Someone else's judgement of a comment, as facts. Off unless a site sets it up. */
export type ExternalCheck = {
  name: CheckName;
  /** Raised whenever the same answer may give other facts. */
  version: number;
  facts: Readonly<Record<string, FactDeclaration>>;
  /** What leaves the machine, for whoever turns it on. */
  sends: string;
  secret: "required" | "optional" | "none";
  defaults: CheckDefaults;
  /**
   * Settings complete with their defaults, as they are stored and shown.
   * @throws AppError `invalid_input` naming every wrong one.
   */
  parse(settings: unknown): Record<string, unknown>;
  /** @param settings as {@link ExternalCheck.parse} gave them. @throws AppError `invalid_input` */
  prepare(settings: unknown, secret: string | null): PreparedCheck;
};

type Definition<Settings extends z.ZodObject> = Omit<ExternalCheck, "parse" | "prepare"> & {
  settings: Settings;
  prepare(settings: z.output<Settings>, secret: string | null): PreparedCheck;
};

/** Ties a check to the schema of its settings, so that it sees them typed and everyone else need not know them. */
export function defineCheck<Settings extends z.ZodObject>(definition: Definition<Settings>): ExternalCheck {
  const { settings: schema, ...rest } = definition;
  const parse = (settings: unknown): z.output<Settings> => {
    const parsed = schema.safeParse(settings);
    if (parsed.success) return parsed.data;
    throw new AppError("invalid_input", "Some of the settings are not as they must be.", {
      fields: parsed.error.issues.map(({ path, message }) => ({
        path: ["settings", ...path.map(String)].join("."),
        message,
      })),
    });
  };
  return { ...rest, parse, prepare: (settings, secret) => definition.prepare(parse(settings), secret) };
}
