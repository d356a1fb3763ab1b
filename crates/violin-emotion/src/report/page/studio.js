// Takes recordings, shows how far each has come, its answer and its page, and puts two beside each other.

const data = JSON.parse(document.getElementById("data").textContent);
const get = (id) => document.getElementById(id);
const say = (words) => (get("said").textContent = words);
const sending = new Sending();
const takes = [];

const STAGES = { waiting: "waiting for its turn", listening: "listening", explaining: "finding out why", drawing: "drawing its page" };
// What each stage begins with and ends with, as a share of the whole: about what they take of the time.
const SHARES = { waiting: [0.05, 0.05], listening: [0.1, 0.1], explaining: [0.3, 0.9], drawing: [0.9, 0.9] };

const size = (bytes) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

// How far a piece of work has come, with the words for it.
function progressOf({ sent, stage, share }) {
  if (stage === undefined) return [0.05 * sent, sent < 1 ? "on its way" : "waiting for its turn"];
  const [from, to] = SHARES[stage];
  return [from + (share ?? 0) * (to - from), STAGES[stage]];
}

function show(name, address, row) {
  get("shown").hidden = false;
  get("shown-title").textContent = name;
  get("alone").href = address;
  const frame = get("page");
  frame.title = `Page: ${name}`;
  frame.contentWindow.location.replace(address);
  document.querySelectorAll(".take.shown").forEach((other) => other.classList.remove("shown"));
  row?.classList.add("shown");
}

// A page in the frame has the colours that were chosen here. On its way there is nothing in the frame.
function sameTheme() {
  const inside = get("page").contentDocument;
  if (inside?.documentElement?.dataset.theme && inside.documentElement.dataset.theme !== theme.name) inside.getElementById("theme")?.click();
}

function tellCount() {
  const [heard, failed] = [takes.filter((take) => take.page).length, takes.filter((take) => take.failed).length];
  const under = takes.length - heard - failed;
  const parts = [`${heard} heard`, ...(under ? [`${under} to come`] : []), ...(failed ? [`${failed} that could not be answered`] : [])];
  get("count").textContent = `${parts.join(", ")}. Choose two to compare them, the earlier take first.`;
}

const chosen = [];

function choose(take, on) {
  const at = chosen.indexOf(take);
  if (at >= 0) chosen.splice(at, 1);
  if (on) chosen.push(take);
  // A third one takes the place of the first.
  if (chosen.length > 2) chosen.shift().pick.checked = false;
  get("compare").disabled = chosen.length !== 2;
  const names = chosen.map(({ name }) => name);
  get("compared").textContent = names.length === 2 ? `${names[0]}, and then ${names[1]}` : names.length ? `${names[0]}, and …` : "";
}

// What was heard, for when this page is loaded anew; other tabs and other people do not see it.
const remembered = () => JSON.parse(sessionStorage.getItem("heard") ?? "[]");
const keep = (heard) => sessionStorage.setItem("heard", JSON.stringify(heard));

function remember(name, { page, headline, analysis: { duration_s, emotions, warnings } }) {
  const others = remembered().filter((one) => one.row.page !== page);
  keep([...others, { name, row: { page, headline, analysis: { duration_s, emotions, warnings } } }]);
}

// Lists again what the program still has.
async function recall() {
  const there = await Promise.all(remembered().map(async (one) => (await fetch(one.row.page, { method: "HEAD" })).ok && one));
  const heard = there.filter(Boolean);
  keep(heard);
  for (const { name, row } of heard) new Listed(name, false).answered(row);
}

class Listed {
  // `alone`: nothing else was brought with it, so its page is looked at when it is there.
  constructor(name, alone) {
    Object.assign(this, { name, alone });
    this.state = element("p", { class: "facts" }, "waiting for its turn");
    this.bar = element("progress", { max: "1", value: "0", "aria-label": `Progress of ${name}` });
    this.pick = element("input", { type: "checkbox", class: "pick", "aria-label": `Compare ${name}`, disabled: true });
    this.pick.addEventListener("change", () => choose(this, this.pick.checked));
    this.facts = element("span", { class: "facts" });
    this.row = element("li", { class: "take" }, this.pick, element("span", { class: "name" }, element("strong", {}, name), this.facts), this.state, this.bar);
    get("rows").prepend(this.row);
    takes.push(this);
    get("takes").hidden = false;
    tellCount();
  }

  hear(line) {
    if (line.row?.page) this.answered(line.row);
    else if (line.row) this.refused(line.row.analysis);
    else if (line.error) this.refused(line);
    else {
      const [share, words] = progressOf(line);
      this.bar.value = share;
      this.state.textContent = words;
    }
  }

