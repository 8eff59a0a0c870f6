import type { Shape } from "../../../words/shape.ts";
import type { rack as koRack, ui as koUi, units as koUnits } from "../ko/ui.ts";

export const ui: Shape<typeof koUi> = {
  copy: "Copy",
  copyThing: "Copy {{name}}",
  copied: "{{name}} copied",
  copyFailed: "This browser blocks copying. Select the text and copy it by hand.",
  close: "Close",
  cancel: "Cancel",
  save: "Save",
  saved: "Saved",
  loading: "Loading",
  tableOf: "Table: {{name}}",
  tableView: "As a table",
  chartView: "As a picture",
  notYet: "Possible once the connection is back",
  needsOwner: "Only an owner can do this",
  needsOperator: "Only an operator or owner can do this",
  today: "Today",
  more: "Show more",
  remove: "Remove",
  add: "Add",
  working: "In progress",
  seconds: "s",
  lost: { title: "The rack is not connected", meaning: "The request could not be sent. Nothing changed.", todo: "Try again once the connection is back." },
  other: {
    title: "Something unexpected happened",
    meaning: "The answer could not be understood.",
    todo: "Try again. If it happens again, send a support bundle.",
  },
};

export const units: Shape<typeof koUnits> = {
  today: "today {{time}}",
  few: { n1: "one", n2: "two", n3: "three", n4: "four", n5: "five", n6: "six", n7: "seven", n8: "eight", n9: "nine" },
  ago: { second: "{{value}} s ago", minute: "{{value}} min ago", hour: "{{value}} h ago", day: "{{value}} d ago" },
  long: { second: "{{value}} s", minute: "{{value}} min", hour: "{{value}} h", day: "{{value}} d" },
};

export const rack: Shape<typeof koRack> = {
  label: "{{units}}U rack, from the top",
  labelMore: "Rack {{number}}, {{units}}U, from the top",
  switch: "Switch",
  button: "Power button",
  ups: "UPS",
  battery: "Battery {{charge}}",
  batterySimulated: "{{charge}} · simulated",
  units: "{{from}}U",
  unitRange: "{{from}}–{{to}}U",
  unplaced: "No place set",
  key: "Shapes of state",
  running: "running",
  minutes: "{{value}}m",
};
