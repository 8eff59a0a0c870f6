/** A rack of four as the stop bench sees it, main first. */
export interface StopNode {
  name: string;
  pid(): number;
  /** Where POST /v1/gate is answered, and the runtime's token for it. */
  gate(): { port: number; token: string };
  /** Starts a tool under this daemon's custody. */
  tool(command: readonly string[]): Promise<void>;
  /** Blocks the daemon's main loop. `closedAt`: when code in it saw the gate closed, by the machine's monotonic clock; null where it can't look. */
  block(ms: number): Promise<{ closedAt: number | null }>;
}
export interface StopRack {
  nodes: readonly StopNode[];
  /** Where its tools may write. */
  toolDir: string;
  state(): Promise<{ state: string; mayReset: boolean; open: number; cause: string | null; onDisk: boolean }>;
  reset(): Promise<boolean>;
  start(): Promise<boolean>;
  /** Main anew on its folder, after it was killed. */
  restartMain(): Promise<void>;
  end(): Promise<void>;
}
