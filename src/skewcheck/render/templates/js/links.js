// An address that names a column opens it, forwards and backwards.
const linked = (columns, clear) => {
  const byId = new Map(columns.map((c) => [c.node.id, c]));
  let opened = null; // by an address
  const follow = () => {
    let name = location.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      return;
    }
    const column = byId.get(name);
    if (!column) {
      if (!name && opened) opened = opened.node.open = null;
      return;
    }
    if (column.node.hidden) clear();
    const fold = column.node.closest(".fold");
    if (fold) fold.open = true;
    column.node.open = true;
    opened = column;
    column.node.firstElementChild.focus({ preventScroll: true });
    column.node.scrollIntoView({ block: "start" });
  };
  addEventListener("hashchange", follow);
  return follow;
};
