/**
 * Makes the comment form quicker. Everything here also works without it, by loading pages: this file moves the form
 * below the comment that is answered, sends it in the background, and exchanges the parts of the page that changed
 * for those of the same page as the server renders it now. It draws no comment itself.
 *
 * What it expects of the server:
 * - POST to the form's action with `Accept: application/json`: 2xx with the comment's `id`, or problem+json with
 *   `errors: [{ path, message }]` or a `detail`;
 * - this page with `?unapproved=<id>`: shows the reader's own comment and, in `#notice`, what became of it;
 * - GET of the notice's `data-status-url` with the comment's edit token: its `status`.
 */

const AUTHOR_KEY = "parley-demo:author";
const AUTHOR_FIELDS = ["name", "email", "website"];
/** Pauses between two questions for the status. After the last one the reader can still refresh. */
const POLL_SECONDS = [1, 2, 3, 5, 8, 13, 20, 30, 30, 30];

const section = document.getElementById("comments");
const respond = document.getElementById("respond");
const form = document.getElementById("comment-form");

if (form instanceof HTMLFormElement) {
  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submitComment();
  });
  form.addEventListener("input", (event) => checkWhileTyping(event.target));
  section.addEventListener("click", onClick);
  restoreAuthor();
  resumeReply();
}
void watchStatus();

// ——— answering a comment

function onClick(event) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest(".reply-link, #cancel-reply");
  if (link === null) return;
  event.preventDefault();
  if (link.id === "cancel-reply") cancelReply();
  else startReply(link);
}

function startReply(link) {
  const who = document.createElement("bdi");
  who.textContent = link.dataset.replyName;
  link.closest(".comment").after(respond);
  setParent(link.dataset.replyTo, ["Leave a Reply to ", who]);
  fieldNamed("body").focus();
}

function cancelReply() {
  const link = replyLinkTo(form.elements.namedItem("parentId").value);
  endReply();
  (link ?? fieldNamed("body")).focus();
}

function endReply() {
  section.append(respond);
  setParent("", ["Leave a Reply"]);
}

function setParent(id, title) {
  form.elements.namedItem("parentId").value = id;
  document.getElementById("reply-title").replaceChildren(...title);
  document.getElementById("cancel-reply").hidden = id === "";
}

/** The page came with a reply begun (`?replyto=`): the form goes where the script would have put it. */
function resumeReply() {
  const link = replyLinkTo(form.elements.namedItem("parentId").value);
  if (link === null) return;
  startReply(link);
  form.querySelector("[aria-invalid]")?.focus();
}

function replyLinkTo(id) {
  return id === "" ? null : section.querySelector(`.reply-link[data-reply-to="${CSS.escape(id)}"]`);
}

// ——— sending

async function submitComment() {
  if (form.ariaBusy === "true") return;
  showProblems([]);
  const missing = problemsBeforeSending();
  if (missing.length > 0) return showProblems(missing);
  setBusy(true);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    if (!response.headers.get("Content-Type")?.includes("json")) location.assign(response.url);
    else if (response.ok) await showAccepted(await response.json());
    else showProblems(problemsIn(await response.json()));
  } catch {
    showProblems([problem("Your comment could not be sent. Check your connection, then try again.")]);
  } finally {
    setBusy(false);
  }
}

/** From here on the comment is safe with the server, so a failure only means to load the page the slow way. */
async function showAccepted({ id }) {
  saveAuthor();
  fieldNamed("body").value = "";
  const pageUrl = pageAbout(id);
  try {
    const page = await fetchPage(pageUrl);
    endReply();
    history.replaceState(null, "", pageUrl);
    exchange(page, "comment-notices");
    exchange(page, "comment-thread");
    form.elements.namedItem("token").value = page.querySelector("#comment-form [name=token]")?.value ?? "";
    document.getElementById("notice")?.focus();
    void watchStatus();
  } catch {
    location.assign(pageUrl);
  }
}

/** This page as the server would send the reader back to it. */
function pageAbout(commentId) {
  const url = new URL(location.href);
  for (const name of ["replyto", "notice", "moderation-hash"]) url.searchParams.delete(name);
  url.searchParams.set("unapproved", commentId);
  url.hash = `comment-${commentId}`;
  return url;
}

function setBusy(busy) {
  form.ariaBusy = String(busy);
  form.querySelector("[type=submit]").disabled = busy;
}

// ——— what is wrong with a field

function problemsBeforeSending() {
  return fields().flatMap((field) => {
    const path = field.dataset.field;
    if (field.required && field.value.trim() === "") return [{ path, message: "required" }];
    if (field.validity.typeMismatch) return [{ path, message: "not an email address" }];
    const excess = excessOf(field);
    return excess > 0 ? [{ path, message: tooLong(excess) }] : [];
  });
}

