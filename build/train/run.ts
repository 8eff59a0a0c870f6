import { run as injection } from "./injection.ts";

const trainings: Readonly<Record<string, (argv: readonly string[]) => void>> = { injection };
const [name = "", ...argv] = process.argv.slice(2);
const training = Object.hasOwn(trainings, name) ? trainings[name] : undefined;
if (training === undefined) {
  console.error(`Name one of: ${Object.keys(trainings).join(", ")}`);
  process.exitCode = 2;
} else training(argv);
