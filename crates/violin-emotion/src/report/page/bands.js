// An answer as one narrow band an emotion, as wide as its share.

function bandsOf(emotions) {
  const band = ([emotion, part], number) => {
    const made = element("span", { class: "band", title: `${spoken(emotion)} ${share(part)}` });
    made.style.flexGrow = part;
    theme.listeners.push(() => (made.style.background = theme.emotion(number).colour));
    return made;
  };
  const said = Object.entries(emotions).map(([emotion, part]) => `${spoken(emotion)} ${share(part)}`);
  return element("span", { class: "bands", role: "img", "aria-label": said.join(", ") }, ...Object.entries(emotions).map(band));
}
