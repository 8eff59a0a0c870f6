import type { Clock } from "../kernel/clock.ts";
import type { ButtonPorts } from "./button-store.ts";

/** Serial ports and enrolment; the binding is loaded when somebody asks for it. */
export const createButtonPorts = ({ clock }: { clock: Clock }): ButtonPorts => ({
  list: async () => (await import("./button/serial.ts")).listPorts(),
  enrol: async (asked) => (await import("./button/enrol.ts")).enrol({ ...asked, clock }),
});
