// A condition is clicked together here and written as text beside it; both are always the same one. The server
// reads what either says and answers with the other, and with what it comes to. Without this the text does all.
"use strict";

for (const place of document.querySelectorAll("[data-builder]")) {
  const { groups, words } = JSON.parse(place.dataset.builder);
  const fields = new Map(groups.flatMap((group) => group.fields).map((field) => [field.name, field]));
  const form = place.closest("form");
  const text = form.querySelector("[name=expression]");
  const problem = form.querySelector("[data-problem]");
  const figures = document.getElementById(place.dataset.figures);
  let asked = 0;
  let waiting;
  let unsaid; // what was changed and has not been answered yet

  // Small parts of a page.
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };
  const select = (attributes, choices, chosen) => {
    const made = make("select", attributes);
    for (const [value, label] of choices) made.append(make("option", { value, selected: value === chosen }, label));
    return made;
  };
  const button = (label, act, attributes = {}) =>
    make("button", { type: "button", class: "slight", onclick: act, ...attributes }, label);

  // What may be said of a field of each kind.
  const orders = ["=", "!=", "<", "<=", ">", ">="];
  const several = ["in", "notIn"];
  const ranges = ["between", "notBetween"];
  const known = ["null", "notNull"];
  const parts = ["contains", "doesNotContain", "beginsWith", "doesNotBeginWith", "endsWith", "doesNotEndWith"];
  const operators = (field) => {
    if (field.kind === "flag") return ["="];
    if (field.kind === "segment") return ["=", "!="];
    if (field.kind === "text") return ["=", "!=", ...several, ...parts, ...known];
    return [...orders, ...ranges, ...several, ...(field.arguments ? [] : known)];
  };
  const called = (field, operator) =>
    (field.kind === "day" && words.days[operator]) || words.operators[operator] || operator;

  // One condition: {field, operator, value, arguments}.
  const rule = (said) => {
    const box = make("div", { class: "rule" });
    const draw = () => {
      const field = fields.get(said.field);
      const choice = make("select", { class: "field-of-rule", "aria-label": words.field, onchange: (event) => {
        const chosen = fields.get(event.target.value);
        Object.assign(said, { field: chosen.name, operator: "=", value: chosen.kind === "flag" ? true : "",
          valueSource: undefined, arguments: chosen.arguments ? {} : undefined });
        draw();
        changed();
      } });
      for (const group of groups) {
        const listed = make("optgroup", { label: group.title });
        for (const each of group.fields) {
          listed.append(make("option", { value: each.name, selected: each.name === said.field }, each.title));
        }
        choice.append(listed);
      }
      const inputs = said.valueSource === "field" ? [make("code", {}, `${said.operator} ${said.value}`)]
        : [...argumentsOf(field, said), ...comparison(field, said, draw)];
      box.replaceChildren(choice, ...inputs,
        button("×", () => { box.dispatchEvent(new CustomEvent("gone", { bubbles: true })); }, { "aria-label": words.remove }));
    };
    box.said = () => said;
    draw();
    return box;
  };

  const argumentsOf = (field, said) => (field.arguments ?? []).map((argument) => {
    const hint = { day: words.day, period: words.period }[argument.sort] ?? "";
    const input = make("input", { value: said.arguments?.[argument.name] ?? "", placeholder: hint, size: 8,
      "data-argument": argument.name, oninput: (event) => {
        said.arguments = { ...said.arguments, [argument.name]: event.target.value };
        changed();
      } });
    return make("label", { class: "argument" }, argument.title, input);
  });

  const comparison = (field, said, draw) => {
    const operator = select({ class: "operator", "aria-label": words.operator, onchange: (event) => {
      said.operator = event.target.value;
      if (ranges.includes(said.operator) && !Array.isArray(said.value)) said.value = ["", ""];
      else if (several.includes(said.operator) && !Array.isArray(said.value)) said.value = said.value === "" ? [] : [said.value];
      else if (!ranges.includes(said.operator) && !several.includes(said.operator) && Array.isArray(said.value)) said.value = said.value[0] ?? "";
      draw();
      changed();
    } }, operators(field).map((each) => [each, called(field, each)]), said.operator);
    if (field.kind === "flag") {
      const yes = select({ class: "value", "aria-label": words.value, onchange: (event) => { said.value = event.target.value === "true"; changed(); } },
        [["true", words.yes], ["false", words.no]], String(said.value));
      return [yes];
    }
    if (known.includes(said.operator)) return [operator];
    return [operator, ...values(field, said)];
  };

  const values = (field, said) => {
    const one = (value, write, attributes = {}) => make("input", { class: "value", value, "aria-label": words.value,
      placeholder: field.kind === "day" ? words.day : "", inputmode: field.kind === "number" ? "decimal" : false,
      oninput: (event) => { write(event.target.value); changed(); }, ...attributes });
    if (ranges.includes(said.operator)) {
      return [one(said.value[0], (value) => { said.value = [value, said.value[1]]; }), words.and,
        one(said.value[1], (value) => { said.value = [said.value[0], value]; })];
    }
    const codes = Object.entries(field.codes ?? {});
    if (several.includes(said.operator)) {
      return [one(said.value.join(", "), (value) => { said.value = value.split(",").map((each) => each.trim()).filter(Boolean); },
        { placeholder: words.several })];
    }
    if (codes.length && ["=", "!="].includes(said.operator)) {
      const unknown = codes.some(([code]) => code === said.value) ? [] : [[said.value, said.value]];
      return [select({ class: "value", "aria-label": words.value, onchange: (event) => { said.value = event.target.value; changed(); } },
        [...unknown, ...codes], said.value)];
    }
    return [one(said.value, (value) => { said.value = value; })];
  };

  // A group: {combinator, not, rules}, in a frame of its own.
  const joins = { every: ["and", false], any: ["or", false], notEvery: ["and", true], none: ["or", true] };
  const group = (said, isRoot) => {
    const inside = make("div", { class: "rules" });
    const add = (child) => inside.append(child);
    for (const each of said.rules) add(each.rules ? group(each, false) : rule(each));
    const now = Object.keys(joins).find((name) => joins[name][0] === said.combinator && joins[name][1] === Boolean(said.not));
    const join = select({ "aria-label": words.join, class: "join", onchange: changed }, Object.keys(joins).map((name) => [name, words[name]]), now);
    const box = make("fieldset", { class: "group" }, make("div", { class: "in-line" }, join,
      button(`+ ${words.rule}`, () => { add(rule(fresh())); changed(); }),
      button(`+ ${words.group}`, () => { add(group({ combinator: "or", not: false, rules: [fresh()] }, false)); changed(); }),
      ...(isRoot ? [] : [button("×", () => { box.dispatchEvent(new CustomEvent("gone", { bubbles: true })); }, { "aria-label": words.remove })])),
      inside);
    box.addEventListener("gone", (event) => {
      if (event.target === box && isRoot) return;
      if (event.target.parentElement === inside) {
        event.stopPropagation();
        event.target.remove();
        changed();
      }
    });
    box.said = () => ({ combinator: joins[join.value][0], not: joins[join.value][1],
      rules: [...inside.children].map((child) => child.said()) });
    return box;
  };
  const fresh = () => ({ field: "bought", operator: "=", value: true, arguments: {} });

  let root;
  const show = (rules) => {
    root = group(rules, true);
    place.replaceChildren(root);
  };

  // What stands in either goes to the server, and the other is what it says.
  const ask = async (name, value, answered) => {
    const turn = ++asked;
    const own = form.querySelector("[name=name]")?.value ?? "";
    const body = new URLSearchParams({ csrf: form.querySelector("[name=csrf]").value, name: own, [name]: value });
    const response = await fetch("/segment-look", { method: "POST", body });
    const told = await response.json();
    if (turn !== asked) return; // somebody went on writing
    unsaid = undefined;
    problem.hidden = !told.problem;
    problem.textContent = told.problem ?? "";
    if (told.problem) return;
    answered(told);
    if (figures) figures.innerHTML = told.figures;
  };
  const soon = (act) => {
    clearTimeout(waiting);
    asked += 1;
    unsaid = act;
    waiting = setTimeout(act, 300);
  };
  const changed = () => soon(() => {
    const said = root.said();
    if (!said.rules.length) { text.value = ""; problem.hidden = true; unsaid = undefined; return undefined; }
    return ask("rules", JSON.stringify(said), (told) => { text.value = told.expression; });
  });
  text.addEventListener("input", () => soon(() => {
    unsaid = undefined; // the text is sent as it stands
    return text.value.trim() ? ask("expression", text.value, (told) => show(told.rules)) : undefined;
  }));

  show({ combinator: "and", not: false, rules: [] });
  place.hidden = false;
  for (const each of form.querySelectorAll("[data-without-script]")) each.hidden = true;
  if (text.value.trim()) ask("expression", text.value, (told) => show(told.rules));
  // What was just clicked is written before it is sent.
  form.addEventListener("submit", async (event) => {
    if (!unsaid) return;
    event.preventDefault();
    clearTimeout(waiting);
    await unsaid();
    for (const each of form.querySelectorAll("button")) each.disabled = false;
    if (problem.hidden) form.requestSubmit(event.submitter);
  });
}
