// The behaviour of the Daysheet pages; it is attached anew on each page, since Fava replaces the article's content.
// What needs it is disabled until then, so that no click is lost.

const page = () => document.querySelector(".daysheet");

/** Ask one of our endpoints, with the page's own token; what it answers, and why not where it does not. */
async function ask(name, method, values) {
  const url = new URL(page().dataset.base, window.location.href);
  url.pathname += name;
  const options = { method, headers: { "X-Daysheet-Token": page().dataset.token } };
  if (method === "GET") {
    for (const [key, value] of Object.entries(values)) url.searchParams.set(key, value);
  } else if (values instanceof Blob) {
    url.searchParams.set("name", values.name);
    options.headers["Content-Type"] = "application/octet-stream";
    options.body = values;
  } else {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(values);
  }
  try {
    const response = await fetch(url, options);
    if (response.status === 401) return { error: "Fava runs read-only: nothing was written." };
    if (response.headers.get("Content-Type") === "application/json") return await response.json();
    if (response.ok) return { blob: await response.blob(), file: /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))?.[1] };
    return { error: `The server refused (${response.status}): load the page again.` };
  } catch {
    return { error: "Fava does not answer: is it still running?" };
  }
}

const LONG_ENOUGH = 120_000; // milliseconds; a year of books takes a while to load

/** Say what was done, with a button that undoes it: it outlives reloads, ours and Fava's own, for a while. */
function say(told, where = window.location.search) {
  sessionStorage.setItem("daysheet-told", JSON.stringify({ ...told, at: Date.now(), where }));
}

/** The same on this page, as it is since. */
function sayHere(told) {
  say(told);
  window.location.reload();
}

/** The same on another page of ours, which is shown. */
function sayOn(address, told) {
  const url = new URL(address, window.location.href);
  say(told, url.search);
  window.location.assign(url);
}

function showTold() {
  const box = document.getElementById("ds-toast");
  const told = JSON.parse(sessionStorage.getItem("daysheet-told") ?? "null");
  if (!box || !told) return;
  if (Date.now() - told.at > LONG_ENOUGH || told.where !== window.location.search) {
    sessionStorage.removeItem("daysheet-told");
    return;
  }
  box.querySelector("span").textContent = told.said ?? told.error;
  box.classList.toggle("ds-warn", Boolean(told.error));
  box.hidden = false;
  const undo = box.querySelector("button");
  undo.hidden = !told.undo;
  if (!told.undo) return;
  undo.addEventListener("click", async () => {
    undo.disabled = true;
    const { name, ...values } = told.undo;
    sayHere(await ask(name, "POST", values));
  });
}

/** A button that does what its data say, at once. */
function attachDoing() {
  for (const button of document.querySelectorAll("button.ds-do")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      const { name, ...values } = button.dataset;
      sayHere(await ask(name, "POST", values));
    });
    ready(button);
  }
}

/** What needs this script can be used once it has run, unless nothing can be written at all. */
function ready(control) {
  control.disabled = page().hasAttribute("data-read-only");
}

/** A kind, or words that every finding shown has: over all findings, wherever the page begins. */
function attachNarrowing() {
  const form = document.getElementById("ds-narrow");
  if (!form) return;
  const kind = document.getElementById("ds-kind");
  const search = document.getElementById("ds-search");
  let latest = 0;
  const narrow = async () => {
    const url = new URL(window.location.href);
    url.searchParams.delete("start");
    for (const [name, value] of [["kind", kind.value], ["q", search.value.trim()]]) {
      if (value) {
        url.searchParams.set(name, value);
      } else {
        url.searchParams.delete(name);
      }
    }
    const mine = ++latest;
    const asked = new URL(url);
    asked.searchParams.set("partial", "true");
    const text = await (await fetch(asked)).text();
    const found = new DOMParser().parseFromString(text, "text/html").getElementById("ds-found");
    if (mine !== latest || !found) return;
    window.history.replaceState(window.history.state, "", url);
    document.getElementById("ds-found").replaceWith(document.adoptNode(found));
    attachSorting();
    attachWaiving();
  };
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 200);
  });
  kind.addEventListener("change", narrow);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow();
  });
  kind.disabled = false;
  if (search.value !== search.defaultValue) narrow(); // what was typed before this was attached
}

