// Numbers and names as a person says them.

const spoken = (name) => name.replaceAll("_", " ");
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const share = (value) => value.toFixed(2);
// No −0.00.
const signed = (value) => (Math.abs(value) < 0.005 ? "0.00" : (value > 0 ? "+" : "−") + Math.abs(value).toFixed(2));

function clock(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

const lasting = (seconds) => (seconds < 60 ? `${seconds.toFixed(1)} s` : `${clock(Math.round(seconds)).replace(".0", "")} min`);

const NAMES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

function pitchName(midi) {
  const near = Math.round(midi);
  return NAMES[((near % 12) + 12) % 12] + (Math.floor(near / 12) - 1);
}

// Round numbers from one value to another, at most `most` of them.
function ticks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough * 0.999);
  const found = [];
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + 1e-9 * step; count++) {
    found.push(Number((count * step).toPrecision(12)));
  }
  return found;
}

// From this on, steps of time are those of a clock, seconds.
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

// Round moments from one to another, at most `most` of them: whole seconds, quarters of minutes, minutes, quarters of hours.
function timeTicks(low, high, most) {
  const rough = (high - low) / Math.max(1, most);
  const step = rough > 0.5 && CLOCK_STEPS.find((step) => step >= rough * 0.999);
  if (!step) return ticks(low, high, most);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, at) => (first + at) * step);
}

// The largest place whose value is no larger: values rise.
function placeOf(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// An element with attributes and text; never HTML.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
