// ---- one map on its way to another, by hand -------------------------------------------------------------------------

// Points keep their identity; the slider says how far they have come. Drawn on a plain canvas: nothing goes to the
// server while the slider moves.
class Morph {
  constructor(root) {
    this.root = root;
    this.canvas = document.createElement("canvas");
    this.slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0 });
    this.slider.setAttribute("aria-label", "From the first map to the second");
    this.ends = [0, 1].map(() => Object.assign(document.createElement("span"), { className: "end" }));
    const row = Object.assign(document.createElement("div"), { className: "row" });
    row.append(this.ends[0], this.slider, this.ends[1]);
    root.append(this.canvas, row);
    this.slider.addEventListener("input", () => this.draw());
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(root);
  }

  receive(data) {
    this.data = data;
    this.from = numbers(data.from);
    this.to = numbers(data.to);
    this.ends.forEach((end, place) => (end.textContent = data.titles[place]));
    this.draw();
  }

  draw() {
    const width = this.root.clientWidth;
    if (!this.data || !width) return;
    const { height, size, colours } = this.data;
    const scale = window.devicePixelRatio;
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = this.canvas.getContext("2d");
    const share = this.slider.value / 1000;
    const both = [...this.from, ...this.to];
    const xs = paddedRange(both.filter((_, i) => i % 2 === 0));
    const ys = paddedRange(both.filter((_, i) => i % 2 === 1));
    const unit = Math.min(this.canvas.width / (xs[1] - xs[0]), this.canvas.height / (ys[1] - ys[0]));
    const middle = [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2];
    const paths = new Map();
    for (let i = 0; i < this.from.length / 2; i += 1) {
      const x = between(this.from[2 * i], this.to[2 * i], share);
      const y = between(this.from[2 * i + 1], this.to[2 * i + 1], share);
      const colour = colours[share < 0.5 ? 0 : 1][i];
      if (!paths.has(colour)) paths.set(colour, new Path2D());
      const left = this.canvas.width / 2 + (x - middle[0]) * unit;
      const top = this.canvas.height / 2 - (y - middle[1]) * unit;
      const path = paths.get(colour);
      path.moveTo(left + (size * scale) / 2, top);
      path.arc(left, top, (size * scale) / 2, 0, 2 * Math.PI);
    }
    pen.globalAlpha = 0.85;
    for (const [colour, path] of paths) {
      pen.fillStyle = this.data.palette[colour];
      pen.fill(path);
    }
  }
}

export default function morph({ data, parentElement }) {
  let root = parentElement.querySelector(":scope > .morph");
  if (!root) {
    root = Object.assign(document.createElement("div"), { className: "morph" });
    parentElement.append(root);
    root.view = new Morph(root);
  }
  root.view.receive(data);
  return () => setTimeout(() => root.isConnected || root.view.resizing.disconnect());
}