function checkWhileTyping(field) {
  if (field.dataset.field === undefined) return;
  const excess = excessOf(field);
  showFieldProblem(field, excess > 0 ? tooLong(excess) : "");
}

/** Code points beyond `data-chars-max`, as the server counts them. */
function excessOf(field) {
  const max = Number(field.dataset.charsMax ?? Infinity);
  return Array.from(field.value.trim()).length - max;
}

function tooLong(excess) {
  return `${excess} ${excess === 1 ? "character" : "characters"} too long`;
}

function problemsIn(answer) {
  if (Array.isArray(answer.errors) && answer.errors.length > 0) return answer.errors;
  return [problem(answer.detail ?? answer.title ?? "Your comment could not be accepted.")];
}

function problem(message) {
  return { path: "", message };
}

/** Shows each problem at its field, the rest above the form, and moves the focus to the first. */
function showProblems(problems) {
  for (const field of fields()) {
    const own = problems.filter(({ path }) => path === field.dataset.field);
    showFieldProblem(field, own.map(({ message }) => message).join("; "));
  }
  const paths = new Set(fields().map((field) => field.dataset.field));
  const others = problems.filter(({ path }) => !paths.has(path));
  const area = form.querySelector(".form-problems");
  area.replaceChildren(...others.map(({ message }) => paragraph(message)));
  if (problems.length > 0) (form.querySelector("[aria-invalid]") ?? area).focus();
}

function showFieldProblem(field, message) {
  const line = document.getElementById(`${field.id}-error`);
  line.textContent = message === "required" ? line.dataset.missing : `${line.dataset.label}: ${message}.`;
  line.hidden = message === "";
  if (message === "") field.removeAttribute("aria-invalid");
  else field.setAttribute("aria-invalid", "true");
}

// ——— "Save my name, email, and website in this browser"

function saveAuthor() {
  const author = Object.fromEntries(AUTHOR_FIELDS.map((name) => [name, fieldNamed(name).value]));
  const wanted = document.getElementById("reply-remember").checked;
  withStorage((storage) =>
    wanted ? storage.setItem(AUTHOR_KEY, JSON.stringify(author)) : storage.removeItem(AUTHOR_KEY),
  );
}

function restoreAuthor() {
  if (AUTHOR_FIELDS.some((name) => fieldNamed(name).value !== "")) return;
  const author = withStorage((storage) => JSON.parse(storage.getItem(AUTHOR_KEY) ?? "null"));
  if (typeof author !== "object" || author === null) return;
  for (const name of AUTHOR_FIELDS) fieldNamed(name).value = String(author[name] ?? "");
  document.getElementById("reply-remember").checked = true;
}

/** Browsers may forbid storage, and what is in it may be anybody's. */
function withStorage(use) {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}

// ——— until it is decided

async function watchStatus() {
  const notice = document.getElementById("notice");
  const { statusUrl, commentId } = notice?.dataset ?? {};
  if (statusUrl === undefined) return;
  for (const seconds of POLL_SECONDS) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (!notice.isConnected) return;
    if (await isDecided(statusUrl, commentId)) return showDecided(commentId);
  }
}

/** The token is in the forms that the author alone has. Asked of this page's own host, whatever name it goes by. */
async function isDecided(statusUrl, commentId) {
  const headers = { Accept: "application/json" };
  const token = document.querySelector(`[id="comment-${CSS.escape(commentId)}"] [name=editToken]`)?.value;
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  try {
    const response = await fetch(new URL(statusUrl, location.href).pathname, { headers });
    return response.ok && (await response.json()).status !== "pending";
  } catch {
    return false;
  }
}

/** Changes only what the decision changed: the reader may be in the middle of another reply. */
async function showDecided(commentId) {
  const page = await fetchPage(location.href);
  exchange(page, "comment-notices");
  exchange(page, "comments-title");
  const comment = document.getElementById(`comment-${commentId}`);
  if (comment === null || comment.contains(document.activeElement)) return;
  const decided = page.getElementById(comment.id);
  if (decided === null) comment.remove();
  else comment.replaceWith(decided);
}

// ——— small parts

async function fetchPage(url) {
  const response = await fetch(url, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`The page answered ${response.status}.`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function exchange(page, id) {
  document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
}

function fields() {
  return Array.from(form.querySelectorAll("[data-field]"));
}

function fieldNamed(name) {
  return form.querySelector(`[data-field="${name}"]`);
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
