// Lists the recordings of one run.

const data = JSON.parse(document.getElementById("data").textContent);

function rowOf({ name, page, headline, analysis }) {
  if (!page) {
    const hint = analysis.hint ? [element("p", { class: "facts" }, analysis.hint)] : [];
    return element("li", { class: "failed" }, element("strong", {}, name), element("p", {}, analysis.error), ...hint);
  }
  const link = element("a", { href: encodeURIComponent(page) }, name);
  const warnings = analysis.warnings.length;
  const facts = `${lasting(analysis.duration_s)}${warnings ? `, ${warnings} ${warnings === 1 ? "thing" : "things"} to know` : ""}`;
  return element("li", {}, link, element("span", { class: "facts" }, facts), element("p", {}, headline), bandsOf(analysis.emotions));
}

const answered = data.rows.filter((row) => row.page).length;
const failed = data.rows.length - answered;
document.getElementById("count").textContent =
  `${answered} ${answered === 1 ? "recording" : "recordings"}${failed ? `, and ${failed} that could not be answered` : ""}`;
document.getElementById("rows").append(...data.rows.map(rowOf));
if (data.comparison) {
  const link = element("a", { href: encodeURIComponent(data.comparison) }, "Both takes side by side");
  document.getElementById("rows").append(element("li", {}, link));
}
const { score, trained_on, limits } = data.trust;
document.getElementById("trust").append(...[score, trained_on, limits].map((words) => element("p", {}, words)));
startTheme(document.getElementById("theme"));
