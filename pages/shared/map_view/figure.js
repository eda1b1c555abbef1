// A scatter map on plotly.js that lives as long as its place on the page. Python sends a whole figure each time;
// the same chart takes it over, so zoom, selection and spotlight stay and the points can travel to their new places.

const TRAVEL_MS = 700;
const REPORT_MS = 120; // rest before Python hears of a hover or a selection
const DIMMED = 0.1; // opacity of the points outside the selection, the search or the spotlight
const PADDING = 0.06; // of the data's extent, left free on each side
const TYPED_ARRAYS = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array,
  i4: Int32Array, u4: Uint32Array,
};

// What the user did to a map, by the key of the map, so that leaving the page and coming back keeps it.
const remembered = new Map();
let plotlyLoad = null;

// ---- loading plotly.js ---------------------------------------------------------------------------------------

/** Streamlit may run below a path prefix, known here only from where Streamlit's own script came. */
function serverUrl(path) {
  const own = document.querySelector('script[src*="static/js/"]');
  return own ? new URL(`../..${path}`, own.src).href : path;
}

function loadPlotly(path) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  plotlyLoad ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = serverUrl(path);
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotlyLoad = null; // so that the next run tries again
      script.remove();
      reject(new Error(`plotly.js could not be loaded from ${script.src}`));
    };
    document.head.append(script);
  });
  return plotlyLoad;
}

// ---- figures as flat arrays ----------------------------------------------------------------------------------

/** Plotly's JSON writes a numpy array as {dtype, bdata}. */
function numbers(field) {
  if (!field?.bdata) return field ?? [];
  const bytes = Uint8Array.from(atob(field.bdata), (letter) => letter.charCodeAt(0));
  return new TYPED_ARRAYS[field.dtype](bytes.buffer);
}

/** Read a figure: its traces with plain arrays, and all points in one row of arrays, trace after trace. */
function readFigure(text) {
  const { data, layout } = JSON.parse(text);
  const traces = data.map((trace) => {
    const { x, y, customdata, ...rest } = trace;
    return { ...rest, x: numbers(x), y: numbers(y), ids: numbers(customdata) };
  });
  let start = 0;
  for (const trace of traces) {
    trace.start = start;
    start += trace.ids.length;
  }
  const points = { ids: new Int32Array(start), x: new Float64Array(start), y: new Float64Array(start) };
  for (const trace of traces) {
    for (const field of ["ids", "x", "y"]) points[field].set(trace[field], trace.start);
  }
  points.index = new Map(Array.from(points.ids, (id, i) => [id, i]));
  return { traces, layout, points };
}

function paddedRange(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [-1, 1];
  const pad = (high - low) * PADDING || 1;
  return [low - pad, high + pad];
}

function homeRanges({ layout, points }) {
  return { x: layout.xaxis?.range ?? paddedRange(points.x), y: layout.yaxis?.range ?? paddedRange(points.y) };
}

// ---- looks ---------------------------------------------------------------------------------------------------

function readTheme(element) {
  const css = getComputedStyle(element);
  const names = ["text-color", "background-color", "border-color", "primary-color", "font"];
  const [text, background, border, primary, font] = names.map((name) => css.getPropertyValue(`--st-${name}`).trim());
  return { text, background, border, primary, font };
}

function themedLayout(layout, { text, background, border, primary, font }) {
  const axis = { gridcolor: border, zerolinecolor: border };
  return {
    ...layout,
    paper_bgcolor: background,
    plot_bgcolor: background,
    font: { ...layout.font, color: text, family: font },
    xaxis: { ...axis, ...layout.xaxis, autorange: false },
    yaxis: { ...axis, ...layout.yaxis, autorange: false },
    legend: { itemsizing: "constant", ...layout.legend, bgcolor: "rgba(0,0,0,0)" },
    modebar: { ...layout.modebar, bgcolor: "rgba(0,0,0,0)", color: text, activecolor: primary },
    newselection: { line: { color: text, width: 1.5, dash: "dot" } },
    selections: [],
    hovermode: "closest",
    hoverdistance: 12,
  };
}

const easeInOut = (t) => (t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2);
const between = (from, to, share) => from + (to - from) * share;
const blendRange = (from, to, share) => [between(from[0], to[0], share), between(from[1], to[1], share)];
const sameNumbers = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

/** Legend entries show which cluster is spotlit, and answer to the keyboard. */
function markLegend(chart, spotlight, toggle) {
  for (const entry of chart.querySelectorAll(".legend .traces")) {
    const { index, name } = entry.__data__[0].trace;
    entry.style.opacity = spotlight === null || spotlight === name ? 1 : 0.35;
    entry.setAttribute("tabindex", "0");
    entry.setAttribute("role", "button");
    entry.setAttribute("aria-label", `Spotlight ${name}`);
    entry.setAttribute("aria-pressed", String(spotlight === name));
    entry.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return; // and nothing is returned: false would swallow Tab
      event.preventDefault();
      toggle(index);
    };
  }
}

