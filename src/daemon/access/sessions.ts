import type { PersonRole } from "../../contract/roles.ts";
import type { Context } from "../kernel/caller.ts";
import { fault } from "../kernel/fault.ts";
import { cookieName } from "./admission.ts";
import type { Pairing } from "./pairing.ts";
import { LINK_MS, SESSION_MS } from "./people.ts";
import type { AccessDeps } from "./service.ts";

interface SessionDeps extends AccessDeps {
  pairing: Pairing;
  addresses(): readonly string[];
  needMain(): void;
  sealWithNewKey(): string;
}

/** How people come in: links, cookies, the first claim, the recovery key. */
export function createSessions(deps: SessionDeps) {
  const { trust, people, clock, log, pairing, needMain, sealWithNewKey } = deps;
  let recoveryTries = 0;
  let recoveryFreeAt = 0;

  const link = async (personId: string, origin = deps.loopbackOrigin()) => ({
    url: `${origin}/#/enter?token=${await people.createLink(personId)}`,
    expiresInMs: LINK_MS,
  });
  const needLocal = ({ connection }: Context) => {
    if (connection.listener !== "socket") throw fault("access.local-only");
  };
  /** A first or recovered owner: the person and a device for the terminal that asked. */
  const makeOwner = async (name: string, deviceName: string) => {
    const owner = await people.addPerson(name, "owner", null);
    const device = await people.addDevice({ kind: "console", name: deviceName, personId: owner.id, state: "admitted", fingerprint: null });
    return { owner, token: await people.createSession(device.id) };
  };
  const cookie = (token: string, seconds: number, secure: boolean) =>
    `${cookieName(trust.id)}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure ? "; Secure" : ""}`;

  /** Invitations are for other devices: the LAN address, where there is one. */
  const inviteOrigin = (): string => {
    const [first] = deps.addresses();
    return first === undefined ? deps.loopbackOrigin() : `https://${first}`;
  };

  return {
    async startSession(context: Context, input: { token?: string | undefined; code?: string | undefined; deviceName?: string | undefined }) {
      const { connection } = context;
      const headers = connection.responseHeaders;
      if (!headers) throw fault("access.needs-http");
      const name = input.deviceName ?? "browser";
      const secure = connection.listener === "lan";
      const begin = async (personId: string | null, state: "admitted" | "waiting", recoveryKey: string | null) => {
        const device = await people.addDevice({ kind: "browser", name, personId, state, fingerprint: null });
        headers.append("set-cookie", cookie(await people.createSession(device.id), SESSION_MS / 1000, secure));
        const standing = people.standing(device.id);
        const role: PersonRole = standing.state === "admitted" ? standing.role : "viewer";
        log.info("access.session-started", { device: device.id, state, listener: connection.listener });
        return { role, state, recoveryKey };
      };
      if (input.token !== undefined) {
        const personId = await people.useLink(input.token);
        if (personId === undefined) throw fault("access.link-invalid");
        return begin(personId, "admitted", null);
      }
      if (input.code === undefined) throw fault("access.link-invalid");
      pairing.useCode(input.code);
      if (people.claimed() || !trust.isMain()) return begin(null, "waiting", null);
      const owner = await people.addPerson(name, "owner", null);
      return begin(owner.id, "admitted", sealWithNewKey());
    },
    async endSession({ connection }: Context) {
      if (!connection.responseHeaders) throw fault("access.needs-http");
      if (connection.credential.kind === "device" && connection.credential.sessionToken !== undefined)
        await people.endSession(connection.credential.sessionToken);
      connection.responseHeaders.append("set-cookie", cookie("", 0, connection.listener === "lan"));
      return { ended: true };
    },
    async sessionLink(context: Context) {
      const personId = context.caller.person?.id ?? (context.caller.role === "owner" ? people.list().people.find((p) => p.role === "owner")?.id : undefined);
      if (personId === undefined) throw fault("access.denied", { role: context.caller.role, needs: "owner" });
      return link(personId, context.connection.origin);
    },
    async claim(context: Context, input: { name: string; deviceName: string }) {
      needLocal(context);
      needMain();
      if (people.claimed()) throw fault("access.already-claimed");
      const { owner, token } = await makeOwner(input.name, input.deviceName);
      log.info("access.claimed", { person: owner.id });
      return { recoveryKey: sealWithNewKey(), link: await link(owner.id), token };
    },
    async recover(context: Context, input: { recoveryKey: string; name: string }) {
      needLocal(context);
      needMain();
      const wait = recoveryFreeAt - clock.mono();
      if (wait > 0) throw fault("access.recovery-key-wrong", { waitSeconds: Math.ceil(wait / 1000) });
      recoveryTries += 1;
      const waitSeconds = recoveryTries < 3 ? 0 : Math.min(600, 2 ** recoveryTries);
      recoveryFreeAt = clock.mono() + waitSeconds * 1000;
      if (!trust.opensCa(input.recoveryKey)) {
        log.warn("access.recovery-refused", { tries: recoveryTries });
        throw fault("access.recovery-key-wrong", { waitSeconds });
      }
      recoveryTries = 0;
      recoveryFreeAt = 0;
      const { owner, token } = await makeOwner(input.name, "aos recover");
      log.warn("access.recovered", { person: owner.id });
      return { link: await link(owner.id), token };
    },
    async invite(input: { name: string; role: PersonRole; days: number | null }) {
      const person = await people.addPerson(input.name, input.role, input.days);
      return { person: people.personView(person), link: await link(person.id, inviteOrigin()) };
    },
  };
}
