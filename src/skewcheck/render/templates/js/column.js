// Shares in words: 0 % and 100 % only where it is exactly none or all.
const told = (part, whole) => {
  if (!whole) return "no rows";
  if (!part || part === whole) return part ? "100 %" : "0 %";
  const share = (100 * part) / whole;
  return share < 0.05 ? "<0.1 %" : share >= 99.95 ? ">99.9 %" : `${share.toFixed(1)} %`;
};
const counted = (n) => n.toLocaleString("en-US");

// Where the differing pairs are: the share of them in each part of the rows.
const segments = ([title, labels, differing, rows], wide) => {
  const left = Math.min(130, wide * 0.34, 16 + 7 * Math.max(...labels.map((l) => l.length))), right = 118, step = 22, room = wide - left - right;
  const parts = labels.flatMap((label, i) => {
    const y = step * i + 4, share = rows[i] ? differing[i] / rows[i] : 0;
    return [
      path("rail", `M${left} ${y}h${round(room)}v12H${left}z`), path("bad", `M${left} ${y}h${round(room * share)}v12H${left}z`),
      word("e", left - 8, y + 11, shortened(label, Math.floor(left / 7))),
      word("r", wide - right + 8, y + 11, `${told(differing[i], rows[i])} of ${counted(rows[i])}`),
    ];
  });
  const text = labels.map((label, i) => `${label}: ${told(differing[i], rows[i])} of ${counted(rows[i])}`).join("; ");
  return framed(`Differing pairs by ${title}`, "", canvas(`Share of differing pairs by ${title}. ${text}`, wide, step * labels.length + 4, ...parts));
};

const times = ([, labels, differing, rows], wide) => {
  const high = 110, ground = high - 26, left = 44, width = (wide - left - 12) / labels.length;
  const shares = labels.map((_, i) => differing[i] / rows[i]), most = Math.max(...shares);
  const top = shares.indexOf(most), d = shares.map((share, i) => `M${round(left + width * i)} ${ground}v${round(-(ground - 10) * share)}h${round(Math.max(1, width - 1))}V${ground}z`).join("");
  const note = `at most ${told(differing[top], rows[top])}, ${labels[top]} UTC`;
  return framed("Differing pairs over time", note, canvas(`Share of differing pairs from ${labels[0]} to ${labels.at(-1)} UTC, ${note}`, wide, high,
    path("a", `M${left} ${ground}H${wide - 12}M${left} 10H${wide - 12}`), path("bad", d), word("e", left - 6, ground + 4, "0 %"), word("e", left - 6, 14, "100 %"),
    word("r", left, high - 8, labels[0]), word("e", wide - 12, high - 8, labels.at(-1))));
};

const main = (data, place, node) => {
  const wide = Math.min(640, node.clientWidth || 640), bars = data.v ?? [], body = data.b?.[place];
  if (!body) return bars.length ? framed("Shares of rows", "train outlined → serve filled", lying(bars, wide)) : null;
  const notes = [body.w, ...(data.n ?? [])].join("; ");
  const list = bars.length ? html("ul", { class: "own" }, ...bars.map((bar) => html("li", {}, `${bar[0]} `, html("b", {}, `${bar[3]} → ${bar[4]}`), fate(bar) ? ` ${fate(bar)}` : ""))) : null;
  return framed("Distribution", `train outlined, serve filled; ${notes}`, histogram(body, bars, wide), list);
};

const axes = (data, draw, place) => {
  if ((data.b?.length ?? 0) < 2) return null;
  return html("div", { class: "axes", role: "group", "aria-label": "Axis" }, ...data.b.map((body, i) => {
    const button = html("button", { type: "button", "aria-pressed": String(i === place) }, body.l ? "logarithmic" : "linear");
    button.addEventListener("click", () => draw(i, true));
    return button;
  }));
};

// All drawings of one column, made when it is opened.
const pictures = (column) => {
  const { data, node } = column, home = html("div", { class: "pic" });
  const draw = (place, again) => {
    const wide = home.clientWidth || 640, half = wide > 560 ? Math.min(320, (wide - 24) / 2) : wide, body = data.b?.[place];
    const statement = node.querySelector(".y dd > b")?.textContent;
    const small = [
      body?.q ? cumulative(body, half) : null, body?.q ? quantiles(body, half, statement) : null,
      ...(data.d ?? []).map((one) => spread(one, half)), ...(data.g ?? []).map((one) => segments(one, half)), data.h ? times(data.h, half) : null,
    ].filter(Boolean);
    home.replaceChildren(...[axes(data, draw, place), main(data, place, home), small.length ? html("div", { class: "small" }, ...small) : null].filter(Boolean));
    if (again) home.querySelector(".axes [aria-pressed=true]").focus();
  };
  return [home, draw];
};

const copier = (pre) => {
  const button = html("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(pre);
    try {
      await navigator.clipboard.writeText(pre.textContent);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = "Copied";
  });
  return button;
};

const explain = (column, meanings) => {
  const titles = [...column.node.querySelectorAll(".fs tbody th")].map((th) => th.textContent);
  const known = Object.entries(meanings).filter(([title]) => titles.some((t) => t === title || t.startsWith(`${title} `)));
  if (!known.length) return null;
  return html("details", { class: "means" }, html("summary", {}, "What these checks measure"), html("dl", {}, ...known.flatMap(([title, text]) => [html("dt", {}, title), html("dd", {}, text)])));
};

const fill = (column, meanings) => {
  if (column.filled) return;
  column.filled = true;
  const body = column.node.querySelector(".b"), table = body.querySelector(".fs");
  if (column.data.v || column.data.b || column.data.g) {
    const [home, draw] = pictures(column);
    body.insertBefore(home, table);
    draw(0);
  }
  for (const pre of body.querySelectorAll(".q pre")) pre.before(copier(pre));
  const means = explain(column, meanings);
  body.append(...[means, html("a", { class: "here", href: `#${encodeURIComponent(column.node.id)}` }, "Link to this column")].filter(Boolean));
};

// The small drawing beside a column's name.
const thumb = (data) => {
  const wide = 130, high = 34, body = data.b?.[0], bars = data.v ?? [], parts = [];
  const end = body ? wide - 11 * bars.length : 0, slot = (wide - end) / Math.max(bars.length, body ? 1 : 8);
  if (body) parts.push(path("s", outline(body.s, PEAK, 0, end, high, 32)), path("t", outline(body.t, PEAK, 0, end, high, 32)));
  const top = body ? 1 : Math.max(...bars.flatMap(([, train, serve]) => [train, serve])) || 1;
  bars.forEach(([, train, serve], i) => {
    const of = (share) => `M${round(end + slot * i + 2)} ${high}v${-Math.max(share ? 1.5 : 0, round((32 * share) / top))}h${round(slot - 3)}V${high}z`;
    parts.push(path("s", of(serve)), path("t", of(train)));
  });
  return svg("svg", { viewBox: `0 0 ${wide} ${high}`, "aria-hidden": "true" }, ...parts);
};
