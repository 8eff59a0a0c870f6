import { useTranslation } from "react-i18next";
import { useBreaker, useConsole, useStale } from "../../app/console.tsx";
import { Rack, RackKey } from "../../ui/rack/rack.tsx";
import { EmptyState, Section } from "../../ui/section.tsx";
import { Readings } from "./readings.tsx";
import { QuietList, TodoList } from "./todo-list.tsx";
import { asksOf, quietOf, todoOf } from "./todo.ts";

function useTitle(count: number): string {
  const { t } = useTranslation();
  const lost = useStale();
  if (lost) return t("overview.title.lost");
  switch (count) {
    case 0:
      return t("overview.title.none");
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return t(`overview.title.count${count}`);
    default:
      return t("overview.title.many", { count });
  }
}

/** Knowing in three seconds whether anything needs you. */
export function OverviewScreen() {
  const { t } = useTranslation();
  const alerts = useConsole((state) => state.rack?.alerts);
  const repairs = useConsole((state) => state.rack?.repairs);
  const breaker = useBreaker();
  const lost = useStale();
  const todo = todoOf(asksOf(breaker), alerts ?? [], repairs ?? []);
  const quiet = quietOf(alerts ?? []);
  const title = useTitle(todo.length);
  return (
    <div className="page">
      <div className="mb-6 max-mid:mb-3">
        <h1 className="text-title font-strong">{title}</h1>
        {lost ? <p className="mt-1 text-fg-2">{t("overview.lostNote")}</p> : null}
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-14 gap-y-8 mid:grid-cols-[360px_minmax(0,1fr)] mid:grid-rows-[auto_auto_1fr] mid:max-full:gap-x-8 full:grid-cols-[404px_minmax(0,1fr)] full:max-wide:gap-x-10 wide:grid-cols-[472px_minmax(0,1fr)] max-mid:gap-y-6">
        <Section title={t("overview.todo")} count={todo.length} className={`mid:col-start-2 ${todo.length > 0 ? "max-mid:[&>header]:sr-only" : ""}`}>
          <TodoList todo={todo} isQuiet={quiet.length > 0} />
          <QuietList alerts={quiet} />
        </Section>
        <section aria-label={t("shell.rackGroup")} className="min-w-0 mid:col-start-1 mid:row-span-3 mid:row-start-1">
          <Rack />
          <RackKey />
        </section>
        <Section title={t("overview.now")} className="mid:col-start-2">
          <EmptyState title={t("overview.nowEmpty")}>{t("overview.nowEmptyWhy")}</EmptyState>
        </Section>
        <div className="mid:col-start-2">
          <Readings />
        </div>
      </div>
    </div>
  );
}
