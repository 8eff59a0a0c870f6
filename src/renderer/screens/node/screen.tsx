import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useConsole, useNode } from "../../app/console.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Rack } from "../../ui/rack/rack.tsx";
import { EmptyState } from "../../ui/section.tsx";
import { NodeDetail } from "./detail.tsx";
import { NodeAside } from "./aside.tsx";

/** Sick hardware, or just a busy model. Without an id the main node is shown; under 821 px the list comes first. */
export function NodeScreen() {
  const { t } = useTranslation();
  const { nodeId } = useParams({ strict: false });
  const fallback = useConsole((state) => state.rack?.mainId ?? state.order[0]);
  const id = nodeId ?? fallback;
  const isListOnly = nodeId === undefined;
  if (id === undefined) {
    return (
      <div className="page">
        <h1 className="mb-4 text-title font-strong">{t("shell.nodes")}</h1>
        <EmptyState
          title={t("node.none")}
          action={
            <Link to="/connect" className={buttonClass()}>
              {t("node.connect")}
            </Link>
          }
        >
          {t("node.noneWhy")}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className="page grid grid-cols-[minmax(0,1fr)] items-start gap-x-12 mid:grid-cols-[300px_minmax(0,1fr)] mid:max-full:gap-x-8 full:grid-cols-[348px_minmax(0,1fr)]">
      {isListOnly ? <h1 className="mb-4 text-title font-strong mid:hidden">{t("node.list")}</h1> : null}
      <div className={`min-w-0 max-mid:order-2 ${isListOnly ? "" : "max-mid:mt-8"}`}>
        <section aria-label={t("node.pick")} className={isListOnly ? "" : "max-mid:hidden"}>
          <Rack selected={id} />
        </section>
        <div className={isListOnly ? "max-mid:hidden" : ""}>
          <NodeAside id={id} />
        </div>
      </div>
      <div className={`min-w-0 ${isListOnly ? "max-mid:hidden" : ""}`}>
        <Link to="/nodes" className="link mb-3 inline-flex min-h-11 items-center text-small mid:hidden">
          ‹ {t("node.back")}
        </Link>
        <Detail id={id} />
      </div>
    </div>
  );
}

function Detail({ id }: { id: string }) {
  const { t } = useTranslation();
  const node = useNode(id);
  if (node) return <NodeDetail key={id} view={node.view} receivedAt={node.receivedAt} />;
  return (
    <>
      <h1 className="mb-4 text-title font-strong">{t("shell.nodes")}</h1>
      <EmptyState
        title={t("node.gone")}
        action={
          <Link to="/nodes" className={buttonClass()}>
            {t("node.back")}
          </Link>
        }
      >
        {t("node.goneWhy")}
      </EmptyState>
    </>
  );
}
