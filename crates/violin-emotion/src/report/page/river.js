// The emotions over time: one band each, as wide as its share.

class River {
  constructor(data, view) {
    Object.assign(this, { id: "emotions", title: "The emotions over time", view });
    this.note = "Each band is as wide as the emotion's share. A moment is answered from the seconds around it.";
    this.moments = data.analysis.timeline;
    this.emotions = Object.keys(data.analysis.emotions);
    this.middles = this.moments.map(({ start_s, end_s }) => (start_s + end_s) / 2);
  }

  // The share of each emotion at a moment: between the middles of two windows, what lies between their answers.
  at(seconds) {
    const before = Math.max(0, placeOf(this.middles, seconds));
    const after = Math.min(before + 1, this.moments.length - 1);
    const apart = this.middles[after] - this.middles[before];
    const part = apart > 0 ? Math.min(1, Math.max(0, (seconds - this.middles[before]) / apart)) : 0;
    const [one, other] = [this.moments[before].emotions, this.moments[after].emotions];
    return this.emotions.map((emotion) => one[emotion] * (1 - part) + other[emotion] * part);
  }

  strongest(seconds) {
    const shares = this.at(seconds);
    const at = shares.indexOf(Math.max(...shares));
    return { emotion: this.emotions[at], share: shares[at] };
  }

  words() {
    const runs = [];
    for (const { start_s, end_s, emotions } of this.moments) {
      const strongest = this.emotions.reduce((best, emotion) => (emotions[emotion] > emotions[best] ? emotion : best));
      if (runs.at(-1)?.strongest === strongest) runs.at(-1).end_s = end_s;
      else runs.push({ strongest, start_s, end_s });
    }
    const said = runs.slice(0, 12).map((run) => `${spoken(run.strongest)} from ${clock(run.start_s)} to ${clock(run.end_s)}`);
    return `strongest is ${said.join(", ")}${runs.length > 12 ? ", and so on" : ""}`;
  }

  legend(width) {
    const places = [];
    let [x, line] = [left(width), 0];
    for (const emotion of this.emotions) {
      const needs = 18 + textWidth(spoken(emotion), 12) + 14;
      if (x + needs > width && x > left(width)) [x, line] = [left(width), line + 1];
      places.push({ x, y: 18 * line });
      x += needs;
    }
    return { places, height: 18 * (line + 1) + 8 };
  }

  above(width) {
    return this.legend(width).height;
  }

  height(width) {
    return this.above(width) + (width < 560 ? 170 : 220) + 24;
  }

  draw(pen, width, height) {
    const { inks } = theme;
    const { places, height: top } = this.legend(width);
    const [from, to, bottom] = [left(width), width - right, height - 22];
    const x = timeAxis(pen, this.view, width, height);
    const y = (share) => bottom - share * (bottom - top);
    this.emotions.forEach((emotion, number) => {
      const { colour, hatched } = theme.emotion(number);
      pen.rect(places[number].x, places[number].y + 1, 12, 12, colour);
      if (hatched) pen.line([[places[number].x + 6, places[number].y + 1], [places[number].x + 6, places[number].y + 13]], inks.paper, 2);
      pen.text(spoken(emotion), places[number].x + 18, places[number].y + 11, { colour: inks.ink });
    });
    // The ends of what is seen, and every middle between.
    const first = placeOf(this.middles, this.view.start) + 1;
    const last = placeOf(this.middles, this.view.end) + 1;
    const moments = [this.view.start, ...this.middles.slice(first, last), this.view.end];
    const sums = moments.map(() => 0);
    const shares = moments.map((moment) => this.at(moment));
    this.emotions.forEach((_, number) => {
      const below = moments.map((moment, at) => [x(moment), y(sums[at])]);
      shares.forEach((of, at) => (sums[at] += of[number]));
      const above = moments.map((moment, at) => [x(moment), y(sums[at])]);
      const { colour, hatched } = theme.emotion(number);
      pen.area([...above, ...below.toReversed()], colour);
      if (hatched) this.hatch(pen, x, y, number, from, to);
      if (number) pen.line(below, inks.paper, 1);
    });
    for (const share of [0, 0.5, 1]) {
      pen.line([[from - 4, y(share)], [from, y(share)]], inks.quiet);
      pen.text(String(share), from - 7, y(share) + (share === 1 ? 8 : 4), { size: 11, colour: inks.quiet, align: "right" });
    }
  }

  // Upright lines through one band: a second use of a colour.
  hatch(pen, x, y, number, from, to) {
    for (let pixel = from + 3; pixel < to; pixel += 7) {
      const shares = this.at(this.view.start + ((pixel - from) / (to - from)) * (this.view.end - this.view.start));
      const below = shares.slice(0, number).reduce((sum, share) => sum + share, 0);
      pen.line([[pixel, y(below)], [pixel, y(below + shares[number])]], theme.inks.paper, 1.5);
    }
  }

  table() {
    const rows = this.moments.map(({ start_s, end_s, emotions }) => [start_s, end_s, ...this.emotions.map((emotion) => emotions[emotion])]);
    return { columns: ["start_s", "end_s", ...this.emotions], rows };
  }
}
