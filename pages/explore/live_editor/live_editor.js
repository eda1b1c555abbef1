// The instruction, as a line ("Group each ... by ...") and as the exact string, sent while it is typed.

const PAUSE_MS = 300;
const FIELDS = ["kind", "by", "exact"];

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Values with a way back and forth, as the browser's own undo forgets what was set by a program. */
class Undo {
  constructor(value) { this.past = []; this.future = []; this.now = value; }
  push(value) {
    if (value === this.now) return;
    this.past.push(this.now);
    this.now = value;
    this.future = [];
  }
  back() { return this.past.length ? (this.future.push(this.now), this.now = this.past.pop()) : null; }
  forth() { return this.future.length ? (this.past.push(this.now), this.now = this.future.pop()) : null; }
}

class LiveEditor {
  constructor(root, data) {
    this.inputs = {
      kind: element("input", { "aria-label": "Kind of text", spellcheck: "false", autocomplete: "off" }),
      by: element("input", { "aria-label": "Group by", autocomplete: "off" }),
      exact: element("textarea", { "aria-label": "Instruction as written", rows: "1", spellcheck: "false" }),
    };
    const line = element("div", { class: "le-line" },
      element("span", {}, "Group each"), this.inputs.kind, element("span", {}, "by"), this.inputs.by);
    root.append(line, this.inputs.exact);
    // Counted on from what the server has seen, so that an editor that is drawn anew never speaks with an old number.
    this.sent = data.seen;
    this.stamp = null;
    this.timer = null;
    this.place = null; // in the history, while it is walked through
    this.undo = Object.fromEntries(FIELDS.map((name) => [name, new Undo("")]));
    for (const name of FIELDS) {
      this.inputs[name].addEventListener("input", () => this.typed(name));
      this.inputs[name].addEventListener("keydown", (event) => this.key(event, name));
      this.inputs[name].addEventListener("blur", () => this.timer !== null && this.send(name));
    }
    new ResizeObserver(() => this.fit()).observe(root);
  }

  receive(data, send) {
    this.post = send;
    this.history = data.history;
    const fresh = data.stamp !== this.stamp; // somebody else has written: a preset, a link, another page
    const caughtUp = data.seen >= this.sent && this.timer === null;
    this.stamp = data.stamp;
    for (const name of FIELDS) {
      const input = this.inputs[name];
      input.placeholder = data.placeholders[name];
      // What is being typed is the user's: only what follows from it is brought up to date.
      if (fresh || (caughtUp && name !== this.last)) this.set(name, data.values[name]);
    }
    if (fresh) {
      clearTimeout(this.timer);
      this.timer = null;
      this.sent = data.seen;
    }
    this.fit();
  }

  set(name, value) {
    const input = this.inputs[name];
    if (input.value !== value) {
      const caret = input.selectionStart;
      input.value = value;
      if (document.activeElement === input) input.setSelectionRange(caret, caret);
    }
    this.undo[name].push(value);
  }

  typed(name) {
    this.last = name;
    this.place = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(name), PAUSE_MS);
    this.fit();
  }

  send(name) {
    clearTimeout(this.timer);
    this.timer = null;
    this.last = name;
    this.undo[name].push(this.inputs[name].value);
    this.sent += 1;
    this.post("edit", { number: this.sent, stamp: this.stamp, field: name, value: this.inputs[name].value,
      kind: this.inputs.kind.value, by: this.inputs.by.value });
  }

  key(event, name) {
    const undoing = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send(name);
    } else if (undoing && event.key.toLowerCase() === "z") {
      event.preventDefault();
      this.undo[name].push(this.inputs[name].value);
      this.take(name, event.shiftKey ? this.undo[name].forth() : this.undo[name].back());
    } else if (undoing && event.key.toLowerCase() === "y") {
      event.preventDefault();
      this.take(name, this.undo[name].forth());
    } else if (name === "exact" && (event.key === "ArrowUp" || event.key === "ArrowDown") && this.atEdge(event)) {
      event.preventDefault();
      this.walk(event.key === "ArrowUp" ? 1 : -1);
    }
  }

  take(name, value) {
    if (value === null) return;
    this.inputs[name].value = value;
    this.typed(name);
  }

  /** Whether the caret is in the first line (up) or the last (down), where an arrow would go nowhere. */
  atEdge(event) {
    const { value, selectionStart, selectionEnd } = this.inputs.exact;
    if (selectionStart !== selectionEnd || event.shiftKey) return false;
    const rest = event.key === "ArrowUp" ? value.slice(0, selectionStart) : value.slice(selectionStart);
    return !rest.includes("\n");
  }

  /** Go through the instructions used before, the latest first; below the latest stands what was being written. */
  walk(step) {
    if (this.place === null) {
      this.draft = this.inputs.exact.value;
      this.place = -1;
    }
    const others = this.history.filter((each) => each !== this.draft);
    const place = Math.max(-1, Math.min(others.length - 1, this.place + step));
    if (place === this.place) return;
    const value = place < 0 ? this.draft : others[place];
    this.inputs.exact.value = value;
    this.inputs.exact.setSelectionRange(value.length, value.length);
    this.typed("exact");
    this.place = place;
  }

  /** As wide as what they hold, and as high. */
  fit() {
    for (const name of CSS.supports("field-sizing", "content") ? [] : ["kind", "by"]) {
      const input = this.inputs[name];
      input.style.width = `${Math.min(Math.max((input.value || input.placeholder).length, 3) + 2, 48)}ch`;
    }
    const { exact } = this.inputs;
    exact.style.height = "auto";
    exact.style.height = `${exact.scrollHeight + 2}px`;
  }
}

/** Called by Streamlit at mount and again whenever the data changes. */
export default function liveEditor({ data, parentElement, setStateValue }) {
  let root = parentElement.querySelector(".live-editor");
  if (!root) {
    root = element("div", { class: "live-editor", role: "group", "aria-label": "Instruction" });
    parentElement.append(root);
    root.editor = new LiveEditor(root, data);
  }
  root.editor.receive(data, setStateValue);
}
