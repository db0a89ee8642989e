// The list of keys, in which each key is also a button, and the prompt for a packet.

for (const b of all("#keys [data-key]")) b.addEventListener("click", () => {
  find("#keys").close();
  keys[b.dataset.key]();
});

const packetName = find("#goto input");
find("#goto form").addEventListener("submit", event => {
  location.hash = packetName.value.replace("#", "").trim();
  const known = linked();
  packetName.setAttribute("aria-invalid", !known);
  if (known) packetName.value = "";
  else event.preventDefault();
});
