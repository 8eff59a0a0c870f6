import type { Shape } from "../../../words/shape.ts";
import type { signin as ko } from "../ko/signin.ts";

export const signin: Shape<typeof ko> = {
  title: "Enter {{name}}",
  lead: "Open the one-time link you were given, or enter the 8-digit code that the node shows.",
  entering: "Checking the link",
  enteringNote: "A one-time link works once.",
  code: "8-digit code",
  codeHelp: "It is on the node's screen. Without a screen, run {{command}} on that node. You can paste it.",
  deviceName: "Name of this device",
  deviceNameHelp: "The list of devices under Settings shows it by this name.",
  deviceDefault: "Browser",
  enter: "Enter",
  identity: "The node you are looking at",
  fingerprint: "Fingerprint",
  fingerprintNote: "Check that the node's screen shows the same one.",
  serial: "Serial number",
  name: "Name",
  trust: "Does the browser not trust this address?",
  trustLink: "See how to trust the certificate",
  waiting: "Waiting to be let in",
  waitingWhy: "It opens by itself as soon as an owner admits this device under Settings.",
  unclaimed: "This rack has no owner yet. The first to enter with the code becomes its owner.",
  trustTitle: "Trusting this rack's certificate",
  trustBack: "Back to entering",
  windowShut: "The code window is closed now. Run {{command}} on the node to open it for 15 minutes.",
};
