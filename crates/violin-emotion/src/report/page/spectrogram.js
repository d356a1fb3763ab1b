// What sounds: the waveform, the spectrum on an axis of pitch in the theme's colours, the pitch as it was followed, the notes.

class SoundPicture {
  constructor(data, view) {
    Object.assign(this, { id: "notes", title: "What sounds", data, view, tiles: [], coloured: new Map() });
    this.note = "Above, the waveform; below, what sounds at every pitch. The red line is the pitch that was followed, its ticks are where notes begin.";
    this.onsets = data.played.notes.map((note) => note.onset_s);
    data.spectrum.tiles.forEach((address, at) => {
      const image = new Image();
      image.src = address;
      image.decode().then(() => ((this.tiles[at] = image), this.redraw?.()));
    });
    theme.listeners.push(() => this.coloured.clear());
  }

  words() {
    const { notes, tuning_cents } = this.data.played;
    if (!notes.length) return "no notes were heard";
    const pitches = notes.map((note) => note.pitch);
    const range = `${pitchName(Math.min(...pitches))} to ${pitchName(Math.max(...pitches))}`;
    return `${notes.length} notes from ${range}, tuned ${Math.round(tuning_cents)} cents from A4 = 440 Hz; waveform, spectrum, pitch and notes`;
  }

  height(width) {
    return (width < 560 ? 40 : 52) + (width < 560 ? 210 : 280) + 28;
  }

  draw(pen, width, height) {
    const inks = theme.inks;
    const wave = width < 560 ? 40 : 52;
    const [from, to, top, bottom] = [left(width), width - right, wave + 4, height - 22];
    const x = timeAxis(pen, this.view, width, height);
    pen.clipped(from, 0, to - from, height, () => this.drawWave(pen, x, from, to, wave));
    pen.rect(from, top, to - from, bottom - top, `rgb(${theme.ramp[0].join()})`);
    pen.clipped(from, top, to - from, bottom - top, () => {
      this.drawSpectrum(pen, x, top, bottom);
      this.drawNotes(pen, x, top, bottom);
      this.drawPitch(pen, x, top, bottom);
    });
    for (const midi of [55, 60, 67, 72, 79, 84, 91, 96, 108]) {
      const y = this.y(midi, top, bottom);
      if (y < top + 8 || y > bottom) continue;
      pen.line([[from - 4, y], [from, y]], inks.quiet);
      pen.text(pitchName(midi), from - 7, y + 4, { size: 11, colour: inks.quiet, align: "right" });
    }
  }

  y(midi, top, bottom) {
    const { low_hz, high_hz } = this.data.spectrum;
    const hz = 440 * 2 ** ((midi - 69) / 12);
    return bottom - (Math.log(hz / low_hz) / Math.log(high_hz / low_hz)) * (bottom - top);
  }

  drawWave(pen, x, from, to, wave) {
    const { step_s, low, high } = this.data.waveform;
    const loudest = Math.max(1, ...this.reach());
    const y = (percent) => wave / 2 - (percent / loudest) * (wave / 2 - 2);
    const seconds = (pixel) => this.view.start + ((pixel - from) / (to - from)) * (this.view.end - this.view.start);
    const upper = [];
    const lower = [];
    for (let pixel = from; pixel < to; pixel++) {
      const first = Math.max(0, Math.floor(seconds(pixel) / step_s));
      const last = Math.min(low.length, Math.max(first + 1, Math.floor(seconds(pixel + 1) / step_s)));
      if (first >= last) break;
      let [least, most] = [0, 0];
      for (let at = first; at < last; at++) {
        if (low[at] < least) least = low[at];
        if (high[at] > most) most = high[at];
      }
      upper.push([pixel, y(most) - 0.5]);
      lower.push([pixel, y(least) + 0.5]);
    }
    if (upper.length > 1) pen.area([...upper, ...lower.reverse()], theme.inks.quiet);
  }

  // The farthest that any sample reaches, per cent.
  reach() {
    const { low, high } = this.data.waveform;
    this.farthest ??= [low.reduce((least, value) => Math.min(least, value), 0), high.reduce((most, value) => Math.max(most, value), 0)].map(Math.abs);
    return this.farthest;
  }

