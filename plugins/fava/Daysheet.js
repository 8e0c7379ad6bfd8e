// The behaviour of the Daysheet pages; it is attached anew on each page, since Fava replaces the article's content.
// What needs it is disabled until then, so that no click is lost.

/** Show only the rows that contain every word of the search. */
function attachSearch() {
  const search = document.getElementById("ds-search");
  const table = document.getElementById("ds-findings");
  if (!search || !table) return;
  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("ds-none").hidden = shown > 0;
  };
  search.addEventListener("input", narrow);
  narrow(); // what was typed before this was attached
}

/** Choosing a kind loads the page for it, the filters staying as they are. */
function attachKind() {
  const kind = document.getElementById("ds-kind");
  if (!kind) return;
  kind.addEventListener("change", () => {
    const url = new URL(window.location.href);
    if (kind.value) {
      url.searchParams.set("kind", kind.value);
    } else {
      url.searchParams.delete("kind");
    }
    window.location.assign(url);
  });
  kind.disabled = false;
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

/** A calendar that is wider than the screen shows its latest weeks first. */
function showLatest() {
  for (const calendar of document.querySelectorAll(".ds-latest")) {
    calendar.scrollLeft = calendar.scrollWidth;
  }
}

/** Waiving asks for a reason and writes it through Fava. */
function attachWaivers(api) {
  const dialog = document.getElementById("ds-waiver");
  if (!dialog) return;
  const what = document.getElementById("ds-waiver-what");
  const reason = document.getElementById("ds-reason");
  const error = document.getElementById("ds-error");
  let chosen = null;
  for (const button of document.querySelectorAll(".ds-waive")) {
    button.addEventListener("click", () => {
      chosen = button.dataset;
      what.textContent = button.closest("tr").cells[2].textContent;
      reason.value = "";
      error.textContent = "";
      dialog.showModal();
      reason.focus();
    });
    button.disabled = false;
  }
  document.getElementById("ds-cancel").addEventListener("click", () => dialog.close());
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = { kind: chosen.kind, key: chosen.key, reason: reason.value };
    const response = await api.request("waive", "POST", undefined, body, "raw");
    if (response.ok) {
      window.location.reload();
    } else if (response.status === 401) {
      error.textContent = "Fava runs read-only: nothing was written.";
    } else {
      error.textContent = (await response.json()).error;
    }
  });
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Ask how far the pack is until it is built or has failed. */
async function follow(api, progress, said) {
  for (;;) {
    const building = await api.get("building", {});
    if (building.state !== "building") return building;
    progress.max = building.whole || 1;
    progress.value = building.done;
    said.textContent = `Building ${building.year} …`;
    await wait(500);
  }
}

/** Building a pack shows how far it is, and loads the page again once the pack is there. */
function attachBuild(api) {
  const form = document.getElementById("ds-build");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const progress = document.getElementById("ds-progress");
    const said = document.getElementById("ds-build-said");
    const year = Number(document.getElementById("ds-year").value);
    const response = await api.request("build", "POST", undefined, { year }, "raw");
    if (!response.ok) {
      said.textContent = response.status === 401 ? "Fava runs read-only: nothing was built." : (await response.json()).error;
      return;
    }
    progress.hidden = false;
    const ended = await follow(api, progress, said);
    progress.hidden = true;
    if (ended.state === "built") {
      window.location.reload();
    } else {
      said.textContent = ended.error;
    }
  });
  form.querySelector("button").disabled = false;
}

/** Verifying says yes, or the first difference. */
function attachVerify(api) {
  for (const button of document.querySelectorAll(".ds-verify")) {
    button.addEventListener("click", async () => {
      const verdict = button.parentElement.querySelector(".ds-verdict");
      verdict.textContent = "Making every table again …";
      const found = await api.get("verify", { year: button.dataset.year });
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

export default {
  onExtensionPageLoad({ api }) {
    attachSearch();
    attachKind();
    attachSorting();
    showLatest();
    attachWaivers(api);
    attachBuild(api);
    attachVerify(api);
  },
};