/** Fava's tables sort by a click on a heading; from the keyboard they do so too, and say how they are sorted. */
function attachSorting() {
  for (const heading of document.querySelectorAll(".daysheet th[data-sort]")) {
    heading.tabIndex = 0;
    heading.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        heading.click();
      }
    });
    heading.addEventListener("click", () => {
      for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", heading.dataset.order === "asc" ? "ascending" : "descending");
    });
  }
}

/** A calendar that is wider than the screen begins at its first lapse, or shows its latest weeks; arrow keys walk. */
function attachCalendars() {
  for (const calendar of document.querySelectorAll(".ds-latest")) {
    const lapse = calendar.querySelector("td .ds-lapsed");
    const head = calendar.querySelector("tbody th");
    const begins = lapse ? lapse.getBoundingClientRect().left - head.getBoundingClientRect().right - 4 : Infinity;
    calendar.scrollLeft = Math.min(begins, calendar.scrollWidth);
    attachWalking(calendar.querySelector("table"), calendar.querySelector("a[aria-current]") ?? lapse);
  }
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** One stop for the tab key in all of a grid; from there on the arrow keys, Home and End. */
function attachWalking(table, first) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("a")));
  const days = rows.flat().filter(Boolean);
  let current = first ?? days.at(-1);
  current.tabIndex = 0;
  const go = (day) => {
    current.tabIndex = -1;
    current = day;
    current.tabIndex = 0;
    current.focus();
  };
  table.addEventListener("keydown", (event) => {
    const row = rows.findIndex((one) => one.includes(document.activeElement));
    if (row < 0) return;
    const column = rows[row].indexOf(document.activeElement);
    let target = null;
    if (event.key === "Home") target = rows[row].find(Boolean);
    if (event.key === "End") target = rows[row].findLast(Boolean);
    const step = STEPS[event.key];
    if (step) {
      let [down, right] = [row + step[0], column + step[1]];
      if (down < 0) [down, right] = [rows.length - 1, right - 1];
      if (down >= rows.length) [down, right] = [0, right + 1];
      target = rows[down][right];
    }
    if (step || target) event.preventDefault();
    if (target) go(target);
  });
}

/** Waiving says what it sets aside, asks for a reason, and writes it into the ledger. */
let chosen = null;

function attachWaiving() {
  const dialog = document.getElementById("ds-waiver");
  for (const button of document.querySelectorAll(".ds-waive")) {
    button.addEventListener("click", async () => {
      chosen = { kind: button.dataset.kind, key: button.dataset.key };
      const effect = document.getElementById("ds-waiver-effect");
      const reason = document.getElementById("ds-reason");
      const row = button.closest("tr");
      const what = row ? row.querySelector(".ds-what").cloneNode(true) : document.createElement("td");
      for (const link of what.querySelectorAll(".ds-open")) link.remove();
      document.getElementById("ds-waiver-what").replaceChildren(...what.childNodes);
      document.getElementById("ds-error").textContent = "";
      effect.textContent = "…";
      reason.value = "";
      reason.removeAttribute("aria-invalid");
      dialog.showModal();
      reason.focus();
      const asked = chosen;
      const told = await ask("effect", "GET", asked);
      if (asked === chosen) effect.textContent = told.error ?? `As of ${told.day}. ${told.said}`;
    });
    ready(button);
  }
}

