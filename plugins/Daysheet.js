// The behaviour of the Daysheet pages; it is attached anew on each page, since Fava replaces the article's content.

/** Show only the rows that contain every word of the search. */
function attachSearch() {
  const search = document.getElementById("ds-search");
  const table = document.getElementById("ds-findings");
  search?.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of table?.tBodies[0].rows ?? []) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
}

/** Choosing a kind loads the page for it, the filters staying as they are. */
function attachKind() {
  const kind = document.getElementById("ds-kind");
  kind?.addEventListener("change", () => {
    const url = new URL(window.location.href);
    if (kind.value) {
      url.searchParams.set("kind", kind.value);
    } else {
      url.searchParams.delete("kind");
    }
    window.location.assign(url);
  });
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

export default {
  onExtensionPageLoad({ api }) {
    attachSearch();
    attachKind();
    attachWaivers(api);
  },
};
