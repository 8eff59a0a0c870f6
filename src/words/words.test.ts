import { describe, expect, it } from "vitest";
import {
  actionClasses,
  activityEntry,
  approvalStates,
  buttonView,
  decisions,
  egressRow,
  egressView,
  gateReasons,
  injectionBand,
  latchStates,
  levels,
  logProblem,
  nodeLatch,
  panicBands,
  panicSignals,
  tripCauses,
  tripVias,
  autonomyView,
  cell,
  outcomes,
} from "../contract/breaker.ts";
import { device, me, pairingWindow } from "../contract/access.ts";
import { faultCodes, faults } from "../contract/faults.ts";
import {
  alert,
  discoveryState,
  found,
  metrics,
  nodeState,
  nodeView,
  planSettings,
  planStep,
  repair,
  restartCause,
  sentence,
  service,
  unknownReason,
  upsView,
} from "../contract/rack.ts";
import { personRoles, roles, vias } from "../contract/roles.ts";
import { nodeRoles } from "../contract/values.ts";
import { fill, words, type Language } from "./index.ts";

const languages = Object.keys(words) as Language[];
const closed = pairingWindow.options[1].shape.reason.options;
const certificateReasons = faults["access.peer-certificate"].data.shape.reason.options;

/** Each table of words, and the members of the contract that it must name. */
const tables = (language: Language): [string, object, readonly string[]][] => {
  const w = words[language];
  return [
    ["nodeState", w.nodeState, nodeState.options],
    ["nodeStateMeans", w.nodeStateMeans, nodeState.options],
    ["nodeRole", w.nodeRole, nodeRoles],
    ["nodeRoleShort", w.nodeRoleShort, nodeRoles],
    ["personRole", w.personRole, personRoles],
    ["personRoleMeans", w.personRoleMeans, personRoles],
    ["callerRole", w.callerRole, roles],
    ["via", w.via, vias],
    ["unknownReason", w.unknownReason, unknownReason.options],
    ["metric", w.metric, metrics],
    ["severity", w.severity, alert.shape.severity.options],
    ["alert", w.alert, alert.shape.code.options],
    ["repair", w.repair, repair.shape.code.options],
    ["repairFix", w.repairFix, repair.shape.fix.options],
    ["sentence", w.sentence, sentence.shape.code.options],
    ["planAct", w.planAct, planStep.shape.act.options],
    ["planTrigger", w.planTrigger, planStep.shape.trigger.options],
    ["onShutdown", w.onShutdown, planSettings.shape.onShutdown.options],
    ["upsState", w.upsState, upsView.shape.state.options],
    ["upsSource", w.upsSource, upsView.shape.source.options],
    ["upsProblem", w.upsProblem, upsView.shape.problem.unwrap().options],
    ["lowBatteryBecause", w.lowBatteryBecause, upsView.shape.lowBatteryBecause.unwrap().options],
    ["restartCause", w.restartCause, restartCause.options],
    ["serviceState", w.serviceState, service.shape.state.options],
    ["linkState", w.linkState, me.shape.link.unwrap().shape.state.options],
    ["windowReason", w.windowReason, closed],
    ["certificateReason", w.certificateReason, certificateReasons],
    ["deviceState", w.deviceState, device.shape.state.options],
    ["deviceKind", w.deviceKind, device.shape.kind.options],
    ["pairing", w.pairing, found.shape.pairing.options],
    ["discovery", w.discovery, discoveryState.shape.state.options],
    ["foundBy", w.foundBy, nodeView.shape.foundBy.options],
    ["faults", w.faults, faultCodes],
    ["latchState", w.latchState, latchStates],
    ["tripCause", w.tripCause, tripCauses],
    ["tripVia", w.tripVia, tripVias],
    ["nodeLatch", w.nodeLatch, nodeLatch.shape.state.options],
    ["buttonState", w.buttonState, buttonView.shape.state.options],
    ["buttonReason", w.buttonReason, buttonView.shape.reason.options],
    ["actionClass", w.actionClass, actionClasses],
    ["level", w.level, levels.map(String)],
    ["levelMeans", w.levelMeans, levels.map(String)],
    ["decision", w.decision, decisions],
    ["within", w.within, cell.shape.within.unwrap().options],
    ["gateReason", w.gateReason, gateReasons],
    ["injectionBand", w.injectionBand, injectionBand.options],
    ["panicBand", w.panicBand, panicBands],
    ["panicSignal", w.panicSignal, panicSignals],
    ["approvalState", w.approvalState, approvalStates],
    ["outcome", w.outcome, outcomes],
    ["entryKind", w.entryKind, activityEntry.shape.kind.options],
    ["logProblem", w.logProblem, logProblem.options],
    ["egressMode", w.egressMode, egressView.shape.mode.options],
    ["egressModeMeans", w.egressModeMeans, egressView.shape.mode.options],
    ["egressOutcome", w.egressOutcome, egressRow.shape.outcome.options],
    ["isolation", w.isolation, autonomyView.shape.isolation.options],
  ];
};

const texts = (value: unknown, path = ""): [string, string][] =>
  typeof value === "string" ? [[path, value]] : Object.entries(value as Record<string, unknown>).flatMap(([key, child]) => texts(child, `${path}/${key}`));
const parameters = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").toSorted();

describe.each(languages)("words in %s", (language) => {
  it.each(tables(language))("%s names each member of the contract and nothing else", (_, table, members) => {
    expect(Object.keys(table).toSorted()).toEqual([...members].toSorted());
  });

  it("a fault uses no parameter that its schema lacks", () => {
    const strangers = faultCodes.flatMap((code) => {
      const known = Object.keys(faults[code].data.shape);
      return texts(words[language].faults[code]).flatMap(([path, text]) =>
        parameters(text)
          .filter((name) => !known.includes(name))
          .map((name) => `${code}${path}: ${name}`),
      );
    });
    expect(strangers).toEqual([]);
  });

  it("no text is empty", () => {
    expect(texts(words[language]).filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

describe("ko and en", () => {
  it("have the same keys", () => {
    expect(texts(words.en).map(([path]) => path)).toEqual(texts(words.ko).map(([path]) => path));
  });

  it("each text takes the same parameters in both languages", () => {
    const en = new Map(texts(words.en));
    expect(texts(words.ko).filter(([path, text]) => parameters(en.get(path) ?? "").join() !== parameters(text).join())).toEqual([]);
  });

  it("ko has Hangul wherever it has a sentence", () => {
    expect(texts(words.ko).filter(([, text]) => text.includes(" ") && !/[가-힣]/.test(text))).toEqual([]);
  });
});

describe("fill", () => {
  it("puts numbers and texts in, and leaves nothing for what is missing", () => {
    expect(fill("{{name}}: {{count}}{{gone}}", { name: "노드 1", count: 0 })).toBe("노드 1: 0");
  });
});
