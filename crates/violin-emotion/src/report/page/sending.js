// Asks the server; its answer comes line by line, JSON each, and is passed on as it comes.

// Two at a time: a browser keeps few ways open to one server, and one must stay free for pages.
const AT_ONCE = 2;

class Sending {
  constructor() {
    this.waiting = [];
    this.under = 0;
  }

  // `hear` gets { sent } (share of the file), the server's lines, and at the end { row }, { page } or { error, hint }.
  send(address, body, hear) {
    this.waiting.push({ address, body, hear });
    this.next();
  }

  next() {
    if (this.under >= AT_ONCE || !this.waiting.length) return;
    this.under += 1;
    const { address, body, hear } = this.waiting.shift();
    const asked = new XMLHttpRequest();
    let [read, answered] = [0, false];
    const lines = () => {
      for (let end; (end = asked.responseText.indexOf("\n", read)) >= 0; ) {
        const line = JSON.parse(asked.responseText.slice(read, end));
        read = end + 1;
        answered ||= "row" in line || "page" in line || "error" in line;
        hear(line);
      }
    };
    asked.upload.addEventListener("progress", ({ loaded, total }) => hear({ sent: total ? loaded / total : 1 }));
    asked.addEventListener("progress", lines);
    asked.addEventListener("loadend", () => {
      lines();
      if (!answered) hear({ error: "The program gave no answer.", hint: "Look whether it still runs, in the terminal where it was started." });
      this.under -= 1;
      this.next();
    });
    asked.open("POST", address);
    asked.send(body);
    this.next();
  }
}
