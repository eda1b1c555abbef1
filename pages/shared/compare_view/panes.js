// ---- maps side by side -------------------------------------------------------------------------------------------

/** A map that tells its group at once what the user does on it; Python hears of it later, as of any map. */
class PaneMap extends MapView {
  constructor(root, Plotly, key, group) {
    super(root, Plotly, key);
    this.group = group;
  }

  report(name, value) {
    super.report(name, value);
    this.group.spread(this, name, value);
  }

  relaid(change) {
    super.relaid(change);
    if (change.dragmode) this.group.spread(this, "drag", change.dragmode);
  }

  async showFigure(...given) {
    await super.showFigure(...given);
    this.group.drawLegend(this);
  }

  async redim(...given) {
    await super.redim(...given);
    this.group.countLegend(this);
  }

  /** Do as another map of the group did, and keep quiet about it. */
  adopt(name, value) {
    if (!this.figure) return;
    if (name === "drag") {
      if (this.kept.drag === value) return;
      this.kept.drag = value;
      this.Plotly.relayout(this.chart, { dragmode: value });
      return;
    }
    clearTimeout(this.timers[name]);
    this.reported[name] = value;
    if (name === "hovered") {
      this.hovered = value;
      this.placeRing();
    } else if (name === "selected" && JSON.stringify(this.kept.selected) !== JSON.stringify(value)) {
      this.selected = value && new Set(value);
      this.kept.selected = value;
      this.queueRedim();
    }
  }
}

// The panes are maps like any other. What is done on one is done on the others at once, without asking the server.
class LinkedMaps {
  constructor(root, Plotly, key) {
    Object.assign(this, { root, Plotly, key, panes: [] });
  }

  receive(data, setStateValue) {
    const { figures, titles, matching, height } = data;
    while (this.panes.length < figures.length) this.panes.push(this.addPane(this.panes.length));
    while (this.panes.length > figures.length) this.removePane();
    this.root.style.gridTemplateColumns = `repeat(${Math.min(figures.length, data.columns)}, minmax(0, 1fr))`;
    this.panes.forEach(({ title, map }, place) => {
      this.showTitle(title, titles[place]);
      const label = `Map ${titles[place].letter}: ${titles[place].text}`;
      map.receive({ figure: figures[place], matching, height, label }, setStateValue);
    });
    if (this.cleared !== undefined && this.cleared !== data.cleared) this.panes[0].map.clear();
    if (data.pointed !== null && this.pointed !== data.pointed) this.panes.forEach(({ map }) => map.adopt("hovered", data.pointed));
    Object.assign(this, { cleared: data.cleared, pointed: data.pointed });
  }

  showTitle(element, { letter, colour, text, whole, note, meaning }) {
    const part = (className, textContent) => Object.assign(document.createElement("span"), { className, textContent });
    const mark = part("letter", letter);
    mark.style.background = colour;
    const said = part("said", text);
    said.title = whole;
    const worth = part("note", note);
    worth.title = meaning;
    element.replaceChildren(mark, said, worth);
  }

  addPane(place) {
    const [frame, title, legend, home] = ["pane", "title", "legend-row", "map-view"].map((className) =>
      Object.assign(document.createElement("div"), { className }));
    home.tabIndex = 0;
    home.setAttribute("role", "group");
    frame.append(title, home, legend);
    this.root.append(frame);
    return { frame, title, legend, map: new PaneMap(home, this.Plotly, `${this.key} ${place}`, this) };
  }

  removePane() {
    const pane = this.panes.pop();
    pane.map.destroy();
    pane.frame.remove();
  }

  spread(from, name, value) {
    for (const { map } of this.panes) if (map !== from) map.adopt(name, value);
  }

  // -- the clusters of each pane with their counts; a click selects a cluster's texts on all panes --

  drawLegend(map) {
    const pane = this.panes.find((each) => each.map === map);
    if (!pane) return;
    const last = ({ name }) => name.startsWith("noise (") || name.startsWith("no value (");
    const traces = [...map.figure.traces].sort((a, b) => last(a) - last(b));
    pane.chips = traces.map((trace) => {
      const chip = Object.assign(document.createElement("button"), { type: "button", className: "chip" });
      const dot = Object.assign(document.createElement("span"), { className: "dot" });
      dot.style.background = trace.marker.color;
      const name = Object.assign(document.createElement("span"), {
        className: "name", textContent: trace.name.replace(/ \([\d,]+\)$/, ""),
      });
      const count = Object.assign(document.createElement("span"), { className: "count" });
      chip.title = `${trace.name}: select its texts on all maps`;
      chip.append(dot, name, count);
      chip.addEventListener("click", (event) => this.pick(map, trace, event.shiftKey));
      return { chip, count, trace };
    });
    pane.legend.replaceChildren(...pane.chips.map(({ chip }) => chip));
    this.countLegend(map);
  }

  countLegend(map) {
    const pane = this.panes.find((each) => each.map === map);
    const dimmed = map.matching || map.selected;
    for (const { chip, count, trace } of pane?.chips ?? []) {
      let lit = 0;
      for (const id of trace.ids) if (map.isBright(id, trace)) lit += 1;
      const all = trace.ids.length.toLocaleString("en");
      count.textContent = dimmed ? `${lit.toLocaleString("en")} of ${all}` : all;
      chip.classList.toggle("dark", Boolean(dimmed) && lit === 0);
      const picked = Boolean(map.selected) && lit === map.selected.size && lit > 0;
      chip.setAttribute("aria-pressed", String(picked));
    }
  }

  pick(map, trace, adding) {
    const rows = Array.from(trace.ids).filter((id) => map.isOpen(id, trace));
    const kept = adding && map.selected ? [...map.selected] : [];
    const same = !adding && map.selected?.size === rows.length && rows.every((id) => map.selected.has(id));
    map.setSelected(same ? [] : [...kept, ...rows]);
    map.queueRedim();
  }

  destroy() {
    while (this.panes.length) this.removePane();
    this.root.remove();
  }
}

export default function linkedMaps({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(":scope > .linked-maps");
  if (!root) {
    root = Object.assign(document.createElement("div"), { className: "linked-maps" });
    parentElement.append(root);
  }
  root.latest = { data, setStateValue };
  loadPlotly(data.plotly).then((Plotly) => {
    if (!root.isConnected) return;
    root.view ??= new LinkedMaps(root, Plotly, data.key);
    root.view.receive(root.latest.data, root.latest.setStateValue);
  }).catch((error) => {
    root.textContent = "The maps could not be loaded. Reload the page to try again.";
    console.error(error);
  });
  return () => setTimeout(() => root.isConnected || root.view?.destroy());
}