function attachWaiver() {
  const dialog = document.getElementById("ds-waiver");
  if (!dialog) return;
  attachWaiving();
  const reason = document.getElementById("ds-reason");
  const error = document.getElementById("ds-error");
  const confirm = document.getElementById("ds-confirm");
  const refuse = (why) => {
    error.textContent = why;
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
  };
  document.getElementById("ds-cancel").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = reason.value.trim();
    const longest = Number(reason.dataset.longest);
    if (!text) return refuse("a waiver needs a reason");
    if (text.length > longest) return refuse(`the reason is ${text.length} characters long, of at most ${longest}`);
    confirm.disabled = true;
    const told = await ask("waive", "POST", { ...chosen, reason: text });
    confirm.disabled = false;
    if (told.error) return refuse(told.error);
    sayHere(told);
  });
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Show how far the pack is until it is built or has failed. */
async function follow() {
  const progress = document.getElementById("ds-progress");
  const said = document.getElementById("ds-build-said");
  const button = document.querySelector("#ds-build button");
  progress.hidden = false;
  button.disabled = true;
  for (;;) {
    const building = await ask("building", "GET", {});
    if (building.state !== "building") {
      progress.hidden = true;
      ready(button);
      return building;
    }
    progress.max = building.whole || 1;
    progress.value = building.done;
    said.textContent = `Building ${building.year} …`;
    await wait(500);
  }
}

async function followToTheEnd() {
  const ended = await follow();
  if (ended.state === "built") {
    window.location.reload();
  } else {
    document.getElementById("ds-build-said").textContent = ended.error ?? "";
  }
}

/** Building a pack shows how far it is, also after a reload, and loads the page again once the pack is there. */
async function attachBuild() {
  const form = document.getElementById("ds-build");
  if (!form) return;
  const said = document.getElementById("ds-build-said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = await ask("build", "POST", { year: Number(document.getElementById("ds-year").value) });
    if (told.error) {
      said.textContent = told.error;
    } else {
      await followToTheEnd();
    }
  });
  const building = await ask("building", "GET", {});
  if (building.state === "building") return followToTheEnd();
  ready(form.querySelector("button"));
  if ("broken" in form.dataset) form.querySelector("button").disabled = true;
}

/** Verifying says yes, or the first difference. */
function attachVerify() {
  for (const button of document.querySelectorAll(".ds-verify")) {
    button.addEventListener("click", async () => {
      const verdict = button.parentElement.querySelector(".ds-verdict");
      verdict.textContent = "Making every table again …";
      button.disabled = true;
      const found = await ask("verify", "GET", { year: button.dataset.year });
      button.disabled = false;
      if (found.error) {
        verdict.textContent = found.error;
      } else if (found.difference === null) {
        verdict.textContent = `Yes: it comes from these books (${found.checked} files made again).`;
      } else {
        verdict.textContent = `No: ${found.difference}`;
      }
    });
    button.disabled = false;
  }
}

/** The file that bills a lapse goes straight to the disk of whoever asks for it. */
function attachCatchUp() {
  const button = document.getElementById("ds-catch-up");
  if (!button) return;
  const said = document.getElementById("ds-catch-up-said");
  button.addEventListener("click", async () => {
    said.textContent = "Looking the patients up …";
    button.disabled = true;
    const told = await ask("catch-up", "POST", { key: button.dataset.key });
    button.disabled = false;
    said.textContent = told.error ?? told.said;
    if (!told.error) save(told.file, new Blob([told.text], { type: "text/csv" }));
  });
  ready(button);
}

/** A file goes to the disk of whoever asks for it. */
function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.setAttribute("data-remote", "");
  link.click();
  URL.revokeObjectURL(link.href);
}

function attachStatement() {
  const button = document.getElementById("ds-statement");
  if (!button) return;
  const said = document.getElementById("ds-statement-said");
  button.addEventListener("click", async () => {
    said.textContent = "Setting the page …";
    button.disabled = true;
    const told = await ask("statement", "POST", { token: button.dataset.token });
    button.disabled = false;
    said.textContent = told.error ?? "Downloaded; it is kept nowhere here.";
    if (!told.error) save(told.file, told.blob);
  });
  ready(button);
}

