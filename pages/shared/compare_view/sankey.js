// ---- flows of texts, whose ribbons and nodes can be clicked -----------------------------------------------------------

const faded = (colour, opacity) => colour.replace(/[\d.]+\)$/, `${opacity})`);

/** The chosen ribbon, or those of the chosen node, stand out; the others step back. */
function emphasised(link, chosen) {
  if (!chosen) return link;
  const [step, source, target] = chosen;
  const color = link.customdata.map(([ribbonStep, from, to], i) => {
    const own = target === null
      ? (ribbonStep === step && from === source) || (ribbonStep === step - 1 && to === source)
      : ribbonStep === step && from === source && to === target;
    return faded(link.color[i], own ? 0.8 : 0.12);
  });
  return { ...link, color };
}

/** [run, cluster] of a node, as the ribbons at it tell. */
function nodeOf(index, { source, target, customdata }) {
  const leaving = numbers(source).indexOf(index);
  if (leaving >= 0) return [customdata[leaving][0], customdata[leaving][1]];
  const coming = numbers(target).indexOf(index);
  return [customdata[coming][0] + 1, customdata[coming][2]];
}

function addHeads(root, heads) {
  const row = root.querySelector(":scope > .heads");
  row.replaceChildren(...heads.map(({ letter, colour, text }) => {
    const head = document.createElement("div");
    const mark = Object.assign(document.createElement("span"), { className: "letter", textContent: letter });
    mark.style.background = colour;
    head.append(mark, text);
    head.title = text;
    return head;
  }));
}

export default function flows({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(":scope > .flows");
  if (!root) {
    root = Object.assign(document.createElement("div"), { className: "flows" });
    root.setAttribute("role", "group");
    for (const className of ["heads", "chart"]) root.append(Object.assign(document.createElement("div"), { className }));
    parentElement.append(root);
  }
  const chart = root.querySelector(":scope > .chart");
  root.setAttribute("aria-label", data.label);
  addHeads(root, data.heads);
  chart.style.height = `${data.height}px`;
  const draw = async (Plotly) => {
    if (!root.isConnected || !chart.clientWidth) return;
    const figure = JSON.parse(data.figure);
    const { text, font } = readTheme(root);
    const [flow] = figure.data;
    const traces = [{ ...flow, link: emphasised(flow.link, data.chosen), textfont: { color: text, shadow: "none" } }];
    const layout = { ...figure.layout, width: chart.clientWidth, height: data.height, font: { color: text, family: font, size: 12 } };
    await Plotly.react(chart, traces, layout, { displayModeBar: false });
    chart.removeAllListeners?.("plotly_click");
    chart.on("plotly_click", ({ points: [point] }) => {
      const ribbon = Array.isArray(point.customdata);
      setTriggerValue("picked", ribbon ? point.customdata : [...nodeOf(point.pointNumber, flow.link), null]);
    });
  };
  loadPlotly(data.plotly).then((Plotly) => {
    draw(Plotly);
    root.resizing?.disconnect();
    let width = chart.clientWidth;
    root.resizing = new ResizeObserver(() => {
      if (chart.clientWidth !== width) draw(Plotly);
      width = chart.clientWidth;
    });
    root.resizing.observe(chart);
  }).catch((error) => {
    root.textContent = "The flows could not be loaded. Reload the page to try again.";
    console.error(error);
  });
  return () => setTimeout(() => {
    if (root.isConnected) return;
    root.resizing?.disconnect();
    window.Plotly?.purge(chart);
  });
}
