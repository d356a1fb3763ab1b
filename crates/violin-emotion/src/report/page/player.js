// Plays the sound, moves the cursor, and listens to the keys.

// `takes` are what can be heard: each its sound, and the ways `from` its seconds to the view's and back `to` them.
function startPlayer(view, takes, describe) {
  const get = (id) => document.getElementById(id);
  const [play, position, time, now, open, file] = ["play", "position", "clock", "now", "open", "file"].map(get);
  const audio = new Audio();
  audio.preload = "auto";
  let on = 0;
  const addresses = takes.map(({ sound }) => sound.address);
  const hear = (take) => {
    const plays = !audio.paused;
    audio.pause();
    on = take;
    play.disabled = !addresses[on];
    open.hidden = Boolean(addresses[on]);
    if (!addresses[on]) return;
    audio.src = addresses[on];
    audio.currentTime = takes[on].to(view.now);
    if (plays) toggle();
  };
  file.addEventListener("change", () => {
    if (!file.files.length) return;
    addresses[on] = URL.createObjectURL(file.files[0]);
    hear(on);
  });

  const label = () => {
    play.textContent = audio.paused ? "▶" : "❚❚";
    play.setAttribute("aria-label", audio.paused ? "Play" : "Stop");
  };
  const follow = () => {
    if (audio.paused) return;
    view.point(takes[on].from(audio.currentTime));
    requestAnimationFrame(follow);
  };
  const toggle = () => {
    if (!addresses[on]) return;
    if (!audio.paused) return audio.pause();
    if (view.now >= view.duration - 0.02) go(0);
    audio.play().catch(() => {
      now.textContent = "This browser cannot play the sound.";
    });
  };
  const go = (seconds) => {
    view.point(seconds);
    if (addresses[on]) audio.currentTime = takes[on].to(view.now);
  };
  audio.addEventListener("play", () => (label(), requestAnimationFrame(follow)));
  audio.addEventListener("pause", label);
  audio.addEventListener("ended", () => (label(), view.point(view.duration)));
  play.addEventListener("click", toggle);

  position.max = view.duration;
  position.addEventListener("input", () => go(Number(position.value)));
  const show = () => {
    const words = describe(view.now);
    position.value = view.now;
    position.setAttribute("aria-valuetext", `${clock(view.now)}, ${words}`);
    time.textContent = `${clock(view.now)} / ${clock(view.duration)}`;
    now.textContent = words;
  };
  view.on("now", show);

  get("closer").addEventListener("click", () => view.zoom(0.5));
  get("farther").addEventListener("click", () => view.zoom(2));
  get("whole").addEventListener("click", () => view.whole());

  const keys = {
    " ": toggle,
    ArrowLeft: (event) => go(view.now - (event.shiftKey ? 10 : 1)),
    ArrowRight: (event) => go(view.now + (event.shiftKey ? 10 : 1)),
    Home: () => go(0),
    End: () => go(view.duration),
    "+": () => view.zoom(0.5),
    "-": () => view.zoom(2),
    0: () => view.whole(),
  };
  document.addEventListener("keydown", (event) => {
    const key = keys[event.key];
    if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
    // Space presses a button and opens a list or a table; arrows choose in a list.
    const own = event.target.closest("select, summary, a, input[type=file], .scrolls") || (event.key === " " && event.target.closest("button"));
    if (own && event.target !== play) return;
    event.preventDefault();
    key(event);
  });

  hear(0);
  label();
  show();
  return { go, hear };
}