/** Who a token is, shown until the page is left. */
function attachRevealing() {
  for (const button of document.querySelectorAll(".ds-reveal")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      const told = await ask("reveal", "POST", { token: button.dataset.token });
      const shown = document.createElement("span");
      shown.className = told.error ? "ds-warn" : "ds-name";
      shown.setAttribute("role", "status");
      shown.textContent = told.error ?? told.said;
      button.replaceWith(shown);
    });
    ready(button);
  }
}

function attachPrinting() {
  const button = document.getElementById("ds-print");
  if (!button) return;
  button.addEventListener("click", () => window.print());
  button.disabled = false;
}

/** A form that declares a fact of some days; the boxes of one name are one answer. */
function attachDeclaring(id, name, first, missing) {
  const form = document.getElementById(id);
  if (!form) return;
  const error = form.querySelector("[role=alert]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = new FormData(form);
    const values = Object.fromEntries(typed);
    for (const box of form.querySelectorAll("input[type=checkbox]")) values[box.name] = typed.getAll(box.name).join(" ");
    if (!values[first]) {
      error.textContent = missing;
      form.elements[first].focus();
      return;
    }
    const told = await ask(name, "POST", values);
    error.textContent = told.error ?? "";
    if (!told.error) sayHere(told);
  });
  ready(form.querySelector("button"));
}

