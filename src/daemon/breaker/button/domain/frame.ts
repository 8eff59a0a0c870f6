/**
 * The button's lines, as `docs/button-protocol.md` has them. Everything is printable ASCII; a line ends with `\n`.
 * The button says at each moment how it stands, never what changed: a line that is lost costs nothing.
 */

/** How the button says it stands. HELD: pressed for 5 s. FAULT: its two contacts disagree for 500 ms. */
export const claims = ["RUN", "STOP", "HELD", "FAULT"] as const;
export type Claim = (typeof claims)[number];

/** HMAC-SHA256 of an ASCII message, as lower-case hex of 64 digits. Passed in, so that the domain stays pure. */
export type Hmac = (key: Uint8Array, message: string) => string;

export interface Frame {
  claim: Claim;
  /** 32 bit; grows within a nonce. */
  seq: number;
  /** 16 hex digits. */
  nonce: string;
  /** The first 32 hex digits of the HMAC. */
  mac: string;
}

/** What a button says before it has heard a HELLO. */
export const noNonce = "0".repeat(16);
const seqLimit = 2 ** 32;
/** No line of the protocol is longer. */
export const lineLimit = 128;

const framePattern = /^AOS1 (RUN|STOP|HELD|FAULT) (0|[1-9]\d{0,9}) ([0-9a-f]{16}) ([0-9a-f]{32})$/;

/** A state line without its line end; null if it isn't one, to the letter. */
export function parseFrame(line: string): Frame | null {
  const [, said, digits = "", nonce = "", mac = ""] = framePattern.exec(line) ?? [];
  const claim = claims.find((one) => one === said);
  const seq = Number(digits);
  return claim === undefined || seq >= seqLimit ? null : { claim, seq, nonce, mac };
}

type Signed = Omit<Frame, "mac">;
const macOf = (key: Uint8Array, { claim, seq, nonce }: Signed, hmac: Hmac): string => hmac(key, `AOS1 ${claim} ${seq} ${nonce}`).slice(0, 32);

/** Whether the frame was made by who holds the key. Takes the same time wherever it differs. */
export function isGenuine(frame: Frame, key: Uint8Array, hmac: Hmac): boolean {
  const wanted = macOf(key, frame, hmac);
  let differs = wanted.length ^ frame.mac.length;
  for (let at = 0; at < wanted.length; at++) differs |= wanted.charCodeAt(at) ^ frame.mac.charCodeAt(at);
  return differs === 0;
}

/** The button's state line, without a line end. */
export const frameLine = (frame: Signed, key: Uint8Array, hmac: Hmac): string => `AOS1 ${frame.claim} ${frame.seq} ${frame.nonce} ${macOf(key, frame, hmac)}`;

/** Host to button, at open and every second: sign for this nonce from now on. */
export const helloLine = (nonce: string): string => `AOS1 HELLO ${nonce}`;
export const parseHello = (line: string): string | null => /^AOS1 HELLO ([0-9a-f]{16})$/.exec(line)?.[1] ?? null;

/** Host to button over the cable, taken only while it is held pressed. `key`: 64 hex digits. */
export const enrolLine = (key: string): string => `AOS1 ENROL ${key}`;
export const parseEnrol = (line: string): string | null => /^AOS1 ENROL ([0-9a-f]{64})$/.exec(line)?.[1] ?? null;

/** Host to button over the cable, taken only while it is held pressed: where its datagrams go. IPv4. */
export const hostLine = (host: string, port: number): string => `AOS1 HOST ${host} ${port}`;
export function parseHost(line: string): { host: string; port: number } | null {
  const [, host = "", digits = ""] = /^AOS1 HOST (\d{1,3}(?:\.\d{1,3}){3}) ([1-9]\d{0,4})$/.exec(line) ?? [];
  const port = Number(digits);
  return host === "" || port > 65_535 || host.split(".").some((part) => Number(part) > 255) ? null : { host, port };
}

/** What a button answers while it is set up. `fingerprint`: the first 8 hex digits of SHA-256(key). */
export type Reply =
  | { kind: "enrolled"; fingerprint: string }
  | { kind: "hosted"; host: string; port: number }
  | { kind: "refused"; what: "ENROL" | "HOST"; why: "not-held" | "malformed" | "not-kept" | "no-network" };

export function parseReply(line: string): Reply | null {
  const fingerprint = /^AOS1 ENROLLED ([0-9a-f]{8})$/.exec(line)?.[1];
  if (fingerprint !== undefined) return { kind: "enrolled", fingerprint };
  const hosted = /^AOS1 HOSTED (\S+ \d+)$/.exec(line)?.[1];
  const target = hosted === undefined ? null : parseHost(`AOS1 HOST ${hosted}`);
  if (target !== null) return { kind: "hosted", ...target };
  const [, said, because] = /^AOS1 REFUSED (ENROL|HOST) (not-held|malformed|not-kept|no-network)$/.exec(line) ?? [];
  const what = (["ENROL", "HOST"] as const).find((one) => one === said);
  const why = (["not-held", "malformed", "not-kept", "no-network"] as const).find((one) => one === because);
  return what === undefined || why === undefined ? null : { kind: "refused", what, why };
}

/**
 * Cuts a stream of bytes into lines. What is too long for a line, or not ASCII, comes out as a line that parses as nothing: noise is
 * reported, and never held back in memory.
 */
export function createLineCutter(): (chunk: Uint8Array) => string[] {
  let rest = "";
  return (chunk) => {
    const lines: string[] = [];
    for (const byte of chunk) {
      if (byte === 0x0a) {
        lines.push(rest.endsWith("\r") ? rest.slice(0, -1) : rest);
        rest = "";
      } else if (rest.length >= lineLimit) {
        lines.push(rest);
        rest = String.fromCharCode(byte);
      } else rest += String.fromCharCode(byte);
    }
    return lines;
  };
}
