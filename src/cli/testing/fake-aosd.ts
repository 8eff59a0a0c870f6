import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { implement, ORPCError, type AnyRouter } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { WebSocketServer, type WebSocket } from "ws";
import type { PairingWindow } from "../../contract/access.ts";
import { contract } from "../../contract/index.ts";
import type { RackSnapshot } from "../../contract/rack.ts";
import { aosdIdentity, device, people, plan, snapshot } from "./rack-of-four.ts";

export interface FakeAosd {
  stateDir: string;
  /** What it holds; a test may change it. */
  state: { rack: RackSnapshot; people: typeof people; devices: (typeof device)[]; window: PairingWindow; standing: "rack" | "console" };
  /** Headers of the upgrades so far. */
  headers: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

const code = "48213907";
export const recoveryKey = "right-key";

/** A working aosd in memory behind a real local socket: it keeps what it is told and refuses what the contract refuses. */
export async function startFakeAosd(): Promise<FakeAosd> {
  const state: FakeAosd["state"] = {
    rack: structuredClone(snapshot),
    people: structuredClone(people),
    devices: [structuredClone(device)],
    window: { state: "closed", reason: "never-opened" },
    standing: "rack",
  };
  const server = await serve((socket) => void new RPCHandler(router(state)).upgrade(socket, { context: {} }));
  return { ...server, state };
}

/** A local socket that treats each connection as it is told: for answers that no aosd would give. */
export async function serve(connected: (socket: WebSocket) => void): Promise<Omit<FakeAosd, "state">> {
  const stateDir = await mkdtemp(join(tmpdir(), "aos-cli-"));
  const socket = join(stateDir, "aosd.sock");
  const headers: IncomingHttpHeaders[] = [];
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, path: "/rpc" });
  sockets.on("connection", (peer, request) => {
    headers.push(request.headers);
    peer.on("error", () => peer.terminate());
    connected(peer);
  });
  await new Promise<void>((resolve) => http.listen(socket, resolve));
  await writeFile(join(stateDir, "aosd.json"), JSON.stringify({ pid: process.pid, socket, loopback: null, lan: null, startedAt: 0 }));
  return {
    stateDir,
    headers,
    async stop() {
      for (const peer of sockets.clients) peer.terminate();
      sockets.close();
      await new Promise<void>((resolve) => http.close(() => resolve()));
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function router(state: FakeAosd["state"]): AnyRouter {
  const os = implement(contract);
  const link = { url: "http://127.0.0.1:7440/#t=once", expiresInMs: 300_000 };
  const findDevice = (id: string) => state.devices.find((one) => one.id === id) ?? missing("access.not-found");
  const findAlert = (id: string) => state.rack.alerts.find((one) => one.id === id) ?? missing("rack.alert-not-found");
  const right = (given: string) => {
    if (given !== code) throw new ORPCError("access.code-wrong", { status: 401, data: { triesLeft: 4 } });
  };
  return {
    access: {
      me: os.access.me.handler(() => ({
        role: "owner",
        via: "cli",
        person: null,
        device: null,
        aosd: { ...aosdIdentity, standing: state.standing },
        link: null,
      })),
      routes: os.access.routes.handler(() => ({ routes: [{ transport: "ws", listener: "socket", method: "GET", path: "/rpc", role: "public", also: [] }] })),
      session: { link: os.access.session.link.handler(() => link) },
      claim: os.access.claim.handler(() => ({ recoveryKey, link, token: "secret-token" })),
      recover: os.access.recover.handler(({ input }) => {
        if (input.recoveryKey !== recoveryKey) throw new ORPCError("access.recovery-key-wrong", { status: 401, data: { waitSeconds: 5 } });
        return { link, token: "new-token" };
      }),
      window: {
        get: os.access.window.get.handler(() => state.window),
        open: os.access.window.open.handler(() => (state.window = { state: "open", code, leftMs: 900_000, triesLeft: 5 })),
        close: os.access.window.close.handler(() => (state.window = { state: "closed", reason: "closed" })),
      },
      join: os.access.join.handler(({ input }) => {
        right(input.code);
        return { rackName: "본사 랙", state: "admitted" as const, recoveryKey };
      }),
      probe: os.access.probe.handler(({ input }) => {
        if (input.address.startsWith("203.")) throw new ORPCError("access.not-responding", { status: 504, data: { address: input.address } });
        return { identity: aosdIdentity, address: input.address, port: 7443 };
      }),
      person: {
        list: os.access.person.list.handler(() => ({ people: state.people, devices: state.devices })),
        invite: os.access.person.invite.handler(({ input }) => {
          const person = { id: `p${state.people.length + 1}`, name: input.name, role: input.role, createdAt: 0, expiresAt: null, devices: 0 };
          state.people.push(person);
          return { person, link };
        }),
        remove: os.access.person.remove.handler(({ input }) => {
          const before = state.people.length;
          if (state.people.find((one) => one.id === input.id)?.role === "owner") throw new ORPCError("access.last-owner", { status: 409, data: {} });
          state.people = state.people.filter((one) => one.id !== input.id);
          return { removed: state.people.length < before };
        }),
      },
      device: {
        admit: os.access.device.admit.handler(({ input }) => Object.assign(findDevice(input.id), { state: "admitted" as const, role: input.role ?? "viewer" })),
        revoke: os.access.device.revoke.handler(({ input }) => Object.assign(findDevice(input.id), { state: "revoked" as const })),
      },
    },
    rack: {
      snapshot: os.rack.snapshot.handler(() => state.rack),
      found: os.rack.found.handler(() => ({ state: "blocked" as const, adapter: "bonjour" as const, found: [] })),
      doctor: os.rack.doctor.handler(() => ({
        checks: [
          { code: "daemon", ok: "yes" as const, params: {} },
          { code: "multicast", ok: "no" as const, params: { interfaces: 2 } },
        ],
      })),
      supportBundle: os.rack.supportBundle.handler(() => ({
        files: [
          { name: "health.json", text: "{}" },
          { name: "log/../../escape.txt", text: "stays inside" },
        ],
      })),
      node: {
        history: os.rack.node.history.handler(({ input }) => ({
          nodeId: input.nodeId,
          from: 0,
          to: input.minutes * 60_000,
          stepMs: 1_000,
          missing: 0,
          at: [0, 1_000, 2_000],
          points: { cpuPercent: [10, null, 30], rssBytes: [90_000_000, 91_000_000, 92_000_000] },
        })),
        add: os.rack.node.add.handler(({ input }) => {
          right(input.code);
          return { nodeId: aosdIdentity.id, name: aosdIdentity.name, fingerprint: aosdIdentity.fingerprint };
        }),
      },
      plan: { get: os.rack.plan.get.handler(() => plan) },
      alert: {
        acknowledge: os.rack.alert.acknowledge.handler(({ input }) => Object.assign(findAlert(input.id), { acknowledged: true })),
        mute: os.rack.alert.mute.handler(({ input }) => Object.assign(findAlert(input.id), { mutedForMs: input.minutes * 60_000 })),
      },
    },
  };
}

function missing(fault: "access.not-found" | "rack.alert-not-found"): never {
  throw new ORPCError(fault, { status: 404, data: {} });
}
