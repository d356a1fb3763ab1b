// Puts the page together from its data.

const data = JSON.parse(document.getElementById("data").textContent);
const get = (id) => document.getElementById(id);

function tellAnswer() {
  const { analysis, trust } = data;
  document.title = data.name;
  get("name").textContent = data.name;
  get("headline").textContent = data.headline;
  const notes = data.played.notes.length;
  get("facts").textContent = `${lasting(analysis.duration_s)}, ${notes} ${notes === 1 ? "note" : "notes"}`;
  const item = (words) => element("li", {}, words);
  get("warnings").append(...analysis.warnings.map((warning) => item(capital(warning.message))));
  get("warnings").hidden = !analysis.warnings.length;
  get("trust").append(...[trust.score, trust.trained_on, trust.intervals].map((words) => element("p", {}, words)));
  get("limits").textContent = trust.limits;
  get("cautions").append(...data.cautions.map((words) => item(`${capital(words)}.`)));
  get("caution").hidden = !data.cautions.length;
  get("made").textContent = `${data.schema}, made by violin-emotion ${data.program}`;
  get("json").addEventListener("click", () => save(`${plain(data.name)}.json`, "application/json", [JSON.stringify(data, null, 1)]));
}

function start() {
  startTheme(get("theme"));
  tellAnswer();
  const view = new View(data.analysis.duration_s);
  const river = new River(data, view);
  const same = (seconds) => seconds;
  const player = startPlayer(view, [{ sound: data.sound, from: same, to: same }], (seconds) => {
    const { emotion, share: most } = river.strongest(seconds);
    return `${spoken(emotion)} ${share(most)}`;
  });
  showFigure(new Shares(data), get("shares"), data.name);
  for (const figure of [river, new SoundPicture(data, view), new Lanes(data, view)]) {
    showOverTime(figure, get("time"), data.name, view, player.go);
  }

  const moments = data.explanation.timeline;
  const middles = moments.map(({ start_s, end_s }) => (start_s + end_s) / 2);
  const nearest = () => {
    const before = Math.max(0, placeOf(middles, view.now));
    const after = Math.min(before + 1, middles.length - 1);
    return view.now - middles[before] <= middles[after] - view.now ? before : after;
  };
  let shown = nearest();
  const figures = [];
  const choice = chooseEmotion(get("emotion"), data, () => figures.forEach((figure) => figure.redraw()));
  figures.push(new Why("why", "In the whole recording", data, choice), new Why("why-now", "At this moment", data, choice, () => shown));
  showFigure(figures[0], get("why-whole"), data.name);
  showFigure(figures[1], get("why-moment"), data.name);
  view.on("now", () => {
    if (nearest() === shown) return;
    shown = nearest();
    figures[1].redraw();
  });
  view.tell("now");
}

start();