  answered(row) {
    const { page, headline, analysis } = row;
    this.page = page;
    remember(this.name, row);
    const warnings = analysis.warnings.length;
    this.facts.textContent = `${lasting(analysis.duration_s)}${warnings ? `, ${warnings} ${warnings === 1 ? "thing" : "things"} to know` : ""}`;
    const look = element("button", { type: "button", class: "quiet", "aria-label": `Show the page of ${this.name}` }, "Show");
    look.addEventListener("click", () => {
      show(this.name, page, this.row);
      get("shown-title").focus();
      get("shown").scrollIntoView();
    });
    this.bar.remove();
    this.state.className = "";
    this.state.textContent = headline;
    this.state.before(element("span", { class: "does" }, look));
    this.row.append(bandsOf(analysis.emotions));
    theme.listeners.forEach((listener) => listener());
    this.pick.disabled = false;
    if (this.alone || get("shown").hidden) show(this.name, page, this.row);
    say(`${this.name}: ${headline}`);
    tellCount();
  }

  refused({ error, hint }) {
    this.failed = true;
    this.row.classList.add("failed");
    this.bar.remove();
    this.state.className = "";
    // The name stands above.
    this.state.textContent = error.startsWith(`${this.name}: `) ? capital(error.slice(this.name.length + 2)) : error;
    if (hint) this.row.append(element("p", { class: "facts" }, hint));
    say(error);
    tellCount();
  }
}

function bring(files) {
  if (!files.length) return say(`There is no recording among these: names end in .${data.extensions.join(", .")}.`);
  say(files.length === 1 ? `${files[0].name} is being heard.` : `${files.length} recordings are being heard.`);
  for (const { file, name } of files) {
    const listed = new Listed(name, files.length === 1);
    if (file.size > data.most_bytes) {
      listed.refused({ error: `This file has ${size(file.size)}; at most ${size(data.most_bytes)} are taken.`, hint: "Cut it, or save it as FLAC, which takes half the room." });
    } else sending.send(`/recordings/${encodeURIComponent(name)}`, file, (line) => listed.hear(line));
  }
}

function startChoosing() {
  for (const [button, input, of] of [
    ["choose-files", "files", (list) => [...list].map((file) => ({ file, name: file.name }))],
    ["choose-folder", "folder", ofFolder],
  ]) {
    get(button).addEventListener("click", () => get(input).click());
    get(input).addEventListener("change", () => {
      bring(of(get(input).files));
      get(input).value = "";
    });
  }
  const over = (event, is) => {
    event.preventDefault();
    get("bring").classList.toggle("over", is);
  };
  addEventListener("dragover", (event) => over(event, true));
  addEventListener("dragleave", (event) => over(event, false));
  addEventListener("drop", async (event) => {
    over(event, false);
    bring(await ofDrop(event.dataTransfer));
  });
}

function startRecording() {
  const button = get("record");
  let take = null;
  const label = (on) => {
    button.textContent = on ? "Stop and hear it" : "Record";
    button.setAttribute("aria-pressed", String(on));
    get("recording").hidden = !on;
  };
  const end = async () => {
    const ended = take;
    take = null;
    label(false);
    if (!ended) return;
    const file = await ended.end();
    bring([{ file, name: file.name }]);
  };
  const hear = (seconds, level) => {
    get("recorded").textContent = clock(seconds);
    // From −60 dB to full scale.
    const share = Math.min(1, Math.max(0, 1 + Math.log10(Math.max(level, 1e-6)) / 3));
    get("level").firstElementChild.style.transform = `scaleX(${share})`;
  };
  label(false);
  button.addEventListener("click", async () => {
    if (take) return end();
    button.disabled = true;
    try {
      take = await Take.begin(data.longest_take_s, hear, end);
      get("recorded").textContent = clock(0);
      label(true);
      say("Recording from the microphone.");
    } catch (problem) {
      say(whyNot(problem));
    }
    button.disabled = false;
    button.focus();
  });
}

function startComparing() {
  get("compare").addEventListener("click", () => {
    const [first, second] = chosen;
    const name = `${first.name}, and then ${second.name}`;
    get("compare").disabled = true;
    const id = (take) => take.page.split("/").at(-1);
    sending.send(`/comparisons/${id(first)}/${id(second)}`, null, (line) => {
      if (line.page) show(name, line.page);
      if (line.page || line.error) get("compare").disabled = chosen.length !== 2;
      const words = line.error ? [line.error, line.hint].filter(Boolean).join(" ") : line.page ? `Both are compared below: ${name}.` : `${capital(progressOf(line)[1])} …`;
      get("compared").textContent = words;
    });
  });
}

startTheme(get("theme"));
theme.listeners.push(sameTheme);
get("page").addEventListener("load", sameTheme);
get("trust").append(...[data.trust.score, data.trust.trained_on, data.trust.limits].map((words) => element("p", {}, words)));
startChoosing();
startRecording();
startComparing();
recall();
