// One area kept in this browser's own storage, only when the reader asks; the same place removes it.
const PLACE = "inclusion.area";

function stored() {
  try { return window.localStorage.getItem(PLACE); } catch { return null; }
}

export default function draw({ data, parentElement }) {
  const box = parentElement.querySelector(".remembered");
  const kept = stored();
  const items = [];
  if (data.code && kept !== data.code) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Remember ${data.names[data.code]} in this browser`;
    button.onclick = () => {
      try { window.localStorage.setItem(PLACE, data.code); } catch { return; }
      draw({ data, parentElement });
    };
    items.push(button);
  }
  if (kept && data.names[kept]) {
    if (kept !== data.code) {
      const link = document.createElement("a");
      link.href = `area?area=${encodeURIComponent(kept)}`;
      link.target = "_self";
      link.textContent = `Go to ${data.names[kept]}`;
      items.push(link);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `Forget ${data.names[kept]}`;
    button.onclick = () => {
      try { window.localStorage.removeItem(PLACE); } catch { return; }
      draw({ data, parentElement });
    };
    items.push(button);
  }
  box.replaceChildren(...items);
}
