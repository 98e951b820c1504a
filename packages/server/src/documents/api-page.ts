// A page without dependencies: what it shows comes from the two documents, and its script and style are files of their own, as the content security
// policy wants it.

/** The page at `/api`. */
export const API_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace API</title>
<link rel="stylesheet" href="/api/page.css">
<script src="/api/page.js" defer></script>
</head>
<body>
<header>
<h1>Millrace API</h1>
<nav aria-label="Documents">
<button type="button" data-document="/api/millrace/v1/openapi.json">Millrace</button>
<button type="button" data-document="/api/v1/openapi.json">API v1</button>
<a href="/api/millrace/v1/openapi.json">openapi.json</a>
<a href="/api/v1/openapi.json">v1 openapi.json</a>
</nav>
<label>Find <input type="search" id="find" autocomplete="off"></label>
<label>Token <input type="password" id="token" autocomplete="off" placeholder="absent: the session of this browser"></label>
</header>
<main id="operations" aria-live="polite"></main>
<noscript>This page needs JavaScript; the documents above do not.</noscript>
</body>
</html>
`;

/** Its style. */
export const API_STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: 0.75rem 1.5rem; align-items: baseline; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.25rem; }
nav { display: flex; gap: 0.75rem; }
details { border-top: 1px solid #8884; padding: 0.35rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
code, pre, textarea { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow: auto; max-height: 30rem; padding: 0.5rem; background: #8881; }
form { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: 0.35rem 0.75rem; margin: 0.5rem 0; }
form p, form textarea, form button { grid-column: 1 / -1; margin: 0; }
textarea { min-height: 6rem; }
button[aria-pressed="true"] { font-weight: 700; }
[hidden] { display: none; }
`;

/** Its script. Nothing from the documents becomes markup: all of it is text. */
export const API_SCRIPT = `"use strict";
const list = document.getElementById("operations");
const find = document.getElementById("find");
const token = document.getElementById("token");
const buttons = [...document.querySelectorAll("[data-document]")];

function element(name, text, attributes) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  return made;
}

function resolved(root, part) {
  if (!part || !part.$ref) return part;
  return part.$ref.slice(2).split("/").reduce((at, step) => at[step.replaceAll("~1", "/").replaceAll("~0", "~")], root);
}

function schemaOf(content) {
  const media = Object.values(content || {})[0];
  return media && media.schema;
}

async function send(root, method, path, parameters, form, shown) {
  const values = new FormData(form);
  const query = new URLSearchParams();
  const headers = {};
  let url = path;
  for (const parameter of parameters) {
    const value = String(values.get(parameter.in + ":" + parameter.name) || "");
    if (parameter.in === "path") url = url.replace("{" + parameter.name + "}", encodeURIComponent(value));
    else if (value !== "" && parameter.in === "query") query.append(parameter.name, value);
    else if (value !== "" && parameter.in === "header") headers[parameter.name] = value;
  }
  if (token.value !== "") headers.authorization = "Bearer " + token.value;
  const csrf = document.cookie.split("; ").find((each) => each.startsWith("millrace_csrf="));
  if (csrf) headers["x-csrf-token"] = decodeURIComponent(csrf.slice(csrf.indexOf("=") + 1));
  const body = values.get("body");
  if (body) headers["content-type"] = "application/json";
  const text = query.toString();
  shown.hidden = false;
  shown.textContent = "…";
  try {
    const response = await fetch(root.servers[0].url + url + (text === "" ? "" : "?" + text), {
      method: method.toUpperCase(), headers, credentials: "same-origin", ...(body && { body }),
    });
    const status = response.status + " " + response.statusText + "\\n";
    if (!/json/.test(response.headers.get("content-type") || "") || /ndjson/.test(response.headers.get("content-type"))) {
      shown.textContent = status;
      const reader = response.body && response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = reader && await reader.read(); part && !part.done; part = await reader.read()) shown.textContent += part.value;
      return;
    }
    shown.textContent = status + JSON.stringify(await response.json(), null, 2);
  } catch (error) {
    shown.textContent = String(error);
  }
}

function formOf(root, path, method, operation, parameters) {
  const form = element("form");
  for (const parameter of parameters) {
    const name = parameter.in + ":" + parameter.name;
    form.append(element("label", parameter.name + (parameter.required ? " *" : ""), { for: path + method + name }));
    const input = element("input", undefined, { id: path + method + name, name, placeholder: parameter.description || "" });
    input.required = parameter.required && parameter.in === "path";
    form.append(input);
  }
  const body = resolved(root, operation.requestBody);
  if (body) {
    form.append(element("p", "Body"));
    form.append(element("textarea", "{}", { name: "body", "aria-label": "Body", spellcheck: "false" }));
  }
  form.append(element("button", "Send"));
  const shown = element("pre");
  shown.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(root, method, path, parameters, form, shown);
  });
  return [form, shown];
}

function operationOf(root, path, method, operation, shared) {
  const made = element("details");
  const title = element("summary");
  title.append(element("span", method.toUpperCase(), { class: "method" }), element("code", path), " " + (operation.summary || ""));
  made.append(title);
  made.dataset.text = [method, path, operation.operationId, operation.summary].join(" ").toLowerCase();
  made.addEventListener("toggle", () => {
    if (!made.open || made.children.length > 1) return;
    const parameters = [...(operation.parameters || []), ...shared].map((each) => resolved(root, each));
    if (operation.description) made.append(element("p", operation.description));
    made.append(...formOf(root, path, method, operation, parameters));
    const body = schemaOf((resolved(root, operation.requestBody) || {}).content);
    if (body) made.append(element("h3", "Body"), element("pre", JSON.stringify(resolved(root, body), null, 2)));
    for (const [status, given] of Object.entries(operation.responses)) {
      const schema = schemaOf((resolved(root, given) || {}).content);
      if (schema) made.append(element("h3", status), element("pre", JSON.stringify(resolved(root, schema), null, 2)));
    }
  });
  return made;
}

async function show(button) {
  for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
  const root = await (await fetch(button.dataset.document)).json();
  const byTag = new Map();
  for (const [path, methods] of Object.entries(root.paths))
    for (const [method, operation] of Object.entries(methods)) {
      if (method === "parameters") continue;
      const tag = (operation.tags || ["Other"])[0];
      byTag.set(tag, [...(byTag.get(tag) || []), operationOf(root, path, method, operation, methods.parameters || [])]);
    }
  list.replaceChildren(...[...byTag].map(([tag, operations]) => {
    const section = element("section");
    section.append(element("h2", tag), ...operations);
    return section;
  }));
  filter();
}

function filter() {
  const wanted = find.value.trim().toLowerCase();
  for (const each of list.querySelectorAll("details")) each.hidden = !each.dataset.text.includes(wanted);
  for (const section of list.children) section.hidden = !section.querySelector("details:not([hidden])");
}

for (const button of buttons) button.addEventListener("click", () => show(button));
find.addEventListener("input", filter);
show(buttons[0]);
`;
