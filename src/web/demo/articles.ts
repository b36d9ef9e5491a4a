import { ferryArticle } from "./articles/ferry.ts";
import { prisonersArticle } from "./articles/prisoners.ts";
import { wheelbarrowArticle } from "./articles/wheelbarrow.ts";
import type { Article } from "./view.ts";

/** The demonstration's articles, the leading one first. */
export const ARTICLES: readonly Article[] = [prisonersArticle, ferryArticle, wheelbarrowArticle];

export function findArticle(slug: string): Article | undefined {
  return ARTICLES.find((article) => article.slug === slug);
}

/** The article's address on its own host: `/demo/<slug>`. */
export function articlePath(basePath: string, article: Article): string {
  return `${basePath}/${article.slug}`;
}
