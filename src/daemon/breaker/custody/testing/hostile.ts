/** Shell programs that don't want to die. Each appends its lines to the file $OUT, with the time of day in ms, so that the last one can be read afterwards. */
const say = 'say() { echo "$1 $(date +%s%3N)" >>"$OUT"; }';

export const hostile = {
  /** Ends when asked to. */
  obedient: `${say}; trap 'exit 0' TERM; while :; do say obedient; sleep 0.05; done`,
  ignoresTerm: `${say}; trap '' TERM; while :; do say deaf; sleep 0.05; done`,
  /** A daemon: a session of its own, and its parents gone. */
  doubleForks: `${say}; (setsid sh -c '${say.replaceAll("'", `'\\''`)}; trap "" TERM HUP; while :; do say daemon; sleep 0.05; done' </dev/null >/dev/null 2>&1 &); sleep 60`,
  /** Burns a processor and never looks up. */
  spins: `${say}; trap '' TERM; say spinning; i=0; while :; do i=$((i+1)); [ $((i % 20000)) -ne 0 ] || say spinning; done`,
  /** Its child has no mark and another session, but a parent. */
  wipesEnvironment: `${say}; trap '' TERM; env -i OUT="$OUT" PATH="$PATH" setsid sh -c '${say.replaceAll("'", `'\\''`)}; trap "" TERM; while :; do say bare; sleep 0.05; done' & while :; do sleep 1; done`,
  /** Each process lives a moment and leaves a child. */
  hops: `${say}; hop() { trap '' TERM; say hop; sleep 0.02; hop & exit; }; hop & sleep 60`,
  /** Many at once, within the limit. */
  multiplies: `${say}; trap '' TERM; i=0; while [ $i -lt 40 ]; do (trap '' TERM; while :; do say one; sleep 0.5; done) & i=$((i+1)); done; wait`,
} as const;
