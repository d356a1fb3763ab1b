// What the player does over time: one lane a cue.

const LANE = 54;
const GAP = 24;

class Lanes {
  constructor(data, view) {
    Object.assign(this, { id: "cues", title: "What the player does", view, curves: data.curves, lanes: data.lanes });
    this.note = "Note by note, as far as it could be heard.";
    const loudest = data.curves.level_db.reduce((most, level) => Math.max(most, level), -120);
    // Softer than this below the loudest is hardly heard beside it.
    this.levels = { low: Math.floor(loudest) - 40, high: Math.ceil(loudest) };
    this.ranges = data.lanes.map((lane) => rangeOf(lane));
  }

  words() {
    const middle = (lane) => lane.value.toSorted((one, other) => one - other)[lane.value.length >> 1];
    const said = this.lanes.map((lane) =>
      lane.value.length ? `${lane.name} in the middle ${Number(middle(lane).toPrecision(3))} ${lane.unit}` : `no ${lane.name} was heard`,
    );
    return `loudness, and ${said.join(", ")}`;
  }

  height() {
    return (LANE + GAP) * (this.lanes.length + 1) + 24;
  }

  draw(pen, width, height) {
    const x = timeAxis(pen, this.view, width, height);
    const [from, to] = [left(width), width - right];
    const frame = (number, name, unit, words, { low, high }) => {
      const top = number * (LANE + GAP) + GAP - 4;
      pen.text(name, from, top - 6, { colour: theme.inks.ink, bold: true });
      const after = from + textWidth(name, 12, true) + 8;
      const more = [`${unit}; ${words}`, unit].find((words) => after + textWidth(words, 11) < to);
      if (more) pen.text(more, after, top - 6, { size: 11, colour: theme.inks.quiet });
      pen.rect(from, top, to - from, LANE, theme.inks.grid, 0.45);
      const y = (value) => top + LANE - 3 - ((Math.min(Math.max(value, low), high) - low) / (high - low)) * (LANE - 6);
      for (const value of low < high ? ticks(low, high, 2) : []) {
        pen.line([[from - 4, y(value)], [from, y(value)]], theme.inks.quiet);
        pen.text(String(value).replace("-", "−"), from - 7, y(value) + 4, { size: 11, colour: theme.inks.quiet, align: "right" });
      }
      return { top, y };
    };
    const { top, y } = frame(0, "loudness", "dB", "the level from moment to moment", this.levels);
    pen.clipped(from, top, to - from, LANE, () => this.drawLevel(pen, x, y, top + LANE));
    this.lanes.forEach((lane, number) => {
      const words = `${lane.words}; high is ${lane.high}`;
      const { top, y } = frame(number + 1, lane.name, lane.unit, words, this.ranges[number]);
      pen.clipped(from, top, to - from, LANE, () => this.drawSteps(pen, lane, x, y, top));
    });
  }

  drawLevel(pen, x, y, bottom) {
    const { step_s, level_db } = this.curves;
    const every = Math.max(1, Math.floor((this.view.end - this.view.start) / step_s / 1500));
    const points = [];
    const last = Math.min(level_db.length, Math.ceil(this.view.end / step_s) + every);
    // Whole steps from the recording's start on, so that the curve does not flicker as it is moved.
    for (let at = Math.floor(this.view.start / step_s / every) * every; at < last; at += every) {
      let most = level_db[at];
      for (let next = at + 1; next < Math.min(at + every, level_db.length); next++) most = Math.max(most, level_db[next]);
      points.push([x(at * step_s), y(most)]);
    }
    if (points.length < 2) return;
    pen.area([[points[0][0], bottom], ...points, [points.at(-1)[0], bottom]], theme.emotion(5).colour, 0.35);
    pen.line(points, theme.emotion(0).colour, 1.2);
  }

  drawSteps(pen, lane, x, y, top) {
    if (!lane.value.length) {
      pen.text("not heard", x(this.view.start) + 8, top + LANE / 2 + 4, { colour: theme.inks.quiet });
      return;
    }
    const first = Math.max(0, placeOf(lane.start_s, this.view.start) - 1);
    for (let at = first; at < lane.value.length && lane.start_s[at] < this.view.end; at++) {
      const level = y(lane.value[at]);
      const [begin, end] = [x(lane.start_s[at]), Math.max(x(lane.start_s[at]) + 2, x(lane.end_s[at]) - 1)];
      pen.rect(begin, level, end - begin, top + LANE - level, theme.emotion(5).colour, 0.35);
      pen.line([[begin, level], [end, level]], theme.emotion(0).colour, 2.5);
    }
  }

  table() {
    const rows = this.lanes.flatMap((lane) =>
      lane.value.map((value, at) => [lane.name, lane.start_s[at], lane.end_s[at], value, lane.unit]),
    );
    const { step_s, level_db } = this.curves;
    const levels = level_db.map((level, at) => ["loudness", at * step_s, (at + 1) * step_s, level, "dB re full scale"]);
    return { columns: ["cue", "start_s", "end_s", "value", "unit"], rows: [...rows, ...levels] };
  }
}

// From where nearly all values begin to where they end: the one note that was misheard does not squeeze the others.
function rangeOf(lane) {
  if (!lane.value.length) return { low: 0, high: 0 };
  if (lane.name === "articulation") return { low: 0, high: 100 };
  const sorted = lane.value.toSorted((one, other) => one - other);
  const place = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const low = lane.name === "brightness" ? Math.floor(place(0.02)) - 1 : 0;
  return { low, high: Math.max(place(0.98) * (place(0.98) > 0 ? 1.1 : 0.9), low + 1) };
}