/** Files go into the inbox one by one, then the page shows it. */
function attachDropping() {
  const place = document.getElementById("ds-drop");
  if (!place) return;
  const choose = document.getElementById("ds-choose");
  const said = document.getElementById("ds-drop-said");
  const send = async (files) => {
    const refused = [];
    for (const file of files) {
      said.textContent = `${file.name} …`;
      const told = await ask("drop", "POST", file);
      if (told.error) refused.push(`${file.name}: ${told.error}`);
    }
    if (refused.length === 0) {
      window.location.reload();
    } else {
      said.textContent = refused.join("; ");
    }
  };
  choose.addEventListener("change", () => send(choose.files));
  for (const event of ["dragenter", "dragover"]) {
    place.addEventListener(event, (dragged) => {
      dragged.preventDefault();
      place.classList.add("ds-over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("ds-over"));
  place.addEventListener("drop", (dropped) => {
    dropped.preventDefault();
    dropped.stopPropagation();
    place.classList.remove("ds-over");
    if (!choose.disabled) send(dropped.dataTransfer.files);
  });
  ready(choose);
}

/** What files of the inbox would do, then taking those very files. */
function attachTaking() {
  const look = document.getElementById("ds-preview");
  if (!look) return;
  const take = document.getElementById("ds-take");
  const said = document.getElementById("ds-preview-said");
  const shown = document.getElementById("ds-previewed");
  const boxes = [...document.querySelectorAll("#ds-inbox input")];
  const chosenFiles = () => boxes.filter((box) => box.checked).map((box) => ({ ...box.dataset }));
  const forget = () => {
    take.hidden = true;
    shown.replaceChildren();
    said.textContent = "";
  };
  for (const box of boxes) {
    box.addEventListener("change", forget);
    ready(box);
  }
  look.addEventListener("click", async () => {
    forget();
    said.textContent = "Reading …";
    look.disabled = true;
    const told = await ask("preview", "POST", { files: chosenFiles() });
    look.disabled = false;
    said.textContent = told.error ?? told.said;
    if (told.error) return;
    for (const file of told.files) {
      const section = document.createElement("section");
      section.className = file.is_refused ? "ds-file ds-bad" : "ds-file";
      const head = document.createElement("h4");
      head.textContent = file.is_refused ? `${file.name}: refused` : file.name;
      const list = document.createElement("ul");
      for (const line of file.lines) list.append(Object.assign(document.createElement("li"), { textContent: line }));
      section.append(head, list);
      shown.append(section);
    }
    for (const note of told.notes) shown.append(Object.assign(document.createElement("p"), { textContent: note }));
    take.hidden = told.files.every((file) => file.is_refused);
  });
  take.addEventListener("click", async () => {
    take.disabled = true;
    said.textContent = "Importing …";
    sayHere(await ask("take", "POST", { files: chosenFiles() }));
  });
  ready(look);
}

/** Bank lines are chosen, their accounts said, and all are given them at once; what is typed is chosen. */
function attachCategorizing() {
  const form = document.getElementById("ds-categorize");
  if (!form) return;
  const rows = [...form.querySelectorAll("li")].map((row) => ({
    row,
    box: row.querySelector(".ds-chosen"),
    account: row.querySelector(".ds-account"),
    rule: row.querySelector(".ds-make-rule"),
  }));
  const error = form.querySelector("[role=alert]");
  const sum = document.getElementById("ds-chosen-sum");
  const button = form.querySelector("button[type=submit]");
  const count = () => {
    const number = rows.filter((one) => one.box.checked).length;
    sum.textContent = number ? `${number} chosen` : "";
  };
  for (const one of rows) {
    one.account.addEventListener("input", () => {
      one.box.checked = Boolean(one.account.value.trim());
      count();
    });
    one.rule?.addEventListener("change", () => {
      if (one.rule.checked) one.box.checked = true;
      count();
    });
    one.box.addEventListener("change", count);
    for (const control of [one.box, one.account, one.rule]) if (control) ready(control);
  }
  const suggested = document.getElementById("ds-suggested");
  suggested.addEventListener("click", () => {
    for (const one of rows) if (one.account.dataset.suggested && one.account.value === one.account.dataset.suggested) one.box.checked = true;
    count();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosenRows = rows.filter((one) => one.box.checked);
    const missing = chosenRows.find((one) => !one.account.value.trim());
    error.textContent = chosenRows.length === 0 ? "choose lines" : missing ? "say the account" : "";
    if (missing) missing.account.focus();
    if (error.textContent) return;
    button.disabled = true;
    const choices = chosenRows.map((one) => ({ ids: JSON.parse(one.row.dataset.ids), account: one.account.value.trim(), rule: one.rule?.checked ?? false }));
    const told = await ask("categorize", "POST", { choices });
    button.disabled = false;
    error.textContent = told.error ?? "";
    if (told.error) return;
    sayHere(told);
  });
  ready(suggested);
  ready(button);
  count();
}

/** What each file of the inbox is, one after the other; of one that nobody knows the questions can be answered. */
async function attachWhat() {
  for (const place of document.querySelectorAll(".ds-what-it-is")) {
    const told = await ask("what", "GET", { ...place.dataset });
    place.textContent = told.error ?? told.said;
    place.parentElement.querySelector("a.button").hidden = !told.is_unknown;
  }
  // what has just been given a profile is looked at without being asked
  const look = new URL(window.location.href).searchParams.get("look");
  const boxes = [...document.querySelectorAll("#ds-inbox input")];
  if (!look || !boxes.some((box) => box.dataset.name === look)) return;
  for (const box of boxes) box.checked = box.dataset.name === look;
  document.getElementById("ds-preview").click();
}

const NOTATION = { "%m": "MM", "%d": "DD", "%Y": "YYYY", "%y": "YY", "%b": "Mon", "%B": "Month", "%H": "hh", "%M": "mm", "%S": "ss", "%p": "AM" };

/** How days are written, as people say it. */
const readable = (text) => text.replace(/%[a-zA-Z]/g, (code) => NOTATION[code] ?? code);

/** A field of a form of questions: a choice, or a text with suggestions. */
function fieldOf(field, value) {
  const label = document.createElement("label");
  label.className = field.is_open ? "ds-question ds-open-question" : "ds-question";
  const text = document.createElement("span");
  text.textContent = readable(field.text);
  label.append(text);
  let control;
  if (field.free) {
    control = Object.assign(document.createElement("input"), { maxLength: 200, autocomplete: "off" });
    if (field.choices.length) {
      const list = Object.assign(document.createElement("datalist"), { id: `ds-list-${field.key}` });
      for (const choice of field.choices) list.append(Object.assign(document.createElement("option"), { value: choice }));
      label.append(list);
      control.setAttribute("list", list.id);
    }
  } else {
    control = document.createElement("select");
    const choices = value || field.value ? field.choices : ["", ...field.choices];
    for (const choice of choices) control.append(Object.assign(document.createElement("option"), { value: choice, textContent: readable(choice) || "choose" }));
  }
  control.value = value || field.value;
  control.dataset.key = field.key;
  control.dataset.shown = field.value;
  control.required = field.is_open;
  label.append(control);
  return label;
}

/** The questions of a file that nobody knows: what was answered stays, what an answer opens is added. */
async function attachQuestions() {
  const form = document.getElementById("ds-profile");
  if (!form) return;
  const said = document.getElementById("ds-profile-said");
  const error = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  const answers = {};
  const controls = () => [...document.querySelectorAll("#ds-fields [data-key]")];
  const gather = () => {
    for (const control of controls()) {
      const { key, shown } = control.dataset;
      if (key in answers || control.value.trim() !== shown) answers[key] = control.value.trim();
    }
    return { name: form.dataset.file, sha256: form.dataset.sha256, answers };
  };
  const show = (told) => {
    const open = told.fields.filter((field) => field.is_open).length;
    said.textContent = `It looks like ${told.kind === "bank" ? "a bank's or a card's file" : told.kind}. ${open ? `${open} question${open === 1 ? "" : "s"} to answer.` : "Nothing is open; correct what is wrong."}`;
    const sorted = [...told.fields].sort((one, other) => Number(other.is_open) - Number(one.is_open));
    document.getElementById("ds-fields").replaceChildren(...sorted.map((field) => fieldOf(field, answers[field.key])));
    for (const control of controls()) ready(control);
    const table = document.getElementById("ds-columns");
    table.hidden = false;
    table.tBodies[0].replaceChildren(
      ...told.columns.map((column) => {
        const row = document.createElement("tr");
        for (const text of [column.name, column.meaning || "not read", column.samples.join(" · ")]) {
          row.append(Object.assign(document.createElement("td"), { textContent: text }));
        }
        return row;
      }),
    );
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = controls().find((control) => control.required && !control.value.trim());
    error.textContent = missing ? "answer what is open" : "";
    if (missing) return missing.focus();
    button.disabled = true;
    said.textContent = "Reading …";
    const told = await ask("profile", "POST", gather());
    button.disabled = false;
    if (told.fields) return show(told);
    said.textContent = "";
    error.textContent = told.error ?? "";
    if (told.error) return;
    const back = new URL(form.dataset.back, window.location.href);
    back.searchParams.set("look", form.dataset.file);
    sayOn(back, told);
  });
  const told = await ask("questions", "POST", gather());
  said.textContent = "";
  if (told.error) {
    error.textContent = told.error;
    return;
  }
  show(told);
  ready(button);
}

/** An amount as it is typed, in the smallest coin; null where it is none. */
function coins(text, decimals) {
  const found = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(text.trim());
  if (!found || (found[3]?.length ?? 0) > decimals) return null;
  return BigInt(found[1] + found[2] + (found[3] ?? "").padEnd(decimals, "0"));
}

/** An amount of the smallest coin as it is read. */
function amountOf(coins, decimals) {
  const digits = String(coins < 0n ? -coins : coins).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals ? `${whole}.${digits.slice(-decimals)}` : whole;
}

/** What a bank line brought: receipts are chosen, the sum is shown, and what is short or over has to go somewhere. */
function attachMatching() {
  const form = document.getElementById("ds-match");
  if (!form) return;
  const decimals = Number(form.dataset.decimals);
  const line = BigInt(form.dataset.minor);
  const boxes = [...form.querySelectorAll("#ds-offered input[type=checkbox]")];
  const part = (box) => box.closest("tr").querySelector(".ds-part");
  const difference = document.getElementById("ds-difference");
  const sum = document.getElementById("ds-match-sum");
  const error = form.querySelector("[role=alert]");
  const weigh = () => {
    const chosenBoxes = boxes.filter((box) => box.checked);
    let all = 0n;
    for (const box of boxes) {
      part(box).disabled = !box.checked || page().hasAttribute("data-read-only");
      const typed = part(box).value.trim();
      const some = typed ? coins(typed, decimals) : BigInt(box.dataset.minor);
      part(box).toggleAttribute("aria-invalid", some === null);
      if (box.checked) all += some ?? 0n;
    }
    const off = all - line;
    const how = off === 0n ? "they add up" : `${off > 0n ? "short" : "over"} by ${amountOf(off, decimals)}`;
    sum.textContent = chosenBoxes.length ? `Chosen: ${amountOf(all, decimals)} of ${amountOf(line, decimals)}: ${how}.` : "Nothing is chosen.";
    difference.hidden = chosenBoxes.length === 0 || off === 0n;
    return { chosenBoxes, off };
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "group") {
      const wanted = new Set(event.target.dataset.at.trim().split(" ").map(Number));
      for (const [at, box] of boxes.entries()) {
        box.checked = wanted.has(at);
        part(box).value = "";
      }
    }
    weigh();
  });
  form.addEventListener("input", weigh);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { chosenBoxes, off } = weigh();
    const { account, reason } = form.elements;
    error.textContent = "";
    const wrong = boxes.find((box) => box.checked && part(box).hasAttribute("aria-invalid"));
    const missing = off === 0n ? null : [account, reason].find((field) => !field.value.trim());
    if (wrong) {
      error.textContent = "the part is an amount such as 40.00";
      return part(wrong).focus();
    }
    if (chosenBoxes.length && missing) {
      error.textContent = missing === account ? "say where the difference goes" : "say why there is a difference";
      return missing.focus();
    }
    const button = form.querySelector("button");
    button.disabled = true;
    const receipts = chosenBoxes.map((box) => ({ id: box.dataset.id, part: part(box).value.trim() || null }));
    const told = await ask("match", "POST", {
      line: form.dataset.line,
      receipts,
      account: off === 0n ? "" : account.value.trim(),
      reason: off === 0n ? "" : reason.value.trim(),
    });
    button.disabled = false;
    error.textContent = told.error ?? "";
    if (!told.error) sayOn(form.dataset.back, told);
  });
  for (const control of [...boxes, ...form.querySelectorAll("input[type=radio], button")]) ready(control);
  weigh();
}

