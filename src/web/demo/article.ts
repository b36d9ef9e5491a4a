import { type Html, html, pageOf, timeOf } from "../pages/html.ts";
import { ARTICLES, articlePath } from "./articles.ts";
import { renderComments } from "./comments.ts";
import { PAPER, anchorOf, renderLayout } from "./layout.ts";
import type { Article, ArticleBlock, ArticlePageView } from "./view.ts";

/** A whole article page with its comments and the form, as a string of HTML. */
export function renderArticlePage(view: ArticlePageView): string {
  const { article, basePath } = view;
  const refused = view.form !== null && view.form.errors.length > 0;
  const main = html`
    <div class="page">
      ${renderArticle(article, basePath)} ${renderRelated(article, basePath)} ${renderComments(view)}
    </div>
  `;
  return pageOf(
    renderLayout({
      basePath,
      title: `${refused ? "Error: " : ""}${article.title} | ${PAPER}`,
      description: article.standfirst,
      canonicalUrl: view.articleUrl,
      date: article.publishedAt,
      main,
    }),
  );
}

function renderArticle(article: Article, basePath: string): Html {
  return html`
    <article class="article">
      <header class="article-head">
        <p class="kicker"><a href="${basePath}/#${anchorOf(article.section)}">${article.section}</a></p>
        <h1>${article.title}</h1>
        <p class="standfirst">${article.standfirst}</p>
        <p class="byline">
          <span>By <b>${article.author}</b>, ${article.authorRole}</span>
          ${timeOf(article.publishedAt)}
          <a class="byline-comments" href="#comments">Comments</a>
        </p>
      </header>
      <div class="article-body">
        ${article.body.map((block, index) => renderBlock(article, block, index))}
      </div>
      <p class="article-note">
        Written for a demonstration: the people in this report, and the words they say, are invented.
      </p>
    </article>
  `;
}

function renderBlock(article: Article, block: ArticleBlock, index: number): Html {
  if (typeof block !== "string") return html`<h2>${block.heading}</h2>`;
  return html`<p>${index === 0 && html`<span class="place">${article.place}</span> — `}${block}</p>`;
}

function renderRelated(current: Article, basePath: string): Html {
  const others = ARTICLES.filter((article) => article.slug !== current.slug);
  return html`
    <aside class="related" aria-labelledby="related-title">
      <h2 id="related-title">More from the Courier</h2>
      <ul>
        ${others.map(
          (article) => html`
            <li>
              <p class="kicker">${article.section}</p>
              <a href="${articlePath(basePath, article)}">${article.title}</a>
            </li>
          `,
        )}
      </ul>
    </aside>
  `;
}
