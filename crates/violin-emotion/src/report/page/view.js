// The part of the recording that is seen, and the moment that is pointed at.

class View {
  constructor(duration) {
    // No closer than half a second, which fills the width with a few notes.
    Object.assign(this, { duration, start: 0, end: duration, now: 0, closest: Math.min(0.5, duration) });
    this.listeners = { seen: [], now: [] };
  }

  on(what, listener) {
    this.listeners[what].push(listener);
  }

  tell(what) {
    this.listeners[what].forEach((listener) => listener());
  }

  point(seconds) {
    this.now = Math.min(Math.max(seconds, 0), this.duration);
    if (this.now < this.start || this.now > this.end) this.show(this.now - 0.1 * (this.end - this.start), this.end - this.start);
    this.tell("now");
  }

  show(start, length) {
    const seen = Math.min(Math.max(length, this.closest), this.duration);
    const from = Math.min(Math.max(start, 0), this.duration - seen);
    if (from === this.start && from + seen === this.end) return;
    [this.start, this.end] = [from, from + seen];
    this.tell("seen");
  }

  // Around a moment, which keeps its place.
  zoom(factor, around = this.now) {
    const length = Math.min(Math.max((this.end - this.start) * factor, this.closest), this.duration);
    const place = (around - this.start) / (this.end - this.start);
    this.show(around - place * length, length);
  }

  whole() {
    this.show(0, this.duration);
  }
}
