// Which columns are shown, and in which order.
const SEVERITY = ["fail", "inconclusive", "warn", "pass", "unjudged"];
const ORDERS = {
  verdict: (a, b) => a.place - b.place,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.place - b.place),
  role: (a, b) => (a.data.r < b.data.r ? -1 : a.data.r > b.data.r ? 1 : a.place - b.place),
  damage: (a, b) => a.data.o - b.data.o,
};

const gathered = (data) => [...document.querySelectorAll(".col")].map((node, place) => ({
  node, place, data: data.columns[place], name: data.names[place], verdict: SEVERITY.find((v) => node.classList.contains(v)),
  text: `${node.firstElementChild.textContent} ${(data.columns[place].c ?? []).join(" ")}`.toLowerCase(), filled: false,
}));

const filtering = (columns) => {
  const at = (id) => document.getElementById(id);
  const find = at("page-find"), role = at("page-role"), cause = at("page-cause"), found = at("page-found"), fold = at("page-fold");
  const chips = [...at("page-tools").querySelectorAll("[data-show]")];
  let before = null; // whether the fold was open when filtering began
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.show);
    const busy = words.length + wanted.length > 0 || Boolean(role?.value || cause?.value);
    let shown = 0, folded = 0;
    for (const c of columns) {
      const fits = (!wanted.length || wanted.includes(c.verdict)) && (!role?.value || c.data.r === role.value)
        && (!cause?.value || (c.data.c ?? []).includes(cause.value)) && words.every((w) => c.text.includes(w));
      if (c.node.hidden === fits) c.node.hidden = !fits;
      shown += fits;
      folded += fits && (c.verdict === "pass" || c.verdict === "unjudged");
    }
    if (fold) {
      if (busy && before === null) before = fold.open;
      fold.hidden = busy && !folded;
      if (busy) fold.open = folded > 0;
      else if (before !== null) [fold.open, before] = [before, null];
    }
    found.textContent = busy ? `${counted(shown)} of ${counted(columns.length)} columns` : "";
  };
  at("page-tools").addEventListener("submit", (event) => event.preventDefault());
  find.addEventListener("input", apply);
  for (const choice of [role, cause]) choice?.addEventListener("change", apply);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  const clear = () => {
    find.value = "";
    for (const choice of [role, cause]) if (choice) choice.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    apply();
  };
  return clear;
};

// Moved in place where the browser can; else apart from the page, which is many times as quick.
const arrange = (home, nodes) => {
  if (home.moveBefore) {
    for (const node of nodes) home.moveBefore(node, null);
    return;
  }
  const mark = document.createComment("");
  home.replaceWith(mark);
  home.append(...nodes);
  mark.replaceWith(home);
};

const sorting = (columns) => {
  const heads = document.getElementById("page-heads"), buttons = [...heads.querySelectorAll("[data-by]")];
  let by = "verdict", down = true;
  for (const button of buttons) {
    button.addEventListener("click", () => {
      down = button.dataset.by === by ? !down : true;
      by = button.dataset.by;
      for (const other of buttons) {
        const mine = other === button;
        other.setAttribute("aria-pressed", String(mine));
        other.classList.toggle("up", mine && !down);
      }
      const order = [...columns].sort(ORDERS[by]);
      if (!down) order.reverse();
      const homes = new Map();
      for (const c of order) {
        const home = c.node.parentNode;
        if (!homes.has(home)) homes.set(home, []);
        homes.get(home).push(c.node);
      }
      for (const [home, nodes] of homes) arrange(home, nodes);
    });
  }
  return heads;
};
