// ---- the map -------------------------------------------------------------------------------------------------

class MapView {
  constructor(root, Plotly, key) {
    Object.assign(this, { root, Plotly, chart: document.createElement("div") });
    this.kept = remembered.get(key) ?? { selected: null, spotlight: null, ranges: null, drag: "pan" };
    remembered.set(key, this.kept);
    this.selected = this.kept.selected && new Set(this.kept.selected);
    this.reported = { selected: null, hovered: null, spotlight: null };
    this.timers = {};
    this.work = Promise.resolve();
    this.travel = Object.assign(document.createElement("canvas"), { className: "travel" });
    this.ring = Object.assign(document.createElement("div"), { className: "ring", hidden: true });
    root.append(this.chart, this.travel, this.ring);
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.clear());
    root.addEventListener("pointerdown", (event) => this.pressed(event), true);
    this.resizing = new ResizeObserver(() => this.schedule());
    this.resizing.observe(root);
  }

  /** Take what Python sent. Drawings follow one another; only the newest of those waiting is drawn. */
  receive(data, setStateValue) {
    Object.assign(this, { data, setStateValue });
    this.root.style.height = `${data.height}px`;
    this.root.setAttribute("aria-label", "Map of the texts");
    this.schedule();
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    this.work = this.work.then(() => {
      this.scheduled = false;
      return this.draw();
    }).catch((error) => this.fail(error));
  }

  /** A drawing that went wrong shall not leave the map covered. */
  fail(error) {
    console.error(error);
    this.journey = null;
    this.root.classList.remove("moving");
  }

  async draw() {
    const width = this.root.clientWidth;
    if (!this.data || !width || this.gone) return; // in a closed tab: drawn when it opens
    const { figure, matching, height } = this.data;
    const theme = readTheme(this.root);
    const look = JSON.stringify([width, height, theme]);
    if (figure !== this.figureText) await this.showFigure(figure, matching, theme, width);
    else if (look !== this.look) await this.Plotly.relayout(this.chart, { ...this.layout(theme, width) });
    else if (JSON.stringify(matching) !== this.matchingText) await this.redim(matching);
    this.look = look;
    this.setMatching(matching);
    this.placeRing();
  }

  async showFigure(text, matching, theme, width) {
    const before = this.figure && { points: this.places(), ranges: this.ranges() };
    this.figureText = text;
    this.figure = readFigure(text);
    this.forgetMissingRows();
    this.setMatching(matching);
    if (before) this.startTravel(before);
    const drawn = before ? this.Plotly.react : this.Plotly.newPlot;
    await drawn(this.chart, this.traces(), this.layout(theme, width), this.config());
    if (!before) this.listen();
    this.followTravel();
    markLegend(this.chart, this.kept.spotlight, (curve) => this.toggleSpotlight(curve));
  }

  traces() {
    const dims = this.selectedPoints();
    return this.figure.traces.map(({ ids, start, ...trace }, curve) => ({
      ...trace,
      hoverinfo: "none",
      selectedpoints: dims[curve],
      selected: { marker: { opacity: trace.marker?.opacity ?? 1 } },
      unselected: { marker: { opacity: DIMMED } },
    }));
  }

  layout(theme, width) {
    const { x, y } = this.kept.ranges ?? homeRanges(this.figure);
    const layout = themedLayout(this.figure.layout, theme);
    Object.assign(layout, { width, height: this.data.height, autosize: false, dragmode: this.kept.drag });
    layout.xaxis.range = [...x]; // copies, as plotly.js writes into them
    layout.yaxis.range = [...y];
    return layout;
  }

  config() {
    const reset = {
      name: "reset", title: "Reset view", icon: this.Plotly.Icons.home, click: () => this.resetView(),
    };
    return {
      modeBarButtons: [["pan2d", "lasso2d", "select2d", "zoom2d"], [reset], ["toImage"]],
      displayModeBar: true,
      displaylogo: false,
      scrollZoom: true,
      doubleClick: false, // handled here: clears the selection first, then resets the view
      showTips: false,
      toImageButtonOptions: { filename: "map", scale: 2 },
    };
  }

  // -- dimming --

  setMatching(matching) {
    this.matchingText = JSON.stringify(matching);
    this.matching = matching && new Set(matching);
  }

  /** Is this row inside the search and the spotlight? Only such rows can be selected. */
  isOpen(id, trace) {
    const { spotlight } = this.kept;
    return (!this.matching || this.matching.has(id)) && (spotlight === null || spotlight === trace.name);
  }

  isBright(id, trace) {
    return this.isOpen(id, trace) && (!this.selected || this.selected.has(id));
  }

  /** Per trace the indices plotly.js shall keep bright, or null throughout when nothing is dimmed. */
  selectedPoints() {
    const { traces } = this.figure;
    if (!this.matching && !this.selected && this.kept.spotlight === null) return traces.map(() => null);
    return traces.map((trace) => {
      const bright = [];
      trace.ids.forEach((id, i) => this.isBright(id, trace) && bright.push(i));
      return bright;
    });
  }

  async redim(matching = this.data.matching) {
    this.setMatching(matching);
    this.redimming = true;
    // Plotly's outline of the lasso goes: it would keep choosing points by place, not by row.
    await this.Plotly.update(this.chart, { selectedpoints: this.selectedPoints() }, { selections: [] });
    this.redimming = false;
    markLegend(this.chart, this.kept.spotlight, (curve) => this.toggleSpotlight(curve));
  }

  queueRedim() {
    this.work = this.work.then(() => !this.gone && this.redim()).catch((error) => this.fail(error));
  }

  // -- what the user does --

  listen() {
    this.chart.on("plotly_hover", ({ points }) => this.hover(this.rowOf(points[0])));
    this.chart.on("plotly_click", ({ points }) => this.hover(this.rowOf(points[0])));
    this.chart.on("plotly_selected", (event) => event && this.select(event.points));
    this.chart.on("plotly_deselect", () => this.clear());
    this.chart.on("plotly_doubleclick", () => (this.selected ? this.clear() : this.resetView()));
    this.chart.on("plotly_relayout", (change) => this.relaid(change));
    this.chart.on("plotly_relayouting", () => this.placeRing());
    this.chart.on("plotly_afterplot", () => this.placeRing());
    this.chart.on("plotly_legendclick", ({ curveNumber }) => this.toggleSpotlight(curveNumber));
    this.chart.on("plotly_legenddoubleclick", () => false);
  }

  pressed(event) {
    this.adding = event.shiftKey; // a lasso with Shift adds to the selection
    this.root.focus({ preventScroll: true }); // plotly.js keeps the press from focusing, and Escape needs it
  }

  rowOf({ curveNumber, pointNumber }) {
    return this.figure.traces[curveNumber].ids[pointNumber];
  }

  hover(id) {
    this.hovered = id;
    this.placeRing();
    this.report("hovered", id);
  }

  select(points) {
    if (this.redimming) return; // plotly.js, on the outline's going
    const { traces } = this.figure;
    const rows = points.filter((point) => this.isOpen(this.rowOf(point), traces[point.curveNumber]));
    const before = this.adding && this.selected ? this.selected : [];
    this.setSelected([...before, ...rows.map((point) => this.rowOf(point))]);
    this.queueRedim();
  }

  setSelected(rows) {
    this.selected = rows.length ? new Set(rows) : null;
    this.kept.selected = this.selected && [...this.selected].sort((a, b) => a - b);
    this.report("selected", this.kept.selected);
  }

  clear() {
    if (!this.figure) return;
    this.setSelected([]);
    this.setSpotlight(null);
    this.queueRedim();
  }

  setSpotlight(name) {
    this.kept.spotlight = name;
    this.report("spotlight", name);
  }

  toggleSpotlight(curve) {
    const { name } = this.figure.traces[curve];
    this.setSpotlight(this.kept.spotlight === name ? null : name);
    this.queueRedim();
    return false; // plotly.js would take the points away
  }

  /** A new figure may lack selected rows or the spotlit cluster. */
  forgetMissingRows() {
    const { traces, points } = this.figure;
    this.setSelected((this.kept.selected ?? []).filter((id) => points.index.has(id)));
    const { spotlight } = this.kept;
    this.setSpotlight(traces.some(({ name }) => name === spotlight) ? spotlight : null);
    if (!points.index.has(this.hovered)) this.hovered = undefined;
  }

  relaid(change) {
    if (change.dragmode) this.kept.drag = change.dragmode;
    const zoomed = "xaxis.range[0]" in change || "yaxis.range[0]" in change;
    if (zoomed) this.kept.ranges = this.ranges();
  }

  resetView() {
    this.kept.ranges = null;
    const { x, y } = homeRanges(this.figure);
    return this.Plotly.relayout(this.chart, { "xaxis.range": [...x], "yaxis.range": [...y] });
  }

  /** Tell Python once the value has rested, and only when it is news. */
  report(name, value) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => {
      if (JSON.stringify(this.reported[name]) === JSON.stringify(value)) return;
      this.reported[name] = value;
      this.setStateValue(name, value);
    }, REPORT_MS);
  }

  // -- places, on screen and in travel --

  ranges() {
    const { xaxis, yaxis } = this.chart._fullLayout;
    return { x: [...xaxis.range], y: [...yaxis.range] };
  }

  /** The pixel box of the plot area within the root. */
  plotArea() {
    const { xaxis, yaxis } = this.chart._fullLayout;
    return { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
  }

  /** How far the points have come, 1 when none is under way. */
  progress() {
    const { startTime } = this.journey ?? { startTime: -Infinity };
    return startTime === null ? 0 : easeInOut(Math.min(1, (performance.now() - startTime) / TRAVEL_MS));
  }

  /** Where the points are at this moment. */
  places() {
    const { points } = this.figure;
    if (!this.journey) return points;
    const share = this.progress();
    const now = (axis) => points[axis].map((to, i) => between(this.journey.from[axis][i], to, share));
    return { ...points, x: now("x"), y: now("y") };
  }

  placeOf(id) {
    const { x, y, index } = this.places();
    return [x[index.get(id)], y[index.get(id)]];
  }

  startTravel({ points: old, ranges }) {
    const { points } = this.figure;
    const origin = (axis) => points[axis].map((to, i) => {
      const before = old.index.get(points.ids[i]);
      return before === undefined ? to : old[axis][before];
    });
    const from = { x: origin("x"), y: origin("y") };
    const stays = sameNumbers(from.x, points.x) && sameNumbers(from.y, points.y);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    cancelAnimationFrame(this.frame);
    this.journey = stays || calm ? null : { from, ranges, startTime: null };
    this.root.classList.toggle("moving", this.journey !== null);
    if (this.journey) this.drawTravel(ranges); // new colours at the old places
  }

  /** The chart already holds the end of the journey, unseen; run the picture of it, then uncover the chart. */
  followTravel() {
    if (!this.journey) return;
    this.journey.frames = 0;
    const target = this.ranges();
    const step = () => {
      this.journey.startTime ??= performance.now(); // the clock waits until the chart beneath has been painted
      const share = this.progress();
      if (share >= 1) return this.endTravel();
      const { ranges } = this.journey;
      this.drawTravel({ x: blendRange(ranges.x, target.x, share), y: blendRange(ranges.y, target.y, share) });
      this.journey.frames += 1;
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  endTravel() {
    this.frames = this.journey.frames;
    this.journey = null;
    this.root.classList.remove("moving");
    this.placeRing();
  }

  /** On a plain canvas: a redraw by plotly.js costs several times as much a frame. */
  drawTravel(ranges) {
    const area = this.plotArea();
    const scale = window.devicePixelRatio;
    const { style } = this.travel;
    for (const side of ["left", "top", "width", "height"]) style[side] = `${area[side]}px`;
    this.travel.width = area.width * scale; // also clears it
    this.travel.height = area.height * scale;
    const { width, height } = this.travel;
    const pen = this.travel.getContext("2d");
    const { x, y } = this.places();
    const [perX, perY] = ["x", "y"].map((axis) => ranges[axis][1] - ranges[axis][0]);
    for (const trace of this.figure.traces) {
      const radius = ((trace.marker?.size ?? 6) * scale) / 2;
      const paths = { true: new Path2D(), false: new Path2D() };
      trace.ids.forEach((id, i) => {
        const left = ((x[trace.start + i] - ranges.x[0]) / perX) * width;
        const top = (1 - (y[trace.start + i] - ranges.y[0]) / perY) * height;
        const path = paths[this.isBright(id, trace)];
        path.moveTo(left + radius, top);
        path.arc(left, top, radius, 0, 2 * Math.PI);
      });
      pen.fillStyle = trace.marker?.color ?? "#888";
      for (const lit of [true, false]) {
        pen.globalAlpha = lit ? trace.marker?.opacity ?? 1 : DIMMED;
        pen.fill(paths[lit]);
      }
    }
  }

  placeRing() {
    this.ring.hidden = true;
    if (this.hovered === undefined || this.journey) return;
    const area = this.plotArea();
    const { x, y } = this.ranges();
    const [pointX, pointY] = this.placeOf(this.hovered);
    const across = (pointX - x[0]) / (x[1] - x[0]);
    const down = 1 - (pointY - y[0]) / (y[1] - y[0]);
    const inside = [across, down].every((share) => share >= 0 && share <= 1);
    const trace = this.figure.traces.findLast(({ start }) => start <= this.figure.points.index.get(this.hovered));
    this.ring.hidden = !inside;
    this.ring.style.left = `${area.left + across * area.width}px`;
    this.ring.style.top = `${area.top + down * area.height}px`;
    this.ring.style.width = this.ring.style.height = `${(trace.marker?.size ?? 6) + 8}px`;
  }

  /** Browsers allow about 16 WebGL contexts a page, and a chart holds 3 until they are given back. */
  destroy() {
    this.gone = true;
    this.resizing.disconnect();
    cancelAnimationFrame(this.frame);
    Object.values(this.timers).forEach(clearTimeout);
    const canvases = [...this.chart.querySelectorAll(".gl-container canvas")];
    this.Plotly.purge(this.chart);
    for (const canvas of canvases) canvas.getContext("webgl")?.getExtension("WEBGL_lose_context")?.loseContext();
    this.root.remove();
  }
}
