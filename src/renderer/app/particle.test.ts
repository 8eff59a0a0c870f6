import { describe, expect, it } from "vitest";
import { asSubject, asTopic } from "./particle.ts";

describe("particles after a name", () => {
  it.each([
    ["사장님", "사장님이", "사장님은"],
    ["카운터", "카운터가", "카운터는"],
    ["노드 1", "노드 1이", "노드 1은"],
    ["노드 2", "노드 2가", "노드 2는"],
    ["Main", "Main이(가)", "Main은(는)"],
  ])("%s", (name, subject, topic) => {
    expect(asSubject(name)).toBe(subject);
    expect(asTopic(name)).toBe(topic);
  });
});
