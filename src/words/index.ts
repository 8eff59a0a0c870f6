import { en } from "./en.ts";
import { ko } from "./ko.ts";

/**
 * Words that the CLI, the console and the alerts must say alike: faults, states, roles, causes.
 * A leaf: it imports nothing of ours but contract types. Text with parameters uses `{{name}}`.
 */
export const words = { ko, en };
export type Language = keyof typeof words;
export { fill } from "./fill.ts";
