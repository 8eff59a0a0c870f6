import { describe, expect, it } from "vitest";
import type { NodeLatch, ResetCheck } from "../../../contract/breaker.ts";
import { leftOf, rowsOf } from "./checks-of.ts";

const check = (part: Partial<ResetCheck>): ResetCheck => ({
  code: "log-whole",
  ok: true,
  nodeId: null,
  act: null,
  why: "none",
  ageMs: null,
  params: {},
  ...part,
});
const nodes = ["n1", "n2", "n3"].map((nodeId, index) => ({ nodeId, name: `노드 ${index + 1}` }) as NodeLatch);

describe("the reset list", () => {
  it("puts nodes that answered into one row, and each that didn't into its own", () => {
    const rows = rowsOf({
      nodes,
      checks: [
        check({ code: "node-acknowledged", nodeId: "n1" }),
        check({ code: "node-acknowledged", nodeId: "n2", ok: false, why: "no-answer" }),
        check({ code: "node-acknowledged", nodeId: "n3" }),
      ],
    });
    expect(rows.map((row) => row.kind)).toEqual(["nodes", "node"]);
    expect(rows[0]).toMatchObject({ names: ["노드 1", "노드 3"] });
    expect(leftOf(rows)).toBe(1);
  });

  it("names the nodes that said so where the check is about all of them", () => {
    const said = nodes.map((node, index): NodeLatch => ({ ...node, state: index === 1 ? "excluded" : "closed", onDisk: index !== 1 }));
    expect(rowsOf({ nodes: said, checks: [check({ code: "on-disk" }), check({ code: "node-acknowledged" })] })).toMatchObject([
      { kind: "disk", names: ["노드 1", "노드 3"] },
      { kind: "nodes", names: ["노드 1", "노드 3"] },
    ]);
  });

  it("never hides a check that fails among those that hold", () => {
    const checks = [check({ code: "on-disk", nodeId: "n1" }), check({ code: "on-disk", nodeId: "n2", ok: false, why: "disk-failed" })];
    const rows = rowsOf({ nodes, checks });
    expect(rows).toHaveLength(2);
    expect(leftOf(rows)).toBe(1);
  });

  it("names a node that the rack no longer has by what the check says", () => {
    expect(
      rowsOf({ nodes: [], checks: [check({ code: "node-acknowledged", nodeId: "n9", ok: false, why: "no-answer", params: { name: "작업실" } })] }),
    ).toMatchObject([{ kind: "node", name: "작업실" }]);
  });
});
