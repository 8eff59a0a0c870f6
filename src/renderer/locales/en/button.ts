import type { Shape } from "../../../words/shape.ts";
import type { button as ko } from "../ko/button.ts";

export const button: Shape<typeof ko> = {
  label: "Stop button",
  unknown: "Unknown",
  stopping: "Stopping",
  sub: {
    run: "Agents are at work.",
    ready: "The stop was reset; nothing has started yet.",
    lost: "This screen may not be able to stop it now. Press the rack's button.",
    asking: "Waiting for the rack's answer.",
    here: "Only this computer has stopped; nobody knows about the rack. Press the rack's button.",
    unsent: "This screen can't stop it now. Press the rack's button.",
  },
  press: "Stop",
  pressAgain: "Stop again",
  pressed: "It is stopped",
  ifPressed: "If you press it",
  ifStopped: "How it is now",
  does: { stop: "Agents stop at once", keep: "Memory and files stay as they are", again: "Only the owner can start it again" },
  is: { stop: "Agents can't do anything", keep: "Memory and files are as they were", again: "Only the owner can start it again" },
  call: "Questions? Call",
  callNone: "Nobody to call is written down yet",
  same: "The rack's button stops it too · button seen {{age}}",
  noButton: "This rack has no physical button",
  silent: "The rack's button: {{reason}}",
  back: "Go to the console",
};
