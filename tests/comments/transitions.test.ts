import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMENT_STATUSES, DECISION_ACTIONS } from "../../src/comments/status.ts";
import type { CommentStatus, DecisionAction } from "../../src/comments/status.ts";
import { eventForTransition, nextStatus, STATUS_EVENTS } from "../../src/comments/transitions.ts";
import type { CommentAction } from "../../src/comments/transitions.ts";

const ACTIONS: CommentAction[] = [...DECISION_ACTIONS, "remove", "edit"];
const status = fc.constantFrom(...COMMENT_STATUSES);
const action = fc.constantFrom(...ACTIONS);
const living = fc.constantFrom(...COMMENT_STATUSES.filter((one) => one !== "removed"));

const AFTER: Record<DecisionAction, CommentStatus> = {
  publish: "published",
  hold: "held",
  reject: "rejected",
  spam: "spam",
};

describe("nextStatus", () => {
  test("a decision moves any living comment to its own status, from wherever", () => {
    fc.assert(
      fc.property(living, fc.constantFrom(...DECISION_ACTIONS), (from, decision) => {
        expect(nextStatus(from, decision)).toBe(AFTER[decision]);
      }),
    );
  });

  test("from any living status every other decided status is one step away, and pending an edit", () => {
    fc.assert(
      fc.property(living, status, (from, to) => {
        expect(ACTIONS.filter((one) => nextStatus(from, one) === to)).toHaveLength(1);
      }),
    );
  });

  test("removed is final, whatever is tried", () => {
    fc.assert(
      fc.property(action, (tried) => {
        expect(() => nextStatus("removed", tried)).toThrow(
          expect.objectContaining({ code: "conflict", reason: "comment_removed" }),
        );
      }),
    );
  });

  test("in any history nothing is shown without a last decision to publish", () => {
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let at: CommentStatus = "pending";
        for (const [index, one] of actions.entries()) {
          if (at === "removed") {
            expect(actions[index - 1]).toBe("remove");
            return;
          }
          at = nextStatus(at, one);
          expect(at === "published").toBe(one === "publish");
          expect(at === "removed").toBe(one === "remove");
        }
      }),
    );
  });
});

describe("eventForTransition", () => {
  test("no change, no event; every change has exactly one", () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const event = eventForTransition(from, to);
        if (from === to) expect(event).toBeUndefined();
        else expect(STATUS_EVENTS).toContain(event);
      }),
    );
  });

  test.each([
    ["pending", "published", "comment.published"],
    ["held", "published", "comment.published"],
    ["published", "held", "comment.held"],
    ["pending", "rejected", "comment.rejected"],
    ["published", "spam", "comment.spam"],
    ["published", "pending", "comment.edited"],
    ["held", "removed", "comment.removed"],
  ] as const)("%s → %s is %s", (from, to, event) => {
    expect(eventForTransition(from, to)).toBe(event);
  });
});
