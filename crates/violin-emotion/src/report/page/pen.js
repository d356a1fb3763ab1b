// Two pens that draw alike: one on a canvas, for the screen and PNG; one that writes SVG. Lengths are pixels.

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

class CanvasPen {
  constructor(canvas, width, height, scale) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    this.to = canvas.getContext("2d");
    this.to.scale(scale, scale);
    this.to.lineJoin = "round";
  }

  // Points are [x, y]; null breaks the line.
  line(points, colour, width = 1, dash = []) {
    const to = this.to;
    to.beginPath();
    let on = false;
    for (const point of points) {
      if (!point) on = false;
      else if (on) to.lineTo(point[0], point[1]);
      else {
        to.moveTo(point[0], point[1]);
        on = true;
      }
    }
    to.strokeStyle = colour;
    to.lineWidth = width;
    to.setLineDash(dash);
    to.stroke();
  }

  area(points, colour, opacity = 1) {
    const to = this.to;
    to.beginPath();
    points.forEach(([x, y], at) => (at ? to.lineTo(x, y) : to.moveTo(x, y)));
    to.closePath();
    to.globalAlpha = opacity;
    to.fillStyle = colour;
    to.fill();
    to.globalAlpha = 1;
  }

  rect(x, y, width, height, colour, opacity = 1) {
    this.to.globalAlpha = opacity;
    this.to.fillStyle = colour;
    this.to.fillRect(x, y, width, height);
    this.to.globalAlpha = 1;
  }

  text(words, x, y, { size = 12, colour, align = "left", bold = false, halo = null } = {}) {
    const to = this.to;
    to.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
    to.textAlign = align;
    if (halo) {
      to.strokeStyle = halo;
      to.lineWidth = 3;
      to.setLineDash([]);
      to.strokeText(words, x, y);
    }
    to.fillStyle = colour;
    to.fillText(words, x, y);
  }

  // A part of a picture, stretched.
  picture(image, from, to) {
    this.to.imageSmoothingEnabled = true;
    this.to.drawImage(image, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
  }

  clipped(x, y, width, height, draw) {
    this.to.save();
    this.to.beginPath();
    this.to.rect(x, y, width, height);
    this.to.clip();
    draw();
    this.to.restore();
  }
}

const escapeXml = (words) =>
  String(words)
    .replace(/[\u0000-\u001f\ufffe\uffff]/g, " ")
    .replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]);
const tenth = (value) => String(Math.round(value * 10) / 10 + 0);

class SvgPen {
  constructor(width, height) {
    Object.assign(this, { width, height, body: [], clips: 0 });
  }

  line(points, colour, width = 1, dash = []) {
    let path = "";
    let on = false;
    for (const point of points) {
      if (point) path += `${on ? "L" : "M"}${tenth(point[0])} ${tenth(point[1])}`;
      on = Boolean(point);
    }
    const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.body.push(`<path d="${path}" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round" fill="none"${dashes}/>`);
  }

  area(points, colour, opacity = 1) {
    const path = points.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join("L");
    this.body.push(`<path d="M${path}Z" fill="${colour}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ""}/>`);
  }

  rect(x, y, width, height, colour, opacity = 1) {
    const faint = opacity < 1 ? ` fill-opacity="${opacity}"` : "";
    this.body.push(`<rect x="${tenth(x)}" y="${tenth(y)}" width="${tenth(width)}" height="${tenth(height)}" fill="${colour}"${faint}/>`);
  }

  text(words, x, y, { size = 12, colour, align = "left", bold = false, halo = null } = {}) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const around = halo ? ` stroke="${halo}" stroke-width="3" paint-order="stroke"` : "";
    const weight = bold ? ' font-weight="600"' : "";
    this.body.push(
      `<text x="${tenth(x)}" y="${tenth(y)}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}${around}>${escapeXml(words)}</text>`,
    );
  }

  picture(image, from, to) {
    const part = document.createElement("canvas");
    // As fine as the picture is, but no finer than print needs.
    part.width = Math.max(1, Math.min(Math.ceil(from.width), Math.ceil(to.width * 3)));
    part.height = Math.max(1, Math.ceil(from.height));
    part.getContext("2d").drawImage(image, from.x, from.y, from.width, from.height, 0, 0, part.width, part.height);
    const [x, y, width, height] = [to.x, to.y, to.width, to.height].map(tenth);
    this.body.push(
      `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" href="${part.toDataURL("image/png")}"/>`,
    );
  }

  clipped(x, y, width, height, draw) {
    const name = `clip${this.clips++}`;
    this.body.push(`<clipPath id="${name}"><rect x="${tenth(x)}" y="${tenth(y)}" width="${tenth(width)}" height="${tenth(height)}"/></clipPath><g clip-path="url(#${name})">`);
    draw();
    this.body.push("</g>");
  }

  finish(title, description, paper) {
    const { width, height } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif">
<title>${escapeXml(title)}</title>
<desc>${escapeXml(description)}</desc>
<rect width="${width}" height="${height}" fill="${paper}"/>
${this.body.join("\n")}
</svg>
`;
  }
}

const measuring = document.createElement("canvas").getContext("2d");

function textWidth(words, size, bold = false) {
  measuring.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
  return measuring.measureText(words).width;
}

// In lines no wider than `width`; a word that is wider stands alone.
function wrapped(words, size, width) {
  const lines = [];
  for (const word of words.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