  drawSpectrum(pen, x, top, bottom) {
    const { start_s, step_s, rows, columns } = this.data.spectrum;
    let first = 0;
    for (let at = 0; first < columns; at++) {
      const image = this.tiles[at];
      const count = image ? image.naturalWidth : 2048;
      const [begin, end] = [start_s + first * step_s, start_s + (first + count) * step_s];
      if (image && end > this.view.start && begin < this.view.end) {
        // The columns that are seen, whole ones.
        const from = Math.max(0, Math.floor((this.view.start - begin) / step_s));
        const until = Math.min(count, Math.ceil((this.view.end - begin) / step_s));
        const [left, right] = [x(begin + from * step_s), x(begin + until * step_s)];
        const seen = { x: from, y: 0, width: until - from, height: rows };
        pen.picture(this.colour(at), seen, { x: left, y: top, width: right - left, height: bottom - top });
      }
      first += count;
    }
  }

  // A tile in the theme's colours.
  colour(at) {
    if (!this.coloured.has(at)) {
      const image = this.tiles[at];
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
      const to = canvas.getContext("2d");
      to.drawImage(image, 0, 0);
      const cells = to.getImageData(0, 0, canvas.width, canvas.height);
      const shades = shadesOf(theme.ramp);
      for (let cell = 0; cell < cells.data.length; cell += 4) cells.data.set(shades[cells.data[cell]], cell);
      to.putImageData(cells, 0, 0);
      this.coloured.set(at, canvas);
    }
    return this.coloured.get(at);
  }

  drawNotes(pen, x, top, bottom) {
    const notes = this.data.played.notes;
    const first = Math.max(0, placeOf(this.onsets, this.view.start) - 1);
    for (let at = first; at < notes.length && notes[at].onset_s < this.view.end; at++) {
      const note = notes[at];
      const [begin, end, y] = [x(note.onset_s), x(note.offset_s), this.y(note.pitch, top, bottom)];
      pen.line([[begin, y - 5], [begin, y + 5]], theme.inks.curve, 1);
      if (end - begin > textWidth(note.name, 11) + 2) {
        pen.text(note.name, begin + 2, y - 7, { size: 11, colour: theme.inks.ink, halo: theme.inks.paper });
      }
    }
  }

  drawPitch(pen, x, top, bottom) {
    const { step_s, pitch } = this.data.curves;
    const seen = (this.view.end - this.view.start) / step_s;
    const every = Math.max(1, Math.floor(seen / 4000));
    const points = [];
    const last = Math.min(pitch.length, Math.ceil(this.view.end / step_s) + 1);
    for (let at = Math.max(0, Math.floor(this.view.start / step_s) - 1); at < last; at += every) {
      points.push(pitch[at] === null ? null : [x(at * step_s), this.y(pitch[at], top, bottom)]);
    }
    pen.line(points, theme.inks.curve, 1.6);
  }

  table() {
    const columns = ["note", "onset_s", "offset_s", "pitch", "cents", "level_db", "joined", "attack_s", "vibrato_rate_hz", "vibrato_extent_cents", "portamento_s", "portamento_cents", "brightness_db_per_octave", "bow_noise_db", "plucked", "doubled"];
    const row = (note) => [
      note.name, note.onset_s, note.offset_s, note.pitch, note.cents, note.level_db, Number(note.joined), note.attack_s,
      note.vibrato?.rate_hz ?? null, note.vibrato?.extent_cents ?? null, note.portamento?.duration_s ?? null,
      note.portamento?.extent_cents ?? null, note.brightness_db_per_octave, note.bow_noise_db, Number(note.plucked), Number(note.doubled),
    ];
    return { columns, rows: this.data.played.notes.map(row) };
  }
}

// One colour a grey: red, green, blue and opacity.
function shadesOf(ramp) {
  return Array.from({ length: 256 }, (_, grey) => {
    const place = (grey / 255) * (ramp.length - 1);
    const [one, other] = [ramp[Math.floor(place)], ramp[Math.ceil(place)]];
    const part = place % 1;
    return [0, 1, 2].map((at) => Math.round(one[at] * (1 - part) + other[at] * part)).concat(255);
  });
}
