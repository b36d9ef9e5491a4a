/** Why a version of a site's model came to be. */
export const VERSION_CAUSES = ["learned", "rebuilt", "upgraded", "rolled_back"] as const;
export type VersionCause = (typeof VERSION_CAUSES)[number];
