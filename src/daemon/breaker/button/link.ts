/** A way to a button: a cable or the network. It may be opened again after it closed. */
export interface ButtonLink {
  /** Sends a line; the end of the line is added. Dropped where nobody can take it now. */
  send(line: string): void;
  /** Resolves when the device is free for the next opener. `onClosed` isn't called for it. */
  close(): Promise<void>;
}

export interface LinkEvents {
  /** A line without its end. True: it proved the key, so answers go where it came from. */
  onLine(line: string): boolean;
  /** The link is gone by itself. Called once. */
  onClosed(why: string): void;
}
