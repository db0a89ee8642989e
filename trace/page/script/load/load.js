"use strict";
// The walk's style, dialogs and script are compressed, like chunks. The script runs because the policy has
// its hash. Until then nothing is shown: the mask is not on yet.
(async () => {
  const page = document.documentElement;
  const text = id => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), c => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
  };
  page.hidden = true;
  try {
    const style = new CSSStyleSheet(), script = document.createElement("script");
    style.replaceSync(await text("walk-style"));
    script.textContent = await text("walk-script");
    document.adoptedStyleSheets = [style];
    document.body.insertAdjacentHTML("beforeend", await text("walk-dialogs"));
    document.body.append(script);
  } catch {
    // A browser that cannot inflate shows the document, which is read from top to bottom.
  } finally {
    page.hidden = false;
  }
})();
