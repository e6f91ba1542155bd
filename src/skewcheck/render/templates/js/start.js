const data = JSON.parse(document.getElementById("page-data").textContent);
const columns = gathered(data), byNode = new Map(columns.map((c) => [c.node, c]));
const clear = filtering(columns), heads = sorting(columns), follow = linked(columns, clear);

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    near.unobserve(entry.target);
    const column = byNode.get(entry.target.closest(".col"));
    if (column.data.b || column.data.v) entry.target.append(thumb(column.data));
  }
}, { rootMargin: "300px" });
for (const { node } of columns) near.observe(node.querySelector(".k"));

document.addEventListener("toggle", ({ target }) => {
  if (target.open && byNode.has(target)) fill(byNode.get(target), data.meanings);
}, true);
addEventListener("beforeprint", () => {
  for (const c of columns) {
    if (["pass", "unjudged"].includes(c.verdict)) continue;
    c.node.open = true;
    fill(c, data.meanings);
  }
});
document.querySelectorAll(".sweep").forEach((figure, i) => sweeping(figure, data.sweeps[i]));
document.getElementById("page-tools").hidden = heads.hidden = columns.length < 2;
follow();
