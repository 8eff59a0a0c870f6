const keptMs = 60_000;

/** Hands text to the browser as a file of that name. */
export function saveFile(name: string, parts: readonly string[], type = "application/json"): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}
