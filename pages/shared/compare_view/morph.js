// ---- one map on its way to another, by hand -------------------------------------------------------------------------

const NEAR = 10; // pixels within which the pointer is at a point
const JOURNEY_MS = 2400; // of the whole way, when it plays by itself
const COLOUR_TURNS = 0.5; // how far on the way the points take the second map's colours

// Points keep their identity; the slider says how far they have come. Drawn on a plain canvas: nothing goes to the
// server while the slider moves.
class Morph {
  constructor(root) {
    this.root = root;
    this.canvas = document.createElement("canvas");
    this.slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 1000, value: 0 });
    this.slider.setAttribute("aria-label", "From the first map to the second");
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "play", textContent: "▶" });
    this.button.setAttribute("aria-label", "Play");
    this.ends = [0, 1].map(() => Object.assign(document.createElement("span"), { className: "end" }));
    const row = Object.assign(document.createElement("div"), { className: "row" });
    row.append(this.button, this.ends[0], this.slider, this.ends[1]);
    root.append(row, this.canvas);
    this.slider.addEventListener("input", () => {
      this.stop();
      this.draw();
    });
    this.button.addEventListener("click", () => (this.frame ? this.stop() : this.play()));
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(root);
  }

  receive(data, setStateValue) {
    const places = JSON.stringify([data.from, data.to]);
    Object.assign(this, { data, setStateValue });
    if (places !== this.placesText) {
      Object.assign(this, { placesText: places, from: numbers(data.from), to: numbers(data.to), hovered: undefined });
      this.bounds = [0, 1].map((axis) => {
        const onAxis = (_, i) => i % 2 === axis;
        const [a, b] = [this.from, this.to].map((xy) => paddedRange(xy.filter(onAxis)));
        return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
      });
    }
    this.colours = data.colours.map(numbers);
    this.lit = data.lit && new Set(numbers(data.lit));
    this.ends.forEach((end, place) => (end.textContent = data.titles[place]));
    this.draw();
  }

  // -- by itself --

  play() {
    if (Number(this.slider.value) >= 1000) this.slider.value = 0;
    const begun = performance.now() - (this.slider.value / 1000) * JOURNEY_MS;
    this.button.textContent = "❚❚";
    this.button.setAttribute("aria-label", "Stop");
    const step = () => {
      const share = Math.min(1, (performance.now() - begun) / JOURNEY_MS);
      this.slider.value = share * 1000;
      this.draw();
      if (share < 1) this.frame = requestAnimationFrame(step);
      else this.stop();
    };
    this.frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.button.textContent = "▶";
    this.button.setAttribute("aria-label", "Play");
  }

  // -- the picture --

  /** Where a point is now, in CSS pixels. */
  placeOf(i) {
    const share = this.slider.value / 1000;
    const [x, y] = [0, 1].map((axis) => between(this.from[2 * i + axis], this.to[2 * i + axis], share));
    return [this.view.left + x * this.view.unit, this.view.top - y * this.view.unit];
  }

  draw() {
    const width = this.root.clientWidth;
    if (!this.data || !width) return;
    const { height, size, palette, noise } = this.data;
    const scale = window.devicePixelRatio;
    Object.assign(this.canvas, { width: width * scale, height: height * scale });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const [xs, ys] = this.bounds;
    const unit = Math.min(width / (xs[1] - xs[0]), height / (ys[1] - ys[0]));
    const [x, y] = [xs, ys].map(([low, high]) => (low + high) / 2);
    this.view = { unit, left: width / 2 - x * unit, top: height / 2 + y * unit };
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const colours = this.colours[this.slider.value / 1000 < COLOUR_TURNS ? 0 : 1];
    const paths = new Map(palette.flatMap((_, colour) => [[`${colour} false`, new Path2D()], [`${colour} true`, new Path2D()]]));
    for (let i = 0; i < this.from.length / 2; i += 1) {
      const [left, top] = this.placeOf(i);
      const path = paths.get(`${colours[i]} ${!this.lit || this.lit.has(i)}`);
      path.moveTo(left + size / 2, top);
      path.arc(left, top, size / 2, 0, 2 * Math.PI);
    }
    const order = palette.map((_, colour) => colour).sort((a, b) => (b === noise) - (a === noise)); // noise below the rest
    for (const lit of [false, true]) {
      for (const colour of order) {
        pen.globalAlpha = lit ? (colour === noise ? 0.45 : 0.85) : DIMMED;
        pen.fillStyle = palette[colour];
        pen.fill(paths.get(`${colour} ${lit}`));
      }
    }
    this.ring(pen);
  }

  ring(pen) {
    if (this.hovered === undefined) return;
    const [left, top] = this.placeOf(this.hovered);
    pen.globalAlpha = 1;
    pen.lineWidth = 2;
    pen.strokeStyle = readTheme(this.root).text;
    pen.beginPath();
    pen.arc(left, top, this.data.size / 2 + 4, 0, 2 * Math.PI);
    pen.stroke();
  }

  /** Python hears of the text under the pointer once that has rested. */
  point({ offsetX, offsetY }) {
    if (!this.view || this.frame) return;
    let [nearest, least] = [undefined, NEAR ** 2];
    for (let i = 0; i < this.from.length / 2; i += 1) {
      const [left, top] = this.placeOf(i);
      const distance = (left - offsetX) ** 2 + (top - offsetY) ** 2;
      if (distance < least) [nearest, least] = [i, distance];
    }
    if (nearest === undefined || nearest === this.hovered) return;
    this.hovered = nearest;
    this.draw();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.setStateValue("hovered", nearest), REPORT_MS);
  }

  destroy() {
    this.stop();
    clearTimeout(this.telling);
    this.resizing.disconnect();
  }
}

export default function morph({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(":scope > .morph");
  if (!root) {
    root = Object.assign(document.createElement("div"), { className: "morph" });
    parentElement.append(root);
    root.view = new Morph(root);
  }
  root.view.receive(data, setStateValue);
  return () => setTimeout(() => root.isConnected || root.view.destroy());
}
