import { useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Approval } from "../../../contract/breaker.ts";
import { useConsole, usePorts } from "../../app/console.tsx";

const askAgainMs = 3000;

/** The queue; asked for at once when the stop's view counts another number of approvals. `receivedAt` is monotonic. */
export function useApprovals() {
  const { query, clock } = usePorts();
  const pending = useConsole((state) => state.breaker?.pending);
  const list = useQuery(query.breaker.approvals.list.queryOptions({ refetchInterval: askAgainMs }));
  const { refetch } = list;
  useEffect(() => {
    if (pending !== undefined) void refetch();
  }, [pending, refetch]);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- each answer has its own moment
  const receivedAt = useMemo(() => clock.now(), [clock, list.data]);
  return { list, receivedAt };
}

/** Milliseconds that an approval still waits; null when it has no end. Never negative. */
export const leftOf = ({ expiresInMs }: Pick<Approval, "expiresInMs">, elapsedMs: number): number | null =>
  expiresInMs === null ? null : Math.max(0, expiresInMs - Math.max(0, elapsedMs));

/** Groups of waiting approvals that may be decided together: of the same class, asked by the same rule, none to be typed. */
export function alike(waiting: readonly Approval[], to: Approval): Approval[] {
  if (to.needs !== "ask" || to.state !== "waiting") return [];
  return waiting.filter((one) => one.class === to.class && one.tool === to.tool && one.needs === "ask");
}

/** What a person types for an approval that has to be typed: the first four digits of the hash that it binds to, as the daemon asks for. */
export const typedWord = ({ hash }: Pick<Approval, "hash">): string => hash.slice(0, 4);
