"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const value = (row, at) => row.cells[at]?.dataset.value ?? "";
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th");
    if (!head) return;
    const at = head.cellIndex;
    const isFigure = head.classList.contains("figure");
    const upwards = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", upwards ? "ascending" : "descending");
    let group = [];
    const groups = [group];
    for (const row of [...body.rows]) {
      if (row.classList.contains("heading")) groups.push((group = [row]));
      else group.push(row);
    }
    for (const rows of groups) {
      const first = rows[0]?.classList.contains("heading") ? [rows.shift()] : [];
      rows.sort((one, other) => {
        const [a, b] = [value(one, at), value(other, at)];
        if (a === "" || b === "") return (a === "") - (b === "");
        const order = isFigure && !a.includes("-", 1) ? Number(a) - Number(b) : a.localeCompare(b);
        return upwards ? order : -order;
      });
      body.append(...first, ...rows);
    }
  });
}
