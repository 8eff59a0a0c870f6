// A page that does what the console's link does, with frames that can be seen: for trying the shell by itself.
const show = (id, text) => {
  document.getElementById(id).textContent = text;
};
let port = null;
const ask = () => window.postMessage({ type: "aos:port-request" }, location.origin);
window.addEventListener("message", (event) => {
  if (event.source !== window || event.origin !== location.origin || event.data?.type !== "aos:port") return;
  [port] = event.ports;
  port.addEventListener("message", ({ data }) => show("answer", typeof data === "string" ? data : `bytes ${[...new Uint8Array(data)].join(",")}`));
  port.start();
  port.addEventListener("close", () => {
    show("link", "closed");
    setTimeout(ask, 200);
  });
  show("link", "open");
  port.postMessage("hello");
});
const route = () => show("route", location.hash);
window.addEventListener("hashchange", route);
window.trial = { send: (frame) => port.postMessage(frame), sendBytes: (...bytes) => port.postMessage(Uint8Array.from(bytes)) };
show("shell", JSON.stringify(window.aos));
route();
ask();
