"use strict";
(() => {
  const tools = document.getElementById("tools");
  const find = document.getElementById("find");
  const sort = document.getElementById("sort");
  const found = document.getElementById("found");
  const chips = [...tools.querySelectorAll("button")];
  const folds = [...document.querySelectorAll("main .fold")].filter((f) => f.querySelector(".col"));
  const columns = [...document.querySelectorAll(".col")].map((node, place) => ({
    node,
    place,
    verdict: node.classList[1],
    name: node.querySelector(".n").firstChild.textContent,
    text: node.querySelector("summary").textContent.toLowerCase(),
  }));

  const before = new Map(); // which folds were open when filtering began

  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.show);
    let shown = 0;
    for (const c of columns) {
      const fits = (!wanted.length || wanted.includes(c.verdict)) && words.every((w) => c.text.includes(w));
      c.node.hidden = !fits;
      shown += fits;
    }
    const filtering = words.length > 0 || wanted.length > 0;
    for (const fold of folds) {
      if (filtering && !before.has(fold)) before.set(fold, fold.open);
      fold.hidden = !fold.querySelector(".col:not([hidden])");
      fold.open = filtering ? !fold.hidden : before.get(fold) ?? fold.open;
    }
    if (!filtering) before.clear();
    found.textContent = filtering ? `${shown} of ${columns.length} columns` : "";
  };

  const order = () => {
    const by = sort.value === "name"
      ? (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place - b.place)
      : (a, b) => a.place - b.place;
    for (const c of [...columns].sort(by)) c.node.parentNode.append(c.node);
  };

  tools.addEventListener("submit", (event) => event.preventDefault());
  find.addEventListener("input", apply);
  sort.addEventListener("change", order);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  addEventListener("beforeprint", () => {
    for (const c of columns) if (!["pass", "unjudged"].includes(c.verdict)) c.node.open = true;
  });
  tools.hidden = columns.length < 2;
})();
