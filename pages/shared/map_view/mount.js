// ---- mounting one map ------------------------------------------------------------------------------------------

function findRoot(parent) {
  const present = parent.querySelector(":scope > .map-view");
  if (present) return present;
  const root = Object.assign(document.createElement("div"), { className: "map-view", tabIndex: 0 });
  root.setAttribute("role", "group");
  parent.append(root);
  return root;
}

/** Called by Streamlit at mount and again whenever the data or the theme changes. */
export default function mapView({ data, parentElement, setStateValue }) {
  const root = findRoot(parentElement);
  root.style.height = `${data.height}px`; // so that the page does not jump when plotly.js has come
  root.latest = { data, setStateValue };
  loadPlotly(data.plotly).then((Plotly) => {
    if (!root.isConnected) return;
    root.mapView ??= new MapView(root, Plotly, data.key);
    root.mapView.receive(root.latest.data, root.latest.setStateValue);
  }).catch((error) => {
    root.textContent = "The map could not be loaded. Reload the page to try again.";
    console.error(error);
  });
  // Streamlit also calls this for a call that a newer one overtook; the map goes only with its place on the page.
  return () => setTimeout(() => root.isConnected || root.mapView?.destroy());
}
