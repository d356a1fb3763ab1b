// What a figure shows, as a file.

function save(name, kind, parts) {
  const address = URL.createObjectURL(new Blob(parts, { type: kind }));
  const link = element("a", { href: address, download: name });
  link.click();
  // The browser has begun to read by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// RFC 4180. A text that a spreadsheet would take for a formula is kept a text by an apostrophe.
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv({ columns, rows }) {
  const lines = [columns, ...rows].map((cells) => cells.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

// Letters and digits as they are, all else as `-`.
const plain = (words) => words.replace(/[^\p{L}\p{N}_-]+/gu, "-").replace(/^-+|-+$/g, "") || "recording";

function downloads(figure, recording) {
  const name = `${plain(recording.replace(/\.[^.]*$/, ""))}-${figure.id}`;
  const size = () => ({ width: figure.width, height: figure.height(figure.width) });
  const ways = {
    SVG: () => save(`${name}.svg`, "image/svg+xml", [svgOf(figure, size())]),
    PNG: () => {
      const canvas = document.createElement("canvas");
      const { width, height } = size();
      const pen = new CanvasPen(canvas, width, height, 2);
      pen.rect(0, 0, width, height, theme.inks.paper);
      figure.draw(pen, width, height);
      canvas.toBlob((blob) => save(`${name}.png`, "image/png", [blob]), "image/png");
    },
    CSV: () => save(`${name}.csv`, "text/csv;charset=utf-8", [csv(figure.table())]),
  };
  const button = ([kind, give]) => {
    const made = element("button", { type: "button", class: "quiet small", "aria-label": `Download ${figure.title} as ${kind}` }, kind);
    made.addEventListener("click", give);
    return made;
  };
  return element("span", { class: "downloads" }, ...Object.entries(ways).map(button));
}

function svgOf(figure, { width, height }) {
  const pen = new SvgPen(width, height);
  figure.draw(pen, width, height);
  return pen.finish(figure.title, figure.words(), theme.inks.paper);
}
