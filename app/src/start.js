// Brings the page to life by the wasm of its desk, and tells the reader where that fails. `module` and `wasm` are written before it.

// A link to another desk is a page load: this desk's wasm does not know the pages there.
const deskOf = (path) => path.split("/")[1];
addEventListener(
  "click",
  ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link && deskOf(link.pathname) !== deskOf(location.pathname)) link.rel = "external";
  },
  true,
);

// After an update of the server the files of a page that was made before it may be gone: the page is loaded again, once.
async function wasUpdated() {
  try {
    if (sessionStorage.getItem("loaded-again") === wasm) return false;
    const answer = await fetch(wasm, { method: "HEAD", cache: "no-store" });
    if (answer.status !== 404) return false;
    sessionStorage.setItem("loaded-again", wasm);
    return true;
  } catch {
    return false;
  }
}

try {
  const desk = await import(module);
  await desk.default({ module_or_path: wasm });
} catch (fault) {
  console.error(fault);
  if (await wasUpdated()) location.reload();
  else document.getElementById("not-alive").hidden = false;
}
