import { LRUCache } from "lru-cache";
import type { Frame } from "./moderation/frame.ts";
import type { SiteLayer } from "./moderation/model/site-layer.ts";
import type { SiteModel } from "./moderation/model-view.ts";
import type { CompiledPolicy } from "./moderation/policy.ts";
import type { Site } from "./sites/site.ts";
import type { Thread } from "./comments/thread.ts";

/** How old anything read from a cache may be, milliseconds. Changes made by this process are seen at once. */
const CACHE_AGE_MS = 1_000;
/** The same for what is looked at once more before anything comes of it. */
const OPEN_THREADS_AGE_MS = 10_000;
const SITES_MAX = 1_000;
const POLICIES_MAX = 1_000;
const FRAMES_MAX = 1_000;
const THREADS_MAX = 20_000;
const MODELS_BYTES_MAX = 128 * 1024 * 1024;
/** A key and two numbers, in tables that are half empty at most. */
const WEIGHT_BYTES = 48;
const URLS_MAX = 5_000;
const URLS_CHARS_MAX = 2_000_000;
const PAGES_BYTES_MAX = 32 * 1024 * 1024;
const PAGES_MADE_MAX = 20_000;

/** A rendered answer: `body` is JSON in UTF-8, encoded once, however often it is sent. */
export type CachedPage = { body: Buffer<ArrayBuffer>; next: string | null };

export type Caches = {
  sites: LRUCache<string, Site>;
  /** By site and version; a version never changes. */
  policies: LRUCache<string, CompiledPolicy>;
  /** By id; a frame never changes. */
  frames: LRUCache<string, Frame>;
  /** Of what is decided by a policy now. */
  framesOf: WeakMap<CompiledPolicy, Frame>;
  /** By site; at most as old as its entry in `modelChecks`. */
  models: LRUCache<number, SiteModel>;
  /** Sites whose newest model was looked for less than a second ago. */
  modelChecks: LRUCache<number, true>;
  /** Comments of a site within a minute, where they are too many to be counted for every batch. */
  siteFloods: LRUCache<number, number>;
  /** By {@link threadCacheKey}; null: there is no such thread yet. */
  threads: LRUCache<string, { thread: Thread | null }>;
  /**
   * By the same keys, for who posts: what identifies a thread is not forgotten when something is published in it. At most ten seconds
   * old; whether it is still open is looked at when the comment is stored.
   */
  openThreads: LRUCache<string, Thread>;
  /** Canonical form by the form given: popular articles are asked for by the same few. */
  canonicalUrls: LRUCache<string, string>;
  /** By thread, revision and query. */
  pages: LRUCache<string, CachedPage>;
  /** Bytes of the pages made lately, by thread and query: as many as `pages` would hold if it took every page. */
  pagesMade: LRUCache<string, number>;
  /** To be called after every committed change of a thread. */
  forgetThread(threadId: string): void;
};

export type CacheLoaders = {
  /** `known` is what the cache had until now. */
  site: (key: string, known: Site | undefined) => Promise<Site | undefined>;
};

export function createCaches(loaders: CacheLoaders): Caches {
  const keysOfThread = new Map<string, Set<string>>();
  const threads = new LRUCache<string, { thread: Thread | null }>({
    max: THREADS_MAX,
    ttl: CACHE_AGE_MS,
    // What is no longer fresh tells whether a page that is kept is probably still right.
    noDeleteOnStaleGet: true,
    onInsert: ({ thread }, key) => {
      if (!thread) return;
      const keys = keysOfThread.get(thread.id);
      if (keys) keys.add(key);
      else keysOfThread.set(thread.id, new Set([key]));
    },
    dispose: ({ thread }, key) => {
      if (!thread) return;
      const keys = keysOfThread.get(thread.id);
      keys?.delete(key);
      if (keys?.size === 0) keysOfThread.delete(thread.id);
    },
  });
  return {
    sites: new LRUCache<string, Site>({
      max: SITES_MAX,
      ttl: CACHE_AGE_MS,
      fetchMethod: (key, known) => loaders.site(key, known),
      // What is no longer fresh is needed by the loader, to tell whether anything has changed.
      noDeleteOnStaleGet: true,
      // A site that is changed while it is being loaded: whoever asked before gets what was, not an error.
      ignoreFetchAbort: true,
    }),
    policies: new LRUCache<string, CompiledPolicy>({ max: POLICIES_MAX }),
    frames: new LRUCache<string, Frame>({ max: FRAMES_MAX }),
    framesOf: new WeakMap(),
    models: new LRUCache<number, SiteModel>({
      max: SITES_MAX,
      maxSize: MODELS_BYTES_MAX,
      sizeCalculation: ({ layer }) => 1_000 + (layer === null ? 0 : WEIGHT_BYTES * countWeights(layer)),
    }),
    modelChecks: new LRUCache<number, true>({ max: SITES_MAX, ttl: CACHE_AGE_MS }),
    siteFloods: new LRUCache<number, number>({ max: SITES_MAX, ttl: CACHE_AGE_MS }),
    threads,
    openThreads: new LRUCache<string, Thread>({ max: THREADS_MAX, ttl: OPEN_THREADS_AGE_MS }),
    canonicalUrls: new LRUCache<string, string>({
      max: URLS_MAX,
      maxSize: URLS_CHARS_MAX,
      sizeCalculation: (canonical, given) => canonical.length + given.length,
    }),
    pages: new LRUCache<string, CachedPage>({
      maxSize: PAGES_BYTES_MAX,
      sizeCalculation: (page, key) => page.body.length + key.length * 2,
    }),
    pagesMade: new LRUCache<string, number>({
      max: PAGES_MADE_MAX,
      maxSize: PAGES_BYTES_MAX,
      sizeCalculation: (bytes) => bytes,
    }),
    forgetThread: (threadId) => {
      for (const key of keysOfThread.get(threadId) ?? []) threads.delete(key);
      keysOfThread.delete(threadId);
    },
  };
}

function countWeights({ tasks }: SiteLayer): number {
  return tasks.reduce((sum, { weights }) => sum + weights.size, 0);
}
