// Light or dark, as the system says or the reader; and the colours of what is drawn.

// Okabe and Ito (2008): told apart by the colour-blind. The first seven are drawn plain, the next hatched.
const EMOTIONS = {
  light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"],
  dark: ["#3d9bd9", "#e8743b", "#27b88d", "#d895bb", "#e6b04a", "#7cc4ee", "#b0b0b0"],
};
const INKS = {
  light: { paper: "#ffffff", ink: "#1f2328", quiet: "#5b626b", grid: "#e4e4e0", soft: "#c9cdd2", more: "#0b6e4f", less: "#b3541e", curve: "#b4231f" },
  dark: { paper: "#1a1d22", ink: "#eceae6", quiet: "#a7adb5", grid: "#2d3138", soft: "#4a5059", more: "#4cc49a", less: "#ee9a64", curve: "#ff8a7a" },
};
// From silence to the loudest, as red, green and blue.
const RAMPS = {
  light: [[255, 255, 255], [214, 226, 236], [137, 170, 203], [62, 102, 156], [22, 40, 84]],
  dark: [[26, 29, 34], [33, 52, 78], [48, 98, 135], [104, 164, 178], [240, 236, 200]],
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = {
  chosen: null,
  listeners: [],
  get name() {
    return this.chosen ?? (dark.matches ? "dark" : "light");
  },
  get inks() {
    return INKS[this.name];
  },
  get ramp() {
    return RAMPS[this.name];
  },
  emotion(number) {
    const colours = EMOTIONS[this.name];
    return { colour: colours[number % colours.length], hatched: Math.floor(number / colours.length) % 2 === 1 };
  },
  apply() {
    document.documentElement.dataset.theme = this.name;
    this.listeners.forEach((listener) => listener());
  },
};

function startTheme(button) {
  const label = () => {
    button.textContent = theme.name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", theme.name === "dark" ? "Use light colours" : "Use dark colours");
  };
  theme.listeners.push(label);
  button.addEventListener("click", () => {
    theme.chosen = theme.name === "dark" ? "light" : "dark";
    theme.apply();
  });
  dark.addEventListener("change", () => theme.apply());
  theme.apply();
}