/** A mail is drafted, then read on its own page; each step says at its place why it is refused. */
function attachMailing() {
  const form = document.getElementById("ds-draft");
  if (form) {
    const error = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      error.textContent = "";
      button.disabled = true;
      const told = await ask("mail-draft", "POST", Object.fromEntries(new FormData(form)));
      ready(button);
      if (told.error) {
        error.textContent = told.error;
        return;
      }
      sayOn(told.page, told);
    });
    ready(button);
  }
  for (const button of document.querySelectorAll(".ds-mail")) {
    const error = button.parentElement.querySelector("[role=alert]");
    button.addEventListener("click", async () => {
      error.textContent = "";
      button.disabled = true;
      const { name, ...values } = button.dataset;
      const told = await ask(name, "POST", values);
      ready(button);
      if (told.error && !told.moved) {
        error.textContent = told.error;
        return;
      }
      sayHere(told);
    });
    ready(button);
  }
}

export default {
  onExtensionPageLoad() {
    if (!page()) return;
    showTold();
    attachNarrowing();
    attachSorting();
    attachCalendars();
    attachWaiver();
    attachDoing();
    attachDeclaring("ds-close", "close", "first", "say the first day");
    attachDeclaring("ds-schedule", "schedule", "since", "say from which day on");
    attachDropping();
    attachTaking();
    attachWhat();
    attachCategorizing();
    attachQuestions();
    attachMatching();
    attachCatchUp();
    attachRevealing();
    attachStatement();
    attachPrinting();
    attachBuild();
    attachVerify();
    attachMailing();
  },
};
