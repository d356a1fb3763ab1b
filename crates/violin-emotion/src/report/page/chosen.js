// What a person drops or chooses → files, each with its name; of folders, the recordings in them and below.

const endsAsRecording = (name) => data.extensions.includes(name.split(".").at(-1).toLowerCase());

// A folder that was chosen, in name order.
function ofFolder(list) {
  const named = [...list].map((file) => ({ file, name: file.webkitRelativePath || file.name }));
  return named.filter(({ name }) => endsAsRecording(name)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function inside(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [{ file, name: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = entry.createReader();
  const found = [];
  // A reader gives a hundred at a time, and nothing when there is no more.
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    for (const within of some) found.push(...(await inside(within)));
  }
  return found.filter(({ name }) => endsAsRecording(name)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

// What was dropped. The list of a drop is empty a moment later: entries and files are taken before anything is waited for.
async function ofDrop(transfer) {
  const dropped = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
  const found = [];
  for (const [entry, file] of dropped) {
    if (entry?.isDirectory) found.push(...(await inside(entry)));
    else if (file) found.push({ file, name: file.name });
  }
  return found;
}
