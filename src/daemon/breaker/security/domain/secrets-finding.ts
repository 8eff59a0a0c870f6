/** What a finding is about. `vault` is a value of the owner's own vault, in whatever disguise. */
export const secretKinds = [
  "vault",
  "provider-token",
  "private-key",
  "jwt",
  "connection-string",
  "webhook",
  "password",
  "named-secret",
  "resident-number",
  "card",
  "bank-account",
  "phone",
] as const;
export type SecretKind = (typeof secretKinds)[number];

export interface Finding {
  kind: SecretKind;
  /** UTF-16 offsets of the secret in the text; `end` is exclusive. */
  start: number;
  end: number;
  /** For people: who issued it or what it is, and how long it is. Never a part of the secret beyond a public prefix. */
  preview: string;
  /** `certain`: by checksum, format or the vault's own hash. `likely`: by its name and look. */
  certainty: "certain" | "likely";
}

/** A finding from `start` to `end`; `label` is text of ours (issuer, kind), never of the secret. */
export function finding(kind: SecretKind, start: number, end: number, certainty: Finding["certainty"], label: string = kind): Finding {
  return { kind, start, end, preview: `${label} …(${end - start})`, certainty };
}
