import { createHash } from "node:crypto";
import { canonical, type Json } from "../audit/domain/canonical.ts";

/** What an approval is bound to, to the byte. */
export interface Bound {
  tool: string;
  args: { readonly [key: string]: Json };
  cwd: string | null;
  /** The program that would run, and what is in it. */
  binary: { path: string; sha256: string } | null;
  agent: string;
  class: string;
}

/** SHA-256 over the canonical act, hex. Throws on what JSON can't say. */
export const bindingHash = ({ tool, args, cwd, binary, agent, class: of }: Bound): string =>
  createHash("sha256")
    .update(canonical({ tool, args, cwd, binary: binary === null ? null : { path: binary.path, sha256: binary.sha256 }, agent, class: of }))
    .digest("hex");
