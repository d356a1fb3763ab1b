// Two takes on one page: the line stands at the same place of the music in both, and either can be heard from there.

const data = JSON.parse(document.getElementById("data").textContent);
const get = (id) => document.getElementById(id);
const [first, second] = data.takes;

// From seconds of one take to seconds of the other.
function across(from, to) {
  return (seconds) => {
    const before = Math.max(0, Math.min(placeOf(from, seconds), from.length - 2));
    const apart = from[before + 1] - from[before];
    const part = apart > 0 ? Math.min(1, Math.max(0, (seconds - from[before]) / apart)) : 0;
    return to[before] * (1 - part) + to[before + 1] * part;
  };
}

function tellDifferences() {
  document.title = `${first.name}, ${second.name}`;
  get("name").textContent = `${first.name}, and then ${second.name}`;
  const item = (words) => element("li", {}, capital(words));
  const words = data.differences.length ? data.differences : ["nothing in the playing differs for sure"];
  get("differences").append(...words.map(item));
  // What is true of both is said once.
  const said = data.takes.flatMap((take) => take.analysis.warnings.map(({ message }) => ({ name: take.name, message })));
  const both = (message) => data.takes.every((take) => take.analysis.warnings.some((warning) => warning.message === message));
  const warnings = new Set(said.map(({ name, message }) => (both(message) ? capital(message) : `${name}: ${message}`)));
  get("warnings").append(...[...warnings].map((words) => element("li", {}, words)));
  get("warnings").hidden = !warnings.size;
  get("aligned").textContent = data.alignment.one_piece
    ? "One line marks the same place of the music in both takes: they are laid upon each other by the pitches that are heard. Each has its own seconds."
    : "These do not sound like takes of one piece: the line marks the same share of the way through each.";
  get("trust").append(...[first.trust.score, first.trust.trained_on, first.trust.limits].map((words) => element("p", {}, words)));
}

function start() {
  startTheme(get("theme"));
  tellDifferences();
  const { first_s, second_s } = data.alignment;
  const [there, back] = [across(first_s, second_s), across(second_s, first_s)];
  const views = data.takes.map((take) => new View(take.analysis.duration_s));
  // What is seen of the second take is what lies under the first's view.
  views[0].on("now", () => {
    views[1].now = there(views[0].now);
    views[1].tell("now");
  });
  views[0].on("seen", () => views[1].show(there(views[0].start), there(views[0].end) - there(views[0].start)));
  const rivers = data.takes.map((take, at) => new River(take, views[at]));
  const same = (seconds) => seconds;
  const player = startPlayer(
    views[0],
    [
      { sound: first.sound, from: same, to: same },
      { sound: second.sound, from: back, to: there },
    ],
    (seconds) => [rivers[0].strongest(seconds), rivers[1].strongest(there(seconds))].map(({ emotion, share: most }) => `${spoken(emotion)} ${share(most)}`).join(" | "),
  );
  const hear = get("hear");
  hear.append(...data.takes.map((take, at) => element("option", { value: String(at) }, take.name)));
  hear.addEventListener("change", () => player.hear(Number(hear.value)));

  const named = (figure, at) => {
    figure.title = `${figure.title}: ${data.takes[at].name}`;
    figure.id = `${figure.id}-${at + 1}`;
    if (at) figure.note = undefined;
    return figure;
  };
  const shares = data.takes.map((take, at) => named(new Shares(take), at));
  // One order and one scale, so that bars side by side can be compared.
  shares[1].order = shares[0].order;
  const largest = Math.max(...shares.map((one) => one.largest));
  shares.forEach((one, at) => {
    one.largest = largest;
    showFigure(one, get(["first", "second"][at]), data.takes[at].name);
  });
  for (const make of [(at) => rivers[at], (at) => new SoundPicture(data.takes[at], views[at]), (at) => new Lanes(data.takes[at], views[at])]) {
    data.takes.forEach((take, at) => {
      const go = at ? (seconds) => player.go(back(seconds)) : player.go;
      showOverTime(named(make(at), at), get("time"), take.name, views[at], go, views[0]);
    });
  }
  const why = { explanation: data.explanation, said: { whole: data.said }, analysis: second.analysis };
  const choice = chooseEmotion(get("emotion"), why, () => figure.redraw());
  const figure = new Why("why", "From the first take to the second", why, choice);
  figure.from = "first take";
  showFigure(figure, get("why-whole"), second.name);
  views[0].tell("now");
}

start();
