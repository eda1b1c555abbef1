// ---- flows of texts, whose ribbons can be clicked ------------------------------------------------------------------

export default function flows({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(":scope > .flows");
  if (!root) {
    root = Object.assign(document.createElement("div"), { className: "flows" });
    root.setAttribute("role", "group");
    parentElement.append(root);
  }
  root.setAttribute("aria-label", data.label);
  root.style.height = `${data.height}px`;
  const draw = async (Plotly) => {
    if (!root.isConnected || !root.clientWidth) return;
    const figure = JSON.parse(data.figure);
    const { text, font } = readTheme(root);
    const layout = { ...figure.layout, width: root.clientWidth, height: data.height, font: { color: text, family: font, size: 12 } };
    await Plotly.react(root, figure.data, layout, { displayModeBar: false });
    root.removeAllListeners?.("plotly_click");
    root.on("plotly_click", ({ points }) => {
      const { customdata } = points[0];
      if (Array.isArray(customdata)) setStateValue("ribbon", customdata);
    });
  };
  loadPlotly(data.plotly).then((Plotly) => {
    draw(Plotly);
    root.resizing?.disconnect();
    let width = root.clientWidth;
    root.resizing = new ResizeObserver(() => {
      if (root.clientWidth !== width) draw(Plotly);
      width = root.clientWidth;
    });
    root.resizing.observe(root);
  }).catch((error) => {
    root.textContent = "The flows could not be loaded. Reload the page to try again.";
    console.error(error);
  });
  return () => setTimeout(() => {
    if (root.isConnected) return;
    root.resizing?.disconnect();
    window.Plotly?.purge(root);
  });
}
