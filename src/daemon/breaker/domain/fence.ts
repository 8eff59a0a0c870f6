/** The latch as side effects ask it, synchronously and right before they happen. */
export interface Fence {
  /** True only while this node runs and `epoch` is no older than its last opening. */
  open(epoch: number): boolean;
  /** The present epoch, for an act that begins now. */
  epoch(): number;
  /** Called once at each close; the returned function ends it. */
  onClose(listener: () => void): () => void;
}
