// ---- maps side by side -------------------------------------------------------------------------------------------

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
    this.panes.forEach((pane, place) => {
      pane.title.innerHTML = "";
      const letter = Object.assign(document.createElement("span"), { className: "letter", textContent: titles[place].letter });
      letter.style.background = titles[place].colour;
      pane.title.append(letter, ` ${titles[place].text}`);
      pane.title.title = titles[place].text;
      const own = { figure: figures[place], matching, height, label: `Map ${titles[place].letter}: ${titles[place].text}` };
      pane.map.receive(own, (name, value) => this.follow(place, name, value, setStateValue));
    });
  }

  addPane(place) {
    const frame = Object.assign(document.createElement("div"), { className: "pane" });
    const title = Object.assign(document.createElement("div"), { className: "title" });
    const home = Object.assign(document.createElement("div"), { className: "map-view", tabIndex: 0 });
    home.setAttribute("role", "group");
    frame.append(title, home);
    this.root.append(frame);
    return { frame, title, map: new MapView(home, this.Plotly, `${this.key} ${place}`) };
  }

  removePane() {
    const pane = this.panes.pop();
    pane.map.destroy();
    pane.frame.remove();
  }

  /** One pane has something to tell: the others do the same, and Python hears of it once. */
  follow(place, name, value, setStateValue) {
    for (const [other, { map }] of this.panes.entries()) {
      if (other === place || !map.figure) continue;
      if (name === "hovered") {
        map.hovered = value;
        map.reported.hovered = value;
        map.placeRing();
      } else if (name === "selected" && JSON.stringify(map.kept.selected) !== JSON.stringify(value)) {
        map.selected = value && new Set(value);
        map.kept.selected = value;
        map.reported.selected = value;
        map.queueRedim();
      }
    }
    if (name !== "spotlight") setStateValue(name, value);
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
