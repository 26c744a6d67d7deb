// Saves the chart drawn under a key as SVG or PNG: its layers put into one picture, the headline above, the source below.
const SVG = "http://www.w3.org/2000/svg";
const LINE = 20;

function folded(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && (last + " " + word).length > most) lines.push(word);
    else lines[lines.length - 1] = last ? last + " " + word : word;
  }
  return lines;
}

function written(lines, top, ink, weight) {
  return lines.map((line, row) => {
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", "12");
    text.setAttribute("y", String(top + row * LINE));
    text.setAttribute("style", `font: ${weight} 14px Arial, Helvetica, sans-serif; fill: ${ink}`);
    text.textContent = line;
    return text;
  });
}

function picture(data) {
  const layers = [...document.querySelectorAll(`.st-key-${CSS.escape(data.chart)} svg.main-svg`)];
  if (!layers.length) return null;
  const width = layers[0].clientWidth, height = layers[0].clientHeight;
  const page = getComputedStyle(document.querySelector(".stApp"));
  const above = folded(data.title, width / 8), below = folded(data.foot, width / 8);
  const top = above.length * LINE + 12, whole = top + height + below.length * LINE + 12;
  const out = document.createElementNS(SVG, "svg");
  out.setAttribute("xmlns", SVG);
  out.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  out.setAttribute("width", width);
  out.setAttribute("height", whole);
  const paper = document.createElementNS(SVG, "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", page.backgroundColor);
  out.append(paper, ...written(above, LINE, page.color, 700));
  for (const layer of layers) {
    const copy = layer.cloneNode(true);
    copy.setAttribute("y", String(top));
    copy.style.background = "none";
    copy.querySelectorAll(".main-svg > rect.bg").forEach((rect) => rect.remove());
    out.append(copy);
  }
  out.append(...written(below, top + height + LINE, page.color, 400));
  return { text: new XMLSerializer().serializeToString(out), width, height: whole };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function saveAsPng(made, name) {
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = made.width * 2;
    canvas.height = made.height * 2;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, name));
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(made.text);
}

export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => {
      const made = picture(data);
      if (!made) return;
      if (button.dataset.kind === "png") saveAsPng(made, `${data.name}.png`);
      else save(new Blob([made.text], { type: "image/svg+xml" }), `${data.name}.svg`);
    };
  }
}
