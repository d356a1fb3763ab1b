// Bars: the answer with its intervals, and what each part of the playing adds to it.

class Shares {
  constructor(data) {
    Object.assign(this, { id: "answer", title: "The answer", analysis: data.analysis });
    this.names = Object.keys(data.analysis.emotions);
    this.order = this.names.toSorted((one, other) => data.analysis.emotions[other] - data.analysis.emotions[one]);
    this.largest = Math.max(...this.names.map((name) => data.analysis.intervals[name][1]));
  }

  words() {
    const { emotions, intervals } = this.analysis;
    return this.order.map((name) => `${spoken(name)} ${share(emotions[name])}, probably ${intervals[name].map(share).join(" to ")}`).join("; ");
  }

  height() {
    return 34 * this.order.length + 26;
  }

  draw(pen, width, height) {
    const { inks } = theme;
    const { emotions, intervals } = this.analysis;
    const longest = Math.max(...this.order.map((name) => textWidth(spoken(name), 14)));
    const from = Math.min(longest + 14, width * 0.45);
    const to = width - 46;
    // A quarter at least, so that small differences do not look large.
    const most = Math.min(1, Math.max(0.25, Math.ceil(this.largest * 10) / 10));
    const x = (value) => from + (value / most) * (to - from);
    for (const tick of ticks(0, most, (to - from) / 70)) {
      pen.line([[x(tick), 0], [x(tick), height - 22]], inks.grid);
      pen.text(String(tick), x(tick), height - 6, { size: 11, colour: inks.quiet, align: "center" });
    }
    this.order.forEach((name, row) => {
      const middle = 34 * row + 17;
      const [low, high] = intervals[name];
      const { colour, hatched } = theme.emotion(this.names.indexOf(name));
      pen.text(spoken(name), from - 10, middle + 5, { size: 14, colour: inks.ink, align: "right" });
      pen.rect(from, middle - 9, x(emotions[name]) - from, 18, colour);
      for (let at = from + 4; hatched && at < x(emotions[name]); at += 7) pen.line([[at, middle - 9], [at, middle + 9]], inks.paper, 1.5);
      pen.line([[x(low), middle], [x(high), middle]], inks.ink, 1.5);
      for (const end of [low, high]) pen.line([[x(end), middle - 6], [x(end), middle + 6]], inks.ink, 1.5);
      pen.text(share(emotions[name]), width, middle + 5, { size: 14, colour: inks.ink, align: "right", bold: emotions[name] === Math.max(...Object.values(emotions)) });
    });
  }

  table() {
    const { emotions, intervals } = this.analysis;
    return { columns: ["emotion", "share", "low", "high"], rows: this.order.map((name) => [name, emotions[name], ...intervals[name]]) };
  }
}

const ROW = 58;

function wordsOf(part, heard) {
  if (part === "length") return "the recordings it is compared with are longer or shorter";
  return heard?.length ? heard.join("; ") : "as usual, as far as is heard";
}

// What the parts of the playing add to one emotion: of the whole recording, or of the moment that `which` names.
class Why {
  constructor(id, title, data, choice, which) {
    Object.assign(this, { id, title, data, choice, which });
  }

  // What is shown: base, prediction, contributions, and the words of each part.
  get why() {
    const at = this.which?.();
    const { explanation, said } = this.data;
    if (at === undefined) return { ...explanation, words: said.whole };
    return { ...explanation.timeline[at], words: said.moments[at] };
  }

  get parts() {
    return this.choice.parts();
  }

  added(part) {
    return this.why.contributions[part]?.[this.choice.emotion] ?? 0;
  }

  get heading() {
    const { base, prediction, start_s, end_s } = this.why;
    const emotion = this.choice.emotion;
    const place = start_s === undefined ? "here" : `${clock(start_s)} to ${clock(end_s)}`;
    return `${this.from ?? "usual"} ${share(base[emotion])}, ${place} ${share(prediction[emotion])}`;
  }

  words() {
    const added = this.parts.map((part) => `${part} ${signed(this.added(part))}`);
    return `${spoken(this.choice.emotion)}, ${this.heading}: ${added.join(", ")}`;
  }

  height() {
    return 30 + ROW * this.parts.length;
  }

  draw(pen, width) {
    const { inks } = theme;
    const why = this.why;
    pen.text(`${capital(spoken(this.choice.emotion))}: ${this.heading}`, 0, 14, { size: 13, colour: inks.quiet });
    const largest = this.choice.largest();
    const [from, to] = [width * 0.42, width - 50];
    const zero = (from + to) / 2;
    const x = (value) => zero + (Math.max(-1, Math.min(1, value / largest)) * (to - from)) / 2;
    this.parts.forEach((part, row) => {
      const value = this.added(part);
      const top = 30 + ROW * row;
      pen.text(capital(part), 0, top + 13, { size: 14, colour: inks.ink });
      pen.line([[zero, top - 1], [zero, top + 19]], inks.soft);
      pen.rect(Math.min(zero, x(value)), top + 2, Math.max(1, Math.abs(x(value) - zero)), 14, value < 0 ? inks.less : inks.more);
      pen.text(signed(value), width, top + 13, { size: 14, colour: inks.ink, align: "right" });
      const words = wordsOf(part, why.words[part]);
      const lines = wrapped(words, 12, width);
      if (lines.length > 2) lines[1] = `${lines[1].replace(/[ ,;]*$/, "")} …`;
      lines.slice(0, 2).forEach((line, at) => pen.text(line, 0, top + 29 + 14 * at, { colour: inks.quiet }));
    });
  }

  table() {
    const emotions = Object.keys(this.why.base);
    const { base, prediction, contributions, words } = this.why;
    const row = (name, of, words) => [name, ...emotions.map((emotion) => of[emotion]), words];
    const added = Object.entries(contributions).map(([part, of]) => row(part, of, wordsOf(part, words[part])));
    const rows = [row("usual", base, ""), ...added, row("answer", prediction, "")];
    return { columns: ["part", ...emotions, "words"], rows };
  }
}

// The emotion that is asked about, and what all pictures of it share: the order of the parts and the scale.
function chooseEmotion(select, { explanation, analysis }, redraw) {
  const emotions = Object.keys(analysis.emotions);
  const strongest = emotions.reduce((best, emotion) => (analysis.emotions[emotion] > analysis.emotions[best] ? emotion : best));
  select.append(...emotions.map((emotion) => element("option", { value: emotion }, spoken(emotion))));
  select.value = strongest;
  select.addEventListener("change", redraw);
  const size = (part) => Math.abs(explanation.contributions[part]?.[select.value] ?? 0);
  const names = [...new Set([explanation, ...explanation.timeline].flatMap(({ contributions }) => Object.keys(contributions)))];
  return {
    get emotion() {
      return select.value;
    },
    parts: () => names.toSorted((one, other) => size(other) - size(one)),
    largest: () => {
      const all = [explanation, ...explanation.timeline].flatMap(({ contributions }) =>
        Object.values(contributions).map((added) => Math.abs(added[select.value])),
      );
      return Math.max(0.02, ...all);
    },
  };
}
