import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readModel, type InjectionModel } from "./domain/model.ts";

/**
 * The injection model that a folder holds: `model.bin` and its SHA-256 in `model.sha256`. Throws where a file is missing, the hash
 * differs, or the model was made for other rules: whoever loads it denies until it can be read.
 */
export function loadInjectionModel(folder: string): InjectionModel {
  const bytes = readFileSync(join(folder, "model.bin"));
  const [wanted = ""] = readFileSync(join(folder, "model.sha256"), "utf8").split(" ");
  const found = createHash("sha256").update(bytes).digest("hex");
  if (wanted !== found) throw new Error(`the injection model has SHA-256 ${found}, not ${wanted}`);
  const model = readModel(bytes);
  if (model === undefined) throw new Error("the injection model does not fit this program's rules: train it anew");
  return model;
}
