// Playing: a step at a time, at a pace in seconds.

const playing = {timer: 0, pace: 2};
const player = find("#controls [data-key=' ']");

function play(on = !playing.timer) {
  clearInterval(playing.timer);
  playing.timer = on ? setInterval(played, playing.pace * 1000) : 0;
  player.setAttribute("aria-pressed", on);
  player.dataset.pace = playing.pace;
}

async function played() {
  const before = walk.now;
  await step(1);
  if (walk.now === before) play(false);
}

function pace(by) {
  playing.pace = Math.min(10, Math.max(.5, playing.pace + by));
  play(Boolean(playing.timer));
}
