/** A comment of a campaign, or nearly. */
export type Member = { commentId: string; authorId: string; threadId: string };

/** A comment being checked, and the earlier ones that it is alike to. */
export type Candidate = Member & { near: readonly (Member & { similarity: number })[] };

export type AssignInput = {
  candidates: readonly Candidate[];
  /** Campaign by comment, of all comments mentioned that are in one. */
  memberships: ReadonlyMap<string, string>;
  /** Campaigns that a moderator has ever done something about: they keep their comments to themselves. */
  settled: ReadonlySet<string>;
  /** Ids of comments from the beginning of the window within which a campaign is opened. */
  windowFrom: string;
};

export type Assignment = {
  /** Who joins what, in the order of the comments; those already in it are not named again. */
  joins: (Member & { campaignId: string })[];
  /** Campaigns that turn out to be one: the younger's comments go to the older. */
  merges: { from: string; into: string }[];
};

/** A campaign is opened by so many like comments of so many authors. */
export const CAMPAIGN_COMMENTS_MIN = 3;
export const CAMPAIGN_AUTHORS_MIN = 2;

/**
 * Which campaign each comment belongs to: that of the comment most like it (the earlier, of equals) or, when enough like
 * it came within the window, a new one, named by the earliest of them. What it is alike to
 * and is in none comes along. Two that one comment is alike to are merged while neither
 * has been decided. Pure, and the same whatever the order of the input.
 */
export function assignCampaigns(input: AssignInput): Assignment {
  const memberships = new Map(input.memberships);
  const merged = new Map<string, string>();
  const joins: Assignment["joins"] = [];
  const merges: Assignment["merges"] = [];
  const join = ({ commentId, authorId, threadId }: Member, campaignId: string) => {
    memberships.set(commentId, campaignId);
    joins.push({ commentId, authorId, threadId, campaignId });
  };
  const campaignOf = (commentId: string) => {
    const id = memberships.get(commentId);
    return id === undefined ? undefined : finalOf(merged, id);
  };
  const settle = (candidate: Candidate) => {
    const near = candidate.near.toSorted((a, b) => b.similarity - a.similarity || byId(a, b));
    if (campaignOf(candidate.commentId) === undefined) {
      const known = near.map((one) => campaignOf(one.commentId)).find((id) => id !== undefined);
      const group = known === undefined ? openedBy(candidate, near, input.windowFrom) : [candidate];
      const id = known ?? group[0]?.commentId;
      if (id !== undefined) for (const one of group) join(one, id);
    }
    const own = campaignOf(candidate.commentId);
    if (own === undefined || input.settled.has(own)) return;
    // Whoever was checked at the same moment by another worker, or found nobody alike enough until now.
    for (const one of near) {
      if (one.commentId >= input.windowFrom && campaignOf(one.commentId) === undefined) join(one, own);
    }
    const others = near.map((one) => campaignOf(one.commentId));
    const open = [own, ...others].filter((id) => id !== undefined).filter((id) => !input.settled.has(id));
    const [into, ...rest] = [...new Set(open)].toSorted();
    if (into === undefined) return;
    for (const from of rest) {
      merged.set(from, into);
      merges.push({ from, into });
    }
  };
  const candidates = input.candidates.toSorted(byId);
  // A campaign that a later comment opens also takes in what came before it in the batch.
  for (let before = -1; before < joins.length;) {
    before = joins.length;
    for (const candidate of candidates) settle(candidate);
  }
  return {
    joins: joins.map(({ campaignId, ...one }) =>
      Object.assign(one, { campaignId: finalOf(merged, campaignId) }),
    ),
    merges: merges.map(({ from }) => ({ from, into: finalOf(merged, from) })),
  };
}

/** The comments that make a campaign together, the earliest first; none when they do not suffice. */
function openedBy(candidate: Candidate, near: readonly Member[], windowFrom: string): Member[] {
  const group = [candidate, ...near.filter(({ commentId }) => commentId >= windowFrom)].toSorted(byId);
  const authors = new Set(group.map(({ authorId }) => authorId));
  return group.length >= CAMPAIGN_COMMENTS_MIN && authors.size >= CAMPAIGN_AUTHORS_MIN ? group : [];
}

function finalOf(merged: ReadonlyMap<string, string>, id: string): string {
  let at = id;
  for (let next = merged.get(at); next !== undefined; next = merged.get(at)) at = next;
  return at;
}

function byId(a: Member, b: Member): number {
  return a.commentId < b.commentId ? -1 : Number(a.commentId > b.commentId);
}
