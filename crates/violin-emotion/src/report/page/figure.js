// A figure on the page: its title, its picture, its downloads, and the same in a table.
//
// A figure has `id`, `title`, `words()` (what there is to see, in a sentence), `height(width)`, `draw(pen, width, height)` and
// `table()` → { columns, rows }; it may have a `note`, how it is read, and `above(width)`, what stands over the time line.

// Rows of a table that are put on the page; the CSV has all.
const MOST_ROWS = 400;

function tableOf(figure) {
  const { columns, rows } = figure.table();
  const cell = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : (value ?? ""));
  const body = rows.slice(0, MOST_ROWS).map((cells) => element("tr", {}, ...cells.map((value) => element("td", {}, cell(value)))));
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const table = element("table", {}, element("caption", {}, figure.title), element("thead", {}, head), element("tbody", {}, ...body));
  const parts = [element("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": `Table: ${figure.title}` }, table)];
  if (rows.length > MOST_ROWS) parts.push(element("p", { class: "facts" }, `The first ${MOST_ROWS} of ${rows.length} rows; the CSV has all.`));
  return parts;
}

function showFigure(figure, place, recording) {
  const canvas = element("canvas", { role: "img" });
  const stage = element("div", { class: "stage" }, canvas);
  const details = element("details", {}, element("summary", {}, "As a table"));
  const fill = () => {
    if (!details.open) return;
    details.querySelectorAll(":scope > :not(summary)").forEach((old) => old.remove());
    details.append(...tableOf(figure));
  };
  details.addEventListener("toggle", fill);
  const foot = element("div", { class: "foot" }, details, downloads(figure, recording));
  const note = figure.note ? [element("span", { class: "note" }, figure.note)] : [];
  const caption = element("figcaption", {}, element("strong", {}, figure.title), ...note);
  place.append(element("figure", { id: `figure-${figure.id}`, class: "figure" }, caption, stage, foot));

  let asked = false;
  const draw = () => {
    asked = false;
    figure.width = Math.floor(stage.clientWidth);
    if (figure.width < 1) return;
    const height = figure.height(figure.width);
    canvas.style.height = `${height}px`;
    figure.draw(new CanvasPen(canvas, figure.width, height, devicePixelRatio || 1), figure.width, height);
    canvas.setAttribute("aria-label", `${figure.title}: ${figure.words()}`);
  };
  // Once a frame, however often it is asked for.
  const redraw = () => {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
    fill();
  };
  figure.redraw = redraw;
  new ResizeObserver(redraw).observe(stage);
  theme.listeners.push(redraw);
  return { figure, stage, canvas };
}

// Room for names and numbers beside what is drawn over time.
const left = (width) => (width < 560 ? 34 : 46);
const right = 8;

// A figure over time: it shows the view, has a cursor, and is gone to by a click or a finger. The view that leads, if that is another
// one, is zoomed and moved by the wheel.
function showOverTime(figure, place, recording, view, go, leads = view) {
  const shown = showFigure(figure, place, recording);
  const { stage } = shown;
  const cursor = element("div", { class: "cursor", "aria-hidden": "true" });
  stage.append(cursor);
  stage.classList.add("over-time");
  const move = () => {
    const width = stage.clientWidth;
    const x = left(width) + ((view.now - view.start) / (view.end - view.start)) * (width - left(width) - right);
    cursor.hidden = view.now < view.start - 1e-9 || view.now > view.end + 1e-9;
    cursor.style.transform = `translateX(${x}px)`;
    cursor.style.top = `${figure.above?.(width) ?? 0}px`;
  };
  view.on("now", move);
  view.on("seen", () => (figure.redraw(), move()));
  new ResizeObserver(move).observe(stage);

  const moment = (event) => {
    const box = stage.getBoundingClientRect();
    const place = (event.clientX - box.left - left(box.width)) / (box.width - left(box.width) - right);
    return view.start + Math.min(Math.max(place, 0), 1) * (view.end - view.start);
  };
  let drags = false;
  stage.addEventListener("pointerdown", (event) => {
    drags = event.button === 0;
    if (drags) go(moment(event));
  });
  stage.addEventListener("pointermove", (event) => drags && event.buttons && event.pointerType === "mouse" && go(moment(event)));
  addEventListener("pointerup", () => (drags = false));
  stage.addEventListener(
    "wheel",
    (event) => {
      const seen = leads.end - leads.start;
      if (event.ctrlKey) leads.zoom(2 ** (event.deltaY / 200), leads === view ? moment(event) : leads.now);
      else if (event.deltaX || event.shiftKey) leads.show(leads.start + ((event.deltaX || event.deltaY) / stage.clientWidth) * seen, seen);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  return shown;
}

// The axis of time below a figure; gives x of a moment.
function timeAxis(pen, view, width, height) {
  const [from, to] = [left(width), width - right];
  const x = (seconds) => from + ((seconds - view.start) / (view.end - view.start)) * (to - from);
  const long = view.duration >= 90;
  const every = (to - from) / (long ? 70 : 55);
  for (const second of timeTicks(view.start, view.end, every)) {
    const fraction = view.end - view.start < every / 2;
    const round = long ? clock(second).replace(/\.0$/, "") : String(Number(second.toFixed(2)));
    const words = fraction && long ? clock(second) : round;
    const half = textWidth(words, 11) / 2;
    pen.line([[x(second), height - 20], [x(second), height - 16]], theme.inks.quiet);
    // A label at an end stands within the picture, whole.
    const place = Math.min(Math.max(x(second), half), width - half);
    pen.text(words, place, height - 4, { size: 11, colour: theme.inks.quiet, align: "center" });
  }
  pen.text(long ? "" : "s", 4, height - 4, { size: 11, colour: theme.inks.quiet });
  return x;
}
