import type { Shape } from "../../../words/shape.ts";
import type { ko } from "../ko/index.ts";
import { activity } from "./activity.ts";
import { approvals } from "./approvals.ts";
import { autonomy } from "./autonomy.ts";
import { breaker } from "./breaker.ts";
import { button } from "./button.ts";
import { connect } from "./connect.ts";
import { node } from "./node.ts";
import { overview } from "./overview.ts";
import { power } from "./power.ts";
import { settings } from "./settings.ts";
import { shell } from "./shell.ts";
import { signin } from "./signin.ts";
import { rack, ui, units } from "./ui.ts";

/** English text of the screens, one file a screen. */
export const en: Shape<typeof ko> = {
  shell,
  ui,
  units,
  rack,
  overview,
  approvals,
  activity,
  breaker,
  autonomy,
  button,
  node,
  power,
  connect,
  settings,
  signin,
};
