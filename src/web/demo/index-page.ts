import { type Html, html, pageOf, timeOf } from "../pages/html.ts";
import { articlePath } from "./articles.ts";
import { commentsInWords } from "./comments.ts";
import { PAPER, anchorOf, renderLayout, sections } from "./layout.ts";
import type { IndexPageView } from "./view.ts";

type Entry = IndexPageView["entries"][number];

/** The newspaper's front page: every article with its number of comments. */
export function renderIndexPage(view: IndexPageView): string {
  const dates = view.entries.map(({ article }) => article.publishedAt.getTime());
  const main = html`
    <div class="front">
      <h1 class="visually-hidden">${PAPER}</h1>
      ${sections().map((section) => renderSection(section, view))}
    </div>
  `;
  return pageOf(
    renderLayout({
      basePath: view.basePath,
      title: PAPER,
      description: "The front page of an invented newspaper, with real comments.",
      date: new Date(Math.max(0, ...dates)),
      main,
    }),
  );
}

function renderSection(section: string, { entries, basePath }: IndexPageView): Html {
  const ofSection = entries.filter(({ article }) => article.section === section);
  if (ofSection.length === 0) return html``;
  return html`
    <section class="front-section" id="${anchorOf(section)}" aria-labelledby="${anchorOf(section)}-title">
      <h2 class="front-section-title" id="${anchorOf(section)}-title">${section}</h2>
      ${ofSection.map((entry) => renderEntry(entry, basePath))}
    </section>
  `;
}

function renderEntry({ article, commentCount }: Entry, basePath: string): Html {
  const path = articlePath(basePath, article);
  return html`
    <article class="teaser">
      <h3><a href="${path}">${article.title}</a></h3>
      <p class="teaser-text">${article.standfirst}</p>
      <p class="teaser-meta">
        <span>By ${article.author}</span>
        ${timeOf(article.publishedAt)}
        <a href="${path}#comments">${commentsInWords(commentCount)}</a>
      </p>
    </article>
  `;
}
