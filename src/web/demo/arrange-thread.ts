import { type CommentSort, type CommentView, DEPTH_SHOWN_MAX, type OwnCommentView } from "./view.ts";

/** A comment at its place. */
export type ThreadNode = {
  comment: CommentView;
  /** Present when the reader wrote it. */
  own: OwnCommentView | undefined;
  /** The comment it answers, where the indentation does not show which. */
  inReplyTo: CommentView | undefined;
  /** It answers a comment of an earlier page. */
  parentElsewhere: boolean;
  /** Direct replies that did not fit on this page. */
  repliesElsewhere: number;
  replies: ThreadNode[];
};

/**
 * Puts a page of comments and the reader's own into a tree of at most {@link DEPTH_SHOWN_MAX} levels below the
 * first; deeper replies follow their parent on the same level. Siblings keep the order they were given in.
 */
export function arrangeThread(
  comments: CommentView[],
  own: OwnCommentView[],
  sort: CommentSort,
): ThreadNode[] {
  const ownById = new Map(own.map((entry) => [entry.comment.id, entry]));
  const entries = withOwn(comments, own, sort);
  const byId = new Map(entries.map((comment) => [comment.id, comment]));
  const parentOf = ({ parentId }: CommentView) => (parentId === null ? undefined : byId.get(parentId));
  const children = Map.groupBy(entries, (comment) => parentOf(comment)?.id);
  const isPublished = ({ id }: CommentView) => (ownById.get(id)?.status ?? "published") === "published";

  function place(parentId: string | undefined, level: number, into: ThreadNode[]): void {
    for (const comment of children.get(parentId) ?? []) {
      const parent = parentOf(comment);
      const repliesHere = (children.get(comment.id) ?? []).filter(isPublished).length;
      const node: ThreadNode = {
        comment,
        own: ownById.get(comment.id),
        inReplyTo: level > DEPTH_SHOWN_MAX ? parent : undefined,
        parentElsewhere: comment.parentId !== null && parent === undefined && !comment.parentMissing,
        repliesElsewhere: Math.max(0, comment.replyCount - repliesHere),
        replies: [],
      };
      into.push(node);
      place(comment.id, level + 1, level < DEPTH_SHOWN_MAX ? node.replies : into);
    }
  }

  const roots: ThreadNode[] = [];
  place(undefined, 0, roots);
  return roots;
}

/** The reader's unpublished comments join where a new comment would appear; their published ones come with their page. */
function withOwn(comments: CommentView[], own: OwnCommentView[], sort: CommentSort): CommentView[] {
  const shown = new Set(comments.map(({ id }) => id));
  const waiting = own
    .filter(({ status, comment }) => status !== "published" && status !== "removed" && !shown.has(comment.id))
    .map(({ comment }) => comment);
  if (sort === "oldest") return [...comments, ...waiting];
  const [replies, firsts] = [
    waiting.filter(({ parentId }) => parentId !== null),
    waiting.filter(({ parentId }) => parentId === null),
  ];
  return [...firsts, ...comments, ...replies];
}
